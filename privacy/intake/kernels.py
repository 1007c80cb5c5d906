"""Reading cells of a whole column at once, compiled: ids, numbers, dates, pseudonyms as numbers.

A column comes as Arrow holds text: cell i is `data[offsets[i]:offsets[i + 1]]` (UTF-8). What each loop
does is said cell by cell in `tests/intake/reference.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

GOOD, EMPTY, PLACEHOLDER, WRONG, OTHER, NOT_ASCII = range(6)
"""What `read_ids` says of a cell; the other loops say GOOD, EMPTY or one of the next."""
FINER, TOO_BIG = 6, 7
ID_LENGTH = 18
_WEIGHTS = np.array((7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), np.int64)
_CHECKS = np.frombuffer(b"10X98765432", np.uint8)
_LARGEST = np.iinfo(np.int64).max
_DAYS_TO_1970 = 719_468  # from 1 March of the year 0 of the proleptic Gregorian calendar


def buffers_of(column: Any) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Return the bytes and the offsets (n + 1) of a text column without nulls; no copy of one chunk."""
    import pyarrow as pa

    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    _, places, body = column.buffers()
    if not len(column):
        return np.zeros(1, np.uint8), np.zeros(1, np.int32)
    found = np.frombuffer(places, np.int32)[column.offset : column.offset + len(column) + 1]
    some = body is not None and body.size
    return np.frombuffer(body, np.uint8) if some else np.zeros(1, np.uint8), found


@njit(cache=True, nogil=True)
def _is_day(year, month, day):  # type: ignore[no-untyped-def]
    if year < 1 or month < 1 or month > 12 or day < 1:
        return False
    if month == 2:
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return day <= (29 if leap else 28)
    return day <= (30 if month in (4, 6, 9, 11) else 31)


@njit(cache=True, nogil=True)
def _check_of(text, weights, checks):  # type: ignore[no-untyped-def]
    """Return the check character of 17 digits that may begin an id: a real date; else 0.

    GB 11643-1999, mod 11-2.
    """
    total = 0
    for i in range(17):
        if text[i] < 48 or text[i] > 57:
            return 0
        total += (text[i] - 48) * weights[i]
    century = (text[6] - 48) * 10 + text[7] - 48
    year = century * 100 + (text[8] - 48) * 10 + text[9] - 48
    month, day = (text[10] - 48) * 10 + text[11] - 48, (text[12] - 48) * 10 + text[13] - 48
    if text[0] == 48 or century < 18 or century > 20 or not _is_day(year, month, day):
        return 0
    return int(checks[total % 11])


@njit(cache=True, nogil=True)
def _read_ids(data, offsets, weights, checks, ids, codes):  # type: ignore[no-untyped-def]
    text = np.zeros(ID_LENGTH, np.uint8)
    for i in range(len(offsets) - 1):
        size, first, second, few, plain = 0, -1, -1, True, True
        for p in range(offsets[i], offsets[i + 1]):
            c = data[p]
            if c >= 128:
                plain = False
                break
            if c in (32, 45):  # separators: a space, a dash
                continue
            if 97 <= c <= 122:
                c -= 32
            if first < 0:
                first = c
            elif c != first:
                if second < 0:
                    second = c
                elif c != second:
                    few = False
            if size < ID_LENGTH:
                text[size] = c
            size += 1
        if not plain:
            codes[i] = NOT_ASCII
        elif size == 0:
            codes[i] = EMPTY
        elif few:
            codes[i] = PLACEHOLDER
        elif size == ID_LENGTH:
            codes[i] = GOOD if _check_of(text, weights, checks) == text[17] else WRONG
        elif size == 15:
            for k in range(14, 5, -1):
                text[k + 2] = text[k]
            text[6], text[7] = 49, 57  # the first generation was given to people born in 19..
            check = _check_of(text, weights, checks)
            codes[i] = GOOD if check else OTHER
            text[17] = check
        else:
            codes[i] = OTHER
        if codes[i] == GOOD:
            ids[i, :] = text


