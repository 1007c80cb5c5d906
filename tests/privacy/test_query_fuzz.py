"""Whatever is typed, a plan or BadInput comes out, and no literal comes back."""

from __future__ import annotations

import contextlib
import dataclasses
import json

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policies.errors import BadInput
from privacy.query import Column, Plan, bind, dataset_named_in
from tests.privacy.small import contract

CONTRACT = contract()


def columns_of(part: object) -> set[str]:
    """Return the stored columns that a plan speaks of, wherever they stand in it."""
    if isinstance(part, Column):
        return {part.name}
    if dataclasses.is_dataclass(part):
        inner = [getattr(part, f.name) for f in dataclasses.fields(part)]
        return set().union(*map(columns_of, inner))
    if isinstance(part, tuple):
        return set().union(*map(columns_of, part))
    return set()


_ROUNDS = settings(deadline=None, max_examples=500, derandomize=True, database=None)
_TOKENS = [
    "SELECT",
    "district",
    "status",
    "age",
    "income_band",
    "count(*)",
    "count",
    "(",
    ")",
    "*",
    ",",
    "FROM",
    "residents",
    "WHERE",
    "GROUP",
    "BY",
    "1",
    "2",
    "AND",
    "OR",
    "NOT",
    "IN",
    "BETWEEN",
    "IS",
    "NULL",
    "=",
    "<>",
    "<",
    "<=",
    ">",
    ">=",
    "'north'",
    "'local'",
    "17",
    "-3",
    "1.5",
    "HAVING",
    "LIMIT",
    "ORDER",
    "JOIN",
    "ON",
    "UNION",
    "WITH",
    "AS",
    "x",
    ";",
    "--",
    "/*",
    "*/",
    "::",
    "[",
    "]",
    "{",
    "}",
    "$1",
    "?",
    "\\",
    '"',
    "'",
    "E'\\n'",
    "1e9",
    "LATERAL",
    "VALUES",
    "PIVOT",
    "OVER",
    "FILTER",
    "sum(age)",
    "avg(",
    "quantile(",
    "median(age)",
    "count(DISTINCT person)",
    "person",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "+",
    "-",
    "/",
    "//",
    "%",
    "||",
    "LIKE",
    "'n%'",
    "upper(",
    "length(",
    "coalesce(",
    "clamp(",
    "BINS(",
    "TIERS(",
    "DISCOVER(",
    "top(",
    "USING (person)",
    "DATE '2024-01-31'",
    "IS DISTINCT FROM",
    "TRUE",
    "1000000000000000000",
    "居民",
    "\u202e",
    "\x00",
    "аge",
]
_SENTENCES = st.lists(st.sampled_from(_TOKENS), max_size=30).map(" ".join)
_SECRETS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="'\\"),
    min_size=8,
    max_size=24,
)
_WITH_SECRET = (
    "SELECT count(*) FROM residents WHERE district = '{}'",
    "SELECT count(*) FROM residents WHERE '{}' = status",
    "SELECT count(*) FROM residents WHERE district IN ('north', '{}')",
    "SELECT count(*) FROM residents WHERE word BETWEEN 'ab' AND '{}'",
    "SELECT count(*) FROM residents WHERE age = '{}'",
    "SELECT count(*) FROM residents WHERE age > 3 AND income_band <> '{}'",
    "SELECT count(*) FROM residents WHERE name = '{}'",
    "SELECT count(*) FROM residents WHERE nobody = '{}'",
    "SELECT count(*) FROM residents WHERE age LIKE '{}'",
    "SELECT CASE WHEN age > 3 THEN '{}' ELSE 1 END, count(*) FROM residents GROUP BY 1",
    "SELECT sum(coalesce(age, '{}')) FROM residents",
    "SELECT count(*) FROM residents WHERE nullif(district, '{}') = 'north'",
    "SELECT quantile(age, '{}') FROM residents",
    "SELECT count(*) FROM residents WHERE substr(district, '{}') = 'n'",
    "SELECT count(*) FROM residents WHERE district = 'north' AND upper(district) = '{}'",
    "SELECT count(*) FROM residents HAVING count(*) > '{}'",
    "SELECT count(*) FROM residents LIMIT '{}'",
    "WITH x AS (SELECT district AS d FROM residents WHERE district = '{}') SELECT count(*) FROM x",
    "SELECT count(*) FROM residents WHERE concat(district, '{}') = status || 'x'",
    "SELECT count(*) FROM residents WHERE district = ('{}')::date",
    "SELECT count(*) FROM residents WHERE district = date '{}'",
    "SELECT district, count(*) FROM residents GROUP BY '{}'",
    "SELECT '{}', count(*) FROM residents",
    "SELECT district AS '{}', count(*) FROM residents",
    "SELECT count(*) FROM '{}'",
    "SELECT count(*) FROM read_csv('{}')",
    "SELECT count(*) FROM residents ORDER BY '{}'",
    "SELECT count(*) FROM residents HAVING '{}' = '{}'",
    "SELECT count(*) FROM residents WHERE district = '{}' )",
    "SELECT count(* FROM residents WHERE district = '{}'",
    "SELEKT '{}'",
    "'{}'",
    "COPY residents TO '{}'",
)


@given(secret=_SECRETS, question=st.sampled_from(_WITH_SECRET))
@_ROUNDS
def test_a_literal_that_was_typed_is_never_in_the_error(secret: str, question: str) -> None:
    assume(secret.strip() == secret)
    with pytest.raises(BadInput) as refused:
        bind(question.replace("{}", secret), CONTRACT)
    assert secret not in str(refused.value)
    assert secret.lower() not in str(refused.value).lower()


