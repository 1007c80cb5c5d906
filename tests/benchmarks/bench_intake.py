"""How fast an extract without free text comes in, beside DuckDB's own CSV → Parquet in the same run."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np

SIZES = (1_000_000, 4_000_000)
FLOOR = 0.25
FLAT = 1.1
"""The largest peak of memory beside the smallest, whatever the number of rows."""
ROUNDS = 3
CONTRACT = {
    "contract": 1,
    "dataset": "people",
    "title": {"en": "People", "zh": "人口"},
    "population": {"id": "bench", "public_size": 20_000_000},
    "purposes": ["planning"],
    "legal_basis": "PIPL Art. 13(1)(3)",
    "expires": "2099-12-31",
}


def contract() -> dict[str, object]:
    """A register of seven columns: an id, two that are dropped, and four that are kept."""
    reference = {"action": "coarsen", "reference_date": "2026-01-01", "rename": "age_band"}
    return CONTRACT | {
        "domains": {"communities": communities(), "sexes": ["男", "女"]},
        "fields": [
            {"name": "record_id", "role": "direct_identifier", "type": "identifier", "action": "drop"},
            {"name": "resident_id", "role": "direct_identifier", "type": "resident_id",
             "action": "pseudonym", "required": True},
            {"name": "sex", "role": "quasi_identifier", "type": "category", "action": "keep",
             "domain": "sexes"},
            {"name": "birth_date", "role": "quasi_identifier", "type": "date", "bands": [0, 18, 60],
             **reference},
            {"name": "phone", "role": "direct_identifier", "type": "phone", "action": "drop"},
            {"name": "income", "role": "measure", "type": "integer", "action": "keep",
             "bounds": [0, 50_000]},
            {"name": "community", "role": "quasi_identifier", "type": "category", "action": "keep",
             "domain": "communities"},
        ],
    }  # fmt: skip


def communities() -> list[str]:
    """788 codes in the form of GB/T 10114."""
    return [f"4403{i:08d}" for i in range(1000, 1788)]


def write_extract(path: Path, rows: int) -> None:
    """Write a made-up register: valid check digits, regions that were never assigned."""
    import pyarrow as pa
    import pyarrow.csv as pc

    rng = np.random.default_rng(3)
    weights = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
    checks, codes = np.array(list("10X98765432")), np.array(communities())
    with path.open("wb") as out:
        for at in range(0, rows, 500_000):
            n = min(500_000, rows - at)
            year, month = rng.integers(1940, 2020, n), rng.integers(1, 13, n)
            day, order = rng.integers(1, 29, n), rng.integers(0, 1000, n)
            number = (
                ((990000 + rng.integers(0, 9999, n)) * 10000 + year) * 10000 + month * 100 + day
            ) * 1000 + order
            digits = np.stack([number // 10 ** (16 - i) % 10 for i in range(17)], 1)
            table = pa.table(
                {
                    "record_id": [f"PUB{at + i:09d}" for i in range(n)],
                    "resident_id": [
                        f"{a}{c}"
                        for a, c in zip(number.tolist(), checks[digits @ weights % 11], strict=True)
                    ],
                    "sex": np.array(["男", "女"])[rng.integers(0, 2, n)],
                    "birth_date": [
                        f"{a}-{b:02d}-{c:02d}"
                        for a, b, c in zip(year.tolist(), month.tolist(), day.tolist(), strict=True)
                    ],
                    "phone": [f"138{x:08d}" for x in rng.integers(0, 10**8, n).tolist()],
                    "income": [str(x) for x in rng.integers(0, 50_000, n).tolist()],
                    "community": codes[rng.integers(0, len(codes), n)],
                }
            )
            options = pc.WriteOptions(include_header=at == 0, quoting_style="none")
            body = pa.BufferOutputStream()
            pc.write_csv(table, body, options)
            text = body.getvalue().to_pybytes()
            # the header alone is written with quotes whatever the option says
            head, _, rest = text.partition(b"\n") if at == 0 else (b"", b"", text)
            out.write((head.replace(b'"', b"") + b"\n" if at == 0 else b"") + rest)


def by_duckdb(path: Path, target: Path) -> tuple[float, float]:
    """Return the seconds of DuckDB's own CSV → Parquet by the clock and of CPU, as it comes.

    That is Snappy, which is lighter than the snapshots' zstd: the comparison is the harder for intake.
    """
    import duckdb

    begun, worked = time.perf_counter(), time.process_time()
    with duckdb.connect(":memory:") as engine:
        engine.execute("SET threads = 2")
        engine.read_csv(str(path)).write_parquet(str(target))
    return time.perf_counter() - begun, time.process_time() - worked


def by_intake(path: Path, folder: Path) -> tuple[float, float]:
    """Return the seconds of one session, clock and CPU: digest, checks, pseudonyms, sorted snapshot."""
    from privacy.contract import contract_from_json
    from privacy.intake import Session, ingest
    from privacy.pseudonyms import PurposeKey
    from privacy.recognition import Redactor
    from privacy.store import Store

    session = Session(
        extracts=[(contract_from_json(contract()), [path])],
        linked=None,
        purpose_key=PurposeKey("records", 1, bytes(32)),
        commitment_key=bytes(32),
        store=Store(folder / "store"),
        redactor=Redactor,
        quarantine=folder / "quarantine",
        today=date(2026, 1, 1),
    )
    begun, worked = time.perf_counter(), time.process_time()
    report = ingest(session)
    spent = time.perf_counter() - begun, time.process_time() - worked
    rows = report["files"][0]
    assert rows["rows_stored"] == rows["rows_read"]
    return spent


def peak_mib(path: Path, folder: Path) -> int:
    """Return the peak resident memory, in MiB, of a session in a process of its own.

    Linux counts it in VmHWM from the start of the program; `ru_maxrss` begins at the size of the
    process that started it.
    """
    code = (
        "import sys; from pathlib import Path; from tests.benchmarks import bench_intake;"
        "bench_intake.by_intake(Path(sys.argv[1]), Path(sys.argv[2]));"
        "status = Path('/proc/self/status').read_text();"
        "print(int(status.split('VmHWM:')[1].split()[0]) // 1024)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(path), str(folder)],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    return int(ran.stdout.split()[-1])


def main(arguments: list[str]) -> int:
    """Print speed, ratio and peak memory at each size; fail below the floor or where memory grows."""
    sizes = [int(a) for a in arguments] or list(SIZES)
    medians, peaks = [], []
    with tempfile.TemporaryDirectory(prefix="bench-intake-") as name:
        folder = Path(name)
        write_extract(folder / "few.csv", 1_000)
        by_intake(folder / "few.csv", folder / "few")  # the loops are compiled once a machine
        for size in sizes:
            path = folder / f"{size}.csv"
            write_extract(path, size)
            ratios = []
            for k in range(ROUNDS):
                theirs, their_work = by_duckdb(path, folder / "theirs.parquet")
                ours, our_work = by_intake(path, folder / f"{size}-{k}")
                ratios.append(theirs / ours)
                sys.stdout.write(
                    f"{size:>10,} rows: DuckDB {theirs:.2f} s (CPU {their_work:.2f}), intake "
                    f"{ours:.2f} s (CPU {our_work:.2f}), {size / ours:,.0f} rows/s, ratio "
                    f"{theirs / ours:.2f} (CPU {their_work / our_work:.2f})\n"
                )
            medians.append(sorted(ratios)[len(ratios) // 2])
            peaks.append(peak_mib(path, folder / f"{size}-peak"))
            sys.stdout.write(
                f"{size:>10,} rows: median ratio {medians[-1]:.2f} (floor {FLOOR}), "
                f"peak memory {peaks[-1]} MiB\n"
            )
            path.unlink()
    return 0 if min(medians) >= FLOOR and max(peaks) <= FLAT * min(peaks) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
