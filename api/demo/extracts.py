"""Writing the twelve extracts, block by block, with the truth beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np

from api.demo.departments import DEPARTMENTS, MOST_NOTES, REPEATED, Department, Setting
from api.demo.dirt import FILE_FAULTS, MISSING_COLUMN, soil_rows
from api.demo.population import REFERENCE_YEAR, block_rng, people_blocks
from privacy.fabrication import DoorAddresses

if TYPE_CHECKING:
    from api.demo.households import Households
    from api.demo.places import Places
    from api.demo.population import People

Progress = Callable[[str, int, int], None]
SYNTHETIC = "synthetic: made up by Common Ground; no record is of a real person"
MEAN_LAG_DAYS = 14
_NOTE_ROWS = 0.58
"""Expected rows a person in the three extracts that carry notes."""


@dataclass(slots=True)
class _Out:
    """An extract being written."""

    department: Department
    folder: Path
    text: TextIO | None = None
    parquet: Any = None
    rows: int = 0

    def write(self, columns: dict[str, list[Any]]) -> None:
        self.rows += len(next(iter(columns.values())))
        if self.department.format == "parquet":
            self._write_parquet(columns)
        else:
            self._write_csv(columns)

    def _write_csv(self, columns: dict[str, list[Any]]) -> None:
        fault = FILE_FAULTS.get(self.department.name)
        columns.pop(MISSING_COLUMN.get(self.department.name, ""), None)
        delimiter = ";" if fault == "delimiter" else ","
        if self.text is None:
            encoding = {"gb18030": "gb18030", "bom": "utf-8-sig"}.get(fault or "", "utf-8")
            path = self.folder / f"{self.department.name}.csv"
            self.text = path.open("w", encoding=encoding, newline="")
            self.text.write(delimiter.join(columns) + "\n")
        rows = zip(*columns.values(), strict=True)
        self.text.write("\n".join(map(delimiter.join, rows)) + "\n")

    def _write_parquet(self, columns: dict[str, list[Any]]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = pa.table({k: pa.array(v, type=pa.string()) for k, v in columns.items()})
        table = table.replace_schema_metadata({"note": SYNTHETIC})
        if self.parquet is None:
            path = self.folder / f"{self.department.name}.parquet"
            self.parquet = pq.ParquetWriter(path, table.schema, compression="zstd")
        self.parquet.write_table(table)

    def close(self) -> None:
        for out in (self.text, self.parquet):
            if out is not None:
                out.close()


@dataclass(slots=True)
class Written:
    """What was written: persons, records, and records by extract."""

    people: int = 0
    records: dict[str, int] = field(default_factory=dict)


def write_extracts(
    out: Path, where: Places, homes: Households, seed: int, progress: Progress
) -> Written:
    """Write `out/extracts` and `out/truth`, in memory bounded by a block of communities."""
    extracts, truth = out / "extracts", out / "truth"
    extracts.mkdir(parents=True)
    truth.mkdir()
    persons = int(homes.size.sum())
    setting = Setting(
        where,
        DoorAddresses([where.full_name(i) for i in range(len(where))]),
        note_share=min(0.5, MOST_NOTES / (persons * _NOTE_ROWS)),
    )
    files = [_Out(d, extracts) for d in DEPARTMENTS]
    written = Written()
    people_truth, link_truth = _Truth(truth / "people.parquet"), _Truth(truth / "links.parquet")
    try:
        for block, people in enumerate(people_blocks(where, homes, seed)):
            progress("city", written.people, persons)
            people_truth.write(_person_truth(people, where))
            for k, file in enumerate(files):
                rng = block_rng(seed, 10 + k, block)
                columns, links = _extract_block(rng, file.department, people, setting, file.rows)
                file.write(columns)
                link_truth.write(links)
            written.people += len(people)
    finally:
        for file in files:
            file.close()
        people_truth.close()
        link_truth.close()
    progress("city", persons, persons)
    written.records = {f.department.name: f.rows for f in files}
    return written


def _extract_block(
    rng: np.random.Generator, d: Department, people: People, setting: Setting, before: int
) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    low, high = d.ages
    age = people.age
    eligible = (age >= low) & (age < high)
    chance = min(1.0, d.share * len(people) / max(1, int(eligible.sum())))
    at = np.flatnonzero(eligible & (rng.random(len(people)) < chance))
    at = rng.permutation(np.concatenate([at, at[rng.random(len(at)) < REPEATED]]))
    rows = at.tolist()
    lag = np.minimum(rng.geometric(1 / (MEAN_LAG_DAYS + 1), len(at)) - 1, 364).tolist()
    start = np.datetime64(f"{REFERENCE_YEAR}-01-01")
    birth = people.birth[at]
    columns: dict[str, list[Any]] = {
        "record_id": [f"{d.name[:3].upper()}{before + i:09d}" for i in range(len(rows))],
        "resident_id": [people.resident_id[i] for i in rows],
        "name": [people.name[i] for i in rows],
        "sex": ["男" if m else "女" for m in people.male[at].tolist()],
        "birth_date": [f"{b // 10000}-{b // 100 % 100:02d}-{b % 100:02d}" for b in birth.tolist()],
        "phone": [people.phone[i] for i in rows],
        "updated_on": [str(start - days) for days in lag],
        **d.draw(rng, people, at, setting),
    }
    records = list(columns["record_id"])
    faults = soil_rows(rng, columns, birth, d.format == "csv")
    links = {
        "department": [d.name] * len(rows),
        "record_id": records,
        "person": people.index[at],
        "fault": faults,
    }
    return columns, links


def _person_truth(p: People, where: Places) -> dict[str, Any]:
    return {
        "person": p.index,
        "resident_id": p.resident_id,
        "name": p.name,
        "phone": p.phone,
        "actual_address": p.actual_address,
        "registered_address": p.registered_address,
        "status": ["migrant" if m else "local" for m in p.migrant.tolist()],
        "community": [where.code[c] for c in p.community.tolist()],
        "registered_community": [where.code[c] for c in p.registered.tolist()],
    }


class _Truth:
    """A Parquet file of the truth, written block by block."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: Any = None

    def write(self, columns: dict[str, Any]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = pa.table(columns).replace_schema_metadata({"note": SYNTHETIC})
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, table.schema, compression="zstd")
        self._writer.write_table(table)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
