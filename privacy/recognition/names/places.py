"""Addresses and organisations by grammar: parts in order, down to the door; suffixes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from privacy.recognition.findings import Found
from privacy.recognition.names.characters import words_of

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
_SHORTEST = 4
_MOST_LONE = 3
_LEAD = re.compile(
    "(?:上月|下月|已|现|暂|刚|近日)?(?:迁入|迁至|迁往|迁到|搬入|搬到|搬至|搬往|住在|住到|住于|住|寄到|寄往|寄至|寄|送到|送至|"
    "落户到|落户|急售|转租|过户|家访地址|地址|位于|坐落于|来自|前往|返回|在|至|到|往|回|从|于|去)"
)
_HAN_BEFORE = re.compile(
    "(?![在住于到至址是为寄迁往入从由把被向与和及对给去回找位居售卖租查的地所处系即将让请来了过])[\u4e00-\u9fff]"
)
_PROVINCE = re.compile(
    "(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|"
    "内蒙古|广西|西藏|宁夏|新疆)(?:省|市|自治区|壮族自治区|回族自治区|维吾尔自治区)?$"
)
_DIGITS = re.compile(r"[0-9]{1,4}(?![0-9])")
_ENDS = "有限责任公司|股份有限公司|有限公司|律师事务所|人民医院|中医院|卫生院|实验学校|幼儿园|派出所|人民法院"
_LAST_WORDS = re.compile(_ENDS)
_DOORS = re.compile(r"[0-9](?:号|栋|幢|座|单元|室|房)")
_JOINT = re.compile(r"(?<=[0-9A-Z号栋幢座室房楼户铺元])[和与及或、](?=[\u4e00-\u9fff]{2})")
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


def righted(text: str, found: Found) -> Found:
    """Return an address without the verb before it, with the whole of its first word and of its door."""
    if found.type != "ADDRESS":
        return found
    start, end = found.start, found.end
    lead = _LEAD.match(text, start, end)
    start = lead.end() if lead and end - lead.end() >= _SHORTEST else _whole_start(text, start)
    more = _LENGTHENS.match(text, end)
    end = more.end() if more else end
    if text[end - 1].isascii() and text[end - 1].isdigit():
        digits = _DIGITS.match(text, end)
        end = digits.end() if digits else end
    return Found(start, end, found.type, found.score)


def parted(text: str, found: Found) -> list[Found]:
    """Return an address, put right; or two that a word joins: a door before 和, another behind."""
    if found.type != "ADDRESS":
        return [found]
    joint = _JOINT.search(text, found.start, found.end)
    if not joint or not _DOORS.search(text, joint.end(), found.end):
        return [righted(text, found)]
    return [
        righted(text, Found(found.start, joint.start(), found.type, found.score)),
        *parted(text, Found(joint.end(), found.end, found.type, found.score)),
    ]


def _whole_start(text: str, start: int) -> int:
    """Return where the word begins that an address begins in; characters that are no words go with it."""
    province = _PROVINCE.search(text, max(0, start - 8), start)
    if province:
        return province.start()
    if not start or not _HAN_BEFORE.match(text[start - 1]):
        return start
    words = words_of(text)
    begun = words[start][0]
    for _ in range(_MOST_LONE):
        before = words[begun - 1] if begun else (0, 0)
        alone = before[1] - before[0] == 1 and _HAN_BEFORE.match(text[before[0]])
        if not alone:
            break
        begun = before[0]
    return begun if start - begun <= _MOST_LONE else start


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
