"""Whatever is typed, a plan or BadInput comes out, and no literal comes back."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policies.errors import BadInput
from privacy.query import Plan, bind, dataset_named_in
from tests.privacy.small import contract

CONTRACT = contract()
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
    "SELECT count(*) FROM residents WHERE district LIKE '{}'",
    "SELECT count(*) FROM residents WHERE concat(district, '{}') = 'x'",
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
        assert {k.field for k in plan.keys} <= set(CONTRACT.queryable())
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
