"""Slips of a researcher's hand: each error stands where the slip is, says what to write, and repeats no text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.errors import BadInput
from privacy.query import bind
from privacy.query.spelling import check_signs
from tests.privacy.small import contract

SLIPS = [
    ("SELECT distrct, count(*) FROM residents GROUP BY 1", 8, "did you mean district?"),
    ('SELECT count(*) FROM residents WHERE status = "local"', 47, "single quotes"),
    ("SELECT count(*) FROM residents WHERE status = ‘local’", 47, "half-width: '"),
    ("SELECT count(*) FROM residents WHERE status = ＇local＇", 47, "half-width: '"),
    ("SELECT district，count(*) FROM residents GROUP BY 1", 16, "half-width: ,"),
    ("SELECT count（*） FROM residents", 13, "half-width: ("),
    ("SELECT count(*) FROM residents WHERE age ＞ 3", 42, "half-width: >"),
    ("SELECT count(*) FROM residents；", 31, "half-width: ;"),
    ("SELECT　count(*) FROM residents", 7, "half-width: space"),
    ("ＳELECT count(*) FROM residents", 1, "half-width"),
    ("SELECT count(*) FROM residents WHERE status = 'local", 47, "close it with '"),
    ("SELECT count(* FROM residents", 16, "close it with )"),
    ("SELECT quantile(age) FROM residents", 20, "quantile(x, 0.9)"),
    ("SELECT cuont(*) FROM residents", 8, "did you mean count()?"),
    ("SELECT avg(district) FROM residents", 8, "avg(age)"),
    ("SELECT kurtosis(age) FROM residents", 8, "--help"),
    ("SELECT district, count(*) FROM residents WHERE count(*) > 5 GROUP BY 1", 48, "HAVING"),
]


@pytest.mark.parametrize(("sql", "column", "todo"), SLIPS)
def test_a_slip_is_placed_and_says_what_to_write(sql: str, column: int, todo: str) -> None:
    with pytest.raises(BadInput) as refused:
        bind(sql, contract())
    assert refused.value.where == f"query line 1, near column {column}"
    assert todo in refused.value.todo
    for typed in ("distrct", "cuont"):
        assert typed not in refused.value.sentence()


def test_a_word_that_begins_no_question_is_said_to() -> None:
    with pytest.raises(BadInput, match="begins with SELECT"):
        bind("SELCT count(*) FROM residents", contract())


@given(st.text(st.characters(codec="utf-8", exclude_characters="'"), max_size=20))
def test_texts_and_comments_may_have_any_sign(text: str) -> None:
    check_signs(f"SELECT count(*) FROM residents WHERE status = '{text}' -- （，）")
    one_line = text.replace("*/", "")
    check_signs(f"/*{one_line}*/ SELECT 1")


@given(st.sampled_from([chr(c) for c in range(0xFF01, 0xFF5F)]), st.integers(0, 5))
def test_every_full_width_sign_is_found_in_its_line(sign: str, lines: int) -> None:
    with pytest.raises(BadInput) as refused:
        check_signs("SELECT 1,\n" * lines + f"  {sign}")
    assert refused.value.where == f"query line {lines + 1}, near column 3"
    narrow = unicodedata.normalize("NFKC", sign)
    assert narrow.isalnum() or refused.value.todo in (
        f"type it half-width: {narrow}",
        "type it half-width: '",
    )


def test_han_names_after_as_are_no_slip() -> None:
    assert bind('SELECT count(*) AS "每区人数" FROM residents', contract()).columns == ("每区人数",)
