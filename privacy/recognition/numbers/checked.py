"""Identifiers that carry their own check: what is intact is found, in whatever groups it is written.

A number may stand in groups (spaces, dashes, dots, a line break inside it). The groups of a run are
joined until one of the checks holds; a run is never flanked by letters or digits, for a key in hex
holds any digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from privacy.recognition.findings import Found
from privacy.recognition.numbers.identifiers import (
    credit_code_valid,
    is_date,
    luhn_valid,
    resident_id_valid,
)
from privacy.recognition.reading.normalisation import readings

GAP = r"[ \t\r\n./_·-]{1,3}"
_TOKEN = r"(?:[A-Za-z]{0,20}[0-9][0-9A-Za-z]*|[A-Za-z]{1,4}(?![0-9A-Za-z]))"
_RUN = re.compile(rf"(?<![0-9A-Za-z])(?=[A-Za-z]{{0,20}}[0-9]){_TOKEN}(?:{GAP}{_TOKEN})*")
_GROUPS = re.compile(rf"(?<![0-9A-Za-z]){_TOKEN}")
_MARKS = r"[^0-9A-Za-z\u4e00-\u9fff]{1,3}"
_PARTED = re.compile(
    # an id parted where ids are parted, or after every digit, by whatever marks
    rf"(?<![0-9A-Za-z])[1-9](?:[0-9]{{5}}{_MARKS}(?:18|19|20)[0-9]{{2}}(?:{_MARKS})?[0-9]{{2}}(?:{_MARKS})?"
    rf"[0-9]{{2}}{_MARKS}[0-9]{{3}}(?:{_MARKS})?[0-9Xx]"
    r"|(?P<gap>[^0-9A-Za-z\u4e00-\u9fff])(?:[0-9](?P=gap)){16}[0-9Xx])(?![0-9A-Za-z])"
)
_LABEL = re.compile(r"(?:ID|NO|SFZ|SFZH|SFZHM|CARD|KAHAO|USCC|USCI|XYDM|NUM)(?=[0-9])", re.I)
_SHORTEST, _LONGEST = 15, 20
_DIGITS = re.compile(r"[0-9]")
_SLIPS = str.maketrans("OoDQIilBSsZzX", "000011185522X")
_CREDIT_SLIPS = str.maketrans("OISZV", "0152U")
_MOST_SLIPS = 5
_GROUP_OF_CARD = re.compile(
    r"[0-9]{4}(?:[ -]{1,2}[0-9]{4}){2,3}(?:[ -]{1,2}[0-9]{1,4})?|[0-9]{6}[ -][0-9]{10,13}"
)
_GROUP_OF_15 = re.compile(
    r"3[47][0-9]{2}[ -][0-9]{6}[ -][0-9]{5}|[0-9]{2}[ -][0-9]{6}[ -][0-9]{6}[ -][0-9]"
)
_ONE_GAP = re.compile(r"[0-9]+(?:[ \t]*\r?\n[ \t]*[0-9]+)?")
_SINGLES = re.compile(r"[0-9](?:([ -])[0-9](?:\1[0-9])*)")
_ISSUERS = re.compile(r"62|4|5[1-5]|2[2-7]|3[04-9]|60|6[3-9]|9")

Judge = Callable[[str], tuple[str, float] | None]


def find_checked(text: str) -> list[Found]:
    """Find identifiers that hold by their own check, in a text as it stands.

    Resident ids and residence permits (GB 11643-1999), student numbers (G or L and the id),
    organisation credit codes (GB 32100-2015), bank cards and IMEIs (ISO/IEC 7812-1). Spans are those
    of the original text, in order and without overlaps. Letters written for digits (O for 0) lower
    the score to 0.8.
    """
    first, *second = readings(text)
    found = [
        Found(*first.original(f.start, f.end), f.type, f.score) for f in checked_in(first.text)
    ]
    for read in second:
        found += [f for f in checked_in(read.text) if not any(_meet(f, other) for other in found)]
        found.sort(key=lambda f: f.start)
    return found


def _meet(a: Found, b: Found) -> bool:
    return a.start < b.end and b.start < a.end


def checked_in(text: str) -> list[Found]:
    """Find identifiers that hold by their own check in normalised text."""
    if _DIGITS.search(text) is None:
        return []
    found: list[Found] = []
    for run in _RUN.finditer(text):
        start, end = run.span()
        if end - start >= _SHORTEST:
            found += _in_run(text, start, end)
    for run in _PARTED.finditer(text):
        whole = Found(*run.span(), "CN_RESIDENT_ID", 1.0)
        value = "".join(c for c in run.group() if c.isascii() and c.isalnum())
        if resident_id_valid(value.upper()) and not any(_meet(whole, f) for f in found):
            found.append(whole)
    return sorted(found, key=lambda f: f.start)


def _in_run(text: str, start: int, end: int) -> Iterator[Found]:
    groups = [m.span() for m in _GROUPS.finditer(text, start, end)]
    if len(groups) == 1:
        label = _LABEL.match(text, start)
        start = label.end() if label else start
        named = _judge(text[start:end])
        if named:
            yield Found(start, end, *named)
        return
    # what stands alone is judged before what must be joined, and ids before cards, so that a chance
    # match across two numbers never swallows a number
    taken: list[Found] = []
    for a, b in groups:
        label = _LABEL.match(text, a, b)
        a = label.end() if label else a
        named = _judge(text[a:b]) if b - a >= _SHORTEST else None
        if named:
            taken.append(Found(a, b, *named))
    for judge in (_person_or_firm, _card_in_groups):
        for gap in _between(groups, taken):
            taken += _joined(text, gap, judge)
    yield from sorted(taken, key=lambda f: f.start)


def _between(groups: list[tuple[int, int]], taken: list[Found]) -> list[list[tuple[int, int]]]:
    """Return the groups that are not taken, as stretches without a taken one between them."""
    if not taken:
        return [groups]
    spans = sorted((f.start, f.end) for f in taken)
    stretches: list[list[tuple[int, int]]] = [[]]
    at = 0
    for a, b in groups:
        while at < len(spans) and spans[at][1] <= a:
            at += 1
            stretches.append([])
        if at < len(spans) and spans[at][0] < b:
            continue
        stretches[-1].append((a, b))
    return stretches


def _joined(
    text: str, groups: list[tuple[int, int]], judge: Callable[[str, str], tuple[str, float] | None]
) -> Iterator[Found]:
    i = 0
    while i < len(groups):
        value, after = "", i + 1
        for j in range(i, len(groups)):
            value += text[groups[j][0] : groups[j][1]]
            if len(value) > _LONGEST:
                break
            if j > i and len(value) >= _SHORTEST:
                named = judge(value, text[groups[i][0] : groups[j][1]])
                if named:
                    yield Found(groups[i][0], groups[j][1], *named)
                    after = j + 1
                    break
        i = after


def _judge(value: str) -> tuple[str, float] | None:
    """Judge an unbroken number; one string can have the shape of several: its check decides."""
    return _person_or_firm(value, value) or (_card(value) if value.isdigit() else None)


def _person_or_firm(value: str, written: str) -> tuple[str, float] | None:
    size = len(value)
    if size == 19 and value[0] in "GgLl" and resident_id_valid(value[1:].upper()):
        return "STUDENT_NUMBER", 1.0
    if size != 18:
        return None
    upper = value.upper()
    if resident_id_valid(upper):
        return "CN_RESIDENT_ID", 1.0
    if credit_code_valid(upper) and upper[0] != "0":
        # lower case is how keys are written: a chance of 1 in 31 is not enough to be sure
        return "CN_CREDIT_CODE", 1.0 if value == upper else 0.8
    return _slipped(value, written)


def _slipped(value: str, written: str) -> tuple[str, float] | None:
    letters = sum(map(str.isalpha, value[:17]))
    if not letters or len(value) != len(written):
        return None
    if letters <= _MOST_SLIPS and resident_id_valid(value.translate(_SLIPS)):
        return "CN_RESIDENT_ID", 0.8
    repaired = value.translate(_CREDIT_SLIPS)
    if repaired != value and value[0] in "159NYIS" and credit_code_valid(repaired):
        return "CN_CREDIT_CODE", 0.7
    return None


def _card_in_groups(value: str, written: str) -> tuple[str, float] | None:
    if not value.isdigit():
        return None
    groups = _GROUP_OF_15 if len(value) == _SHORTEST else _GROUP_OF_CARD
    whole = groups.fullmatch(written) or _ONE_GAP.fullmatch(written) or _SINGLES.fullmatch(written)
    return _card(value) if whole else None


def _card(value: str) -> tuple[str, float] | None:
    size = len(value)
    if not _SHORTEST <= size <= 19 or not luhn_valid(value):
        return None
    if size > _SHORTEST:
        return ("BANK_CARD", 0.9) if _ISSUERS.match(value) else None
    if value[:2] in ("34", "37"):
        return "BANK_CARD", 0.9
    # an id of the first generation has no check: where its date is real, it may be one
    return None if is_date("19" + value[6:12]) else ("IMEI", 0.6)
