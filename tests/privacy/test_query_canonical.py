"""One question has one canonical form, whatever its spelling; another question has another."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from policies.record import canonical
from privacy.query import Plan, bind, count_plan, statistics_of
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
    def l2(plan: Plan) -> int:
        (counted,) = statistics_of(plan)
        assert counted.sensitivity.l2_squared == counted.sensitivity.l1**2
        return counted.sensitivity.l1

    assert l2(_plan(BASE)) == 1
    assert l2(bind(BASE, contract(most_pseudonyms=3))) == 3
    assert l2(bind(BASE, contract(rows_per_person=5))) == 5
    assert l2(bind(BASE, contract(rows_per_person=5, most_pseudonyms=2))) == 10
    assert l2(count_plan(contract(rows_per_person=4), ["district"])) == 4


def test_the_plan_keeps_the_order_and_the_names_of_the_answer() -> None:
    plan = _plan(
        'SELECT status AS "who lives", count(*) AS 人数, district FROM residents GROUP BY 1, 3'
    )
    assert plan.columns == ("who lives", "人数", "district")
    assert [a.label for a in plan.aggregates] == ["人数"]
    assert [k.label for k in plan.keys] == ["who lives", "district"]


def test_axes_make_the_plan_that_sql_makes() -> None:
    by_axes = count_plan(CONTRACT, ["district", "status"], {"word": "it's"})
    by_sql = _plan(
        "SELECT district, status, count(*) FROM residents WHERE word = 'it''s' GROUP BY 1, 2"
    )
    assert by_axes.keys == by_sql.keys
    assert by_axes.cells == by_sql.cells
    assert by_axes.canonical() == by_sql.canonical()
    assert statistics_of(by_axes) == statistics_of(by_sql)


SAME = [
    ("age < 4", "age <= 3"),
    ("age > 2.5", "age >= 3"),
    ("NOT age > 3", "age <= 3"),
    ("NOT (age > 3 OR status = 'local')", "age <= 3 AND status <> 'local'"),
    ("age IN (3)", "age = 3"),
    ("age IN (3, 4, 3)", "age = 4 OR age = 3 OR age IN (4, 3)"),
    ("age NOT IN (3, 4)", "NOT (age IN (4, 3))"),
    ("upper(district) = 'NORTH'", "district = 'north'"),
    ("district LIKE 'n%'", "starts_with(district, 'n')"),
    ("district LIKE 'n%'", "left(district, 1) = 'n'"),
    ("age + 2 > 5", "2 + age > 5"),
    ("age * 1 = 3 AND TRUE", "3 = 1 * age"),
    ("2 + 3 < age", "age > 5"),
    ("coalesce(age, 0) > 5", "ifnull(age, 0) > 5"),
    ("CASE WHEN age > 5 THEN 1 ELSE 0 END = 1", "if(age > 5, 1, 0) = 1"),
    ("CASE status WHEN 'local' THEN 1 END = 1", "CASE WHEN status = 'local' THEN 1 END = 1"),
    ("greatest(age, 18) > 20", "greatest(18, age) > 20"),
    ("greatest(least(age, 60), 18) > 20", "clamp(age, 18, 60) > 20"),
    ("age IS NOT DISTINCT FROM 3", "age = 3 AND age IS NOT NULL"),
    ("age BETWEEN 3 AND 5 OR FALSE", "age BETWEEN 3 AND 5"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_of_a_condition_are_one_question(one: str, other: str) -> None:
    assert _where(one).canonical() == _where(other).canonical()


FIGURES_ALIKE = [
    ("avg(age)", "mean(age)"),
    ("variance(age)", "var_samp(age)"),
    ("stddev(age)", "stddev_samp(age)"),
    ("median(age)", "quantile(age, 0.5)"),
    ("median(age)", "median(BINS(age, 1))"),
    ("median(age // 10)", "quantile(BINS(age // 10, 1), 0.5)"),
    ("quantile_cont(age, 0.25)", "percentile_cont(0.25) WITHIN GROUP (ORDER BY age)"),
    ("max(age)", "quantile(age, 0.99)"),
    ("sum(clamp(age, 0, 60))", "sum(least(age, 60))"),
    ("sum(age)/count(*)", "1.0 * sum(age) / nullif(count(*), 0)"),
    ("count(*), sum(age)", "sum(age), count(*)"),
    ("count(1)", "count(*)"),
    ("sum(age) FILTER (WHERE age < 4)", "sum(age) FILTER (WHERE age <= 3)"),
    ("count(*) FILTER (WHERE TRUE)", "count(*)"),
]


@pytest.mark.parametrize(("one", "other"), FIGURES_ALIKE)
def test_two_spellings_of_figures_are_one_question(one: str, other: str) -> None:
    assert (
        _plan(f"SELECT {one} FROM residents").canonical()
        == _plan(f"SELECT {other} FROM residents").canonical()
    )


FIGURES = [
    "count(*)", "count(age)", "count(DISTINCT person)", "sum(age)", "sum(age + 1)", "sum(clamp(age, 0, 60))",
    "sum(clamp(age, 0, 61))", "avg(age)", "variance(age)", "var_pop(age)", "stddev(age)", "stddev_pop(age)",
    "median(age)", "quantile(age, 0.4)", "quantile(BINS(age, 2), 0.5)", "min(age)", "max(age)", "top(status, 1)",
    "top(status, 2)", "top(word, 2)", "top(BINS(age, 10), 2)", "top(BINS(age, 20), 2)", "sum(age)/count(*)",
    "count(*)/sum(age)", "sum(age)/count(DISTINCT person)", "count(*) FILTER (WHERE age > 3)",
    "count(*) FILTER (WHERE age > 4)", "sum(age) FILTER (WHERE age > 3)", "sum(age // 2)", "sum(age / 2)",
    "sum(age % 2)", "sum(2 - age)", "sum(age - 2)", "sum(abs(age - 2))", "sum(age * age)",
    "sum(CASE WHEN age > 3 THEN 1 ELSE 0 END)", "sum(CASE WHEN age > 3 THEN 1 END)",
    "count(*), sum(age)", "count(*), count(*) FILTER (WHERE age > 3)", "sum(length(word))",
]  # fmt: skip


def test_no_two_different_figures_are_one_question() -> None:
    spelled = {}
    for figure in FIGURES:
        form = canonical(_plan(f"SELECT {figure} FROM residents").canonical())
        assert form not in spelled, (figure, spelled[form])
        spelled[form] = figure


def test_other_groups_of_one_column_are_other_questions() -> None:
    groups = [
        "district", "upper(district)", "left(district, 1)", "district = 'north'", "age", "BINS(age, 10)",
        "BINS(age, 20)", "BINS(age, 0, 10, 121)", "age // 10", "status", "coalesce(district, 'nowhere')",
        "nullif(district, 'north')", "CASE WHEN age > 3 THEN 'a' ELSE 'b' END",
        "CASE WHEN age > 3 THEN 'b' ELSE 'a' END", "CASE WHEN age > 3 THEN 'a' END",
    ]  # fmt: skip
    forms = [
        canonical(_plan(f"SELECT {g} AS g, count(*) FROM residents GROUP BY g").canonical())
        for g in groups
    ]
    assert len(set(forms)) == len(forms)


LAYERS = [
    "SELECT district, avg(age) FROM residents WHERE status = 'local' AND age > 3 GROUP BY 1",
    "WITH x AS (SELECT * FROM residents WHERE status = 'local') "
    "SELECT district, avg(age) FROM x WHERE age > 3 GROUP BY 1",
    "SELECT d, avg(a) FROM (SELECT district AS d, age AS a FROM residents WHERE age > 3 "
    "AND status = 'local') AS x GROUP BY d",
    "WITH x AS (SELECT district, age, status FROM residents WHERE age > 3), "
    "y AS (SELECT district, age FROM x WHERE status = 'local') SELECT y.district, avg(y.age) FROM y "
    "GROUP BY y.district",
]


def test_a_layer_is_what_it_is_written_out() -> None:
    assert len({canonical(_plan(sql).canonical()) for sql in LAYERS}) == 1


def test_what_is_done_to_the_noisy_table_is_the_same_question() -> None:
    sql = "SELECT district, count(*) AS n FROM residents GROUP BY 1"
    more = _plan(f"{sql} HAVING count(*) > 5 ORDER BY n DESC, district LIMIT 2")
    assert more.canonical() == _plan(sql).canonical()
    assert more.selection.selects
    assert more.selection.order == (("n", True), ("district", False))
    assert not _plan(f"{sql} ORDER BY district").selection.selects
