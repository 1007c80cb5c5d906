"""The check rules of Chinese identifiers: pure, over normalised text."""

from __future__ import annotations

import re
from datetime import date
from operator import mul

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_VALUES = {c: i for i, c in enumerate(_CREDIT_ALPHABET)}
_CREDIT_SHAPE = re.compile(r"[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}")
_CREDIT_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))

_TW_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
"""In the order of their numbers, from 10."""

_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def id_check_digit(first_17: str) -> str:
    """Return the check character of a resident id's first 17 digits (GB 11643-1999, mod 11-2)."""
    return _ID_CHECKS[sum(map(mul, _ID_WEIGHTS, map(int, first_17))) % 11]


def resident_id_valid(number: str) -> bool:
    """Tell whether an 18-character resident id holds: digits, real date of birth, check digit.

    Residence permits for Hong Kong, Macau and Taiwan (81/82/83…) and foreigners' permanent
    residence cards of 2023 (9…) follow the same rule.
    """
    return (
        len(number) == 18
        and number[:17].isascii()
        and number[:17].isdigit()
        and number[0] != "0"
        and number[6:8] in ("18", "19", "20")
        and is_date(number[6:14])
        and id_check_digit(number[:17]) == number[17].upper()
    )


def old_id_valid(number: str) -> bool:
    """Tell whether a 15-digit id of the first generation has a real date (it has no check digit)."""
    return (
        len(number) == 15
        and number.isascii()
        and number.isdigit()
        and number[0] != "0"
        and is_date("19" + number[6:12])
    )


def to_18_digits(old: str) -> str:
    """Return the 18-digit form of a 15-digit id (GB 11643-1999, Annex: century 19, new check)."""
    first_17 = old[:6] + "19" + old[6:]
    return first_17 + id_check_digit(first_17)


def credit_code_valid(code: str) -> bool:
    """Tell whether an 18-character organisation credit code holds (GB 32100-2015, mod 31).

    Characters 3 to 8 are the region's digits; an 18-digit resident id can hold too.
    """
    if len(code) != 18 or _CREDIT_SHAPE.fullmatch(code) is None:
        return False
    return credit_check_digit(code[:17]) == code[17]


def credit_check_digit(first_17: str) -> str:
    """Return the check character of an organisation credit code (GB 32100-2015, mod 31)."""
    total = sum(map(mul, _CREDIT_WEIGHTS, map(_CREDIT_VALUES.__getitem__, first_17)))
    return _CREDIT_ALPHABET[-total % 31]


def luhn_valid(number: str) -> bool:
    """Tell whether a number's last digit is its Luhn check (ISO/IEC 7812-1, Annex B)."""
    if not (number.isascii() and number.isdigit()):
        return False
    return (
        sum(map(int, number[-1::-2])) + sum(map(_DOUBLED.__getitem__, map(int, number[-2::-2])))
    ) % 10 == 0


def hk_card_valid(number: str) -> bool:
    """Tell whether a Hong Kong identity card's number holds: one or two letters, six digits, a check.

    Letters count 10 to 35, a missing first one 36; with weights 9 to 1 the sum is divisible by 11 (a
    check A is 10).
    """
    whole = number.upper().rjust(9)
    head, body, check = whole[:2], whole[2:8], whole[8]
    shaped = head.strip().isalpha() and head.isascii() and head[1] != " "
    if not (shaped and body.isascii() and body.isdigit() and check in "0123456789A"):
        return False
    values = [36 if c == " " else int(c, 36) for c in whole]
    return sum(w * v for w, v in zip(range(9, 0, -1), values, strict=True)) % 11 == 0


def tw_card_valid(number: str) -> bool:
    """Tell whether a number of a Taiwan identity card holds: a letter, 1 or 2, eight digits, a check.

    The letter counts its two-digit number (A is 10) with weights 1 and 9, the digits have 8 to 1 and the
    check 1; the sum is divisible by 10. Residents' certificates with 8 or 9 follow the same rule.
    """
    letter, digits = number[:1].upper(), number[1:]
    if (
        len(number) != 10
        or letter not in _TW_LETTERS
        or not (digits.isascii() and digits.isdigit())
    ):
        return False
    tens, ones = divmod(_TW_LETTERS.index(letter) + 10, 10)
    total = tens + 9 * ones + sum(map(mul, (8, 7, 6, 5, 4, 3, 2, 1, 1), map(int, digits)))
    return digits[0] in "1289" and total % 10 == 0


def is_date(yyyymmdd: str) -> bool:
    """Tell whether eight digits are a day of the calendar."""
    try:
        date(int(yyyymmdd[:4]), int(yyyymmdd[4:6]), int(yyyymmdd[6:8]))
    except ValueError:
        return False
    return True
