"""The check rules of Chinese identifiers: pure, over normalised text."""

from __future__ import annotations

from datetime import date

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_VALUES = {c: i for i, c in enumerate(_CREDIT_ALPHABET)}
_CREDIT_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))


def id_check_digit(first_17: str) -> str:
    """Return the check character of a resident id's first 17 digits (GB 11643-1999, mod 11-2)."""
    total = sum(w * int(d) for w, d in zip(_ID_WEIGHTS, first_17, strict=True))
    return _ID_CHECKS[total % 11]


def resident_id_valid(number: str) -> bool:
    """Tell whether an 18-character resident id holds: digits, real date of birth, check digit.

    Residence permits for Hong Kong, Macau and Taiwan (81/82/83…) follow the same rule.
    """
    return (
        len(number) == 18
        and number[:17].isascii()
        and number[:17].isdigit()
        and number[0] != "0"
        and number[6:8] in ("18", "19", "20")
        and _is_date(number[6:14])
        and id_check_digit(number[:17]) == number[17].upper()
    )


def old_id_valid(number: str) -> bool:
    """Tell whether a 15-digit id of the first generation has a real date (it has no check digit)."""
    return (
        len(number) == 15
        and number.isascii()
        and number.isdigit()
        and number[0] != "0"
        and _is_date("19" + number[6:12])
    )


def to_18_digits(old: str) -> str:
    """Return the 18-digit form of a 15-digit id (GB 11643-1999, Annex: century 19, new check)."""
    first_17 = old[:6] + "19" + old[6:]
    return first_17 + id_check_digit(first_17)


def credit_code_valid(code: str) -> bool:
    """Tell whether an 18-character organisation credit code holds (GB 32100-2015, mod 31)."""
    if len(code) != 18 or any(c not in _CREDIT_VALUES for c in code):
        return False
    total = sum(w * _CREDIT_VALUES[c] for w, c in zip(_CREDIT_WEIGHTS, code[:17], strict=True))
    return (31 - total % 31) % 31 == _CREDIT_VALUES[code[17]]


def luhn_valid(number: str) -> bool:
    """Tell whether a number's last digit is its Luhn check (ISO/IEC 7812-1, Annex B)."""
    digits = [int(d) for d in reversed(number)]
    doubled = [d * 2 - 9 if d > 4 else d * 2 for d in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _is_date(yyyymmdd: str) -> bool:
    try:
        date(int(yyyymmdd[:4]), int(yyyymmdd[4:6]), int(yyyymmdd[6:8]))
    except ValueError:
        return False
    return True
