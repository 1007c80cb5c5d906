"""Persons' names by grammar: surnames, forms of address, labels of records, middle dots."""

from __future__ import annotations

import re
from collections.abc import Iterator

from privacy.recognition.findings import Found
from privacy.recognition.surnames import COMPOUND_SURNAMES, SURNAMES

_COMPOUND = "|".join(COMPOUND_SURNAMES)
_SINGLE = SURNAMES
_SURNAME = rf"(?:{_COMPOUND}|[{_SINGLE}])"
_HAN = "[\u4e00-\u9fff]"
_TITLES = "先生|女士|小姐|太太|同志|老师|阿姨|叔叔|大爷|大妈|大姐|大哥|师傅|医生|护士|主任|经理|警官|律师|同学"
_LABELS = (
    "姓名|联系人|户主|申请人|监护人|当事人|房东|租客|租户|住户|来访人|来电人|投诉人|患者|病人|代办人|"
    "经办人|负责人|法定代表人|调解员|社工|网格员|家属|其子|其女|儿子|女儿|妻子|丈夫|配偶|父亲|母亲|居民|员工|学生"
)
_AFTER = (
    r"(?=[，,。；;、（(）)：:\s/]|$|电话|手机|身份证|住|来|反映|称|申请|因|于|在|的|已|曾|与|和|及|说|到|报|要求|希望|"
    r"提出|表示|咨询|办理|名下|本人|一家|是|为|男|女|系|有|被|将|对)"
)
_NOT_NAMES = frozenset(
    [
        "高温",
        "高度",
        "高中",
        "于是",
        "安全",
        "安排",
        "成年",
        "成功",
        "方便",
        "方面",
        "时间",
        "时候",
        "关于",
        "关系",
        "任何",
        "何时",
        "常住",
        "严重",
        "程度",
        "华侨",
        "连续",
        "解决",
        "费用",
        "管理",
        "单位",
        "单独",
        "文件",
        "文化",
        "万元",
        "向上",
        "左右",
        "金额",
        "白天",
        "万一",
        "路上",
        "路边",
        "马上",
        "周末",
        "周边",
        "常年",
        "房东",
        "房屋",
        "房租",
        "房产",
        "时常",
        "游玩",
        "史料",
        "项目",
        "车辆",
        "车位",
        "陆续",
        "解释",
        "解除",
        "符合",
        "尚未",
        "关注",
        "向其",
        "应当",
        "全家",
        "包括",
        "包含",
        "任职",
        "许多",
        "许可",
        "施工",
        "温馨",
    ]
)
_NAMED = re.compile(
    rf"(?:{_LABELS})(?:姓名)?[为是系]?[:：\s]{{0,2}}(?P<label>{_SURNAME}{_HAN}{{1,2}}?){_AFTER}"
    rf"|(?P<title>{_SURNAME}{_HAN}{{0,2}}(?:{_TITLES}))"
    rf"|(?P<minority>{_HAN}{{2,7}}(?:[·•・‧]{_HAN}{{1,8}})+)"
    rf"|(?<!{_HAN})(?P<nick>[小老阿][{_SINGLE}])(?!{_HAN}{{0}}[区镇村路])(?=[，,。；;、\s]|$|说|称|反映|来|电话|在)"
    rf"|(?:(?<=^)|(?<=[，,。；;、（(：:\s\"“与和及由为是系给向找同请被让叫]))"
    rf"(?P<bare>{_SURNAME}{_HAN}{{1,2}}?){_AFTER}"
)
_LATIN = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Dr)\.?\s+(?P<latin>[A-Z][a-z]+(?:\s[A-Z][a-z]+){0,2})"
    r"|\b(?:[Nn]ame|[Tt]enant|[Aa]pplicant|[Cc]ontact)[:\s]\s*(?P<labelled>[A-Z][a-z]+\s[A-Z][a-z]+)\b"
)
_SCORES = {"label": 0.85, "title": 0.8, "minority": 0.85, "nick": 0.6, "bare": 0.6}


def find_persons(text: str) -> list[Found]:
    """Find persons' names in normalised text by grammar (no model)."""
    return [*_chinese(text), *_english(text)]


def _chinese(text: str) -> Iterator[Found]:
    for match in _NAMED.finditer(text):
        kind = match.lastgroup or ""
        value = match.group(kind)
        if value[:2] in _NOT_NAMES:
            continue
        yield Found(*match.span(kind), "PERSON", _SCORES[kind])


def _english(text: str) -> Iterator[Found]:
    for match in _LATIN.finditer(text):
        yield Found(*match.span(match.lastgroup or 0), "PERSON", 0.7)
