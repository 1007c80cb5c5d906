"""The file of a segregation audit: one row a unit and group, or one row a person."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from audit.allocation import Placements
from audit.counts import Counts
from audit.submission.tables import Kind, read_columns, refuse_rows
from policies.errors import BadInput

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class SegregationFile:
    """Counts by unit and group; where households were named, who lives with whom.

    `households` has a row a person: unit, group, household and stratum codes.
    """

    counts: Counts
    households: pd.DataFrame | None = None

    def placements(self, minority: str) -> Placements | None:
        """Return households by stratum × unit, of the minority and all; None without households."""
        if self.households is None:
            return None
        frame = self.households
        whole = frame.groupby(["stratum", "household"], sort=False).agg(
            size=("unit", "size"), unit=("unit", "first"), group=("group", "first")
        )
        whole = whole.reset_index()
        return household_table(
            whole["stratum"].to_numpy(),
            whole["size"].to_numpy(),
            whole["unit"].to_numpy(),
            (whole["group"] == minority).to_numpy(),
            self.counts.units,
            np.full(len(self.counts.units), np.nan),
        )


def household_table(
    stratum: NDArray[Any],
    size: NDArray[np.int64],
    unit: NDArray[Any],
    minority: NDArray[np.bool_],
    units: tuple[str, ...],
    share_before: NDArray[np.float64],
) -> Placements:
    """Count households by (stratum, persons a household) × unit.

    Households of different sizes in one stratum are not exchanged: conditioning on size keeps
    the lottery's null exact.
    """
    keys = sorted(set(zip(stratum.tolist(), size.tolist(), strict=True)))
    row = {key: i for i, key in enumerate(keys)}
    column = {name: i for i, name in enumerate(units)}
    pairs = zip(stratum.tolist(), size.tolist(), strict=True)
    at = np.array([row[k] for k in pairs], dtype=np.int64)
    to = np.array([column[u] for u in unit.tolist()], dtype=np.int64)
    every = np.zeros((len(keys), len(units)), dtype=np.int64)
    few = np.zeros_like(every)
    np.add.at(every, (at, to), 1)
    np.add.at(few, (at[minority], to[minority]), 1)
    return Placements(few, every, np.array([k[1] for k in keys], dtype=np.int64), share_before)


def read_segregation(
    path: Path,
    *,
    unit: str = "unit",
    group: tuple[str, ...] = ("group",),
    count: str | None = None,
    household: str | None = None,
    eligible: str | None = None,
) -> SegregationFile:
    """Read the file; several group columns make intersections, joined with ×.

    Raises
    ------
    BadInput
        A column is missing, a value is not of its kind, or a household lives in two units.
    """
    if count and household:
        raise BadInput("is for rows of persons, without --count", where="--household")
    columns: dict[str, Kind] = {
        name: "text" for name in (unit, *group, household, eligible) if name
    }
    if count:
        columns[count] = "count"
    frame = read_columns(path, columns)
    joined = frame[group[0]]
    for name in group[1:]:
        joined = joined + "×" + frame[name]
    weights = frame[count].to_numpy() if count else np.ones(len(frame), dtype=np.int64)
    if count and frame.assign(_joined=joined).duplicated([unit, "_joined"]).any():
        twice = frame.assign(_joined=joined).duplicated([unit, "_joined"])
        refuse_rows(twice, path, group[0], "this unit and group have a row already")
    units, groups = sorted(set(frame[unit])), sorted(set(joined))
    table = np.zeros((len(units), len(groups)), dtype=np.int64)
    at_unit = {name: i for i, name in enumerate(units)}
    at_group = {name: i for i, name in enumerate(groups)}
    np.add.at(table, (frame[unit].map(at_unit), joined.map(at_group)), weights)
    counts = Counts(table, tuple(units), tuple(groups))
    if household is None:
        return SegregationFile(counts)
    persons = frame.rename(columns={unit: "unit", household: "household"}).assign(group=joined)
    persons["stratum"] = frame[eligible] if eligible else "all"
    for name in ("unit", "group", "stratum"):
        first = persons.groupby("household")[name].transform("first")
        refuse_rows(first != persons[name], path, household, f"a household has one {name}")
    return SegregationFile(counts, persons[["unit", "group", "household", "stratum"]])
