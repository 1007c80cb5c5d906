"""The files of an allocation audit, read, checked against each other, and counted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from audit.allocation import Placements
from audit.counts import Counts
from audit.submission.consistency import check_origins, read_estates, refuse_copies
from audit.submission.segregation import household_table
from audit.submission.tables import Kind, read_columns, refuse_rows
from policies.errors import BadInput

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

EVENTS = ("housed", "left", "waiting")
LEAST_RERUNS = 20
_MOVES: dict[str, Kind] = {
    "person": "text", "household": "text", "group": "text", "origin": "text",
    "home_size": "count", "stratum": "text", "event": "text",
}  # fmt: skip
_MOVES_OPTIONAL: dict[str, Kind] = {
    "unit": "text", "need": "text", "applied": "count", "decided": "count", "arm": "text",
    "round": "count", "run": "count",
}  # fmt: skip
_UNITS_OPTIONAL: dict[str, Kind] = {
    "estate": "text", "community": "text", "community_name": "text", "street": "text",
    "district": "text", "area": "number", "rent": "number", "x": "number", "y": "number",
    "share_before": "number",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AllocationFiles:
    """Where the files of a submission lie; only `moves` must be there."""

    moves: Path
    units: Path | None = None
    stock: Path | None = None
    rounds: Path | None = None
    estates: Path | None = None
    arm: str | None = None

    def given(self) -> dict[str, Path]:
        """Return role → path of the files that were handed in."""
        roles = ("moves", "units", "stock", "rounds", "estates")
        return {r: getattr(self, r) for r in roles if getattr(self, r) is not None}


@dataclass(frozen=True, slots=True)
class Submission:
    """A submission: its tables on one geography (communities), and which inputs it holds.

    Parameters
    ----------
    moves
        One row a person of the judged round.
    placements
        One entry a round: the judged one first, then the further rounds.
    before, after
        Persons by place and group, one table a run; run 0 is the city as it is. Empty without stock.
    """

    arm: str | None
    moves: pd.DataFrame
    units: pd.DataFrame | None
    places: tuple[str, ...]
    groups: tuple[str, ...]
    minority: str
    placements: tuple[Placements, ...]
    before: tuple[NDArray[np.int64], ...]
    after: tuple[NDArray[np.int64], ...]
    estates: pd.DataFrame | None
    inputs: frozenset[str]

    def stock(self, when: str) -> Counts | None:
        """Return the city's whole stock `before` or `after` (run 0), or None without a stock file."""
        tables = self.before if when == "before" else self.after
        return Counts(tables[0], self.places, self.groups) if tables else None


def read_allocation(files: AllocationFiles, group: str | None = None) -> Submission:
    """Read and check a submission.

    Parameters
    ----------
    group
        The group that the policy protects; default the smaller group.

    Raises
    ------
    BadInput
        With file, row, column and what was expected.
    """
    moves = _moves(files.moves, files.arm)
    _one_round(moves, files.moves)
    arm = files.arm or (str(moves["arm"].iloc[0]) if "arm" in moves else None)
    units = _units(files.units) if files.units else None
    place_of = _places(units, moves)
    moves["place"] = _at(moves, "unit", place_of, files.moves)
    moves["from"] = _at(moves, "origin", place_of, files.moves)
    places = tuple(sorted(set(place_of.values())))
    groups = tuple(sorted(set(moves["group"])))
    minority = (
        group
        or Counts(
            np.array([[int((moves["group"] == g).sum()) for g in groups]]), ("all",), groups
        ).smaller_group()
    )
    known_shares = _shares(units, places)
    before, after, groups = _stock(files.stock, place_of, places, groups, minority)
    check_origins(moves, before, places, groups, files.moves)
    rounds = [moves]
    if files.rounds:
        further = _moves(files.rounds, arm)
        further["place"] = _at(further, "unit", place_of, files.rounds)
        further["from"] = _at(further, "origin", place_of, files.rounds)
        if "round" not in further:
            raise BadInput("lacks the column round", where=files.rounds.name)
        further = further[further["run"] == 0] if "run" in further else further
        rounds += [part for _, part in further.groupby("round")]
        refuse_copies(rounds, files.rounds)
    placements = _placements(rounds, places, groups, minority, before, known_shares)
    inputs = set(files.given())
    if len(after) - 1 >= LEAST_RERUNS:
        inputs.add("reruns")
    estates = read_estates(files.estates) if files.estates else None
    return Submission(
        arm,
        moves, units, places, groups, minority, placements, before, after, estates,
        frozenset(inputs),
    )  # fmt: skip


