"""Links against a truth: two errors a record in 20% of the records, one of them in the id."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.linkage import IdentifiedRecords, Linked, link_records, linkage_report
from tests.benchmarks.linkage_city import LinkageCity, linkage_city
from tests.benchmarks.linkage_quality import by_cluster, pairwise, pairwise_of

MEASURED_ON = 407  # none of the seeds that the model's probabilities were set on


def linked(city: LinkageCity, folder: Path, without: str | None = None) -> tuple[Linked, Any]:
    with IdentifiedRecords(folder) as records:
        for contract, table in city.batches:
            records.add(contract, table)
        found = link_records(records, without=without)
        return found, linkage_report(found, records.contracts)


def persons(found: Linked) -> np.ndarray[Any, Any]:
    columns = found.connection.execute("SELECT person FROM linked ORDER BY record").fetchnumpy()
    return np.asarray(columns["person"])


@pytest.mark.parametrize(("others", "least_recall"), [(1, 0.97), (2, 0.95)])
def test_records_without_a_usable_id_find_their_person(
    tmp_path: Path, others: int, least_recall: float
) -> None:
    city = linkage_city(8_000, 4_000, MEASURED_ON, others=others)
    got = persons(linked(city, tmp_path)[0])
    assert len(got) == len(city.person)
    for quality in (
        pairwise(got, city.person),
        pairwise_of(got, city.person, city.dirty),
        by_cluster(got, city.person),
    ):
        assert quality.precision >= 0.99
        assert quality.recall >= least_recall


def test_without_likeness_fewer_are_found_and_the_report_says_why(tmp_path: Path) -> None:
    city = linkage_city(4_000, 2_000, MEASURED_ON)
    found, report = linked(city, tmp_path, without="not wanted")
    everything, _ = linked(city, tmp_path)
    assert pairwise(persons(found), city.person).precision >= 0.99
    assert (
        pairwise_of(persons(found), city.person, city.dirty).recall
        < pairwise_of(persons(everything), city.person, city.dirty).recall - 0.1
    )
    assert report["method"] == "exact"
    assert "not wanted" in report["undefined"]["persons"]
    assert report["most_pseudonyms"]["department_00"]["share"] is None
    assert "most_pseudonyms.department_00.share" in report["undefined"]


def test_without_splink_the_exact_passes_remain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "splink", None)
    found, report = linked(linkage_city(2_000, 500, MEASURED_ON), tmp_path)
    assert found.method == "exact"
    assert "not installed" in report["undefined"]["persons"]
    assert report["duplicate_entry_rate"]["value"] > 0


def test_persons_above_k_are_estimated_within_a_point(tmp_path: Path) -> None:
    city = linkage_city(8_000, 4_000, MEASURED_ON, second_id=0.05)
    _, report = linked(city, tmp_path)
    held: dict[int, set[str]] = {}
    at = 0
    for _, table in city.batches:
        for key, person in zip(
            table["person"].to_pylist(), city.person[at:].tolist(), strict=False
        ):
            if key is not None:
                held.setdefault(person, set()).add(key)
        at += table.num_rows
    truth = sum(len(keys) > 1 for keys in held.values()) / len(held)
    assert truth > 0.02
    # of one department nobody has two; of all together there is no contract here: read it off
    assert all(k["share"] == 0 for k in report["most_pseudonyms"].values())
    from dataclasses import replace

    whole = replace(city.batches[0][0], dataset="everything")
    with IdentifiedRecords(tmp_path) as records:
        for contract, table in city.batches:
            records.add(contract, table)
        report = linkage_report(link_records(records), records.contracts, whole)
    found = report["most_pseudonyms"]["everything"]
    assert found["share"] == pytest.approx(truth, abs=0.01)
    assert found["interval"][0] <= truth <= found["interval"][1]


def test_a_session_linked_twice_is_linked_alike(tmp_path: Path) -> None:
    city = linkage_city(4_000, 2_000, MEASURED_ON, others=2)
    first, second = (linked(city, tmp_path)[1] for _ in range(2))
    assert first == second


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans()), min_size=2, max_size=9)
)
def test_the_yardstick_counts_pairs_as_one_would_by_hand(
    rows: list[tuple[int, int, bool]],
) -> None:
    found, truth = (np.array([r[k] for r in rows]) for k in (0, 1))
    some = np.array([r[2] for r in rows])
    pairs = [(i, j) for i, j in combinations(range(len(rows)), 2) if some[i] or some[j]]
    same_f = {p for p in pairs if found[p[0]] == found[p[1]]}
    same_t = {p for p in pairs if truth[p[0]] == truth[p[1]]}
    got = pairwise_of(found, truth, some)
    assert got.precision == pytest.approx(len(same_f & same_t) / max(1, len(same_f)))
    assert got.recall == pytest.approx(len(same_f & same_t) / max(1, len(same_t)))
