"""Linking twelve extracts: minutes, peak memory, precision and recall against a truth.

    python -m tests.benchmarks.bench_linkage [ROWS A DEPARTMENT, default 1000000]

Twelve departments of so many records each, of twice as many persons; in 20% of the records the id is
missing or wrong and one other field is (a second table has two other fields wrong). The model's
probabilities and thresholds were set on cities of the seeds in `TUNED_ON`; what is printed is measured on
another. Pairs: pairs of records. B³: the mean over records. Whole: clusters that are
exactly one person's records. The time is that of a session: sealing the batches, linking them, the
report, and the exact join that makes the linked table; making the city and scoring it are not in it.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from privacy.contract import Contract, Field, LinkedField
from privacy.intake.linkage import link
from privacy.intake.table import Tables
from privacy.linkage import IdentifiedRecords, link_records, linkage_report
from privacy.pseudonyms import pseudonyms_of_column
from tests.benchmarks.linkage_city import contract, linkage_city
from tests.benchmarks.linkage_quality import by_cluster, exact_clusters, pairwise, pairwise_of

TUNED_ON = (1,)
MEASURED_ON = 2026
NAMES = [f"department_{d:02d}" for d in range(12)]


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def make(folder: Path, rows: int, others: int) -> None:
    """Write the city: identified batches, pseudonymised parts as intake leaves them, the truth."""
    city = linkage_city(2 * rows, rows, MEASURED_ON, others=others)
    at: dict[str, int] = {}
    for c, table in city.batches:
        at[c.dataset] = at.get(c.dataset, 0) + 1
        name = f"1-{at[c.dataset]:05d}.parquet"
        (folder / "identified" / c.dataset).mkdir(parents=True, exist_ok=True)
        pq.write_table(table, folder / "identified" / c.dataset / name)
        (folder / "parts").mkdir(exist_ok=True)
        kept = table.filter(table["person"].is_valid())
        band = pa.array(np.where(np.arange(len(kept)) % 2, "0-17", "18+"))
        people = pseudonyms_of_column(kept["person"], b"bench")
        part = pa.table({"person": people, "sex": kept["sex"], "age_band": band})
        Tables(folder / "parts").add(c.dataset, Path(name).stem, part)
    np.savez(folder / "truth.npz", person=city.person, dirty=city.dirty)


def linked_contract() -> Contract:
    """Return a contract that links the twelve."""
    basis = contract("residents")
    fields = (
        Field("person", "direct_identifier", "identifier", "pseudonym"),
        Field("sex", "quasi_identifier", "category", "keep", domain="sexes"),
        Field("age_band", "quasi_identifier", "category", "keep", domain="ages"),
    )
    return Contract(
        "residents", basis.title, basis.population, basis.purposes, basis.legal_basis, basis.expires,
        fields, {"sexes": ("男", "女"), "ages": ("0-17", "18+")}, basis.delta, person_key="person",
        links=tuple(LinkedField(n, n, tuple(NAMES)) for n in ("sex", "age_band")),
    )  # fmt: skip


def run(folder: Path) -> None:
    """Link what `make` wrote, and print."""
    contracts = {name: contract(name) for name in NAMES}
    spent: dict[str, float] = {}
    began = last = time.perf_counter()

    def lap(name: str) -> None:
        nonlocal last
        now = time.perf_counter()
        spent[name], last = now - last, now

    with IdentifiedRecords(folder / "spill") as records:
        for name in NAMES:
            for path in sorted((folder / "identified" / name).glob("*.parquet")):
                records.add(contracts[name], pq.read_table(path))
        lap("seal")
        found = link_records(records)
        lap("link")
        report = linkage_report(found, records.contracts)
        lap("report")
        by_dataset = {name: {"rows_without_usable_id": 0} for name in NAMES}
        out = folder / "out"
        out.mkdir()
        link(linked_contract(), list(contracts.values()), Tables(folder / "parts"), out, by_dataset)
        lap("exact join")
    total, worked = time.perf_counter() - began, time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    say(
        f"{report['records']:,} records in {total / 60:.2f} minutes ("
        + ", ".join(f"{name} {seconds:.0f} s" for name, seconds in spent.items())
        + f"), {worked:.0f} CPU seconds, peak memory {peak:.1f} GiB, {found.pairs:,} pairs compared"
    )
    quality(found, np.load(folder / "truth.npz"))


def quality(found: Any, truth: Any) -> None:
    """Print precision and recall."""
    columns = found.connection.execute("SELECT person FROM linked ORDER BY record").fetchnumpy()
    got, person, dirty = np.asarray(columns["person"]), truth["person"], truth["dirty"]
    for name, q in (
        ("pairs, all", pairwise(got, person)),
        ("pairs with a record without usable id", pairwise_of(got, person, dirty)),
        ("B³, all", by_cluster(got, person)),
        ("whole persons", exact_clusters(got, person)),
    ):
        say(f"  {name:40} precision {q.precision:.4f}  recall {q.recall:.4f}")


def main() -> None:
    """Make and link in processes of their own, so that peak memory is linkage's."""
    if len(sys.argv) > 3:
        folder = Path(sys.argv[2])
        if sys.argv[1] == "make":
            make(folder, int(sys.argv[3]), int(sys.argv[4]))
        else:
            run(folder)
        return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    for others, size in ((1, rows), (2, max(1, rows // 10))):
        say(f"12 × {size:,} records, 20% of them with a bad id and {others} other error(s):")
        with tempfile.TemporaryDirectory() as folder:
            for step in ("make", "run"):
                subprocess.run(
                    [sys.executable, "-m", __spec__.name, step, folder, str(size), str(others)],
                    check=True,
                )


if __name__ == "__main__":
    main()
