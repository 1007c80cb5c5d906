"""What becomes of the cells of a column that is kept or coarsened: a value, or the reason against it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from privacy.contract import TIERS, Contract, Field
from privacy.intake.kernels import FINER, GOOD, TOO_BIG, WRONG, read_dates, read_numbers

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

Fault = tuple[str, "NDArray[np.bool_]"]
"""A reason, and which rows it is against."""
Outcome = tuple["pa.Array", list[Fault]]
"""The values, null where a cell is empty or faulty, and the faults in the order in which they count."""
CHECKED_TYPES = ("category", "place", "date", "integer", "decimal")
NOT_IN_DOMAIN, NOT_A_DATE = "not in the domain", "not a date"
NOT_WHOLE, NOT_DECIMAL = "not a whole number", "not a decimal number"
TOO_FINE, OUT_OF_BOUNDS = "finer than the resolution", "out of bounds"
_EPOCH = np.datetime64("1970-01-01", "D")


def judge_column(contract: Contract, f: Field, column: Any) -> Outcome:
    """Return what is stored of a text column without nulls, trimmed where its type is checked."""
    judges: dict[str, Callable[[Contract, Field, Any], Outcome]] = {
        "category": _category,
        "place": _category,
        "date": _date,
        "integer": _number,
        "decimal": _number,
    }
    return judges.get(f.type, _text)(contract, f, column)


def _text(_contract: Contract, _field: Field, column: Any) -> Outcome:
    import pyarrow.compute as pc

    empty = pc.equal(pc.binary_length(column), 0)
    if not pc.any(empty).as_py():
        return _whole(column), []
    return _whole(pc.if_else(empty, None, column)), []


def _category(contract: Contract, f: Field, column: Any) -> Outcome:
    import pyarrow as pa
    import pyarrow.compute as pc

    values = list(dict.fromkeys(contract.domains[f.domain or ""]))
    found = pc.index_in(column, value_set=pa.array(values, pa.string()))
    places = _whole(pc.fill_null(found, -1)).to_numpy(zero_copy_only=False)
    empty = _whole(pc.equal(pc.binary_length(column), 0)).to_numpy(zero_copy_only=False)
    outside = (places < 0) & ~empty
    if empty.any():
        unknown = values.index("unknown") if "unknown" in values else -1
        places = np.where(empty, unknown, places)
    if f.type == "place" and f.action == "coarsen":
        digits = TIERS[f.to or "district"]
        coarse = [v if v == "unknown" else v[:digits] for v in values]
        labels = list(dict.fromkeys(coarse))
        # the last place is that of −1: none
        places = np.array([*map(labels.index, coarse), -1])[places]
        values = labels
    return _labelled(places, values), [(NOT_IN_DOMAIN, outside)]


def _date(_contract: Contract, f: Field, column: Any) -> Outcome:
    import pyarrow as pa

    days, fields, codes = read_dates(column)
    good, faults = codes == GOOD, [(NOT_A_DATE, codes == WRONG)]
    if f.action != "coarsen" or f.reference_date is None:
        return pa.array(days, pa.date32(), mask=~good).cast(pa.string()), faults
    on = f.reference_date
    if f.to == "days":
        amount = int((np.datetime64(on, "D") - _EPOCH).astype(int)) - days
    else:
        amount = on.year - fields // 10_000 - (fields % 10_000 > on.month * 100 + on.day)
    band, beyond = _banded(f, amount, good)
    return band, [*faults, beyond]


def _number(_contract: Contract, f: Field, column: Any) -> Outcome:
    import pyarrow as pa

    point = f.type == "decimal"
    values, codes = read_numbers(column, point=point, places=f.decimals, step=f.step)
    good, (low, high) = codes == GOOD, f.bounds or (0, 0)
    out = (codes == TOO_BIG) | (good & ((values < low) | (values > high)))
    faults = [(NOT_DECIMAL if point else NOT_WHOLE, codes == WRONG), (TOO_FINE, codes == FINER)]
    faults.append((OUT_OF_BOUNDS, out))
    if f.action == "keep":
        return pa.array(values, mask=None if good.all() else ~good), faults
    band, beyond = _banded(f, values, good)
    return band, [*faults, beyond]


def _banded(f: Field, amount: NDArray[Any], good: NDArray[np.bool_]) -> tuple[pa.Array, Fault]:
    places = np.searchsorted(np.array(f.bands), amount, side="right") - 1
    below = good & (places < 0)
    return _labelled(np.where(good, places, -1), f.band_labels()), (OUT_OF_BOUNDS, below)


def _labelled(places: NDArray[Any], labels: Any) -> pa.Array:
    """Return a dictionary array: of place −1 nothing."""
    import pyarrow as pa

    narrow = np.int8 if len(labels) < 128 else np.int16 if len(labels) < 32_768 else np.int32
    none = places < 0
    indices = pa.array(places.astype(narrow), mask=none if none.any() else None)
    return pa.DictionaryArray.from_arrays(indices, pa.array(labels, pa.string()))


def _whole(column: Any) -> Any:
    import pyarrow as pa

    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