def read_ids(column: Any) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the 18 characters of each resident id (n × 18, where it is GOOD) and the codes (n).

    Spaces and dashes are passed over, small letters read as capitals; a GOOD id of 15 digits is given
    in its 18-digit form. A cell that is not ASCII is left to the caller.
    """
    data, offsets = buffers_of(column)
    n = len(offsets) - 1
    ids, codes = np.full((n, ID_LENGTH), 48, np.uint8), np.empty(n, np.uint8)
    _read_ids(data, offsets, _WEIGHTS, _CHECKS, ids, codes)
    return ids, codes


@njit(cache=True, nogil=True)
def _read_numbers(data, offsets, point, places, step, values, codes):  # type: ignore[no-untyped-def]
    for i in range(len(offsets) - 1):
        at, end = offsets[i], offsets[i + 1]
        values[i] = 0
        if at == end:
            codes[i] = EMPTY
            continue
        negative = data[at] == 45
        if negative or data[at] == 43:
            at += 1
        value, rest, code = 0, 0, GOOD
        whole, fraction, after = 0, 0, False
        while at < end and code != WRONG:
            c = data[at]
            at += 1
            if c == 46 and point and not after and whole:
                after = True
                continue
            if c < 48 or c > 57:
                code = WRONG
                continue
            digit = int(c) - 48
            if after:
                fraction += 1
                if fraction > places:
                    if digit and code != FINER:
                        code = FINER
                    continue
            else:
                whole += 1
            rest = (rest * 10 + digit) % step
            value = _LARGEST if value > (_LARGEST - digit) // 10 else value * 10 + digit
        if not whole or (after and not fraction):
            code = WRONG
        for _ in range(fraction, places):
            rest = rest * 10 % step
            value = _LARGEST if value > _LARGEST // 10 else value * 10
        if code == GOOD and rest:
            code = FINER
        if code == GOOD and value == _LARGEST:
            code = TOO_BIG
        codes[i] = code
        values[i] = -(value // step) if negative else value // step


def read_numbers(
    column: Any, *, point: bool, places: int, step: int
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return each number as a multiple of its resolution, step · 10^−places, and the codes.

    Codes: GOOD, EMPTY, WRONG (no number), FINER (no multiple of the resolution), TOO_BIG (64 bits).
    `point` says whether a decimal point may stand in it.
    """
    data, offsets = buffers_of(column)
    n = len(offsets) - 1
    values, codes = np.empty(n, np.int64), np.empty(n, np.uint8)
    _read_numbers(data, offsets, point, places, step, values, codes)
    return values, codes


@njit(cache=True, nogil=True)
def _read_dates(data, offsets, days, fields, codes):  # type: ignore[no-untyped-def]
    for i in range(len(offsets) - 1):
        at, size = offsets[i], offsets[i + 1] - offsets[i]
        days[i] = fields[i] = 0
        codes[i] = EMPTY if size == 0 else WRONG
        if size not in (8, 10):
            continue
        number, sound = 0, True
        for k in range(size):
            c = data[at + k]
            if size == 10 and k in (4, 7):
                sound &= c == 45
            elif c < 48 or c > 57:
                sound = False
            else:
                number = number * 10 + int(c) - 48
        year, month, day = number // 10_000, number // 100 % 100, number % 100
        if not sound or not _is_day(year, month, day):
            continue
        # years begin on 1 March, so that the leap day is the last
        y = year - (month <= 2)
        of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
        days[i] = y * 365 + y // 4 - y // 100 + y // 400 + of_year - _DAYS_TO_1970
        fields[i] = number
        codes[i] = GOOD


def read_dates(column: Any) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint8]]:
    """Return days since 1970-01-01, the dates as yyyymmdd, and the codes: GOOD, EMPTY or WRONG.

    Read are `yyyy-mm-dd` and `yyyymmdd` of the years 1 to 9999 (ISO 8601, proleptic Gregorian).
    """
    data, offsets = buffers_of(column)
    n = len(offsets) - 1
    days, fields = np.empty(n, np.int32), np.empty(n, np.int32)
    codes = np.empty(n, np.uint8)
    _read_dates(data, offsets, days, fields, codes)
    return days, fields, codes


@njit(cache=True, nogil=True)
def _read_hex(data, offsets, high, low):  # type: ignore[no-untyped-def]
    for i in range(len(offsets) - 1):
        a, b, at = np.uint64(0), np.uint64(0), offsets[i]
        for k in range(16):
            c, d = np.uint64(data[at + k]), np.uint64(data[at + 16 + k])
            a = (a << np.uint64(4)) | (c - np.uint64(48 if c < 58 else 87))
            b = (b << np.uint64(4)) | (d - np.uint64(48 if d < 58 else 87))
        high[i], low[i] = a, b


def read_pseudonyms(column: Any) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the upper and the lower half of each pseudonym (32 hex digits): they sort as the text does.

    Raises
    ------
    ValueError
        A text has another length.
    """
    data, offsets = buffers_of(column)
    n = len(offsets) - 1
    if n and not (np.diff(offsets) == 32).all():
        raise ValueError("a pseudonym has 32 hex digits")
    high, low = np.empty(n, np.uint64), np.empty(n, np.uint64)
    _read_hex(data, offsets, high, low)
    return high, low
