"""What lies outside the documented subset is refused, with its place and without its literals."""

from __future__ import annotations

import re

import pytest

from policies.errors import BadInput
from privacy.query import bind, dataset_named_in
from tests.privacy.small import contract

_PLACE = re.compile(r"query( line \d+, near column \d+)?")
OUTSIDE = {
    "a join": "SELECT district, count(*) FROM residents JOIN other USING (person) GROUP BY 1",
    "a comma join": "SELECT count(*) FROM residents, residents",
    "a table in brackets": "SELECT count(*) FROM (residents)",
    "a subquery in IN": (
        "SELECT count(*) FROM residents WHERE status IN (SELECT status FROM residents)"
    ),
    "a scalar subquery": (
        "SELECT count(*) FROM residents WHERE age > (SELECT avg(age) FROM residents)"
    ),
    "EXISTS": "SELECT count(*) FROM residents WHERE EXISTS (SELECT 1)",
    "an unused common table expression": (
        "WITH x AS (SELECT 1) SELECT district, count(*) FROM residents GROUP BY 1"
    ),
    "a layer that counts": "WITH x AS (SELECT count(*) AS n FROM residents) SELECT sum(n) FROM x",
    "a layer that groups": (
        "WITH x AS (SELECT district FROM residents GROUP BY 1) SELECT count(*) FROM x"
    ),
    "a layer that sorts": "SELECT count(*) FROM (SELECT age FROM residents ORDER BY age LIMIT 1)",
    "a layer that speaks of itself": (
        "WITH RECURSIVE x AS (SELECT age FROM x) SELECT count(*) FROM x"
    ),
    "a layer named twice": (
        "WITH x AS (SELECT age FROM residents), x AS (SELECT age FROM residents) "
        "SELECT count(*) FROM x"
    ),
    "a correlated subquery in SELECT": (
        "SELECT (SELECT count(*) FROM residents r WHERE r.age = residents.age) FROM residents"
    ),
    "a layer that names people": "SELECT count(*) FROM (SELECT name FROM residents)",
    "a join with itself": (
        "SELECT count(*) FROM residents a JOIN residents b ON a.person = b.person"
    ),
    "a join on a column": "SELECT count(*) FROM residents JOIN residents r USING (district)",
    "a cross join": "SELECT count(*) FROM residents CROSS JOIN residents r",
    "a full join": "SELECT count(*) FROM residents FULL JOIN residents r USING (person)",
    "a union": "SELECT count(*) FROM residents UNION ALL SELECT count(*) FROM residents",
    "EXCEPT": "SELECT count(*) FROM residents EXCEPT SELECT 1",
    "a window function": "SELECT district, count(*) OVER () FROM residents GROUP BY 1",
    "QUALIFY": "SELECT count(*) FROM residents QUALIFY row_number() OVER () = 1",
    "OFFSET": "SELECT district, count(*) FROM residents GROUP BY 1 OFFSET 1",
    "DISTINCT": "SELECT DISTINCT district, count(*) FROM residents GROUP BY 1",
    "DISTINCT ON": "SELECT DISTINCT ON (district) district, count(*) FROM residents GROUP BY 1",
    "a star": "SELECT * FROM residents",
    "a star beside the count": "SELECT *, count(*) FROM residents",
    "a star of a table": "SELECT residents.*, count(*) FROM residents",
    "COLUMNS": "SELECT COLUMNS('d.*'), count(*) FROM residents",
    "no count": "SELECT district FROM residents GROUP BY 1",
    "count of distinct values": "SELECT count(DISTINCT district) FROM residents",
    "a sum of texts": "SELECT sum(district) FROM residents",
    "a sum of distinct values": "SELECT sum(DISTINCT age) FROM residents",
    "a figure in WHERE": "SELECT count(*) FROM residents WHERE count(*) > 5",
    "a figure of a figure": "SELECT sum(count(*)) FROM residents",
    "a ratio of averages": "SELECT avg(age) / avg(age) FROM residents",
    "HAVING about rows": "SELECT district, count(*) FROM residents GROUP BY 1 HAVING age > 5",
    "HAVING with OR": (
        "SELECT district, count(*) FROM residents GROUP BY 1 HAVING count(*) > 5 OR count(*) < 2"
    ),
    "HAVING about what is not selected": (
        "SELECT district, count(*) FROM residents GROUP BY 1 HAVING sum(age) > 5"
    ),
    "LIMIT of a column": "SELECT district, count(*) FROM residents GROUP BY 1 LIMIT age",
    "LIMIT in percent": "SELECT district, count(*) FROM residents GROUP BY 1 LIMIT 10 PERCENT",
    "a negative LIMIT": "SELECT district, count(*) FROM residents GROUP BY 1 LIMIT -1",
    "ORDER BY what is not selected": (
        "SELECT district, count(*) FROM residents GROUP BY 1 ORDER BY status"
    ),
    "a quantile without level": "SELECT quantile(age) FROM residents",
    "a quantile above 1": "SELECT quantile(age, 1.5) FROM residents",
    "a quantile of too many candidates": "SELECT quantile(BINS(age * 1000, 1), 0.5) FROM residents",
    "top of all": "SELECT top(district, 4) FROM residents",
    "two columns put together": "SELECT district || status, count(*) FROM residents GROUP BY 1",
    "bins without width": "SELECT BINS(age), count(*) FROM residents GROUP BY 1",
    "falling edges": "SELECT BINS(age, 10, 5), count(*) FROM residents GROUP BY 1",
    "bins of width 0": "SELECT BINS(age, 0), count(*) FROM residents GROUP BY 1",
    "tiers of no place": "SELECT district, count(*) FROM residents GROUP BY TIERS(district)",
    "public groups to discover": (
        "SELECT district, count(*) FROM residents GROUP BY DISCOVER(district)"
    ),
    "a clamp that is turned round": "SELECT sum(clamp(age, 9, 1)) FROM residents",
    "a clamp by columns": "SELECT sum(clamp(age, 1, age)) FROM residents",
    "a number compared with a text": "SELECT count(*) FROM residents WHERE age = '3'",
    "a text compared with a number": "SELECT count(*) FROM residents WHERE district = 3",
    "an order of two texts": "SELECT count(*) FROM residents WHERE district < status",
    "a CASE of two kinds": (
        "SELECT CASE WHEN age > 3 THEN 'a' ELSE 1 END, count(*) FROM residents GROUP BY 1"
    ),
    "a CASE of nothing": "SELECT CASE WHEN age > 3 THEN NULL END, count(*) FROM residents GROUP BY 1",
    "a division by zero": "SELECT sum(age / 0) FROM residents",
    "a condition that is none": "SELECT count(*) FROM residents WHERE age",
    "a plain value": "SELECT 1, count(*) FROM residents GROUP BY 1",
    "a plain value summed": "SELECT sum(1) FROM residents",
    "NULL in a list": "SELECT count(*) FROM residents WHERE age NOT IN (1, NULL)",
    "a symmetric BETWEEN": "SELECT count(*) FROM residents WHERE age BETWEEN SYMMETRIC 5 AND 1",
    "a user-defined function": "SELECT count(*) FROM residents WHERE my_function(age) = 1",
    "a macro": "CREATE MACRO f(x) AS x + 1",
    "a sum that could overflow": "SELECT sum(age * 1000000000000000) FROM residents",
    "a number that could overflow": (
        "SELECT count(*) FROM residents WHERE age * 100000000000000000 * 1000 > 1"
    ),
    "a list of values": "SELECT list(age), count(*) FROM residents",
    "arithmetic on the count": "SELECT count(*) * 1000 FROM residents",
    "an expression in GROUP BY": (
        "SELECT district, count(*) FROM residents GROUP BY upper(district)"
    ),
    "a cast": "SELECT district::int, count(*) FROM residents GROUP BY 1",
    "ROLLUP": "SELECT district, status, count(*) FROM residents GROUP BY ROLLUP (1, 2)",
    "CUBE": "SELECT district, status, count(*) FROM residents GROUP BY CUBE (district, status)",
    "GROUPING SETS": "SELECT district, count(*) FROM residents GROUP BY GROUPING SETS ((1), ())",
    "GROUP BY ALL": "SELECT district, count(*) FROM residents GROUP BY ALL",
    "no GROUP BY": "SELECT district, count(*) FROM residents",
    "too little grouped": "SELECT district, status, count(*) FROM residents GROUP BY district",
    "too much grouped": "SELECT district, count(*) FROM residents GROUP BY district, status",
    "the count grouped": "SELECT district, count(*) FROM residents GROUP BY 1, 2",
    "a position too high": "SELECT district, count(*) FROM residents GROUP BY 7",
    "the position 0": "SELECT district, count(*) FROM residents GROUP BY 0",
    "a broken position": "SELECT district, count(*) FROM residents GROUP BY 1.5",
    "an endless position": f"SELECT district, count(*) FROM residents GROUP BY {'9' * 5000}",
    "two statements": "SELECT count(*) FROM residents; SELECT count(*) FROM residents",
    "a second statement that writes": "SELECT count(*) FROM residents; DROP TABLE residents",
    "a statement that writes": "DELETE FROM residents",
    "DROP": "DROP TABLE residents",
    "COPY": "COPY residents TO 'out.csv'",
    "ATTACH": "ATTACH 'other.db'",
    "PRAGMA": "PRAGMA database_list",
    "INSTALL": "INSTALL httpfs",
    "SET": "SET threads = 1",
    "SELECT INTO": "SELECT count(*) INTO elsewhere FROM residents",
    "EXPLAIN": "EXPLAIN SELECT count(*) FROM residents",
    "a file by function": "SELECT count(*) FROM read_csv('people.csv')",
    "a Parquet file by function": "SELECT count(*) FROM read_parquet('people.parquet')",
    "a file by name": "SELECT count(*) FROM 'people.csv'",
    "another table": "SELECT count(*) FROM pg_tables",
    "another schema": "SELECT count(*) FROM information_schema.residents",
    "VALUES": "SELECT count(*) FROM (VALUES (1), (2))",
    "UNNEST": "SELECT count(*) FROM unnest([1, 2])",
    "no FROM": "SELECT count(*)",
    "a sample of the table": "SELECT count(*) FROM residents TABLESAMPLE 10%",
    "a sample of the answer": "SELECT count(*) FROM residents USING SAMPLE 10",
    "a pivot": "SELECT count(*) FROM residents PIVOT (count(*) FOR age IN (1))",
    "time travel": "SELECT count(*) FROM residents AT (VERSION => 3)",
    "ONLY": "SELECT count(*) FROM ONLY residents",
    "locks": "SELECT count(*) FROM residents FOR UPDATE",
    "renamed columns": "SELECT count(*) FROM residents AS r (district, status)",
    "an identifier": "SELECT name, count(*) FROM residents GROUP BY 1",
    "the person key": "SELECT resident_id, count(*) FROM residents GROUP BY 1",
    "the pseudonym": "SELECT person, count(*) FROM residents GROUP BY 1",
    "free text": "SELECT count(*) FROM residents WHERE note = 'x'",
    "a renamed column's old name": "SELECT income, count(*) FROM residents GROUP BY 1",
    "no such column": "SELECT salary, count(*) FROM residents GROUP BY 1",
    "a regular expression": "SELECT count(*) FROM residents WHERE district ~ 'n'",
    "error()": "SELECT count(*) FROM residents WHERE error(district) = 'x'",
    "compared with NULL": "SELECT count(*) FROM residents WHERE age = NULL",
    "a parameter": "SELECT count(*) FROM residents WHERE age = ?",
    "an empty IN": "SELECT count(*) FROM residents WHERE age IN ()",
    "two equal labels": "SELECT district AS x, count(*) AS x FROM residents GROUP BY 1",
    "nothing": "",
    "only a comment": "-- nothing",
    "only a semicolon": ";",
    "no SQL": "how many people live here?",
    "an open bracket": "SELECT count(* FROM residents",
    "an open string": "SELECT count(*) FROM residents WHERE district = 'north",
}