@given(secret=st.integers(10**7, 10**30), question=st.sampled_from(["-{}", "{}.5", "{}e5", "0x{}"]))
@_ROUNDS
def test_a_number_that_was_typed_is_never_in_the_error(secret: int, question: str) -> None:
    typed = question.format(secret)
    for sql in (
        f"SELECT count(*) FROM residents WHERE district = {typed}",
        f"SELECT count(*) FROM residents WHERE name = {typed}",
        f"SELECT count(*) FROM residents LIMIT {typed}",
        f"SELECT district, count(*) FROM residents GROUP BY {typed}",
    ):
        with pytest.raises(BadInput) as refused:
            bind(sql, CONTRACT)
        assert str(secret) not in str(refused.value)


def _only_plan_or_bad_input(text: str) -> None:
    with contextlib.suppress(BadInput):
        plan = bind(text, CONTRACT)
        assert isinstance(plan, Plan)
        assert plan.dataset == "residents"
        assert columns_of(plan) <= set(CONTRACT.queryable())
        json.dumps(plan.canonical())
    with contextlib.suppress(BadInput):
        assert dataset_named_in(text)


@given(text=st.text(max_size=200))
@_ROUNDS
def test_random_text_gives_nothing_but_bad_input(text: str) -> None:
    _only_plan_or_bad_input(text)


@given(text=_SENTENCES)
@_ROUNDS
def test_random_words_of_sql_give_a_plan_or_bad_input(text: str) -> None:
    _only_plan_or_bad_input(text)


@given(text=_SENTENCES | st.text(max_size=40))
@_ROUNDS
def test_random_conditions_give_a_plan_or_bad_input(text: str) -> None:
    _only_plan_or_bad_input(f"SELECT district, count(*) FROM residents WHERE {text} GROUP BY 1")


@given(text=_SENTENCES | st.text(max_size=40))
@_ROUNDS
def test_random_endings_give_a_plan_or_bad_input(text: str) -> None:
    _only_plan_or_bad_input(f"SELECT district, count(*) FROM residents GROUP BY {text}")


ENDLESS = {
    "brackets": "SELECT count(*) FROM residents WHERE " + "(" * 4000 + "age = 1" + ")" * 4000,
    "sums": "SELECT sum(" + "+".join(["age"] * 2400) + ") FROM residents",
    "layers that double": "WITH a0 AS (SELECT age AS x FROM residents), "
    + ", ".join(f"a{i} AS (SELECT x + x AS x FROM a{i - 1})" for i in range(1, 19))
    + " SELECT sum(x) FROM a18",
    "layers that square": "WITH a0 AS (SELECT age AS x FROM residents), "
    + ", ".join(f"a{i} AS (SELECT {'+'.join(['x'] * 60)} AS x FROM a{i - 1})" for i in range(1, 9))
    + " SELECT sum(x) FROM a8",
    "a hundred layers": "WITH a0 AS (SELECT age FROM residents), "
    + ", ".join(f"a{i} AS (SELECT age FROM a{i - 1})" for i in range(1, 100))
    + " SELECT sum(age) FROM a99",
    "LIKE of many signs": "SELECT count(*) FROM residents WHERE "
    + " OR ".join(["word LIKE '" + "%a" * 200 + "'"] * 20),
    "a long list": "SELECT count(*) FROM residents WHERE age IN (" + ",".join(["1"] * 4500) + ")",
    "a long number": "SELECT count(*) FROM residents WHERE age = " + "9" * 9000,
    "a long fraction": "SELECT count(*) FROM residents WHERE age = 0." + "9" * 9000,
    "a long text": "SELECT count(*) FROM residents WHERE word = '" + "x" * 9000 + "'",
    "a text that grows": "SELECT count(*) FROM residents WHERE length("
    + "replace(" * 60 + "word" + ", 'a', 'aaaaaaaaaa')" * 60 + ") > 1",
    "cases in cases": "SELECT sum(" + "CASE WHEN age > 1 THEN " * 300 + "1" + " END" * 300 + ") FROM residents",
    "NOT NOT": "SELECT count(*) FROM residents WHERE " + "NOT " * 2000 + "age = 1",
    "minus minus": "SELECT sum(" + "- " * 3000 + "age) FROM residents",
    "an AND of ORs": "SELECT count(*) FROM residents WHERE "
    + " AND ".join(f"(age = {i} OR age = {i + 300})" for i in range(250)),
    "greatest of many": "SELECT sum(greatest(" + ",".join(["age", "age + 1"] * 60) + ")) FROM residents",
    "unread signs": "\x00\u202e\ufeff" * 3000,
    "homoglyphs": "SЕLЕCT соunt(*) FRОM rеsidеnts",
}  # fmt: skip


@pytest.mark.parametrize("sql", ENDLESS.values(), ids=ENDLESS.keys())
def test_what_never_ends_is_a_plan_or_bad_input_of_bounded_size(sql: str) -> None:
    _only_plan_or_bad_input(sql)


@given(text=st.text(st.characters(codec="utf-8"), max_size=60))
@settings(_ROUNDS, max_examples=150)
def test_random_labels_and_literals_give_a_plan_or_bad_input(text: str) -> None:
    quoted = text.replace("'", "''")
    named = text.replace('"', '""')
    _only_plan_or_bad_input(f'SELECT district AS "{named}", count(*) FROM residents GROUP BY 1')
    _only_plan_or_bad_input(f"SELECT count(*) FROM residents WHERE district LIKE '{quoted}'")
    _only_plan_or_bad_input(
        f"SELECT CASE WHEN age > 3 THEN '{quoted}' ELSE 'x' END AS g, count(*) FROM residents GROUP BY g"
    )
    _only_plan_or_bad_input(f'SELECT count(*) FROM residents AS "{named}"')
