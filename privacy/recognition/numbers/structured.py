"""Structured identifiers by their shape: one alternation over the text, then each one's own rule.

Patterns are fenced by letters and digits and not by word boundaries, for a Han character is
a word character to a regular expression.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_address

from privacy.recognition.findings import Found
from privacy.recognition.numbers.checked import checked_in
from privacy.recognition.numbers.identifiers import (
    hk_card_valid,
    is_date,
    luhn_valid,
    old_id_valid,
    tw_card_valid,
)

Judged = tuple[str, float] | None
Rule = Callable[[str, str], Judged]
"""From what was matched and what stands before it to type and score, or None."""

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_S = r"[ .-]{0,2}"
_AREA = r"(?:10|2[0-9]|[3-9][0-9]{2})"
_MARK = r"[^0-9A-Za-z\s\u4e00-\u9fff,，、;；:：|/()（）。]"
"""A mark that no list is written with: between digits it is there to hide them."""
_END = r"[ \t]*\r?\n[ \t]*"
_PATTERN = re.compile(
    # the look-ahead spares a try of every alternative at every character of a sentence
    r"(?<![0-9A-Za-z])(?=[0-9A-Za-z+(（:])(?:"
    rf"(?P<id18>[1-9][0-9]{{5}}{_S}(?:19|20)[0-9]{{2}}{_S}[01][0-9]{_S}[0-3][0-9]{_S}[0-9]{{3}}[0-9Xx])"
    r"|(?P<email>[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}(?: ?@ ?| ?[\[(（]at[\])）] ?)[A-Za-z0-9-]{1,63}"
    r"(?:\.[A-Za-z0-9-]{1,63}){1,8})"
    r"|(?P<url>(?:https?|ftp)://[^\s\u3000-\u303f\u4e00-\u9fff，。；！？（）<>\"]{4,2000})"
    r"|(?P<mac>[0-9A-Fa-f]{2}(?P<join>[:-])[0-9A-Fa-f]{2}(?:(?P=join)[0-9A-Fa-f]{2}){4})"
    r"|(?P<ip>(?:[0-9]{1,3}\.){3}[0-9]{1,3}|(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4})"
    rf"|(?P<mobile>(?:(?:[(（](?:\+|00)?86[)）]|(?:\+|00)?86){_S})?(?:1[3-9][0-9]{_S}[0-9]{{4}}{_S}[0-9]{{4}}"
    rf"|1[3-9][0-9]{{2}}[ -][0-9]{{3}}[ -][0-9]{{4}}|1[3-9][0-9]{{2}}[ -][0-9]{{4}}[ -][0-9]{{3}}"
    rf"|1[3-9][0-9][ -][0-9]{{3}}[ -][0-9]{{3}}[ -][0-9]{{2}}"
    rf"|1(?P<gap>[ .-]|{_MARK})[3-9](?:(?P=gap)[0-9]){{9}}"
    rf"|1[3-9][0-9](?P<mark>[/_]|{_MARK})[0-9]{{4}}(?P=mark)[0-9]{{4}}|1(?:{_END})?[3-9](?:(?:{_END})?[0-9]){{9}}))"
    r"|(?P<id15>[1-9][0-9]{5}[ -]?[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])[ -]?[0-9]{3})"
    rf"|(?P<landline>(?:(?:(?:\+|00)?86[ -]?)?(?:[(（]0{_AREA}[)）]|0{_AREA})|(?:\+|00)86[ -]?{_AREA})[ -]?"
    r"[2-9][0-9]{2,3}[ -]?[0-9]{4}(?:(?:-|转| ?ext\.? ?|分机)[0-9]{1,6})?|[48]00[ -]?[0-9]{3}[ -]?[0-9]{4})"
    r"|(?P<island>09[0-9]{2}(?:[ -][0-9]{3}[ -]?[0-9]{3}|[0-9]{6}))"
    r"|(?P<abroad>(?:\+|00)(?!86)[1-9][0-9]{0,2}[ -]?(?:[(（][0-9]{1,4}[)）][ -]?)?[0-9]{2,4}(?:[ -]?[0-9]{2,4}){1,4})"
    r"|(?P<american>(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[-. ])[2-9][0-9]{2}[-.][0-9]{4})"
    r"|(?P<passport>[Ee][A-HJ-NP-Za-hj-np-z][0-9]{7}|[EGDSPegdsp][0-9]{8}|[DSP]E[0-9]{7})"
    r"|(?P<permit>[HMhm][0-9]{8}(?:[0-9]{2})?|[Cc][A-HJ-NP-Z][0-9]{7}|[CWLT][0-9]{8})"
    r"|(?P<hongkong>[A-Za-z]{1,2}[0-9]{6}(?: ?[(（][0-9Aa][)）]|[0-9Aa]))"
    r"|(?P<taiwan>[A-Za-z][1289][0-9]{8})"
    r"|(?P<macau>[157][0-9]{6} ?[(（][0-9][)）]|[157]/[0-9]{6}/[0-9])"
    r"|(?P<foreigner>[A-Z]{3}[0-9]{12})"
    r"|(?P<number>[0-9]{15,19})"
    r")(?![0-9A-Za-z])"
    rf"|(?P<plate>[{_PROVINCES}][A-HJ-NP-Za-hj-np-z][·. -]?(?:[A-HJ-NP-Za-hj-np-z0-9]{{4}}[挂学警港澳领试超]"
    r"|[DFdf][A-HJ-NP-Za-hj-np-z0-9][0-9]{4}|[0-9]{5}[A-HJKa-hjk]|[A-HJ-NP-Za-hj-np-z0-9]{5})"
    r"|使[·. -]?[0-9]{6}|[0-9]{6}使|[A-Z]?[0-9]{5}领|WJ[·. -]?"
    rf"[{_PROVINCES}]?[·. -]?[0-9]{{4}}[0-9A-Z])(?![0-9A-Za-z])"
)
_FEW_DIGITS = re.compile(r"[0-9]")
_SEPARATORS = re.compile(r"[^0-9A-Za-z]")
_SLIPS = str.maketrans("OoIlSBZ", "0011582")
_SLIP_RUN = re.compile(
    r"(?<![0-9A-Za-z])(?=[1Il][3-9SB])(?=[0-9]{0,10}[OoIlSBZ])[0-9OoIlSBZ]{11}(?![0-9A-Za-z])"
)
_MOST_SLIPS = 3
_CONTEXT = 16
_PERMIT_WORDS = re.compile("通行证|回乡证|台胞|台湾|港澳|护照|证件|签注|permit", re.I)
_CARD_OF_A_PERSON = re.compile("身份|证件|证号|居民证|居留证|identity|HKID|\\bID", re.I)
_PHONE_WORDS = re.compile("电话|手机|联系|来电|致电|号码|台湾|台北|mobile|phone|tel", re.I)
_RESIDENCE_WORDS = re.compile("居留|永居|证件|permanent|residen", re.I)
_OLD_ID_WORDS = re.compile("身份证|证件|证号|证为|ID", re.I)
_CARD_WORDS = re.compile("卡号|账号|帐号|账户|银行|存折|card|account", re.I)
_PERSONAL_URL = re.compile(
    r"[0-9]{7}|@|[?&#][^=]{0,40}=|/(?:u|user|users|people|profile|home)/", re.I
)


def find_structured(text: str) -> list[Found]:
    """Find structured identifiers in normalised text: by their check, and by their shape."""
    return [*checked_in(text), *find_shapes(text)]


def find_shapes(text: str) -> list[Found]:
    """Find structured identifiers by their shape; where a rule of theirs fails, nothing is reported."""
    # without a digit only an address of mail, a link or an IPv6 address can be meant
    if _FEW_DIGITS.search(text) or "@" in text or "://" in text or "::" in text or "(at)" in text:
        return [*_shapes(text), *_slips(text)]
    return []


def _shapes(text: str) -> list[Found]:
    found = []
    for match in _PATTERN.finditer(text):
        kind = match.lastgroup or ""
        if kind in ("join", "gap", "mark"):
            kind = "mac" if kind == "join" else "mobile"
        start, end = match.span(kind)
        rule = _RULES[kind]
        named = rule(match.group(kind), text[max(0, start - _CONTEXT) : start])
        if named:
            found.append(Found(start, end, *named))
    return found


def _always(kind: str, score: float) -> Rule:
    return lambda _value, _before: (kind, score)


def _near(words: re.Pattern[str], kind: str, score: float) -> Rule:
    return lambda _value, before: (kind, score) if words.search(before) else None


def _mistyped_id(value: str, _before: str) -> Judged:
    # the shape of an id with a wrong check digit is a mistyped id: still a person's
    bare = _SEPARATORS.sub("", value)
    return ("CN_RESIDENT_ID", 0.6) if is_date(bare[6:14]) else None


def _old_id(value: str, before: str) -> Judged:
    bare = _SEPARATORS.sub("", value)
    if old_id_valid(bare) and (_OLD_ID_WORDS.search(before) or not luhn_valid(bare)):
        return "CN_RESIDENT_ID", 0.7
    return ("IMEI", 0.6) if luhn_valid(bare) and bare == value else None


def _mobile(value: str, _before: str) -> Judged:
    return ("PHONE_NUMBER", 0.9) if value.count("\n") <= 2 else None


def _abroad(value: str, _before: str) -> Judged:
    digits = len(_FEW_DIGITS.findall(value))
    return ("PHONE_NUMBER", 0.7) if digits >= (9 if value[0] == "+" else 12) else None


def _address_of_machine(value: str, _before: str) -> Judged:
    # 12:30:45 has the letters of an address and is none
    if ":" in value and value.count(":") < 7 and "::" not in value:
        return None
    try:
        ip_address(value)
    except ValueError:
        return None
    return ("IP_ADDRESS", 0.8) if len(value) > 3 else None


def _url(value: str, _before: str) -> Judged:
    from urllib.parse import unquote

    return ("URL", 0.7) if _PERSONAL_URL.search(unquote(value)) else None


def _foreigner(value: str, before: str) -> Judged:
    if not is_date("19" + value[7:13]) and not is_date("20" + value[7:13]):
        return None
    return "RESIDENCE_PERMIT", 0.8 if _RESIDENCE_WORDS.search(before) else 0.6


def _hongkong(value: str, before: str) -> Judged:
    if not hk_card_valid(_SEPARATORS.sub("", value)):
        return None
    # eleven codes of a letter and digits hold one that passes: the bracket or a word makes it a card
    sure = value[-1] in ")）" or _CARD_OF_A_PERSON.search(before)
    return ("HK_IDENTITY_CARD", 0.9) if sure else None


def _taiwan(value: str, before: str) -> Judged:
    sure = tw_card_valid(value) and _CARD_OF_A_PERSON.search(before)
    return ("TW_IDENTITY_CARD", 0.9) if sure else None


def _number(value: str, before: str) -> Judged:
    return ("BANK_CARD", 0.6) if len(value) > 15 and _CARD_WORDS.search(before) else None


def _plate(value: str, _before: str) -> Judged:
    return ("LICENSE_PLATE", 0.9) if len(_FEW_DIGITS.findall(value)) >= 2 else None


_RULES: dict[str, Rule] = {
    "id18": _mistyped_id,
    "email": _always("EMAIL_ADDRESS", 0.95),
    "url": _url,
    "mac": _always("MAC_ADDRESS", 0.85),
    "ip": _address_of_machine,
    "mobile": _mobile,
    "id15": _old_id,
    "landline": _always("PHONE_NUMBER", 0.7),
    "island": _near(_PHONE_WORDS, "PHONE_NUMBER", 0.8),
    "abroad": _abroad,
    "american": _always("PHONE_NUMBER", 0.6),
    "passport": _always("PASSPORT", 0.7),
    "permit": _near(_PERMIT_WORDS, "TRAVEL_PERMIT", 0.8),
    "hongkong": _hongkong,
    "taiwan": _taiwan,
    "macau": _near(_CARD_OF_A_PERSON, "MO_IDENTITY_CARD", 0.7),
    "foreigner": _foreigner,
    "number": _number,
    "plate": _plate,
}


def _slips(text: str) -> list[Found]:
    # O for 0 and l for 1, as scanners write them; ids and codes are repaired with their check
    found = []
    for match in _SLIP_RUN.finditer(text):
        value = match.group()
        slips = sum(map(str.isalpha, value))
        if slips <= _MOST_SLIPS and re.fullmatch(r"1[3-9][0-9]{9}", value.translate(_SLIPS)):
            found.append(Found(match.start(), match.end(), "PHONE_NUMBER", 0.6))
    return found
