"""Do the files of a submission agree with each other? What disagrees is refused, row by row."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from audit.submission.tables import Kind, read_columns, refuse_rows
from policies.errors import BadInput

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


def read_estates(path: Path) -> pd.DataFrame:
    """Read the plan of new estates: one row an estate and group."""
    space: dict[str, Kind] = {"facility_space": "number", "facility_reserve": "number"}
    frame = read_columns(path, {"estate": "text", "group": "text", "planned": "count"}, space)
    refuse_rows(frame.duplicated(["estate", "group"]), path, "group", "stands here twice")
    for name in space:
        if name in frame:
            first = frame.groupby("estate")[name].transform("first")
            refuse_rows(first != frame[name], path, name, f"an estate has one {name}")
            refuse_rows(frame[name] < 0, path, name, "a number from 0 is expected")
    if set(space) <= set(frame):
        more = frame["facility_reserve"] > frame["facility_space"]
        refuse_rows(more, path, "facility_reserve", "a reserve is part of facility_space")
    return frame


def check_origins(
    moves: pd.DataFrame,
    before: tuple[NDArray[np.int64], ...],
    places: tuple[str, ...],
    groups: tuple[str, ...],
    path: Path,
) -> None:
    """Refuse a stock that does not hold the people who moved out of it."""
    if not before:
        return
    row, column = {p: i for i, p in enumerate(places)}, {g: i for i, g in enumerate(groups)}
    known = ((moves["from"] != "") & (moves["event"] != "waiting")).to_numpy()
    left = np.zeros_like(before[0])
    at = (
        moves["from"][known].map(row).to_numpy(dtype=np.int64),
        moves["group"][known].map(column).to_numpy(dtype=np.int64),
    )
    np.add.at(left, at, 1)
    short = left > before[0]
    bad = np.zeros(len(moves), dtype=bool)
    bad[known] = short[at]
    refuse_rows(
        bad, path, "origin", "more people of a group left a community than the stock holds before"
    )


def refuse_copies(rounds: list[pd.DataFrame], path: Path) -> None:
    """Refuse a round that stands twice: copies would shrink every interval."""
    first = rounds[0]
    if "round" in first and set(first["round"]) & {int(r["round"].iloc[0]) for r in rounds[1:]}:
        raise BadInput("holds the round that --moves holds", where=f"{path.name}, column round")
    seen: list[set[tuple[str, str]]] = []
    for part in rounds:
        housed = part[part["event"] == "housed"]
        pairs = set(zip(housed["household"], housed["place"], strict=True))
        if any(len(pairs & other) * 2 > len(pairs) for other in seen):
            raise BadInput(
                "two rounds place the same households in the same places",
                where=f"{path.name}, column round", todo="hand each round in once",
            )  # fmt: skip
        seen.append(pairs)
