"""Identifiers by the published examples of their standards; texts in which nothing may stay."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.pseudonyms import Pseudonymiser, PurposeKey
from privacy.recognition import (
    KnownValue,
    Redactor,
    credit_code_valid,
    luhn_valid,
    normalise,
    resident_id_valid,
    to_18_digits,
)

EXAMPLE = "11010519491231002X"  # GB 11643-1999, its own example
SECOND = "440524188001010014"  # the second one of the standard


def test_the_examples_of_the_standards_hold() -> None:
    assert resident_id_valid(EXAMPLE)
    assert resident_id_valid(SECOND)
    assert credit_code_valid("91350100M000100Y43")  # GB 32100-2015, its own example
    assert luhn_valid("79927398713")  # the usual example of ISO/IEC 7812-1
    assert to_18_digits("110105491231002") == EXAMPLE


def test_every_wrong_digit_and_every_exchange_is_noticed() -> None:
    for at in range(17):
        for digit in "0123456789":
            if digit != EXAMPLE[at]:
                assert not resident_id_valid(EXAMPLE[:at] + digit + EXAMPLE[at + 1 :])
    for at in range(16):
        a, b = EXAMPLE[at], EXAMPLE[at + 1]
        if a != b:
            assert not resident_id_valid(EXAMPLE[:at] + b + a + EXAMPLE[at + 2 :])


WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
REDACTOR = Redactor()


@pytest.mark.parametrize(
    "text",
    [
        f"身份证号：{EXAMPLE}",
        f"证件{EXAMPLE.translate(WIDE)}已核对",
        f"身份证 {EXAMPLE[:6]} {EXAMPLE[6:14]} {EXAMPLE[14:]}。",
        f"其身份证为{EXAMPLE[:6]}\u200b{EXAMPLE[6:]}，",
        "电话13812345678",
        "联系电话138-1234-5678。",
        "手机：１３８１２３４５６７８",
        "手机一三八一二三四五六七八",
        "邮箱 wang.xm@example.com",
        "户主王小明反映屋顶漏水",
        "欧阳修文先生来访",
        "阿依古丽·买买提于昨日登记",
        "现住龙华区民治街道梅龙路88号3栋502室",
    ],
)
def test_what_identifies_is_taken_out(text: str) -> None:
    done = REDACTOR.redact(text)
    assert done.entities, text
    for e in done.entities:
        assert text[e.start : e.end] not in done.text
        assert 0 <= e.start < e.end <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "今天高温，注意安全。",
        "根据《劳动合同法》第三十八条办理。",
        "共计1200元，于是双方同意。",
        "申请公租房一套。",
    ],
)
def test_plain_words_stay(text: str) -> None:
    assert REDACTOR.redact(text).text == text


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=30), st.text(max_size=30))
def test_a_valid_id_never_stays_whatever_stands_around_it(before: str, after: str) -> None:
    flanked = (before[-1:] + after[:1]).strip()
    if any(c.isalnum() for c in normalise(flanked).text):
        return
    done = REDACTOR.redact(before + EXAMPLE + after)
    assert EXAMPLE not in done.text


@settings(deadline=None, max_examples=60)
@given(st.text(min_size=1, max_size=40))
def test_offsets_lead_back_to_the_original(text: str) -> None:
    read = normalise(text)
    for i in range(len(read.text)):
        start, end = read.original(i, i + 1)
        assert 0 <= start < end <= len(text)
        assert read.text[i] in normalise(text[start:end]).text or read.text[i].isdigit()


@pytest.mark.parametrize("form", [EXAMPLE, "110105491231002", "110105 19491231 002X"])
def test_a_rows_own_values_go_in_any_form(form: str) -> None:
    known = [KnownValue("CN_RESIDENT_ID", EXAMPLE), KnownValue("PERSON", "甲乙")]
    done = REDACTOR.redact(f"甲乙提交材料，号{form}。", known)
    assert "甲乙" not in done.text
    assert form not in done.text
    assert EXAMPLE not in repr(known)


def test_a_pseudonym_is_hmac_under_a_key_bound_to_purpose_version_and_field() -> None:
    key = bytes(range(32))
    info = b"common-ground/pseudonym/records/v1/resident_id"
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(key)
    expected = hmac.new(derived, EXAMPLE.encode(), hashlib.sha256).hexdigest()[:32]
    made = {
        (p, v, f): Pseudonymiser(PurposeKey(p, v, key).for_field(f)).of([EXAMPLE])[0]
        for p in ("records", "survey")
        for v in (1, 2)
        for f in ("resident_id", "phone")
    }
    assert made["records", 1, "resident_id"] == expected
    assert len(set(made.values())) == 8
    assert "00" not in repr(PurposeKey("records", 1, key)).replace("v1", "")
