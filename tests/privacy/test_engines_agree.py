"""The same plan gives the same integers by every engine."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from privacy.counting import count_in
from privacy.counting.engines.embedded import EmbeddedHost
from privacy.counting.engines.hosts import Host, Rows
from privacy.counting.engines.postgres import PostgresHost
from privacy.query import Plan
from privacy.query.exact import ExactCounts
from tests.privacy.broad_plans import broad, sources
from tests.privacy.counted_rows import both
from tests.privacy.random_plans import questions
from tests.privacy.row_judge import judged

Question = tuple[Plan, list[dict[str, Any]], list[dict[str, Any]]]

_RANDOM = settings(
    deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@pytest.fixture(scope="module", params=[1, 3])
def rows(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> tuple[Rows, Rows]:
    """The rows as intake lays them out, in one file, and in several."""
    folder = tmp_path_factory.mktemp("rows")
    return sources(folder, 6000, 2500, f"small{request.param}", request.param)


def _counted(host: Host, rows: tuple[Rows, Rows], plan: Plan) -> ExactCounts:
    return count_in(host.over(rows[: len(plan.sources)]), plan)


def _judge(host: Host, question: Question) -> None:
    plan, first, second = question
    with tempfile.TemporaryDirectory() as folder:
        files = both(Path(folder), first, second, 2)[: len(plan.sources)]
        exact = count_in(host.over([Rows(tuple(f)) for f in files]), plan)
    vectors, groups = judged(plan, first, second)
    assert (None if exact.groups is None else list(exact.groups)) == groups
    assert {n: v.reshape(-1).tolist() for n, v in exact.vectors.items()} == vectors


def _same(left: ExactCounts, right: ExactCounts) -> None:
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
        assert all(v.any() for v in found.vectors.values())
        _same(found, _counted(postgres, many, plan))
        _same(found, _counted(spark_host, many, plan))


@given(question=questions())
@settings(_RANDOM, max_examples=60)
def test_postgresql_counts_what_a_judge_counts_row_by_row(
    question: Question, postgres_url: str
) -> None:
    _judge(PostgresHost.at(f"{postgres_url}&schema=agreeing"), question)


@pytest.mark.slow
@given(question=questions())
@settings(_RANDOM, max_examples=30)
def test_spark_counts_what_a_judge_counts_row_by_row(question: Question, spark_host: Any) -> None:
    _judge(spark_host, question)


@pytest.mark.parametrize("count", [0, 1])
def test_every_kind_of_plan_over_no_row_and_over_one(
    count: int, tmp_path: Path, postgres_url: str
) -> None:
    few = sources(tmp_path, count, 1, f"few{count}")
    postgres = PostgresHost.at(f"{postgres_url}&schema=agreeing")
    for plan in broad():
        _same(_counted(EmbeddedHost(), few, plan), _counted(postgres, few, plan))
