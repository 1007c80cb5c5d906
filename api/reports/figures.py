"""A figure with its error as people read it."""

from __future__ import annotations

import math
from typing import Any

_UNDEFINED = "–"


def with_error(value: Any, error: Any, interval: Any) -> str:
    """Return a figure rounded to what its error allows, ± the error; names as they are; – where undefined.

    A figure without a half-width has the interval's ends, … for one that does not exist.
    """
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if value is None:
        return _UNDEFINED if interval is None else f"{_UNDEFINED} [{ends(interval, None)}]"
    if isinstance(value, str):
        return value
    places = _places(value, error)
    if error is None:
        given = "" if interval is None else f" [{ends(interval, None)}]"
        return f"{value:,.{places}f}{given}"
    return f"{value:,.{places}f} ± {error:,.{places}f}"


def ends(interval: Any, error: Any) -> str:
    """Return the ends of an interval, rounded as its figure is; nothing where there is none."""
    if interval is None:
        return ""
    known = [e for e in interval if e is not None]
    places = max((_places(e, error) for e in known), default=0)
    return " – ".join("…" if e is None else f"{e:,.{places}f}" for e in interval)


def uneven(value: Any, error: Any, interval: Any) -> bool:
    """Tell whether ± the half-width says less than the interval does: its sides differ by a tenth of it."""
    if value is None or error is None or interval is None or None in interval:
        return interval is not None
    whole = (
        1 if isinstance(value, int) else 0
    )  # a centre between two whole numbers is no unevenness
    return bool(abs((interval[1] - value) - (value - interval[0])) > max(0.1 * error, whole))


def useless(value: Any, error: Any) -> bool:
    """Tell whether a figure is too uncertain to use: its error passes its value, or it is undefined."""
    if isinstance(value, str | list):
        return False
    return value is None or (error is not None and error >= abs(value))


def _places(value: Any, error: Any) -> int:
    """Return decimals: none of whole numbers, else so many that the error (or the value) has two digits."""
    if isinstance(value, int) and not isinstance(error, float):
        return 0
    size = abs(float(error or value or 1))
    return min(6, max(0, 1 - math.floor(math.log10(size))))
