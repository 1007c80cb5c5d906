"""Addresses and organisations by grammar: parts in order, down to the door; suffixes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from privacy.recognition.findings import Found

_HAN = "[\u4e00-\u9fff]"
_WORD = "(?:(?![在住到从于往至址的和与由来将把被])[\u4e00-\u9fff])"
_NUMBER = r"[0-9A-Za-z一二三四五六七八九十百零〇-]{1,6}"
_AREA = rf"{_WORD}{{2,8}}?(?:省|自治区|市|区|县|州|盟|旗)"
_STREET = rf"{_WORD}{{2,9}}?(?:街道|镇|乡|社区|村|屯|庄|新村|居委会)"
_ROAD = rf"{_WORD}{{1,9}}?(?:大道|路|街|巷|道|弄|里|胡同)"
_ESTATE = rf"{_WORD}{{2,10}}?(?:小区|花园|家园|苑|大厦|公寓|广场|城|新村|工业区|宿舍)"
_DOOR = rf"{_NUMBER}(?:号院|号楼|号|栋|幢|座|单元|梯|层|楼|室|房|户)"
_ADDRESS = re.compile(
    rf"(?:{_AREA}){{0,3}}(?:{_STREET}){{0,2}}(?:{_ROAD}|{_ESTATE}){{1,2}}(?:{_DOOR}){{1,6}}(?:[0-9]{{3,4}})?"
)
_NOT_FIRST = re.compile(
    rf"^{_HAN}{{0,6}}?(?:居住|户籍地|家住|入住|租住|暂住|位于|搬|迁|搬入|前去|回)"
)
_LENGTHENS = re.compile(
    r"(?:(?:号院|号楼|号|栋|幢|座|单元|梯|层|楼|室|房|户|#)|[0-9A-Z一二三四五六七八九十百零〇-]{1,6}"
    r"(?:号院|号楼|号|栋|幢|座|单元|梯|层|楼|室|房|户))+(?:[0-9]{3,4}(?![0-9]))?"
)
_DIGITS = re.compile(r"[0-9]{1,4}(?![0-9])")
_ENDS = "有限责任公司|股份有限公司|有限公司|律师事务所|人民医院|中医院|卫生院|实验学校|幼儿园|派出所|人民法院"
_LAST_WORDS = re.compile(_ENDS)
_DOORS = re.compile(r"[0-9](?:号|栋|幢|座|单元|室|房)")
_ORGANISATION = re.compile(
    rf"(?P<org>(?:(?![在住到从于往至的和与由来将把被是为向给经据对读])[\u4e00-\u9fff（）()]){{2,18}}?(?:{_ENDS}))"
)


def find_places(text: str, sure: Sequence[Found] = ()) -> list[Found]:
    """Find addresses and organisations in normalised text by grammar (no model).

    They are looked for where a door or an organisation's last word stands in none of `sure`.
    """
    found: list[Found] = []
    if _missed(_DOORS, text, sure):
        found += _addresses(text)
    if _missed(_LAST_WORDS, text, sure):
        found += _organisations(text)
    return found


def _missed(pattern: re.Pattern[str], text: str, sure: Sequence[Found]) -> bool:
    return any(
        not any(f.start <= match.start() < f.end for f in sure) for match in pattern.finditer(text)
    )


def lengthened(text: str, found: Found) -> Found:
    """Return an address with the parts of its door that stand right behind it."""
    if found.type != "ADDRESS":
        return found
    more = _LENGTHENS.match(text, found.end)
    end = more.end() if more else found.end
    if text[end - 1].isascii() and text[end - 1].isdigit():
        digits = _DIGITS.match(text, end)
        end = digits.end() if digits else end
    return Found(found.start, end, found.type, found.score)


def _addresses(text: str) -> Iterator[Found]:
    for match in _ADDRESS.finditer(text):
        start, end = match.span()
        lead = _NOT_FIRST.match(text[start:end])
        start += lead.end() if lead else 0
        if end - start >= 5:
            yield Found(start, end, "ADDRESS", 0.7)


def _organisations(text: str) -> Iterator[Found]:
    for match in _ORGANISATION.finditer(text):
        yield Found(*match.span("org"), "ORGANIZATION", 0.6)
