"""Addresses and organisations by grammar: parts in order, down to the door."""

from __future__ import annotations

import re
from collections.abc import Iterator

from privacy.recognition.findings import Found

_HAN = "[\u4e00-\u9fff]"
_NUMBER = r"[0-9A-Za-z一二三四五六七八九十百零〇-]{1,6}"
_AREA = rf"{_HAN}{{2,8}}?(?:省|自治区|市|区|县|州|盟|旗)"
_STREET = rf"{_HAN}{{2,9}}?(?:街道|镇|乡|社区|村|屯|庄|新村|居委会)"
_ROAD = rf"{_HAN}{{1,9}}?(?:大道|路|街|巷|道|弄|里|胡同)"
_ESTATE = rf"{_HAN}{{2,10}}?(?:小区|花园|家园|苑|大厦|公寓|广场|城|新村|工业区|宿舍|楼)"
_DOOR = rf"{_NUMBER}(?:号院|号楼|号|栋|幢|座|单元|梯|层|楼|室|房|户)"
_ADDRESS = re.compile(
    rf"(?:{_AREA}){{0,3}}(?:{_STREET}){{0,2}}(?:{_ROAD})?(?:{_ESTATE})?(?:{_DOOR}){{1,6}}"
    rf"|(?:{_AREA}){{1,3}}(?:{_STREET}){{1,2}}(?:{_ROAD}|{_ESTATE})?"
)
_LEAD = re.compile(
    rf"^{_HAN}{{0,12}}?(?:现居住于|现居住在|居住于|居住在|现住在|现住址|现住|住址|地址|住在|位于|搬到|搬至|迁至|迁往|"
    r"户籍地|租住在|租住于|租住|暂住|家住|来自|前往|搬入|入住|住)(?:为|是|于|在)?"
)
_FINE = re.compile(r"(?:号|栋|幢|座|单元|室|房|户|层|楼)$")
_COARSE_START = re.compile(
    r"(?:街道|社区|村|路|街|巷|道|小区|花园|家园|苑|大厦|公寓|区|市|镇|栋|幢|座|单元)"
)
_ORGANISATION = re.compile(
    r"(?P<org>[\u4e00-\u9fffA-Za-z（）()]{2,18}?"
    r"(?:有限责任公司|股份有限公司|有限公司|集团|工厂|制造厂|电子厂|服装厂|医院|卫生院|小学|中学|学校|幼儿园|大学|学院|"
    r"派出所|律师事务所|事务所|合作社))"
)
_ORG_LEAD = re.compile(
    rf"^{_HAN}{{0,10}}?(?:就职于|就读于|任职于|受雇于|在读于|毕业于|就读|转入|入职|来自|前往|送往|送至|在|于|由|为|到|被|与|和|是|向)"
)


def find_places(text: str) -> list[Found]:
    """Find addresses and organisations in normalised text by grammar (no model)."""
    return [*_addresses(text), *_organisations(text)]


def _addresses(text: str) -> Iterator[Found]:
    for match in _ADDRESS.finditer(text):
        start, end = match.span()
        lead = _LEAD.match(text, start, end)
        if lead is not None:
            start = lead.end()
        value = text[start:end]
        parts = len(_COARSE_START.findall(value))
        if len(value) >= 4 and (parts >= 2 or (parts == 1 and _FINE.search(value))):
            yield Found(start, end, "ADDRESS", 0.8 if _FINE.search(value) else 0.65)


def _organisations(text: str) -> Iterator[Found]:
    for match in _ORGANISATION.finditer(text):
        start, end = match.span("org")
        lead = _ORG_LEAD.match(text, start, end)
        if lead is not None and end - lead.end() >= 4:
            start = lead.end()
        yield Found(start, end, "ORGANIZATION", 0.6)