def _moves(path: Path, arm: str | None) -> pd.DataFrame:
    frame = read_columns(path, _MOVES, _MOVES_OPTIONAL)
    refuse_rows(~frame["event"].isin(EVENTS), path, "event", f"one of {', '.join(EVENTS)}")
    refuse_rows(frame["home_size"] < 1, path, "home_size", "a whole number from 1")
    key = [c for c in ("arm", "run", "round", "person") if c in frame]
    refuse_rows(frame.duplicated(key), path, "person", "this person has a row already")
    if "unit" not in frame:
        frame["unit"] = ""
    housed = frame["event"] == "housed"
    refuse_rows(housed & (frame["unit"] == ""), path, "unit", "who is housed has a unit")
    home = [c for c in ("arm", "run", "round", "household") if c in frame]
    for name in ("group", "unit", "home_size", "stratum", "event"):
        first = frame.groupby(home)[name].transform("first")
        refuse_rows(first != frame[name], path, name, f"a household has one {name}")
    for name, default in (("applied", 1), ("decided", 1), ("need", "all")):
        if name not in frame:
            frame[name] = default
    return _of_arm(frame, path, arm)  # last: rows are named as the file counts them


def _of_arm(frame: pd.DataFrame, path: Path, arm: str | None) -> pd.DataFrame:
    if "arm" not in frame:
        return frame
    arms = set(frame["arm"])
    if (arm is None and len(arms) > 1) or (arm is not None and arm not in arms):
        raise BadInput(
            "holds several arms" if arm is None else "does not hold this arm",
            where=path.name,
            todo=f"name one of its {len(arms)} arms with --arm",
        )
    return frame if arm is None else frame[frame["arm"] == arm].reset_index(drop=True)


def _one_round(moves: pd.DataFrame, path: Path) -> None:
    for name in ("round", "run"):
        if name in moves and moves[name].nunique() > 1:
            raise BadInput(
                f"holds several {name}s", where=f"{path.name}, column {name}",
                todo="the judged round of run 0 stands here, the others in --rounds",
            )  # fmt: skip


def _units(path: Path) -> pd.DataFrame:
    frame = read_columns(path, {"unit": "text", "capacity": "count"}, _UNITS_OPTIONAL)
    refuse_rows(frame.duplicated("unit"), path, "unit", "this unit has a row already")
    if "community" in frame:
        refuse_rows(frame["community"] == "", path, "community", "a value is expected")
    if "share_before" in frame:
        outside = (frame["share_before"] < 0) | (frame["share_before"] > 1)
        refuse_rows(outside, path, "share_before", "a share lies between 0 and 1")
    return frame


def _places(units: pd.DataFrame | None, moves: pd.DataFrame) -> dict[str, str]:
    """Return unit (or community) → community: the common geography."""
    if units is None:
        named = set(moves["unit"]) | set(moves["origin"])
        return {u: u for u in named if u}
    community = units["community"] if "community" in units else units["unit"]
    place_of = {c: c for c in community}
    place_of.update(zip(units["unit"], community, strict=True))
    return place_of


def _shares(units: pd.DataFrame | None, places: tuple[str, ...]) -> NDArray[np.float64]:
    """Return each place's share of the minority before, from the units file where it says so.

    A submission without a stock file can name them in the column `share_before` (0 to 1).
    """
    if units is None or "share_before" not in units:
        return np.full(len(places), np.nan)
    community = units["community"] if "community" in units else units["unit"]
    homes = units["capacity"].groupby(community).sum()
    weighted = (units["share_before"] * units["capacity"]).groupby(community).sum()
    return (weighted / homes).reindex(list(places)).to_numpy(dtype=float)


def _at(moves: pd.DataFrame, column: str, place_of: dict[str, str], path: Path) -> pd.Series[str]:
    place = moves[column].map(place_of)
    needed = moves["event"] == "housed" if column == "unit" else moves[column] != ""
    refuse_rows(place.isna() & needed, path, column, "a unit or community of the units file")
    return place.fillna("")


