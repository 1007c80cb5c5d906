"""Made-up names of persons, places and firms in the form of an old one."""

from __future__ import annotations

import re
from collections.abc import Callable

from privacy.recognition.names.surnames import COMPOUND_SURNAMES

Below = Callable[[int], int]
"""Draws a number from 0 to n - 1."""
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "安宁和平远明清朗嘉瑞文若云松柏青禾晨星海山川木兰书言知行"
_DOTTED = (
    "阿依努尔",
    "买买提",
    "古丽",
    "吐尔逊",
    "扎西",
    "卓玛",
    "多吉",
    "巴特尔",
    "其木格",
    "阿布都",
)
_STEMS = "云松柏青禾榆杉枫桐兰竹梅溪泉石岭坪塘湾浦桥渡星月晨光"
_LATIN_FAMILY = ("Wang", "Li", "Zhang", "Liu", "Chen", "Yang", "Zhao", "Huang", "Zhou", "Wu")
_LATIN_GIVEN = (
    "An",
    "Ning",
    "Jia",
    "Rui",
    "Wen",
    "Ruo",
    "Yun",
    "Song",
    "Bai",
    "Qing",
    "He",
    "Chen",
)
_TITLE = re.compile(
    "(?:先生|女士|小姐|太太|同志|老师|阿姨|叔叔|大爷|大妈|大姐|大哥|师傅|医生|护士|主任|经理|警官|律师|同学|奶奶|爷爷|某+)$"
)
_PLACE = re.compile(
    r"(?P<digits>[0-9]+)|(?P<numerals>[零〇一二三四五六七八九十百]+)(?=[栋幢座号单层楼室房户巷梯弄])|(?P<latin>[A-Za-z])"
    r"|(?P<stem>[\u3400-\u9fff]{1,12}?)(?P<kind>省|自治区|自治州|市|区|县|旗|街道|社区|镇|乡|村|大道|胡同|路|街|巷|道|弄|小区|"
    r"花园|家园|公寓|大厦|广场|新村|苑|园|城|湾|府|楼|院|庄|屯|里|栋|幢|座|单元|室|房|号)"
    r"|(?P<other>[\u3400-\u9fff])"
)
_KINDS = re.compile("[栋幢座单元层楼室房户号梯院]+")
_FIRM_TAIL = re.compile(
    r"(?:有限责任公司|股份有限公司|有限公司|公司|集团|工厂|厂|医院|卫生院|实验学校|小学|中学|学校|幼儿园|大学|学院|派出所|"
    r"律师事务所|事务所|合作社|店|中心)$"
)


def person(below: Below, value: str) -> str:
    """Return a made-up name: as many Han characters, its title kept; Latin stays Latin."""
    if any("a" <= c.lower() <= "z" for c in value):
        return _latin(below, value)
    title = _TITLE.search(value)
    tail = title.group() if title and title.start() else ""
    name = value[: len(value) - len(tail)]
    for dot in "·•・‧":
        if dot in name:
            return dot.join(_DOTTED[below(len(_DOTTED))] for _ in name.split(dot)) + tail
    nick = name[0] if name[:1] in "小老阿" and len(name) == 2 else ""
    name = name[len(nick) :]
    family = _SURNAMES[below(len(_SURNAMES))]
    size = len(name) - 1
    if name[:2] in COMPOUND_SURNAMES:
        family, size = COMPOUND_SURNAMES[below(len(COMPOUND_SURNAMES))], len(name) - 2
    return nick + family + "".join(_GIVEN[below(len(_GIVEN))] for _ in range(max(size, 0))) + tail


def _latin(below: Below, value: str) -> str:
    parts = value.split()
    made = [_LATIN_GIVEN[below(len(_LATIN_GIVEN))] for _ in parts[1:]]
    name = " ".join([_LATIN_FAMILY[below(len(_LATIN_FAMILY))], *made])
    return name.upper() if value.isupper() else name


def place(below: Below, value: str) -> str:
    """Return a made-up address: the same kinds of parts in the same order, other names and numbers."""

    def swap(m: re.Match[str]) -> str:
        if m["digits"]:
            size = len(m["digits"])
            return str(below(9) + 1) + "".join(str(below(10)) for _ in range(size - 1))
        if m["numerals"]:
            return "".join("一二三四五六七八九"[below(9)] for _ in m["numerals"])
        if m["latin"]:
            return "ABCDEFGH"[below(8)]
        if m["other"]:
            return m["other"] if _KINDS.fullmatch(m["other"]) else _STEMS[below(len(_STEMS))]
        stem = m["stem"] if _KINDS.fullmatch(m["stem"]) else _stem(below, len(m["stem"]))
        return stem + m["kind"]

    return _PLACE.sub(swap, value)


def firm(below: Below, value: str) -> str:
    """Return a made-up organisation of the same kind."""
    tail = _FIRM_TAIL.search(value)
    end = tail.start() if tail else len(value)
    return _stem(below, max(end, 1)) + value[end:]


def _stem(below: Below, size: int) -> str:
    return "".join(_STEMS[below(len(_STEMS))] for _ in range(size))
