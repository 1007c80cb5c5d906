"""Exact counts over the public domains, from SQL to integers; no statement carries a value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.errors import ServiceFault
from privacy.counting import count
from privacy.counting.jobs import jobs_of
from privacy.query import Aggregate, Bounds, Column, Compare, Constant, Key, Plan, Source, bind
from tests.privacy.predicates import CONDITIONS, DOMAINS, Condition
from tests.privacy.small import contract

CONTRACT = contract()
_STRANGE = st.sampled_from(
    ["elsewhere", "", "'; DROP TABLE snapshot; --", "上海", "NULL", "%", "\u202e"]
)
_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            name: st.none() | st.sampled_from(values) | st.sampled_from(values) | _STRANGE
            for name, values in DOMAINS.items()
        }
        | {"age": st.none() | st.integers(0, 120)}
    ),
    max_size=40,
)
_KEYS = st.lists(st.sampled_from(list(DOMAINS)), unique=True, max_size=3)


def _written(folder: Path, rows: list[dict[str, Any]], parts: int = 1) -> list[Path]:
    schema = pa.schema([(n, pa.string()) for n in DOMAINS] + [("age", pa.int64())])
    paths = []
    for i in range(parts):
        table = pa.Table.from_pylist(rows[i::parts], schema=schema)
        paths.append(folder / f"{i}.parquet")
        pq.write_table(table, paths[-1])
    return paths


def _counts(plan: Plan, paths: list[Path], threads: int = 2) -> list[int]:
    (vector,) = count(plan, [paths], threads=threads).vectors.values()
    assert vector.dtype == np.int64
    assert vector.shape == (plan.cells,)
    return [int(n) for n in vector]


@given(rows=_ROWS, keys=_KEYS, condition=st.none() | CONDITIONS, parts=st.integers(1, 3))
@settings(deadline=None, max_examples=80, derandomize=True, database=None)
def test_sql_is_counted_as_its_condition_is_judged_row_by_row(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[dict[str, Any]],
    keys: list[str],
    condition: Condition | None,
    parts: int,
) -> None:
    where = f" WHERE {condition.sql}" if condition else ""
    grouped = f" GROUP BY {', '.join(keys)}" if keys else ""
    columns = "".join(f"{k}, " for k in keys)
    plan = bind(f"SELECT {columns}count(*) FROM residents{where}{grouped}", CONTRACT)
    found = _counts(plan, _written(tmp_path_factory.mktemp("rows"), rows, parts))
    kept = [r for r in rows if condition is None or condition.judge(r) is True]
    shape = tuple(len(DOMAINS[k]) for k in keys)
    expected = np.zeros(shape, dtype=np.int64)
    for row in kept:
        if all(row[k] in DOMAINS[k] for k in keys):
            expected[tuple(DOMAINS[k].index(row[k]) for k in keys)] += 1
    assert found == expected.reshape(-1).tolist()


def test_the_last_selected_column_varies_fastest(tmp_path: Path) -> None:
    rows = [{"district": "south", "status": "local"}] * 2 + [
        {"district": "east", "status": "migrant"}
    ]
    paths = _written(tmp_path, rows)
    by_district = bind("SELECT district, status, count(*) FROM residents GROUP BY 1, 2", CONTRACT)
    by_status = bind("SELECT status, count(*), district FROM residents GROUP BY 1, 3", CONTRACT)
    assert _counts(by_district, paths) == [0, 0, 0, 0, 2, 0, 1, 0, 0]
    assert _counts(by_status, paths) == [0, 0, 1, 0, 2, 0, 0, 0, 0]


def test_a_table_without_rows_has_every_cell_and_all_are_zero(tmp_path: Path) -> None:
    plan = bind("SELECT word, income_band, count(*) FROM residents GROUP BY 1, 2", CONTRACT)
    assert _counts(plan, _written(tmp_path, [])) == [0] * 12


def test_rows_in_another_order_and_in_other_files_give_the_same_integers(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    rows = [
        {"district": rng.choice(DOMAINS["district"]), "word": rng.choice(DOMAINS["word"])}
        for _ in range(5000)
    ]
    plan = bind("SELECT district, word, count(*) FROM residents GROUP BY 1, 2", CONTRACT)
    whole, shuffled = tmp_path / "whole", tmp_path / "shuffled"
    whole.mkdir()
    shuffled.mkdir()
    one = _counts(plan, _written(whole, rows), threads=1)
    other = [rows[i] for i in rng.permutation(5000)]
    assert one == _counts(plan, _written(shuffled, other, parts=7))
    assert sum(one) == 5000


def test_values_are_bound_as_parameters_and_never_stand_in_the_statement() -> None:
    plan = bind("SELECT count(*) FROM residents WHERE word = 'it''s' AND age < 77", CONTRACT)
    (job,) = jobs_of(plan)
    text = job.statement.tree.sql(dialect="duckdb")
    assert "it'" not in text
    assert "7" not in text
    assert sorted(map(str, job.statement.parameters.values())) == ["76", "it's"]  # one spelling for < 77 and <= 76


def test_a_fault_of_the_engine_says_nothing_of_the_rows(tmp_path: Path) -> None:
    plan = bind("SELECT district, count(*) FROM residents GROUP BY 1", CONTRACT)
    broken = tmp_path / "110105199001011234.parquet"
    broken.write_bytes(b"PAR1 this is no Parquet file 110105199001011234")
    with pytest.raises(ServiceFault) as fault:
        count(plan, [[broken]])
    assert "110105" not in str(fault.value)
    assert fault.value.__cause__ is None


def _events(folder: Path, persons: int, rows: int, mark: int = 1) -> Path:
    """Write events as intake lays them out; person 0 has `rows`, the others one each."""
    people = ["0" * 32] * rows + [f"{i:032x}" for i in range(1, persons)]
    ranks = [*range(1, rows + 1), *[1] * (persons - 1)]
    path = folder / "rows.parquet"
    pq.write_table(
        pa.table(
            {
                "person": people,
                "rank": pa.array(ranks, pa.int32()),
                "n": pa.array([mark] * len(ranks), pa.int64()),
                "group": [f"g{r % 5}" for r in ranks],
            }
        ),
        path,
        row_group_size=50_000,
    )
    return path


_GROUPS = tuple(f"g{i}" for i in range(5))


def _clipped(clip: str, groups: int = 3) -> Plan:
    n = Column("n", "whole", 0, 0, 10)
    return Plan(
        (Source("events"),), "city", 10, (Key("group", Column("group", "text"), _GROUPS, _GROUPS),),
        (Aggregate("sum", "total", n, low=0, high=10), Aggregate("count", "rows")), (),
        where=Compare(n, ">", Constant(2)), bounds=Bounds(1, 10**6, 3, groups, clip),  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize("clip", ["filter", "table"])
@pytest.mark.parametrize("groups", [1, 3])
def test_a_person_with_a_million_rows_moves_an_answer_by_at_most_l(
    tmp_path: Path, clip: str, groups: int
) -> None:
    plan = _clipped(clip, groups)
    with_her, without = tmp_path / "with", tmp_path / "without"
    with_her.mkdir()
    without.mkdir()
    more = count(plan, [[_events(with_her, 4, 10**6, 10)]]).vectors
    less = count(plan, [[_events(without, 4, 0, 10)]]).vectors
    moved = more["s1"] - less["s1"]
    assert 0 < moved.sum() <= 3
    assert (moved > 0).sum() <= groups
    assert (more["s0"] - less["s0"]).sum() == 10 * moved.sum()


def _ranked(folder: Path, marks: list[int]) -> Path:
    path = folder / "rows.parquet"
    table = {
        "person": ["a" * 32] * len(marks),
        "rank": pa.array(range(1, len(marks) + 1), pa.int32()),
        "n": pa.array(marks, pa.int64()),
        "group": ["g0"] * len(marks),
    }
    pq.write_table(pa.table(table), path)
    return path


def test_a_rank_over_the_whole_table_loses_rows_that_the_filter_would_have_kept(
    tmp_path: Path,
) -> None:
    path = _ranked(tmp_path, [0, 9, 0, 0, 9, 9, 9])
    assert count(_clipped("table"), [[path]]).vectors["s1"].tolist() == [1, 0, 0, 0, 0]
    assert count(_clipped("filter"), [[path]]).vectors["s1"].tolist() == [3, 0, 0, 0, 0]


def test_sums_past_what_floating_point_holds_are_exact_and_those_past_64_bits_stop_there(
    tmp_path: Path,
) -> None:
    path = tmp_path / "rows.parquet"
    big = 2**61
    pq.write_table(pa.table({"n": [big, 1, -7] + [big] * 4}), path)
    n = Column("n", "whole", 0, -(2**62), 2**62)
    plan = Plan(
        (Source("d"),), "city", 10, (), (Aggregate("sum", "s", n, low=-big, high=big),), (),
    )  # fmt: skip
    assert count(plan, [[path]]).vectors["s0"].tolist() == [2**63 - 1]
    pq.write_table(pa.table({"n": [big, 1, -7] + [big] * 2}), path)
    assert count(plan, [[path]]).vectors["s0"].tolist() == [3 * big - 6]


def test_a_hundred_thousand_groups_that_nobody_listed_are_found_in_their_order(
    tmp_path: Path,
) -> None:
    size = 100_000
    order = np.random.default_rng(3).permutation(size)
    path = tmp_path / "rows.parquet"
    names = [f"组{i:06d}" for i in order]
    pq.write_table(pa.table({"name": names, "person": [f"{i:032x}" for i in order]}), path)
    key = Key("name", Column("name", "text"), (), (), "unknown")
    plan = Plan((Source("d"),), "city", 10, (key,), (Aggregate("count", "n"),), ())
    exact = count(plan, [[path]])
    assert exact.groups == tuple((f"组{i:06d}",) for i in range(size))
    assert all(v.tolist() == [1] * size for v in exact.vectors.values())
