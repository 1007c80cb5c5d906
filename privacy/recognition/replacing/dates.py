"""Dates as people write them, moved by a number of days and written again in the same spelling."""

from __future__ import annotations

import re
from datetime import date, timedelta

_HAN = "〇一二三四五六七八九"
_VALUES = {c: i for i, c in enumerate(_HAN)} | {"零": 0, "○": 0, "元": 1, "正": 1}
_SHORT = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_N = r"[0-9零〇○一二三四五六七八九十廿卅初正元]"
_YEAR_FIRST = re.compile(
    rf"(?P<y>{_N}{{2,4}})(?P<s1> ?[-/.年] ?)(?P<m>{_N}{{1,2}})(?:(?P<s2> ?[-/.月] ?)(?P<d>{_N}{{1,3}})?)?(?P<s3>[日号]?)"
)
_DAY_FIRST = re.compile(
    r"(?P<d>[0-9]{1,2})(?P<s1>[-/.])(?P<m>[0-9]{1,2})(?P<s2>[-/.])(?P<y>[0-9]{4})"
)
_COMPACT = re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})")
_ENGLISH = re.compile(
    r"(?P<d>[0-9]{1,2})(?P<th>st|nd|rd|th)?(?P<s1>(?: of)? )(?P<m>[A-Za-z]+)(?P<dot>\.?)(?P<s2>,? )(?P<y>[0-9]{4})"
    r"|(?P<m2>[A-Za-z]+)(?P<dot2>\.?)(?P<s3> )(?P<d2>[0-9]{1,2})(?P<th2>st|nd|rd|th)?(?P<s4>,? )(?P<y2>[0-9]{4})"
)
_CENTURY = 1900


def shifted(value: str, days: int) -> str | None:
    """Return a date moved by `days`, in its own spelling; None where it is no date that is known.

    A year and month without a day is read as the first of the month. A year of two digits is read as
    one of the 1900s.
    """
    for read in (_read_year_first, _read_compact, _read_day_first, _read_english):
        try:
            moved = read(value, days)
        except (ValueError, OverflowError, KeyError):
            continue
        if moved is not None:
            return moved
    return None


def _read_year_first(value: str, days: int) -> str | None:
    m = _YEAR_FIRST.fullmatch(value)
    if m is None:
        return None
    year = _year(m["y"])
    when = date(year, _number(m["m"]), _number(m["d"]) if m["d"] else 1) + timedelta(days)
    wide = _two_wide(m["m"], m["d"] or m["m"], m["s1"])
    written = _like(m["y"], when.year if len(m["y"]) == 4 else when.year % 100, year=True)
    written += m["s1"] + _like(m["m"], when.month, wide=wide) + (m["s2"] or "")
    return written + (_like(m["d"], when.day, wide=wide) if m["d"] else "") + m["s3"]


def _read_compact(value: str, days: int) -> str | None:
    m = _COMPACT.fullmatch(value)
    if m is None:
        return None
    return f"{date(int(m['y']), int(m['m']), int(m['d'])) + timedelta(days):%Y%m%d}"


def _read_day_first(value: str, days: int) -> str | None:
    m = _DAY_FIRST.fullmatch(value)
    if m is None:
        return None
    a, b = int(m["d"]), int(m["m"])
    # where one of the two can be no month, it is the day; else the day stands first
    month_first = b > 12
    day, month = (b, a) if month_first else (a, b)
    when = date(int(m["y"]), month, day) + timedelta(days)
    first, second = (when.month, when.day) if month_first else (when.day, when.month)
    wide = _two_wide(m["d"], m["m"], m["s1"])
    head, tail = (_like(m["d"], n, wide=wide) for n in (first, second))
    return f"{head}{m['s1']}{tail}{m['s2']}{when.year}"


def _two_wide(a: str, b: str, separator: str) -> bool:
    """Tell whether months and days are written with a leading zero; 10月14日 does not show it."""
    return "0" in (a[0], b[0]) or (len(a) == len(b) == 2 and "年" not in separator)


def _read_english(value: str, days: int) -> str | None:
    m = _ENGLISH.fullmatch(value)
    if m is None:
        return None
    day, month, year = (m["d"], m["m"], m["y"]) if m["y"] else (m["d2"], m["m2"], m["y2"])
    when = date(int(year), _SHORT.index(month[:3].title()) + 1, int(day)) + timedelta(days)
    names = _SHORT if len(month) <= 4 and month.title() != "May" else _LONG
    name = names[when.month - 1]
    if m["y"]:
        th = _ordinal(when.day) if m["th"] else ""
        return f"{when.day}{th}{m['s1']}{name}{m['dot']}{m['s2']}{when.year}"
    th = _ordinal(when.day) if m["th2"] else ""
    return f"{name}{m['dot2']}{m['s3']}{when.day}{th}{m['s4']}{when.year}"


def _year(written: str) -> int:
    digits = "".join(c if c.isascii() else str(_VALUES[c]) for c in written)
    return int(digits) if len(digits) == 4 else _CENTURY + int(digits)


def _number(written: str) -> int:
    if written.isascii():
        return int(written)
    total = 0
    for c in written.removeprefix("初"):
        if c in "十廿卅":
            total = (total or 1) * 10 if c == "十" else 20 if c == "廿" else 30
        else:
            total += _VALUES[c]
    return total


def _like(written: str, number: int, *, year: bool = False, wide: bool = False) -> str:
    """Write a number as the old one was written: digits of that width, or Han numerals."""
    if written.isascii():
        return str(number).zfill(len(written) if year else 1 + wide)
    if year:
        return "".join(_HAN[int(c)] for c in str(number).zfill(len(written)))
    tens, ones = divmod(number, 10)
    head = {0: "", 1: "十"}.get(tens, _HAN[tens] + "十")
    return head + (_HAN[ones] if ones else "")


def _ordinal(day: int) -> str:
    return "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
