"""Identifiers with a check: an intact one is never missed, in any spelling; and what is none stays."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.fabrication import credit_codes, resident_ids
from privacy.recognition import (
    MAY_HOLD,
    Redactor,
    credit_code_valid,
    find_checked,
    luhn_valid,
    resident_id_valid,
    residual_identifiers,
)
from tests.benchmarks.notes_to_find import notes

EXAMPLE = "11010519491231002X"  # GB 11643-1999, its own example
CODE = "91350100M000100Y43"  # GB 32100-2015, its own example
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
HAN = str.maketrans("0123456789", "〇一二三四五六七八九")
CAPITAL = str.maketrans("0123456789", "零壹貳叁肆伍陸柒捌玖")
SPELLINGS = {
    "plain": lambda v: v,
    "full-width": lambda v: v.translate(WIDE),
    "lower": str.lower,
    "6-8-4": lambda v: f"{v[:6]} {v[6:14]} {v[14:]}",
    "dashes": lambda v: f"{v[:6]}-{v[6:14]}-{v[14:]}",
    "en dashes": lambda v: f"{v[:6]}–{v[6:14]}—{v[14:]}",
    "no-break spaces": lambda v: f"{v[:6]}\u00a0{v[6:14]}\u202f{v[14:]}",
    "fours": lambda v: " ".join(v[i : i + 4] for i in range(0, 18, 4)),
    "singles": " ".join,
    "line break": lambda v: f"{v[:11]}\n{v[11:]}",
    "line break of Windows": lambda v: f"{v[:9]}\r\n{v[9:]}",
    "zero width": "\u200b".join,
    "soft hyphen": lambda v: f"{v[:8]}\u00ad{v[8:]}",
    "numerals": lambda v: v.translate(HAN),
    "capitals": lambda v: v.translate(CAPITAL),
    "Cyrillic Х": lambda v: v.replace("X", "Х"),
    "label": lambda v: f"ID{v}",
}


def mod_11_2(number: str) -> bool:
    """ISO 7064's own recursion: another formulation than the weighted sum of GB 11643."""
    product = 0
    for character in number:
        product = (product + (10 if character == "X" else int(character))) * 2 % 11
    # the last step has doubled once too often: the sum itself must be 1
    return product * 6 % 11 == 1


def luhn_by_sum_of_digits(number: str) -> bool:
    """Double every second digit from the right and add the digits of what comes out."""
    total = 0
    for n, digit in enumerate(reversed(number)):
        total += sum(map(int, str(int(digit) * (2 if n % 2 else 1))))
    return total % 10 == 0


