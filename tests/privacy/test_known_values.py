"""A row's own values leave its note in whatever spelling they stand there."""

from __future__ import annotations

import pytest

from privacy.recognition import KnownValue, Redactor, normalise
from privacy.recognition.known.known_values import find_known

KNOWN = [
    KnownValue("PERSON", "王小明"),
    KnownValue("PHONE_NUMBER", "13800138000"),
    KnownValue("CN_RESIDENT_ID", "11010519491231002X"),
    KnownValue("ADDRESS", "广东省深圳市龙华区民治街道北站社区梅龙路88号民治花园3栋2单元502室"),
]


def _left(text: str, known: list[KnownValue] = KNOWN) -> str:
    """Return the text without what was found."""
    read = normalise(text)
    gone: set[int] = set()
    for f in find_known(read.text, known):
        gone |= set(range(*read.original(f.start, f.end)))
    return "".join(c for i, c in enumerate(text) if i not in gone)


@pytest.mark.parametrize(
    "written",
    [
        "王小明", "王 小 明", "王\u200b小明", "王·小明", "小明", "王先生", "王女士", "王某", "王某某", "王*明",
        "王**", "王＊明", "王×明", "王XX", "*小明", "**明", "Wang Xiaoming", "Xiaoming Wang", "WANG XIAO MING",
        "wang xiao-ming", "Wang, Xiaoming", "WangXiaoming", "Wáng Xiǎomíng", "Ｗａｎｇ　Ｘｉａｏｍｉｎｇ", "X.M. Wang",
        "13800138000", "138 0013 8000", "138-0013-8000", "１３８００１３８０００", "一三八零零一三八零零零",
        "1 3 8 0 0 1 3 8 0 0 0", "138\n00138000", "138****8000", "138xxxx8000", "138＊＊＊＊8000", "1380013\u200b8000",
        "11010519491231002X", "11010519491231002x", "110105 19491231 002X", "110105491231002",
        "１１０１０５１９４９１２３１００２Ｘ",
        "1101**********002X", "110105********002X",
        "梅龙路88号民治花园3栋2单元502室", "梅龙路88号",
        "民治花园3栋2单元502室", "民治花园3幢2单元502", "民治花园三栋二单元五〇二室", "民治花园三号楼二单元502房",
        "民治花园3-2-502",
        "民治花园502室", "梅龍路八十八號", "民治街道北站社区梅龙路88号", "民治花園３棟２單元５０２室",
    ],
)  # fmt: skip
def test_every_spelling_goes(written: str) -> None:
    assert _left(f"据查，{written}，已办。") == "据查，，已办。"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("手机尾号8000", "手机尾号"),
        ("电话后四位是8000。", "电话后四位是。"),
        ("共8000元", "共8000元"),
        ("身份证尾号002X", "身份证尾号"),
    ],
)
def test_the_last_digits_go_only_beside_a_word_that_says_so(text: str, left: str) -> None:
    assert _left(text) == left


@pytest.mark.parametrize(
    "text",
    ["王府井大街很堵", "明天再来", "小王府饭店", "梅龙路99号", "民治街道办事处", "深圳市龙华区", "Wangxiaomingyang Co",
     "13900139000", "110105194912310021"],
)  # fmt: skip
def test_what_is_not_the_persons_stays(text: str) -> None:
    assert _left(text) == text


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("欧阳修文", "欧阳先生"), ("欧阳修文", "修文"), ("欧阳修文", "Ouyang Xiuwen"), ("欧阳修文", "歐陽修文"),
        ("阿依古丽·买买提", "阿依古丽"), ("阿依古丽·买买提", "买买提"), ("阿依古丽·买买提", "阿依古丽买买提"),
        ("阿依古丽·买买提", "阿依古丽•买买提"), ("吕强", "Lv Qiang"), ("吕强", "LYU QIANG"), ("吕强", "Lu Qiang"),
        ("李明", "李*"), ("张晓龙", "張曉龍"),
        ("曾志伟", "Zeng Zhiwei"), ("John Smith", "Smith, John"), ("John Smith", "JOHN SMITH"), ("John Smith", "Smith"),
        ("John Smith", "J. Smith"),
    ],
)  # fmt: skip
def test_names_of_all_kinds(name: str, written: str) -> None:
    assert _left(f"见 {written} 处", [KnownValue("PERSON", name)]) == "见  处"


def test_a_known_landline_goes_without_its_area_code() -> None:
    assert _left("打83211234找他", [KnownValue("PHONE_NUMBER", "0755-83211234")]) == "打找他"


def test_a_value_that_is_no_value_is_not_searched_for() -> None:
    assert _left("无，见无", [KnownValue("PERSON", "无"), KnownValue("ADDRESS", "")]) == "无，见无"


def test_the_redactor_takes_known_values_whole_and_shows_them_nowhere() -> None:
    done = Redactor().redact("小明说住民治花园三幢502，手机138****8000。", KNOWN)
    for piece in ("小明", "民治", "三幢", "502", "138", "8000"):
        assert piece not in done.text
    assert "小明" not in repr(KNOWN)
    assert "8000" not in repr(KNOWN)
