"""Overlaps settled, processes, thresholds, other models."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.errors import BadInput
from privacy.recognition import Entity, KnownValue, Redactor
from privacy.recognition.overlaps import EXACT, settle
from tests.benchmarks.notes_to_find import notes

SPANS = st.lists(
    st.builds(
        lambda start, size, kind, score: Entity(start, start + size, kind, score),
        st.integers(0, 40),
        st.integers(1, 15),
        st.sampled_from(["PERSON", "ADDRESS", "PHONE_NUMBER", "CN_RESIDENT_ID", "URL"]),
        st.sampled_from([0.5, 0.6, 0.75, 0.9, 1.0]),
    ),
    max_size=8,
)


def _covered(entities: object) -> set[int]:
    return {i for e in entities for i in range(e.start, e.end)}  # type: ignore[attr-defined]


@settings(max_examples=400)
@given(SPANS)
def test_nothing_that_was_found_reappears_and_nothing_overlaps(found: list[Entity]) -> None:
    settled = settle(found)
    assert _covered(settled) == _covered(found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(settled))


@settings(max_examples=200)
@given(SPANS)
def test_an_exact_span_stays_in_one_piece(found: list[Entity]) -> None:
    settled = settle(found)
    exact = [e for e in found if e.score >= EXACT]
    for e in exact:
        if not any(o != e and o.start < e.end and e.start < o.end for o in exact):
            assert any(s.start <= e.start and e.end <= s.end and s.type == e.type for s in settled)


def test_a_link_that_holds_a_phone_is_one_thing_and_a_longer_number_swallows_its_part() -> None:
    found = [Entity(0, 30, "URL", 0.7), Entity(12, 23, "PHONE_NUMBER", 0.9)]
    assert settle(found) == (Entity(0, 30, "URL", 0.7),)
    found = [Entity(0, 14, "PHONE_NUMBER", 0.7), Entity(3, 14, "PHONE_NUMBER", 0.9)]
    assert settle(found) == (Entity(0, 14, "PHONE_NUMBER", 0.9),)


def test_two_processes_make_what_one_makes_in_the_same_order() -> None:
    texts = [text for text, _ in notes(41, 900)]
    redactor = Redactor("mask")
    assert redactor.redact_many(texts, processes=2) == redactor.redact_many(texts)
    known = [[KnownValue("PERSON", "王小明")]] * 3
    rows = ["小明来", "小明去", "明天"]
    assert redactor.redact_many(rows, known, processes=2) == redactor.redact_many(rows, known)


def test_a_stream_takes_no_more_than_it_needs() -> None:
    taken = 0

    def endless():  # type: ignore[no-untyped-def]
        nonlocal taken
        while True:
            taken += 1
            yield "电话13800138000"

    done = Redactor(checked_only=True).redact_texts(endless(), processes=2)
    for _ in range(10):
        next(done)
    assert taken <= 2 * 3 * 400 + 400
    done.close()  # type: ignore[attr-defined]


def test_an_identifier_beside_an_invisible_character_and_another_digit_goes() -> None:
    text = "11010519491231002X\u200b0"
    assert Redactor().redact(text).text == "<CN_RESIDENT_ID>\u200b0"


@pytest.mark.parametrize(
    "text", ["", "\ud800王小明", "\x00\x01", "🙂" * 50, "a\u0301\u0301", "\u202e13800138000\u202c"]
)
def test_any_text_can_be_redacted(text: str) -> None:
    for e in Redactor().analyse(text):
        assert 0 <= e.start < e.end <= len(text)


def test_a_threshold_lets_what_is_less_sure_stay() -> None:
    text = "号码1380O138000"
    assert Redactor().redact(text).text == "号码<PHONE_NUMBER>"
    assert Redactor(threshold=0.7).redact(text).text == text
    with pytest.raises(BadInput):
        Redactor(threshold=1.1)


def test_another_model_is_taken_by_its_path(tmp_path: Path) -> None:
    other = tmp_path / "city.crfsuite"
    other.write_bytes(b"no model")
    with pytest.raises(BadInput, match="no model"):
        Redactor(model=other)


def test_a_text_beyond_the_limit_is_refused() -> None:
    with pytest.raises(BadInput, match="1,000,000"):
        Redactor().redact("a" * 1_000_001)