def mod_31(code: str) -> bool:
    """Horner's rule from the right: 3⁻¹ = 21 modulo 31 instead of powers of 3."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = 0
    for character in reversed(code[:17]):
        total = (total * 3 + alphabet.index(character)) % 31
    return (total + alphabet.index(code[17])) % 31 == 0


@settings(deadline=None, max_examples=300)
@given(st.integers(0, 10**6), st.sampled_from("0123456789X"))
def test_resident_ids_hold_just_when_the_iso_recursion_holds(serial: int, last: str) -> None:
    number = resident_ids(_serials(serial), _serials(19880214), _serials(serial) % 2 == 0)[0]
    assert mod_11_2(number)
    assert resident_id_valid(number)
    assert resident_id_valid(number[:17] + last) == mod_11_2(number[:17] + last)


@settings(deadline=None, max_examples=300)
@given(st.text("0123456789", min_size=2, max_size=19))
def test_luhn_is_the_sum_of_digits(number: str) -> None:
    assert luhn_valid(number) == luhn_by_sum_of_digits(number)


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 10**7), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_credit_codes_hold_just_when_horner_holds(serial: int, last: str) -> None:
    code = credit_codes(_serials(serial))[0]
    assert credit_code_valid(code)
    assert credit_code_valid(code[:17] + last) == mod_31(code[:17] + last)


def _serials(n: int):  # type: ignore[no-untyped-def]
    import numpy as np

    return np.array([n], dtype=np.int64)


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize(
    ("before", "after"),
    [("", ""), ("证件", "已核对"), ("(", ")"), ("5 ", " 13800138000"), ("x=", "&y")],
)
def test_an_id_is_found_whole_in_any_spelling(spelling: str, before: str, after: str) -> None:
    for number in (EXAMPLE, "440524188001010014"):
        written = SPELLINGS[spelling](number)
        if spelling == "label" and before == "5 ":
            continue
        text = before + written + after
        found = [f for f in find_checked(text) if f.type == "CN_RESIDENT_ID"]
        assert [text[f.start : f.end].removeprefix("ID") for f in found] == [
            written.removeprefix("ID")
        ], text


@pytest.mark.parametrize("spelling", ["plain", "full-width", "fours", "zero width", "line break"])
def test_a_credit_code_is_found_whole_in_any_spelling(spelling: str) -> None:
    wide = {ord(c): ord(c) + 0xFEE0 for c in CODE}
    written = CODE.translate(wide) if spelling == "full-width" else SPELLINGS[spelling](CODE)
    found = find_checked(f"代码{written}。")
    assert [(f.type, f.start, f.end) for f in found] == [("CN_CREDIT_CODE", 2, 2 + len(written))]


@pytest.mark.parametrize(
    ("text", "kind", "score"),
    [
        ("11O1O519491231OO2X", "CN_RESIDENT_ID", 0.8),
        ("llO10519491231002X", "CN_RESIDENT_ID", 0.8),
        ("1101051949l23l002x", "CN_RESIDENT_ID", 0.8),
        ("91350I00M000I00Y43", "CN_CREDIT_CODE", 0.7),
        (f"G{EXAMPLE}", "STUDENT_NUMBER", 1.0),
        ("4111 1111 1111 1111", "BANK_CARD", 0.9),
        ("4111111111111111", "BANK_CARD", 0.9),
        ("490154203237518", "IMEI", 0.6),
        ("810000199408230021", "CN_RESIDENT_ID", 1.0),
    ],
)
def test_other_checked_numbers_and_slips_of_scanners(text: str, kind: str, score: float) -> None:
    assert [(f.type, f.score) for f in find_checked(f"见 {text} 。")] == [(kind, score)]


@pytest.mark.parametrize(
    "text",
    [
        f"a{EXAMPLE}",
        f"{EXAMPLE}0",
        "3f2a110105194912310021bc9e",
        "110105194912310021",
        "2024-01-15 12:30:45 0001",
        "第2024号文件第38条，共1234567.89元",
        "0.110105194912310",
        "4111111111111112",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18",
        "OOOOOOOOOOOOOOOOOO",
        "",
    ],
)
def test_what_is_no_identifier_is_not_found(text: str) -> None:
    assert find_checked(text) == []


def test_no_intact_identifier_of_the_generated_notes_is_missed_and_few_others_are_taken() -> None:
    redactor = Redactor(checked_only=True)
    wanted = {"CN_RESIDENT_ID", "CN_CREDIT_CODE", "BANK_CARD"}
    hit = total = given = 0
    for text, gold in notes(31, 8_000):
        want = {(g.start, g.end, g.type) for g in gold if g.type in wanted}
        got = {(e.start, e.end, e.type) for e in redactor.analyse(text)}
        hit, total, given = hit + len(want & got), total + len(want), given + len(got)
    assert hit == total > 400
    assert hit / given >= 0.99


def test_random_numbers_are_rarely_taken_for_one() -> None:
    rng = Random(7)
    eighteen = ["".join(rng.choices("0123456789", k=18)) for _ in range(20_000)]
    taken = sum(any(f.type == "CN_RESIDENT_ID" for f in find_checked(n)) for n in eighteen)
    # a real date (of 10^8 strings, 3 centuries of days) and one check in eleven
    assert taken / len(eighteen) < 3 * 36_525 / 10**8 / 11 * 4


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=12), st.sampled_from(sorted(SPELLINGS)), st.text(max_size=12))
def test_the_quick_filter_lets_no_residual_identifier_by(before: str, how: str, after: str) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    text = before + SPELLINGS[how](EXAMPLE) + after
    text = text.encode("utf-8", "replace").decode()
    if list(residual_identifiers(text)):
        assert pc.match_substring_regex(pa.array([text]), MAY_HOLD).to_pylist() == [True]


def test_residue_is_given_by_value_in_any_spelling() -> None:
    for how, spell in SPELLINGS.items():
        assert ("CN_RESIDENT_ID", EXAMPLE) in list(residual_identifiers(f"x {spell(EXAMPLE)}")), how
    for phone in (
        "13800138000",
        "+8613800138000",
        "138-0013-8000",
        "一三八零零一三八零零零",
        "１３８００１３８０００",
    ):
        assert list(residual_identifiers(f"电话{phone}。")) == [("PHONE_NUMBER", "13800138000")]
    assert list(residual_identifiers("110105491231002")) == [("CN_RESIDENT_ID", EXAMPLE)]
    assert list(residual_identifiers("deadbeef13800138000cafe 9613800138000")) == []
