"""Dirt: 1% of the rows carry a fault that a row can have, some files one that a file can have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from privacy.fabrication import old_ids

if TYPE_CHECKING:
    from numpy.typing import NDArray

FAULTY_ROWS = 0.01
ROW_FAULTS = (
    "wrong_checksum",
    "impossible_date",
    "stray_quote",
    "full_width_digits",
    "placeholder_id",
)
NO_ID_ROWS = 0.004
OLD_ID_ROWS = 0.03
FILE_FAULTS = {
    "justice": "gb18030",
    "market_regulation": "bom",
    "disabled_federation": "delimiter",
    "housing_fund": "missing_column",
}
MISSING_COLUMN = {"housing_fund": "monthly_deposit"}
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def soil_rows(
    rng: np.random.Generator, columns: dict[str, list[Any]], birth: NDArray[np.int64], csv: bool
) -> list[str]:
    """Put faults into rows, in place; return each row's fault (or "")."""
    n = len(birth)
    ids = columns["resident_id"]
    first_generation = (rng.random(n) < OLD_ID_ROWS) & (birth < 19_850_000)
    for i in np.flatnonzero(first_generation).tolist():
        ids[i] = old_ids([ids[i]])[0]
    faults = [""] * n
    faulty = np.flatnonzero(rng.random(n) < FAULTY_ROWS)
    kinds = rng.integers(0, len(ROW_FAULTS), len(faulty))
    for i, k in zip(faulty.tolist(), kinds.tolist(), strict=True):
        fault = ROW_FAULTS[k]
        if fault == "stray_quote" and not csv:
            fault = "impossible_date"
        faults[i] = fault
        if fault == "wrong_checksum":
            last = ids[i][-1]
            ids[i] = ids[i][:-1] + ("0" if last != "0" else "1")
            if len(ids[i]) == 15:  # no check digit: the date is what can be wrong
                ids[i] = ids[i][:8] + "99" + ids[i][10:]
        elif fault == "impossible_date":
            columns["birth_date"][i] = columns["birth_date"][i][:5] + "02-31"
        elif fault == "stray_quote":
            columns["name"][i] = '"' + columns["name"][i]
        elif fault == "full_width_digits":
            ids[i] = ids[i].translate(_WIDE)
        else:
            ids[i] = "000000000000000000"
    for i in np.flatnonzero(rng.random(n) < NO_ID_ROWS).tolist():
        if not faults[i]:
            ids[i], faults[i] = "", "no_id"
    return faults
