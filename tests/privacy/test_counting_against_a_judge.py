"""The engine's integers are those of a judge who goes row by row, for any plan over any rows."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from privacy.counting import count
from privacy.query.exact import ExactCounts
from privacy.query.plan import Plan
from privacy.query.statistics import statistics_of
from tests.privacy.counted_rows import both
from tests.privacy.random_plans import questions
from tests.privacy.row_judge import judged

Question = tuple[Plan, list[dict[str, Any]], list[dict[str, Any]]]


def _shape(plan: Plan, exact: ExactCounts) -> None:
    groups = plan.cells if exact.groups is None else len(exact.groups)
    for s in statistics_of(plan):
        vector = exact.vectors[s.name]
        assert vector.dtype == "int64"
        if s.kind == "contributions":
            assert vector.shape == (1, plan.bounds.stored)
        elif s.kind == "values":
            assert vector.shape[1] == (len(s.domain) or len(s.grid) - 1)
        elif not s.tier:
            assert vector.shape == (groups,)


_ROUNDS = settings(
    deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck),
)  # fmt: skip


@given(
    question=questions(), parts=st.integers(1, 3), threads=st.integers(1, 2), laid_out=st.booleans()
)
@settings(_ROUNDS, max_examples=60)
def test_every_statistic_is_what_a_judge_counts_row_by_row(
    question: Question, parts: int, threads: int, laid_out: bool
) -> None:
    _compared(question, parts, threads, laid_out)


@pytest.mark.slow
@given(
    question=questions(), parts=st.integers(1, 3), threads=st.integers(1, 2), laid_out=st.booleans()
)
@settings(_ROUNDS, max_examples=400)
def test_every_statistic_of_many_questions_is_what_a_judge_counts(
    question: Question, parts: int, threads: int, laid_out: bool
) -> None:
    _compared(question, parts, threads, laid_out)


def _compared(question: Question, parts: int, threads: int, laid_out: bool) -> None:
    plan, first, second = question
    if laid_out:  # as intake leaves a snapshot: by person and rank, in one file
        first, parts = sorted(first, key=lambda row: (row["person"], row["rank"])), 1
    with tempfile.TemporaryDirectory() as folder:
        files = both(Path(folder), first, second, parts)
        exact = count(plan, files[: len(plan.sources)], threads=threads)
    vectors, groups = judged(plan, first, second)
    assert (None if exact.groups is None else list(exact.groups)) == groups
    assert {n: v.reshape(-1).tolist() for n, v in exact.vectors.items()} == vectors
    _shape(plan, exact)