@pytest.mark.parametrize("sql", OUTSIDE.values(), ids=OUTSIDE.keys())
def test_what_is_outside_the_subset_is_bad_input_with_a_place_and_what_to_write(sql: str) -> None:
    with pytest.raises(BadInput) as refused:
        bind(sql, contract())
    assert _PLACE.fullmatch(refused.value.where)
    assert refused.value.what
    assert refused.value.todo


@pytest.mark.parametrize(
    ("sql", "line", "column"),
    [
        ("SELECT salary, count(*) FROM residents GROUP BY 1", 1, 8),
        ("SELECT district, count(*)\nFROM residents\nWHERE note = 'x' GROUP BY 1", 3, 7),
        ("SELECT count(*) FROM residents WHERE age > 3 AND name = 'x'", 1, 50),
        ("SELECT district, count(*) FROM residents GROUP BY\n 7", 2, 2),
    ],
)
def test_the_place_is_that_of_the_offending_part(sql: str, line: int, column: int) -> None:
    with pytest.raises(BadInput) as refused:
        bind(sql, contract())
    assert refused.value.where == f"query line {line}, near column {column}"


def test_a_question_about_another_dataset_is_refused() -> None:
    with pytest.raises(BadInput, match="no such dataset"):
        bind("SELECT count(*) FROM strangers", contract())
    assert dataset_named_in("SELECT count(*) FROM Strangers") == "strangers"


