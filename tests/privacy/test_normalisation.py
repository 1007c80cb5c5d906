"""One reading of all spellings; whatever is read has its place in the original."""

from __future__ import annotations

import itertools
import unicodedata
from pathlib import Path

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.recognition import normalise
from privacy.recognition.reading.normalisation import readings
from privacy.training.simplified import table

HARD = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("零〇一二三幺壹１２3４ -\u00a0\u200b\u00ad\ufe0f身份證號ОοAⅣ①²—–‐\n\x00·•"),
    ),
    max_size=60,
)


@settings(deadline=None, max_examples=400)
@given(HARD)
def test_offsets_rise_within_bounds_and_lead_back(text: str) -> None:
    read = normalise(text)
    places = read.offsets if read.offsets is not None else tuple(range(len(text)))
    assert len(places) == len(read.text)
    assert all(a < b for a, b in itertools.pairwise(places))
    assert all(0 <= p < len(text) for p in places)
    for i in range(len(read.text)):
        start, end = read.original(i, i + 1)
        assert (start, end) == (places[i], places[i] + 1)


@settings(deadline=None, max_examples=400)
@given(HARD)
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text).text
    assert normalise(once).text == once
    assert normalise(once).offsets is None


@settings(deadline=None, max_examples=200)
@given(HARD)
def test_what_is_invisible_is_the_only_thing_left_out(text: str) -> None:
    read = normalise(text)
    if read.offsets is None:
        return
    for i in set(range(len(text))) - set(read.offsets):
        assert unicodedata.category(text[i])[0] in "CM" or text[i] in "\u115f\u1160\u3164\uffa0"
    assert len(readings(text)[1].text) == len(text)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("１３８００１３８０００Ｘ", "13800138000X"),
        ("一三八零零一三八零零零", "13800138000"),
        ("一三八〇〇一三八〇〇〇", "13800138000"),
        ("幺三八零零幺三八零零零", "13800138000"),
        ("壹叁捌零零壹叁捌零零零", "13800138000"),
        ("壹參捌零零壹參捌零零零", "13800138000"),
        ("138零零一三8000", "13800138000"),
        ("一三八 零零一三 八零零零", "138 0013 8000"),
        ("①③⑧⓪⓪①③⑧⓪⓪⓪", "13800138000"),
        ("¹³⁸⁰⁰¹³⁸⁰⁰⁰", "13800138000"),
        ("𝟏𝟑𝟖𝟎𝟎𝟏𝟑𝟖𝟎𝟎𝟎", "13800138000"),
        ("١٣٨٠٠١٣٨٠٠٠", "13800138000"),
        ("1\u200b3\u200d8\u2060\ufeff0\u00ad0\ufe0f13\u202e8000", "13800138000"),
        ("138\u00a00013\u20098000", "138 0013 8000"),
        ("138‐0013–8000", "138-0013-8000"),
        ("身份證號", "身份证号"),
        ("龍華區", "龙华区"),
        ("Аррlе", "Apple"),
        ("ЕА1234567", "EA1234567"),
        ("1️⃣3️⃣", "13"),
        ("买买提•吐尔逊", "买买提·吐尔逊"),
    ],
)
def test_spellings_of_the_same_thing_are_read_alike(written: str, read: str) -> None:
    assert normalise(written).text == read


@pytest.mark.parametrize(
    "text",
    ["方案一 13800138000", "一九八八年二月十四日", "三楼二室", "第三十八条", "，。：；！？（）"],
)
def test_words_and_punctuation_stay(text: str) -> None:
    assert normalise(text).text == text


def test_the_table_of_characters_is_what_its_command_makes() -> None:
    shipped = Path("privacy/recognition/reading/simplified.txt").read_text("utf-8").splitlines()
    lines = [line for line in shipped if not line.startswith("#")]
    assert tuple(lines) == table()
    assert len(lines[0]) == len(lines[1]) > 4_000
    assert "Apache License 2.0" in "".join(shipped[:4])


def test_traditional_text_is_read_as_another_program_reads_it() -> None:
    text = "聯繫電話與戶籍地址登記錯誤，請補辦居住證並覈實學籍號碼。"
    assert normalise(text).text == opencc.OpenCC("t2s").convert(text)