def _stock(
    path: Path | None,
    place_of: dict[str, str],
    places: tuple[str, ...],
    groups: tuple[str, ...],
    minority: str,
) -> tuple[tuple[NDArray[np.int64], ...], tuple[NDArray[np.int64], ...], tuple[str, ...]]:
    if minority not in groups:
        raise BadInput(
            "nobody of the policy's group is among the moves", where="moves, column group"
        )
    if path is None:
        return (), (), groups
    columns: dict[str, Kind] = {
        "unit": "text",
        "group": "text",
        "before": "count",
        "after": "count",
    }
    frame = read_columns(path, columns, {"run": "count"})
    frame["run"] = frame.get("run", 0)
    refuse_rows(frame.duplicated(["run", "unit", "group"]), path, "unit", "stands here twice")
    frame["place"] = frame["unit"].map(place_of)
    refuse_rows(frame["place"].isna(), path, "unit", "a unit or community of the units file")
    groups = tuple(sorted(set(groups) | set(frame["group"])))
    before: list[NDArray[np.int64]] = []
    after: list[NDArray[np.int64]] = []
    runs = sorted(set(frame["run"]))
    if runs[0] != 0:
        raise BadInput("run 0, the city as it is, is missing", where=f"{path.name}, column run")
    column = {g: i for i, g in enumerate(groups)}
    row = {p: i for i, p in enumerate(places)}
    for _, part in frame.groupby("run"):
        at = (
            part["place"].map(row).to_numpy(dtype=np.int64),
            part["group"].map(column).to_numpy(dtype=np.int64),
        )
        for name, tables in (("before", before), ("after", after)):
            table = np.zeros((len(places), len(groups)), dtype=np.int64)
            np.add.at(table, at, part[name].to_numpy())
            tables.append(table)
    if any(len(part) != len(frame) // len(runs) for _, part in frame.groupby("run")):
        raise BadInput("the runs do not have the same units and groups", where=path.name)
    if any((b != before[0]).any() for b in before):
        raise BadInput("every run starts from the same stock", where=f"{path.name}, column before")
    # a re-run that ends exactly as another counts once: copies add no evidence
    distinct = {a.tobytes(): i for i, a in reversed(list(enumerate(after[1:], start=1)))}
    kept = [0, *sorted(distinct.values())]
    before, after = [before[i] for i in kept], [after[i] for i in kept]
    return tuple(before), tuple(after), groups


def _placements(
    rounds: list[pd.DataFrame],
    places: tuple[str, ...],
    groups: tuple[str, ...],
    minority: str,
    before: tuple[NDArray[np.int64], ...],
    share: NDArray[np.float64],
) -> tuple[Placements, ...]:
    """Count each round's households; a round's shares before it follow from the moves before."""
    stock = before[0].copy() if before else None
    row = {p: i for i, p in enumerate(places)}
    column = {g: i for i, g in enumerate(groups)}
    result = []
    for moves in rounds:
        if stock is not None:
            totals = stock.sum(axis=1)
            few = stock[:, column[minority]]
            share = np.where(totals > 0, few / np.maximum(totals, 1), np.nan)
        housed = moves[moves["event"] == "housed"]
        whole = housed.groupby("household", sort=False).agg(
            size=("place", "size"), place=("place", "first"), group=("group", "first"),
            home=("home_size", "first"), stratum=("stratum", "first"),
        )  # fmt: skip
        stratum = whole["stratum"] + "/" + whole["home"].astype("str")
        result.append(
            household_table(
                stratum.to_numpy(), whole["size"].to_numpy(), whole["place"].to_numpy(),
                (whole["group"] == minority).to_numpy(), places, share,
            )
        )  # fmt: skip
        if stock is not None:
            code = housed["group"].map(column).to_numpy(dtype=np.int64)
            known = (housed["from"] != "").to_numpy()
            np.add.at(stock, (housed["place"].map(row).to_numpy(dtype=np.int64), code), 1)
            left = housed["from"][known].map(row).to_numpy(dtype=np.int64)
            np.subtract.at(stock, (left, code[known]), 1)
    return tuple(result)