def test_a_dataset_without_a_column_to_ask_about_is_not_even_counted() -> None:
    fields = [
        {
            "name": "resident_id",
            "role": "direct_identifier",
            "type": "resident_id",
            "action": "pseudonym",
        },
        {"name": "note", "role": "free_text", "type": "text", "action": "redact"},
    ]
    closed = contract(fields=fields, domains={})
    with pytest.raises(BadInput):
        bind("SELECT count(*) FROM residents", closed)


@pytest.mark.parametrize("digits", ["9" * 41, "-" + "9" * 41, "9" * 5000])
def test_a_number_that_no_engine_can_compare_is_refused_before_anything_is_paid(
    digits: str,
) -> None:
    with pytest.raises(BadInput):
        bind(f"SELECT count(*) FROM residents WHERE age < {digits}", contract())


def test_an_answer_of_more_than_a_million_cells_is_refused() -> None:
    wide = contract(
        domains={k: [f"v{i}" for i in range(101)] for k in ("districts", "statuses", "words")}
    )
    with pytest.raises(BadInput, match="cells"):
        bind("SELECT district, status, word, count(*) FROM residents GROUP BY 1, 2, 3", wide)
    assert (
        bind("SELECT district, status, count(*) FROM residents GROUP BY 1, 2", wide).cells == 101**2
    )


def test_a_query_longer_than_ten_thousand_characters_is_refused_unread() -> None:
    sql = "SELECT count(*) FROM residents" + " " * 10_000
    with pytest.raises(BadInput, match="longer"):
        bind(sql, contract())


@pytest.mark.parametrize("opening", ["(", "NOT ", "-"])
def test_deep_nesting_is_bad_input(opening: str) -> None:
    depth = 4000
    closing = ")" * depth if opening == "(" else ""
    with pytest.raises(BadInput):
        bind(f"SELECT count(*) FROM residents WHERE {opening * depth}age = 1{closing}", contract())


@pytest.mark.parametrize("operator", ["AND", "OR"])
def test_a_long_chain_of_conditions_is_a_plan_or_bad_input(operator: str) -> None:
    chain = f" {operator} ".join(["age = 1"] * 700)
    try:
        plan = bind(f"SELECT count(*) FROM residents WHERE {chain}", contract())
    except BadInput:
        return
    assert plan.canonical()["where"] is not None
