"""Clipping by the order of rows is for statements that read their rows in one scan, with nothing joined."""

from __future__ import annotations

from dataclasses import replace

import pytest

from privacy.counting.counted import _scans_alone
from privacy.counting.jobs import jobs_of
from privacy.query import Aggregate, Bounds, Column, OneOf, Plan, Source
from privacy.query.expressions import Mapped

_WORD = Column("word", "text")
_TABLE = tuple((f"w{i}", f"group {i % 3}") for i in range(12))
_PLAN = Plan(
    sources=(Source("events"),),
    population="city",
    public_size=100,
    keys=(),
    aggregates=(Aggregate("count", "n"),),
    columns=("n",),
    bounds=Bounds(stored=4, rows=3, groups=3, clip="filter", chosen_by="asked"),
)
_TOP = Aggregate(
    "top", "t", Mapped(_WORD, _TABLE), domain=("group 0", "group 1", "group 2"), most=1
)


@pytest.mark.parametrize(
    ("plan", "alone"),
    [
        (_PLAN, True),
        (replace(_PLAN, where=OneOf(_WORD, ("w1", "w2"))), True),
        (replace(_PLAN, aggregates=(_TOP,), columns=("t",)), False),
        (replace(_PLAN, where=OneOf(_WORD, tuple(w for w, _ in _TABLE))), False),
    ],
    ids=["a count", "a short list", "a public table is joined", "a long list becomes a join"],
)
def test_order_is_trusted_only_where_nothing_is_joined(plan: Plan, alone: bool) -> None:
    assert all(map(_scans_alone, jobs_of(plan, in_order=True))) is alone
