"""The same plan gives the same integers by every engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from policies.errors import BadInput
from privacy.counting import count_in
from privacy.counting.engines.embedded import EmbeddedHost
from privacy.counting.engines.hosts import Host, Rows
from privacy.counting.engines.postgres import PostgresHost
from privacy.query import Plan
from privacy.query.exact import ExactCounts
from tests.privacy.plans import broad, plans, sources

_RANDOM = settings(
    deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rows, Rows]:
    return sources(tmp_path_factory.mktemp("rows"), 6000, 2500, "small")


def _counted(host: Host, rows: tuple[Rows, Rows], plan: Plan) -> ExactCounts | None:
    try:
        return count_in(host.over(rows[: len(plan.sources)]), plan)
    except (BadInput, OverflowError):
        return None  # refused from public bounds alone, before any engine


def _same(left: ExactCounts | None, right: ExactCounts | None) -> None:
    if left is None or right is None:
        assert left is right
        return
    assert left.groups == right.groups
    assert left.vectors.keys() == right.vectors.keys()
    for name, vector in left.vectors.items():
        assert vector.dtype == right.vectors[name].dtype == np.int64
        assert vector.tolist() == right.vectors[name].tolist(), name


@pytest.mark.parametrize("number", range(len(broad())))
def test_every_kind_of_plan_gives_the_same_integers_by_postgresql(
    number: int, rows: tuple[Rows, Rows], postgres_url: str
) -> None:
    plan, postgres = broad()[number], PostgresHost.at(f"{postgres_url}&schema=agreeing")
    found = _counted(EmbeddedHost(), rows, plan)
    assert found is not None
    assert all(v.any() for v in found.vectors.values())
    _same(found, _counted(postgres, rows, plan))


@pytest.mark.slow
def test_every_kind_of_plan_gives_the_same_integers_over_two_million_rows(
    tmp_path: Path, postgres_url: str, spark_host: Any
) -> None:
    many = sources(tmp_path, 2_100_000, 1_400_000, "large")
    postgres = PostgresHost.at(f"{postgres_url}&schema=agreeing")
    for plan in broad():
        found = _counted(EmbeddedHost(), many, plan)
        assert found is not None
        assert all(v.any() for v in found.vectors.values())
        _same(found, _counted(postgres, many, plan))
        _same(found, _counted(spark_host, many, plan))


@given(plan=plans())
@settings(_RANDOM, max_examples=70)
def test_postgresql_counts_what_duckdb_counts(
    plan: Plan, rows: tuple[Rows, Rows], postgres_url: str
) -> None:
    postgres = PostgresHost.at(f"{postgres_url}&schema=agreeing")
    _same(_counted(EmbeddedHost(), rows, plan), _counted(postgres, rows, plan))


@pytest.mark.slow
@given(plan=plans())
@settings(_RANDOM, max_examples=40)
def test_spark_counts_what_duckdb_counts(
    plan: Plan, rows: tuple[Rows, Rows], spark_host: Any
) -> None:
    _same(_counted(EmbeddedHost(), rows, plan), _counted(spark_host, rows, plan))


@pytest.mark.parametrize("count", [0, 1])
def test_engines_agree_on_no_row_and_on_one(count: int, tmp_path: Path, postgres_url: str) -> None:
    few = sources(tmp_path, count, 1, "")
    few = (Rows(few[0].files), Rows(few[1].files))
    postgres = PostgresHost.at(postgres_url)

    @given(plan=plans())
    @settings(_RANDOM, max_examples=10)
    def agree(plan: Plan) -> None:
        _same(_counted(EmbeddedHost(), few, plan), _counted(postgres, few, plan))

    agree()
