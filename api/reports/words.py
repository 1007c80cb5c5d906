"""Numbers and words as reports show them, in both languages."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from babel.messages.pofile import read_po
from babel.support import NullTranslations

LANGUAGES = ("zh", "en")


class Catalogue(NullTranslations):
    """A catalogue read from the committed .po file, in memory: nothing is compiled or shipped twice."""

    def __init__(self, messages: dict[str, str]) -> None:
        super().__init__()
        self._messages = messages

    def gettext(self, message: str) -> str:
        """Return the translation, or the message itself."""
        return self._messages.get(message, message)

    ugettext = gettext


@cache
def catalogue(language: str) -> Catalogue:
    """Return the catalogue of a language; English is the source."""
    if language == "en":
        return Catalogue({})
    path = files("api.reports") / "translations" / f"{language}.po"
    with path.open("rb") as body:
        read = read_po(body, locale=language)
    return Catalogue({str(m.id): str(m.string) for m in read if m.id and m.string})


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear axis: value → per cent of the width, with ticks at round numbers."""

    low: float
    high: float
    step: float

    def __call__(self, value: float) -> float:
        """Return the place of a value in per cent, within 0 to 100."""
        return round(min(100.0, max(0.0, 100 * (value - self.low) / (self.high - self.low))), 2)

    @property
    def ticks(self) -> list[tuple[str, float]]:
        """Round values and their places."""
        step = self.step
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        digits = max(0, -math.floor(math.log10(step) + 1e-9))
        return [(f"{i * step + 0.0:,.{digits}f}", self(i * step)) for i in range(first, last + 1)]


def _step(span: float, wanted: int = 4) -> float:
    raw = span / wanted
    power: float = 10.0 ** math.floor(math.log10(raw))
    return next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw - 1e-12)


def nice_scale(values: list[float], *, zero: bool = True) -> Scale:
    """Return a scale that holds the values and ends at round ticks."""
    low, high = min(values), max(values)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low < 1e-12:
        high = low + 1.0
    step = _step(high - low)
    return Scale(math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, step)


def rounded(value: float | None, error: float | None = None) -> str:
    """Return a figure rounded to what its error allows (two digits of the error)."""
    if value is None:
        return "—"
    if error is None or error <= 0:
        return f"{value:.3f}" if abs(value) < 10 else f"{value:,.0f}"
    digits = max(0, 1 - math.floor(math.log10(error)))
    return f"{value:.{min(digits, 4)}f}" if abs(value) < 1000 else f"{value:,.0f}"


def with_interval(value: float | None, interval: Any) -> str:
    """Return `value (low to high)`, each rounded to what the interval allows."""
    if value is None:
        return "—"
    if not interval:
        return rounded(value)
    low, high = interval
    half = (high - low) / 2
    return f"{rounded(value, half)} ({rounded(low, half)} – {rounded(high, half)})"
