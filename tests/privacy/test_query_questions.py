"""Random questions: SQL and builder give one plan, and each plan means of a row what its question says."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from math import trunc
from typing import Any

from hypothesis import HealthCheck, assume, given, settings

from policies.errors import BadInput
from privacy.query import Plan, bind, statistics_of
from privacy.query import expressions as e
from tests.privacy.asked import CONTRACT, NUMBERS, Asked, Part, Row, rows
from tests.privacy.questions import conditions, numbers, questions

_ROUNDS = settings(
    deadline=None, max_examples=80, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)  # fmt: skip


def _bound(sql: str) -> Plan | None:
    with contextlib.suppress(BadInput):
        return bind(sql, CONTRACT)
    return None


@given(asked=questions())
@_ROUNDS
def test_sql_and_the_builder_give_one_plan_or_refuse_both(asked: Asked) -> None:
    by_sql = _bound(asked.sql)
    if by_sql is None:
        with contextlib.suppress(BadInput):
            raise AssertionError(asked.question.plan())
        return
    built = asked.question.plan()
    assert built.canonical() == by_sql.canonical()
    assert statistics_of(built) == statistics_of(by_sql)
    assert built.where == by_sql.where
    assert [k.codes for k in built.keys] == [k.codes for k in by_sql.keys]


def _stored(row: Row) -> Mapping[str, Any]:
    """A row as a snapshot holds it: numbers in units of their resolution."""
    return {
        n: None if v is None else int(v / Fraction(NUMBERS[n][2])) if n in NUMBERS else v
        for n, v in row.items()
    }


def value(x: e.Expression, row: Mapping[str, Any]) -> Any:
    """Compute an expression of a plan over a stored row, as an engine must."""
    match x:
        case e.Column(name):
            return row[name]
        case e.Constant(v):
            return v
        case e.Arithmetic(sign, left, right):
            a, b = value(left, row), value(right, row)
            if a is None or b is None or (sign in ("//", "%") and b == 0):
                return None
            cut = 0 if sign not in ("//", "%") else trunc(Fraction(a, b))
            return {"+": a + b, "-": a - b, "*": a * b, "//": cut, "%": a - b * cut}[sign]
        case e.Absolute(part):
            return None if value(part, row) is None else abs(value(part, row))
        case e.Clamped(part, low, high):
            v = value(part, row)
            return None if v is None else min(max(v, low), high)
        case e.DatePart(name, column):
            if value(column, row) is None:
                return None
            d = date.fromisoformat(value(column, row))
            parts = {"year": d.year, "quarter": (d.month + 2) // 3, "month": d.month, "day": d.day}
            return parts.get(name, d.isoweekday())
        case e.Mapped(column, table):
            return dict(table).get(value(column, row))
        case e.Binned(part, edges):
            v = value(part, row)
            inside = v is not None and edges[0] <= v < edges[-1]
            return sum(edge <= v for edge in edges) - 1 if inside else None
        case e.Case(branches, otherwise):
            for p, result in branches:
                if holds(p, row) is True:
                    return value(result, row)
            return None if otherwise is None else value(otherwise, row)
        case e.Coalesce(part, otherwise):
            v = value(part, row)
            return otherwise.value if v is None else v


def holds(p: e.Predicate, row: Mapping[str, Any]) -> bool | None:
    """Judge a condition of a plan over a stored row: True, False or None for unknown."""
    match p:
        case e.Compare(left, operator, right):
            a, b = value(left, row), value(right, row)
            if a is None or b is None:
                return None
            return (
                {"=": a == b, "<>": a != b}[operator]
                if operator in ("=", "<>")
                else ({"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[operator])
            )
        case e.OneOf(part, values):
            v = value(part, row)
            return None if v is None else v in values
        case e.IsNull(part):
            return value(part, row) is None
        case e.Not(part):
            v = holds(part, row)
            return None if v is None else not v
        case e.All(parts):
            found = [holds(q, row) for q in parts]
            return False if False in found else None if None in found else True
        case e.Any_(parts):
            found = [holds(q, row) for q in parts]
            return True if True in found else None if None in found else False


@given(condition=conditions(), row=rows())
@settings(_ROUNDS, max_examples=200)
def test_a_condition_of_a_plan_judges_a_row_as_sql_says(condition: Part, row: Row) -> None:
    plan = _bound(f"SELECT count(*) FROM residents WHERE {condition.sql}")
    assume(plan is not None)
    assert plan is not None
    found = True if plan.where is None else holds(plan.where, _stored(row))
    if plan.where is not None and plan.where == e.OneOf(e.Constant(0), (1,)):
        assert condition.of(row) in (False, None)
    else:
        assert found == condition.of(row)


@given(number=numbers(conditions()), row=rows())
@settings(_ROUNDS, max_examples=200)
def test_an_expression_of_a_plan_is_worth_what_sql_says_and_within_its_bounds(
    number: Part, row: Row
) -> None:
    try:
        plan = bind(f"SELECT avg({number.sql}) FROM residents", CONTRACT)
    except BadInput:
        return
    (average,) = plan.aggregates
    assert average.expression is not None
    found, meant = value(average.expression, _stored(row)), number.of(row)
    assert (found is None) == (meant is None)
    if found is not None:
        clamped = min(max(found, average.low), average.high)
        assert clamped * Fraction(average.unit) == meant


@given(asked=questions(), row=rows())
@_ROUNDS
def test_the_groups_and_figures_of_a_plan_are_those_of_its_question(asked: Asked, row: Row) -> None:
    plan = _bound(asked.sql)
    assume(plan is not None)
    assert plan is not None
    stored = _stored(row)
    for key, part in zip(plan.keys, asked.keys, strict=True):
        code = value(key.expression, stored)
        shown = dict(zip(key.codes, key.domain, strict=True)).get(code)
        assert shown == part.of(row)
        assert code is None or code in key.codes
    for figure, aggregate in zip(asked.figures, plan.aggregates, strict=True):
        only = True if aggregate.where is None else holds(aggregate.where, stored)
        if figure.only is not None:
            assert (only is True) == (figure.only.of(row) is True)
        if figure.of is not None and aggregate.expression is not None:
            assert (value(aggregate.expression, stored) is None) == (figure.of.of(row) is None)
