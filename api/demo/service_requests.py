"""Requests and complaints of the synthetic city: several rows a person, with hours until the answer.

The plan's demand heat map counts them by community and service (plan §3.4), and its figures are
72 hours to a first answer before, 18 after, 12 as the goal. Here the answer takes longer for migrants
and varies by service; nothing about a real city follows from it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from api.demo.contract_files import events_contract
from api.demo.population import block_rng
from privacy.contract import to_odcs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.demo.places import Places
    from api.demo.population import People

DATASET = "service_requests"
FOLDER = "events"
SERVICES = {
    "training": 0.20, "after_school_care": 0.18, "housing_repair": 0.16, "social_insurance": 0.14,
    "medical": 0.12, "legal_aid": 0.05, "childcare": 0.06, "complaint": 0.09,
}  # fmt: skip
"""Services and their shares; training and after-school care are what the plan finds wanted most (§3.3)."""
CHANNELS = {"app": 0.35, "window": 0.4, "phone": 0.25}
MONTHS = tuple(f"2025-{m:02d}" for m in range(1, 13))
MOST_REQUESTS = 8
ROWS = (0.55, 0.22, 0.11, 0.06, 0.03, 0.015, 0.010, 0.005)
"""Shares of those who ask at all with 1, 2, … requests a year: published with the contract."""
ASKING = 0.4
MOST_HOURS = 720
_MEDIAN_HOURS, _SPREAD, _MIGRANTS_WAIT = 30.0, 0.9, 1.35


def write_requests(folder: Path, blocks: Iterable[People], where: Places, seed: int) -> int:
    """Write contract and extract into `folder`; return how many requests there are."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder.mkdir(parents=True, exist_ok=True)
    rows, people, writer = 0, 0, None
    try:
        for block, persons in enumerate(blocks):
            table = pa.table(_requests(block_rng(seed, 40, block), persons, where))
            if writer is None:
                path = folder / f"{DATASET}.parquet"
                writer = pq.ParquetWriter(path, table.schema, compression="zstd")
            writer.write_table(table)
            rows, people = rows + table.num_rows, people + len(persons)
    finally:
        if writer is not None:
            writer.close()
    document = events_contract(
        DATASET, people, tuple(SERVICES), tuple(CHANNELS), MONTHS, MOST_REQUESTS, MOST_HOURS, ROWS
    )
    text = yaml.safe_dump(to_odcs(document), allow_unicode=True, sort_keys=False, width=100)
    (folder / f"{DATASET}.yaml").write_text("# Synthetic: made up by Common Ground.\n" + text)
    return rows


def _requests(rng: np.random.Generator, p: People, where: Places) -> dict[str, list[Any]]:
    asks = np.flatnonzero(rng.random(len(p)) < ASKING)
    times = rng.choice(np.arange(1, MOST_REQUESTS + 1), len(asks), p=np.array(ROWS) / sum(ROWS))
    at = np.repeat(asks, times)
    slow = np.where(p.migrant[at], _MIGRANTS_WAIT, 1.0)
    hours = rng.lognormal(np.log(_MEDIAN_HOURS * slow), _SPREAD)
    return {
        "resident_id": [p.resident_id[i] for i in at.tolist()],
        "community": [where.code[c] for c in p.community[at].tolist()],
        "service": _drawn(rng, SERVICES, len(at)),
        "channel": _drawn(rng, CHANNELS, len(at)),
        "month": [MONTHS[m] for m in rng.integers(0, 12, len(at)).tolist()],
        "response_hours": [str(min(int(h), MOST_HOURS)) for h in hours],
    }


def _drawn(rng: np.random.Generator, shares: dict[str, float], n: int) -> list[str]:
    names = list(shares)
    return [names[i] for i in rng.choice(len(names), n, p=np.array(list(shares.values()))).tolist()]
