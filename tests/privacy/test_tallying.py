"""Counting by dictionary codes gives what the statement gives, whatever the rows and files hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from privacy.counting.counted import count
from privacy.counting.engines.duckdb import DuckDB
from privacy.counting.filling import filled
from privacy.counting.jobs import jobs_of
from privacy.counting.tallying import tally_of
from privacy.query import bind
from tests.privacy.small import contract

_VALUES = {
    "district": ["north", "south", "east", "elsewhere", None],
    "status": ["migrant", "local", "unknown", "", None],
    "word": ["it's", '"quoted"', "居民", "ab", "不在其中", None],
}
_CONDITIONS = [
    "",
    "WHERE status = 'migrant'",
    "WHERE NOT (status = 'migrant' AND word IN ('ab', '居民'))",
    "WHERE word IS NULL OR district <> 'north'",
    "WHERE word LIKE 'zzz%'",
]
_ROWS = st.lists(
    st.fixed_dictionaries({name: st.sampled_from(v) for name, v in _VALUES.items()}), max_size=40
)


def _files(folder: Path, parts: list[list[dict[str, Any]]]) -> list[Path]:
    schema = pa.schema([(name, pa.string()) for name in _VALUES])
    paths = []
    for i, rows in enumerate(parts):
        path = folder / f"part-{i}.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema), path, row_group_size=7)
        paths.append(path)
    return paths


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(parts=st.lists(_ROWS, min_size=1, max_size=3), condition=st.sampled_from(_CONDITIONS))
def test_codes_and_statements_count_alike(
    tmp_path: Path, parts: list[list[dict[str, Any]]], condition: str
) -> None:
    plan = bind(
        f"SELECT word, district, status, count(*) FROM residents {condition} GROUP BY 1, 2, 3",
        contract(),
    )
    jobs = jobs_of(plan)
    assert tally_of(plan, jobs) is not None
    files = _files(tmp_path, parts)
    by_statement = filled(plan, jobs, DuckDB([files]).run([j.statement for j in jobs]))
    by_codes = count(plan, [files])
    for name, vector in by_statement.vectors.items():
        assert by_codes.vectors[name].tolist() == vector.tolist()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT status, count(*) FROM residents WHERE age > 3 GROUP BY 1",
        "SELECT status, count(age) FROM residents GROUP BY 1",
        "SELECT status, count(*), sum(age) FROM residents GROUP BY 1",
        "SELECT count(*) FROM residents",
    ],
)
def test_what_needs_more_than_codes_is_left_to_the_engine(sql: str) -> None:
    plan = bind(sql, contract())
    assert tally_of(plan, jobs_of(plan)) is None
