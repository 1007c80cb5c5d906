"""One question has one canonical form, whatever its spelling; another question has another."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from policies.record import canonical
from privacy.query import CountColumn, Plan, bind, count_plan
from tests.privacy.predicates import CONDITIONS, Condition
from tests.privacy.small import contract

CONTRACT = contract()
BASE = "SELECT district, status, count(*) FROM residents GROUP BY 1, 2"


def _plan(sql: str) -> Plan:
    return bind(sql, CONTRACT)


def _where(condition: str) -> Plan:
    return _plan(f"SELECT district, count(*) FROM residents WHERE {condition} GROUP BY district")


@pytest.mark.parametrize(
    "sql",
    [
        "select DISTRICT, Status, COUNT( * ) from Residents group by district, STATUS",
        "SELECT status, count(*), district FROM residents GROUP BY 3, 1",
        "SELECT district AS a, status AS b, count(*) AS n FROM residents GROUP BY a, b",
        "SELECT district AS a, status b, count(*) n FROM residents GROUP BY district, 2",
        'SELECT "district", "status", count(*) FROM "residents" GROUP BY 2, 1',
        "SELECT district, status, count(*) FROM residents GROUP BY 1, 2;",
        "SELECT district, /* in words */ status, count(*) -- how many\nFROM residents GROUP BY 1, 2",
        "SELECT /*+ a hint of nothing */ district, status, count(*) FROM residents GROUP BY 1, 2",
        "FROM residents SELECT district, status, count(*) GROUP BY 1, 2",
    ],
)
def test_spelling_order_and_labels_do_not_make_another_question(sql: str) -> None:
    assert canonical(_plan(sql).canonical()) == canonical(_plan(BASE).canonical())


@given(condition=CONDITIONS)
@settings(deadline=None, max_examples=300, derandomize=True, database=None)
def test_a_condition_reads_the_same_re_ordered_bracketed_and_exchanged(
    condition: Condition,
) -> None:
    first, second = _where(condition.sql), _where(condition.respelled)
    assert first.canonical() == second.canonical()


def test_between_is_its_two_comparisons_alone_and_among_others() -> None:
    assert _where("age BETWEEN 1 AND 5").canonical() == _where("age >= 1 AND age <= 5").canonical()
    among = _where("age BETWEEN 1 AND 5 AND status = 'local'")
    assert among.canonical() == _where("age >= 1 AND status = 'local' AND age <= 5").canonical()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("age = 3", "age = 4"),
        ("age < 3", "age <= 3"),
        ("age < 3", "age > 3"),
        ("age <> 3", "age = 3"),
        ("age = 3", "NOT age = 3"),
        ("age = 3 AND status = 'local'", "age = 3 OR status = 'local'"),
        ("age IN (3, 4)", "age IN (3, 5)"),
        ("district IS NULL", "status IS NULL"),
        ("district IS NULL", "district IS NOT NULL"),
        ("district = 'north'", "district = 'south'"),
        ("NOT (age = 3 AND age = 4)", "NOT age = 3 AND age = 4"),
        ("age = 3 OR (age = 4 AND status = 'local')", "(age = 3 OR age = 4) AND status = 'local'"),
    ],
)
def test_another_condition_is_another_question(one: str, other: str) -> None:
    assert _where(one).canonical() != _where(other).canonical()
    assert _where(one).canonical() == _where(one).canonical()


def test_other_groups_another_contribution_and_another_domain_are_other_questions() -> None:
    base = _plan(BASE).canonical()
    assert _plan("SELECT district, count(*) FROM residents GROUP BY 1").canonical() != base
    assert bind(BASE, contract(rows_per_person=2)).canonical() != base
    assert bind(BASE, contract(most_pseudonyms=2)).canonical() != base
    domains = {"districts": ["north", "south"], "statuses": ["local"], "words": ["ab"]}
    assert bind(BASE, contract(domains=domains)).canonical() != base
    other = contract(population={"id": "others", "public_size": 20_000})
    assert bind(BASE, other).canonical() != base


def test_cells_are_the_product_of_the_public_domains() -> None:
    assert _plan("SELECT count(*) FROM residents").cells == 1
    assert _plan("SELECT count(*) FROM residents").shape == ()
    assert _plan(BASE).shape == (3, 3)
    assert _plan(BASE).cells == 9
    three = _plan("SELECT word, income_band, district, count(*) FROM residents GROUP BY 1, 2, 3")
    assert three.shape == (4, 3, 3)
    assert three.keys[1].domain == ("0-2999", "3000-5999", "6000+")


def test_the_sensitivity_is_what_one_person_can_contribute_and_not_its_root() -> None:
    assert _plan(BASE).sensitivity == 1
    assert bind(BASE, contract(most_pseudonyms=3)).sensitivity == 3
    assert bind(BASE, contract(rows_per_person=5)).sensitivity == 5
    assert bind(BASE, contract(rows_per_person=5, most_pseudonyms=2)).sensitivity == 10
    counted = count_plan(contract(rows_per_person=4), ["district"])
    assert counted.sensitivity == 4


def test_the_plan_keeps_the_order_and_the_names_of_the_answer() -> None:
    plan = _plan(
        'SELECT status AS "who lives", count(*) AS 人数, district FROM residents GROUP BY 1, 3'
    )
    assert [c.label for c in plan.columns] == ["who lives", "人数", "district"]
    assert [isinstance(c, CountColumn) for c in plan.columns] == [False, True, False]
    assert [k.field for k in plan.keys] == ["status", "district"]


def test_axes_make_the_plan_that_sql_makes() -> None:
    by_axes = count_plan(CONTRACT, ["district", "status"], {"word": "it's"})
    by_sql = _plan(
        "SELECT district, status, count(*) FROM residents WHERE word = 'it''s' GROUP BY 1, 2"
    )
    assert by_axes.keys == by_sql.keys
    assert by_axes.cells == by_sql.cells
    assert by_axes.sensitivity == by_sql.sensitivity
