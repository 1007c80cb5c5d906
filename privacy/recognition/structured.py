"""Structured identifiers: one alternation over the text, then each one's own check.

Patterns are fenced by letters and digits and not by word boundaries, for a Han character is
a word character to a regular expression.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from privacy.recognition.findings import Found
from privacy.recognition.identifiers import (
    credit_code_valid,
    luhn_valid,
    old_id_valid,
    resident_id_valid,
)

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_S = r"[ -]?"
_PATTERN = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    rf"(?P<id18>[1-9]\d{{5}}{_S}(?:18|19|20)\d\d{_S}?[01]\d{_S}?[0-3]\d{_S}\d{{3}}[\dXx])"
    r"|(?P<email>[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)"
    r"|(?P<credit>[1-9A-HJ-NP-RTUWXY][0-9A-HJ-NP-RTUWXY]\d{6}[0-9A-HJ-NP-RTUWXY]{10})"
    rf"|(?P<card>[3-6]\d{{3}}{_S}\d{{4}}{_S}\d{{4}}{_S}\d{{3,4}}(?:{_S}\d{{1,3}})?)"
    rf"|(?P<mobile>(?:(?:\+|00)?86{_S})?1[3-9]\d{_S}\d{{4}}{_S}\d{{4}})"
    r"|(?P<id15>[1-9]\d{7}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3})"
    r"|(?P<landline>0\d{2,3}[- ]?[2-9]\d{6,7}|400[- ]?\d{3}[- ]?\d{4})"
    r"|(?P<passport>E[A-HJ-NP-Z]\d{7}|[EGDSP]\d{8})"
    r"|(?P<permit>[HM]\d{8}(?:\d\d)?|C[A-HJ-NP-Z]\d{7}|[CWLT]\d{8})"
    r"|(?P<imei>\d{15})"
    r")(?![0-9A-Za-z])"
    rf"|(?P<plate>[{_PROVINCES}][A-HJ-NP-Z][·. ]?(?:[DF][A-HJ-NP-Z0-9]\d{{4}}|\d{{5}}[A-HJK]"
    r"|[A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9挂学警港澳领]))(?![0-9A-Za-z])"
)
_SEPARATORS = re.compile(r"[ -]")
_SLIPS = str.maketrans("OoIl", "0011")
_SLIP_RUN = re.compile(
    r"(?<![0-9A-Za-z])(?=[\dOoIlXx]*[OoIl])[\dOoIl]{10,17}[\dOoIlXx](?![0-9A-Za-z])"
)
_CONTEXT = 16
_PERMIT_WORDS = re.compile("通行证|回乡证|台胞|港澳|护照|证件")
_OLD_ID_WORDS = re.compile("身份证|证件|证号|ID", re.IGNORECASE)
_ACCOUNT = re.compile(
    r"(?:微信|WeChat|VX|QQ)(?:号|账号)?[:： ]{0,2}(?P<account>[A-Za-z][\w-]{5,19}|[1-9]\d{4,10})"
    r"(?![0-9A-Za-z])",
    re.IGNORECASE | re.ASCII,
)
_BIRTH = re.compile(
    r"(?:出生日期|出生于|生于|出生|生日|born(?: on)?)[:： 为是]{0,2}"
    r"(?P<date>(?:18|19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?)"
)


def find_structured(text: str) -> list[Found]:
    """Find structured identifiers in normalised text; a failed check is not reported."""
    return [*_numbers(text), *_slips(text), *_by_context(text)]


def _numbers(text: str) -> Iterator[Found]:
    for match in _PATTERN.finditer(text):
        kind = match.lastgroup or ""
        value = _SEPARATORS.sub("", match.group(kind))
        named = _judge(kind, value, text[max(0, match.start() - _CONTEXT) : match.start()])
        if named:
            yield Found(match.start(), match.end(), *named)


def _judge(kind: str, value: str, before: str) -> tuple[str, float] | None:
    if kind in ("id18", "credit", "card"):
        # one string can have the shape of several: the check that holds decides
        if resident_id_valid(value):
            return "CN_RESIDENT_ID", 1.0
        if credit_code_valid(value):
            return "CN_CREDIT_CODE", 1.0
        if value.isdigit() and 15 <= len(value) <= 19 and luhn_valid(value):
            return "BANK_CARD", 0.9
        # the shape of an id with a wrong check digit is a mistyped id: still a person's
        return ("CN_RESIDENT_ID", 0.6) if kind == "id18" else None
    if kind == "id15":
        if old_id_valid(value) and (_OLD_ID_WORDS.search(before) or not luhn_valid(value)):
            return "CN_RESIDENT_ID", 0.7
        return ("IMEI", 0.6) if luhn_valid(value) else None
    if kind == "imei":
        return ("IMEI", 0.6) if luhn_valid(value) else None
    if kind == "permit":
        return ("TRAVEL_PERMIT", 0.8) if _PERMIT_WORDS.search(before) else None
    return {
        "email": ("EMAIL_ADDRESS", 0.95),
        "mobile": ("PHONE_NUMBER", 0.9),
        "landline": ("PHONE_NUMBER", 0.7),
        "passport": ("PASSPORT", 0.7),
        "plate": ("LICENSE_PLATE", 0.9),
    }.get(kind)


def _slips(text: str) -> Iterator[Found]:
    # O for 0 and l for 1, as scanners write them: the same checks, a lower score
    for match in _SLIP_RUN.finditer(text):
        value = match.group().translate(_SLIPS)
        if resident_id_valid(value):
            yield Found(match.start(), match.end(), "CN_RESIDENT_ID", 0.8)
        elif len(value) == 11 and re.fullmatch(r"1[3-9]\d{9}", value):
            yield Found(match.start(), match.end(), "PHONE_NUMBER", 0.6)


def _by_context(text: str) -> Iterator[Found]:
    for match in _ACCOUNT.finditer(text):
        yield Found(*match.span("account"), "ACCOUNT", 0.75)
    for match in _BIRTH.finditer(text):
        yield Found(*match.span("date"), "DATE_OF_BIRTH", 0.85)
