"""Writing the allocations of the arms as the files that an algorithm owner hands in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from api.demo.housing import (
    RERUNS,
    ROUNDS,
    SENSITIVITY_ARMS,
    VERDICT_ARMS,
    Arm,
    History,
    Round,
    history,
    simulate,
)

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from api.demo.places import Places

Progress = Callable[[str, int, int], None]
GROUPS = ("migrant", "local")
_TRADES = ("services", "manufacturing")
_FOLLOWED = ("lottery", "model_argmax")
"""Arms whose placement of everybody also goes to the enclave as an extract."""


def write_allocations(out: Path, where: Places, seed: int, progress: Progress) -> None:
    """Write `out/allocations`: units, and for each arm moves (round 1), rounds 2–6 and stock."""
    folder = out / "allocations"
    folder.mkdir(parents=True)
    arms = (*VERDICT_ARMS, *SENSITIVITY_ARMS)
    past: dict[tuple[float, float, float], History] = {}
    followed: dict[str, NDArray[np.int64]] = {}
    for done, arm in enumerate(arms):
        progress("allocations", done, len(arms))
        key = (arm.steering, arm.proxy, arm.churn)
        if key not in past:
            past[key] = history(where, seed, *key)
        start = past[key]
        if done == 0:
            _units(start, seed).to_csv(folder / "units.csv", index=False)
            followed["community_before"] = start.community.copy()
        after = _write_arm(folder / arm.name, start, arm, seed)
        if arm.name in _FOLLOWED:
            followed[f"community_after_{arm.name.removeprefix('model_')}"] = after
        if arm.churn != VERDICT_ARMS[0].churn or arm.proxy != VERDICT_ARMS[0].proxy:
            del past[key]
    progress("allocations", len(arms), len(arms))
    _write_followed(out, past[2.0, 0.75, 0.06], followed)


def _units(start: History, seed: int) -> pd.DataFrame:
    import pandas as pd

    where, persons = start.where, _persons(start, start.community)

    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(8,)))
    centre = np.hypot(where.x - 0.5, where.y - 0.5)
    return pd.DataFrame(
        {
            "unit": where.code,
            "estate": "",
            "community": where.code,
            "community_name": where.name,
            "street": where.street,
            "district": where.district,
            "capacity": 900,
            "area": np.round(48 + 20 * centre + rng.normal(0, 4, len(where)), 1),
            "rent": np.round(3200 - 1600 * centre + rng.normal(0, 150, len(where)), -1).astype(int),
            "share_before": np.round(persons[:, 0] / persons.sum(axis=1), 6),
            "x": np.round(where.x, 6),
            "y": np.round(where.y, 6),
            "synthetic": "yes",
        }
    )


def _write_arm(folder: Path, start: History, arm: Arm, seed: int) -> NDArray[np.int64]:
    """Write an arm's files; return where every household lives after its rounds in run 0."""
    import pandas as pd

    folder.mkdir()
    before = _persons(start, start.community)
    tables, rounds, community = [], [], start.community
    for run in range(RERUNS + 1):
        now = start.community.copy()
        for r in simulate(start, arm, seed, run):
            if run == 0 and (r.number == 1 or arm in VERDICT_ARMS):
                rounds.append(_moves(start, arm, r, seed))
            now[r.movers] = r.placed
        tables.append(_stock(start, before, _persons(start, now), run))
        community = now if run == 0 else community
    rounds[0].to_csv(folder / "moves.csv", index=False)
    if arm in VERDICT_ARMS:
        pd.concat(rounds[1:]).to_csv(folder / "rounds.csv", index=False)
    pd.concat(tables).to_csv(folder / "stock.csv", index=False)
    facts = {name: getattr(arm, name) for name in Arm.__dataclass_fields__}
    facts |= {"synthetic": True, "rounds": ROUNDS, "reruns": RERUNS, "seed": seed}
    (folder / "arm.json").write_text(json.dumps(facts, indent=1), "utf-8")
    return community


def _persons(start: History, community: NDArray[np.int64]) -> NDArray[np.int64]:
    homes, n = start.homes, len(start.where)
    everybody = np.bincount(community, homes.size, n).astype(np.int64)
    migrants = np.bincount(community[homes.migrant], homes.size[homes.migrant], n).astype(np.int64)
    return np.column_stack([migrants, everybody - migrants])


def _stock(
    start: History, before: NDArray[np.int64], after: NDArray[np.int64], run: int
) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        {
            "unit": np.repeat(np.array(start.where.code), len(GROUPS)),
            "group": np.tile(np.array(GROUPS), len(start.where)),
            "before": before.ravel(),
            "after": after.ravel(),
            "run": run,
        }
    )


def _moves(start: History, arm: Arm, r: Round, seed: int) -> pd.DataFrame:
    import pandas as pd

    homes = start.homes
    size = homes.size[r.movers]
    at = np.repeat(np.arange(len(r.movers)), size)
    household = r.movers[at]
    member = np.arange(len(at)) - np.repeat(np.cumsum(size) - size, size) + 1
    code = np.array(start.where.code)
    zone = start.where.zone[r.origin]
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(9, r.number)))
    need = 1 + rng.integers(0, 3, len(r.movers))
    name = np.char.add("H", np.char.zfill(household.astype(str), 7))
    return pd.DataFrame(
        {
            "person": np.char.add(np.char.add(name, "-"), member.astype(str)),
            "household": name,
            "group": np.where(homes.migrant[household], *GROUPS),
            "trade": np.array(_TRADES)[homes.trade[household]],
            "origin": code[r.origin][at],
            "home_size": size[at],
            "stratum": np.char.add(np.char.add(zone[at].astype(str), "-"), size[at].astype(str)),
            "unit": code[r.placed][at],
            "need": need[at],
            "applied": 1,
            "decided": 1,
            "event": "housed",
            "arm": arm.name,
            "round": r.number,
            "run": 0,
        }
    )


def _write_followed(out: Path, start: History, followed: dict[str, NDArray[np.int64]]) -> None:
    """Write the extract of everybody's community before and after two arms, by resident id."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    household = np.repeat(np.arange(len(start.homes)), start.homes.size)
    code = np.array(start.where.code)
    truth = pq.ParquetFile(out / "truth" / "people.parquet")
    writer = None
    try:
        for batch in truth.iter_batches(columns=["person", "resident_id", "status"]):
            home = household[batch.column("person").to_numpy()]
            columns: dict[str, Any] = {
                "resident_id": batch.column("resident_id"),
                "status": batch.column("status"),
            }
            columns |= {name: pa.array(code[where[home]]) for name, where in followed.items()}
            table = pa.table(columns)
            if writer is None:
                path = out / "extracts" / "housing_moves.parquet"
                writer = pq.ParquetWriter(path, table.schema, compression="zstd")
            writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()
