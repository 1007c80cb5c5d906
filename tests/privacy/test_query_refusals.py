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
    "a subquery in FROM": "SELECT count(*) FROM (SELECT * FROM residents)",
    "a table in brackets": "SELECT count(*) FROM (residents)",
    "a subquery in IN": (
        "SELECT count(*) FROM residents WHERE status IN (SELECT status FROM residents)"
    ),
    "a scalar subquery": (
        "SELECT count(*) FROM residents WHERE age > (SELECT avg(age) FROM residents)"
    ),
    "EXISTS": "SELECT count(*) FROM residents WHERE EXISTS (SELECT 1)",
    "a common table expression": "WITH x AS (SELECT * FROM residents) SELECT count(*) FROM x",
    "an unused common table expression": (
        "WITH x AS (SELECT 1) SELECT district, count(*) FROM residents GROUP BY 1"
    ),
    "a union": "SELECT count(*) FROM residents UNION ALL SELECT count(*) FROM residents",
    "EXCEPT": "SELECT count(*) FROM residents EXCEPT SELECT 1",
    "a window function": "SELECT district, count(*) OVER () FROM residents GROUP BY 1",
    "QUALIFY": "SELECT count(*) FROM residents QUALIFY row_number() OVER () = 1",
    "HAVING": "SELECT district, count(*) FROM residents GROUP BY 1 HAVING count(*) > 5",
    "LIMIT": "SELECT district, count(*) FROM residents GROUP BY 1 LIMIT 1",
    "OFFSET": "SELECT district, count(*) FROM residents GROUP BY 1 OFFSET 1",
    "FETCH": "SELECT district, count(*) FROM residents GROUP BY 1 FETCH FIRST 1 ROWS ONLY",
    "DISTINCT": "SELECT DISTINCT district, count(*) FROM residents GROUP BY 1",
    "DISTINCT ON": "SELECT DISTINCT ON (district) district, count(*) FROM residents GROUP BY 1",
    "ORDER BY": "SELECT district, count(*) FROM residents GROUP BY 1 ORDER BY 2 DESC",
    "a star": "SELECT * FROM residents",
    "a star beside the count": "SELECT *, count(*) FROM residents",
    "a star of a table": "SELECT residents.*, count(*) FROM residents",
    "COLUMNS": "SELECT COLUMNS('d.*'), count(*) FROM residents",
    "no count": "SELECT district FROM residents GROUP BY 1",
    "two counts": "SELECT count(*), count(*) AS n FROM residents",
    "count of a column": "SELECT count(age) FROM residents",
    "count of distinct values": "SELECT count(DISTINCT district) FROM residents",
    "a filtered count": "SELECT count(*) FILTER (WHERE age > 5) FROM residents",
    "sum": "SELECT district, sum(age) FROM residents GROUP BY 1",
    "avg": "SELECT avg(age) FROM residents",
    "min": "SELECT min(age), count(*) FROM residents",
    "a list of values": "SELECT list(age), count(*) FROM residents",
    "arithmetic on the count": "SELECT count(*) * 1000 FROM residents",
    "an expression": "SELECT upper(district), count(*) FROM residents GROUP BY 1",
    "an expression in GROUP BY": (
        "SELECT district, count(*) FROM residents GROUP BY upper(district)"
    ),
    "a cast": "SELECT district::int, count(*) FROM residents GROUP BY 1",
    "CASE": "SELECT CASE WHEN age > 3 THEN 1 END, count(*) FROM residents GROUP BY 1",
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
    "a column without a domain": "SELECT age, count(*) FROM residents GROUP BY 1",
    "LIKE": "SELECT count(*) FROM residents WHERE district LIKE 'n%'",
    "a regular expression": "SELECT count(*) FROM residents WHERE district ~ 'n'",
    "columns compared": "SELECT count(*) FROM residents WHERE district = status",
    "values compared": "SELECT count(*) FROM residents WHERE 1 = 1",
    "arithmetic": "SELECT count(*) FROM residents WHERE age + 1 > 5",
    "a division": "SELECT count(*) FROM residents WHERE 1 / age > 0",
    "a function": "SELECT count(*) FROM residents WHERE length(district) > 3",
    "error()": "SELECT count(*) FROM residents WHERE error(district) = 'x'",
    "a bare TRUE": "SELECT count(*) FROM residents WHERE TRUE",
    "IS TRUE": "SELECT count(*) FROM residents WHERE (age = 3) IS TRUE",
    "IS DISTINCT FROM": "SELECT count(*) FROM residents WHERE age IS DISTINCT FROM 3",
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
        ("SELECT salary, count(*) FROM residents GROUP BY 1", 1, 13),
        ("SELECT district, count(*)\nFROM residents\nWHERE note = 'x' GROUP BY 1", 3, 10),
        ("SELECT count(*) FROM residents WHERE age > 3 AND name = 'x'", 1, 53),
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
