"""What stands in the place of what was found: form kept, values consistent, nobody's real number made."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.errors import BadInput
from privacy.fabrication import resident_ids
from privacy.fabrication.numbers import UNASSIGNED_PREFIXES
from privacy.pseudonyms import PurposeKey
from privacy.recognition import (
    OPERATORS,
    KnownValue,
    Operator,
    Redactor,
    credit_code_valid,
    luhn_valid,
    resident_id_valid,
)
from privacy.recognition.numbers.identifiers import hk_card_valid, tw_card_valid
from privacy.recognition.replacing.dates import shifted
from privacy.recognition.replacing.surrogates import UNASSIGNED_MOBILE

KEY = PurposeKey("notes", 1, bytes(range(32)))
OTHER = PurposeKey("other", 1, bytes(range(32)))
SURROGATE = Operator("surrogate", KEY).replacer()
EXAMPLE = "11010519491231002X"


def _made(kind: str, value: str) -> str:
    return SURROGATE(kind, value, "")


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 10**6), st.dates(date(1900, 1, 1), date(2025, 12, 31)), st.booleans())
def test_a_surrogate_id_is_valid_in_form_and_of_no_region(
    serial: int, born: date, man: bool
) -> None:
    import numpy as np

    number = resident_ids(np.array([serial]), np.array([int(f"{born:%Y%m%d}")]), np.array([man]))[0]
    real = "440306" + number[6:17]
    made = _made("CN_RESIDENT_ID", real + "0")
    assert resident_id_valid(made)
    assert int(made[:2]) in UNASSIGNED_PREFIXES
    assert int(made[16]) % 2 == man
    assert abs((date.fromisoformat(made[6:14]) - born).days) <= 365 * 5


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("110105 19491231 002X", r"\d{6} \d{8} \d{3}[\dX]"),
        ("１１０１０５１９４９１２３１００２Ｘ", r"[０-９]{17}[０-９Ｘ]"),
        ("110105491231002", r"\d{15}"),
    ],
)
def test_an_id_keeps_its_layout_and_width(value: str, form: str) -> None:
    assert re.fullmatch(form, _made("CN_RESIDENT_ID", value))


def test_spellings_of_one_value_get_one_surrogate() -> None:
    phones = [
        "13800138000",
        "138-0013-8000",
        "+86 138 0013 8000",
        "１３８００１３８０００",
        "一三八零零一三八零零零",
    ]
    from privacy.recognition import normalise

    digits = {re.sub(r"\D", "", normalise(_made("PHONE_NUMBER", p)).text)[-11:] for p in phones}
    assert len(digits) == 1
    assert digits.pop().startswith(UNASSIGNED_MOBILE)
    assert _made("PERSON", "王小明") == _made("PERSON", "王 小 明".replace(" ", ""))
    assert SURROGATE("PERSON", "王小明", "") != Operator("surrogate", OTHER).replacer()(
        "PERSON", "王小明", ""
    ) or _made("PHONE_NUMBER", "13800138000") != Operator("surrogate", OTHER).replacer()(
        "PHONE_NUMBER", "13800138000", ""
    )


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 10**8 - 1), st.sampled_from(["138{}", "0755-{}", "010{}", "+86 139{}"]))
def test_a_surrogate_phone_has_the_form_and_is_given_to_nobody(number: int, how: str) -> None:
    value = how.format(f"{number:08d}")
    made = _made("PHONE_NUMBER", value)
    assert re.sub(r"\d", "0", made) == re.sub(r"\d", "0", value)
    national = re.sub(r"\D", "", made)
    if "13" in how:
        assert national[-11:].startswith(UNASSIGNED_MOBILE)
    else:
        assert made.startswith(how.format("")[:4].rstrip("-{"))
        assert national[4 if how.startswith("0755") else 3] == "0"


@settings(deadline=None, max_examples=150)
@given(st.text("0123456789", min_size=15, max_size=19))
def test_a_surrogate_card_never_holds(number: str) -> None:
    made = _made("BANK_CARD", number)
    assert len(made) == len(number)
    assert not luhn_valid(made)


@pytest.mark.parametrize("number", range(0, 1000, 7))
def test_surrogate_cards_and_places_are_nobodys(number: int) -> None:
    for kind, head in (("HK_IDENTITY_CARD", "A"), ("HK_IDENTITY_CARD", "AB")):
        made = re.sub(r"\W", "", _made(kind, f"{head}{number:06d}(3)"))
        assert re.fullmatch(rf"{head}\d{{7}}", made)
        assert not hk_card_valid(made)
    made = _made("TW_IDENTITY_CARD", f"A1{number:08d}")
    assert re.fullmatch(r"A\d{9}", made)
    assert not tw_card_valid(made)
    east, north = map(float, _made("GPS_COORDINATES", f"114.0{number},22.5").split(","))
    assert 112 <= east <= 114
    assert 12.5 <= north <= 15
    # MIIT's table of March 2023: 1619 is in use
    assert not _made("PHONE_NUMBER", f"138{number:08d}").startswith("161")


def test_other_surrogates_are_of_the_form_and_nobodys() -> None:
    code = _made("CN_CREDIT_CODE", "91350100M000100Y43")
    assert credit_code_valid(code)
    assert int(code[2:4]) in UNASSIGNED_PREFIXES
    assert re.fullmatch(r"粤I\d{5}", _made("LICENSE_PLATE", "粤B12345"))
    assert re.fullmatch(r"X\d{8}", _made("PASSPORT", "E12345678"))
    assert re.fullmatch(
        r"[a-z]{4}\.[a-z]{2}@example\.(com|net|org)", _made("EMAIL_ADDRESS", "wang.xm@qq.com")
    )
    assert re.fullmatch(r"0\w{3}_\w\w\d\d", _made("ACCOUNT", "wang_xm88"))
    # what really is somebody's: Taiwan residents' permits and patients' numbers begin with zeros
    assert re.fullmatch(r"X\d{7}", _made("TRAVEL_PERMIT", "05616820"))
    assert re.fullmatch(r"X\d{7}", _made("MEDICAL_RECORD", "00123456"))
    assert re.fullmatch(r"X\d{9}", _made("STUDENT_NUMBER", "2023010112"))
    assert re.match(r"192\.0\.2\.|198\.51\.100\.|203\.0\.113\.", _made("IP_ADDRESS", "10.1.2.3"))
    assert re.fullmatch(r"[\u4e00-\u9fff]{3}先生", _made("PERSON", "王小明先生"))
    assert re.fullmatch(r"[\u4e00-\u9fff]+·[\u4e00-\u9fff]+", _made("PERSON", "阿依古丽·买买提"))
    assert re.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+", _made("PERSON", "Wang Xiaoming"))
    assert re.fullmatch(
        r"\w+区\w+街道\w+路\d\d号\d栋\d{3}室", _made("ADDRESS", "龙华区民治街道梅龙路88号3栋502室")
    )
    assert _made("ORGANIZATION", "鑫辉塑胶制品有限公司").endswith("有限公司")
    assert _made("AGE_OVER_89", "97") == "90"


@pytest.mark.parametrize(
    ("value", "days", "moved"),
    [
        ("1988-02-14", 20, "1988-03-05"), ("1988年2月14日", 20, "1988年3月5日"), ("1988年02月14日", 20, "1988年03月05日"),
        ("1988/2/14", -45, "1987/12/31"), ("19880214", 1, "19880215"), ("88.2.14", 1, "88.2.15"),
        ("一九八八年二月十四日", 20, "一九八八年三月五日"), ("一九八八年十二月廿三", 10, "一九八九年一月二"),
        ("14 February 1988", 20, "5 March 1988"), ("Feb 14th, 1988", 8, "Feb 22nd, 1988"), ("14/02/1988", 20, "05/03/1988"),
        ("1988年2月", 40, "1988年3月"),
    ],
)  # fmt: skip
def test_a_date_is_moved_and_written_as_it_was(value: str, days: int, moved: str) -> None:
    assert shifted(value, days) == moved


@settings(deadline=None, max_examples=200)
@given(
    st.dates(date(1920, 1, 1), date(2024, 1, 1)),
    st.dates(date(1920, 1, 1), date(2024, 1, 1)),
    st.text("abcdef0123456789", min_size=32, max_size=32),
)
def test_shifting_keeps_a_persons_intervals_and_never_leaves_a_date(
    a: date, b: date, person: str
) -> None:
    shift = Operator("date_shift", KEY).replacer()
    to = [date.fromisoformat(shift("DATE_OF_BIRTH", d.isoformat(), person)) for d in (a, b)]
    assert to[1] - to[0] == b - a
    assert 0 < abs((to[0] - a).days) <= 364


def test_two_people_are_shifted_apart_and_without_a_person_a_date_is_taken_out() -> None:
    shift = Operator("date_shift", KEY).replacer()
    to = {shift("DATE_OF_BIRTH", "1988-02-14", f"p{n}") for n in range(40)}
    assert len(to) > 20
    assert shift("DATE_OF_BIRTH", "1988-02-14", "") == "<DATE_OF_BIRTH>"
    assert shift("PERSON", "王小明", "p") == "<PERSON>"


def test_nobodys_dates_stay_where_they_are() -> None:
    shift = Operator("date_shift", KEY).replacer()
    # one of 728 shifts would be none: of 8,000 people, eleven would keep their date
    assert all(shift("DATE_OF_BIRTH", "1988-02-14", f"p{n}") != "1988-02-14" for n in range(8_000))


def test_masks_leave_what_is_stated_and_never_a_whole_value() -> None:
    mask = Operator("mask", head=3, tail=4).replacer()
    assert mask("PHONE_NUMBER", "13800138000", "") == "138****8000"
    assert mask("PERSON", "王小明", "") == "***"
    assert Operator("mask").replacer()("PERSON", "王小明", "") == "***"
    with pytest.raises(BadInput):
        Operator("mask", head=9)


def test_pseudonyms_are_of_the_value_and_of_the_purpose() -> None:
    text = "身份证11010519491231002X，又110105 19491231 002x"
    done = Redactor(Operator("pseudonym", KEY)).redact(text).text
    made = re.findall(r"<CN_RESIDENT_ID:([0-9a-f]{32})>", done)
    assert len(made) == 2
    assert made[0] == made[1]
    assert made[0] not in Redactor(Operator("pseudonym", OTHER)).redact(text).text


def test_every_operator_takes_the_value_out_and_a_keyed_one_needs_a_key() -> None:
    text = f"王小明，身份证{EXAMPLE}，1988年2月14日出生，电话13800138000"
    for name in OPERATORS:
        done = Redactor(Operator(name, KEY)).redact(text, [KnownValue("PERSON", "王小明")], "p1")
        assert EXAMPLE not in done.text
        assert "13800138000" not in done.text
        assert "1988年2月14日" not in done.text
    for name in ("pseudonym", "surrogate", "date_shift"):
        with pytest.raises(BadInput, match="needs a key"):
            Operator(name)
    with pytest.raises(BadInput, match="one of"):
        Redactor("encrypt")


def test_no_key_shows_in_the_repr_of_an_operator() -> None:
    assert KEY.key.hex() not in repr(Operator("surrogate", KEY))
    assert str(KEY.key) not in repr(Operator("surrogate", KEY))


def test_a_character_of_no_width_changes_no_surrogate() -> None:
    assert _made("PERSON", "王\u200b小\u200b明") == _made("PERSON", "王小明")
