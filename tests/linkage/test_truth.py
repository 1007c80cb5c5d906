"""Links against a truth: two errors a record in 20% of the records, one of them in the id."""

from __future__ import annotations

from dataclasses import replace
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


@pytest.fixture(scope="module")
def cities() -> dict[int, LinkageCity]:
    """Cities by how many fields beside the id are wrong in a dirty record."""
    return {others: linkage_city(5_000, 2_500, MEASURED_ON, others=others) for others in (1, 2)}


@pytest.fixture(scope="module")
def likened(
    cities: dict[int, LinkageCity], tmp_path_factory: pytest.TempPathFactory
) -> dict[int, tuple[Linked, Any]]:
    """Both cities linked, with their reports."""
    return {
        others: linked(city, tmp_path_factory.mktemp("likened")) for others, city in cities.items()
    }


@pytest.mark.parametrize(("others", "least_recall"), [(1, 0.97), (2, 0.95)])
def test_records_without_a_usable_id_find_their_person(
    cities: dict[int, LinkageCity],
    likened: dict[int, tuple[Linked, Any]],
    others: int,
    least_recall: float,
) -> None:
    city, got = cities[others], persons(likened[others][0])
    assert len(got) == len(city.person)
    for quality in (
        pairwise(got, city.person),
        pairwise_of(got, city.person, city.dirty),
        by_cluster(got, city.person),
    ):
        assert quality.precision >= 0.99
        assert quality.recall >= least_recall


def test_without_likeness_fewer_are_found_and_the_report_says_why(
    cities: dict[int, LinkageCity], likened: dict[int, tuple[Linked, Any]], tmp_path: Path
) -> None:
    city = cities[1]
    found, report = linked(city, tmp_path, without="not wanted")
    assert pairwise(persons(found), city.person).precision >= 0.99
    assert (
        pairwise_of(persons(found), city.person, city.dirty).recall
        < pairwise_of(persons(likened[1][0]), city.person, city.dirty).recall - 0.1
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
    city = linkage_city(5_000, 2_500, MEASURED_ON, second_id=0.05)
    whole = replace(city.batches[0][0], dataset="everything")
    with IdentifiedRecords(tmp_path) as records:
        for contract, table in city.batches:
            records.add(contract, table)
        report = linkage_report(link_records(records), records.contracts, whole)
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
    found = report["most_pseudonyms"].pop("everything")
    # in one department nobody has two
    assert all(k["share"] == 0 for k in report["most_pseudonyms"].values())
    assert found["share"] == pytest.approx(truth, abs=0.01)
    assert found["interval"][0] <= truth <= found["interval"][1]


def test_a_session_linked_twice_is_linked_alike(
    cities: dict[int, LinkageCity], likened: dict[int, tuple[Linked, Any]], tmp_path: Path
) -> None:
    assert linked(cities[2], tmp_path)[1] == likened[2][1]


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
