"""Made-up values of the same form as the real ones, the same for the same value under one key.

Nothing that is made here is a real person's valid number: resident ids and organisation codes get a
region that GB/T 2260 assigns to nobody, mobile numbers a prefix that is not assigned, cards and IMEIs
a wrong check digit, addresses of machines the ranges kept for documentation (RFC 2606, 3849, 5737,
7042). Two values can meet in one surrogate: names come from short lists.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date, timedelta

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from privacy.fabrication.numbers import UNASSIGNED_PREFIXES
from privacy.pseudonyms import PurposeKey
from privacy.recognition.numbers.identifiers import (
    credit_check_digit,
    hk_card_valid,
    id_check_digit,
    luhn_valid,
    tw_card_valid,
)
from privacy.recognition.reading.written import in_the_form_of
from privacy.recognition.replacing.made_up import firm, person, place

UNASSIGNED_MOBILE = ("154", "163", "164", "168", "169")
"""Prefixes of mobiles that no operator holds: the Ministry of Industry and Information Technology's table
of network numbers, end of March 2023 (161 is not among them: 1619 is a satellite network's)."""
_NO_DOCUMENT = "X"
"""No series of Chinese passports, permits or files begins with it. A leading zero would not do: Taiwan
residents' eight-digit permits have it, and so have numbers of patients and students."""
_NO_PLATE = "I"
"""Never used on a number plate (GA 36-2018): it reads as 1."""
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_BIRTH_YEARS_EITHER_SIDE = 5


class Draw:
    """Numbers drawn from a keyed hash of a value: the same value gives the same numbers."""

    __slots__ = ("_left",)

    def __init__(self, tag: bytes) -> None:
        self._left = int.from_bytes(tag, "big")

    def below(self, n: int) -> int:
        """Return a number from 0 to n - 1; 768 bits serve all that a value needs."""
        self._left, drawn = divmod(self._left, n)
        return drawn

    def digits(self, n: int) -> str:
        """Return n decimal digits."""
        return str(self.below(10**n)).zfill(n) if n else ""


class Surrogates:
    """Makes surrogates under the key of a purpose."""

    __slots__ = ("_key", "_keyed")

    def __init__(self, key: PurposeKey) -> None:
        self._key = key
        self._keyed: dict[str, HMAC] = {}

    def of(self, kind: str, value: str, bare: str, canonical: str) -> str:
        """Return the surrogate of a value in the layout, width and script of the value itself.

        `bare` is the value without gaps, `canonical` what all its spellings share: it is drawn from.
        """
        keyed = self._keyed.get(kind)
        if keyed is None:
            keyed = self._keyed[kind] = HMAC(self._key.for_field(f"surrogate/{kind}"), SHA256())
        # three blocks: a long address draws more than one
        tags = b""
        for turn in b"\0\1\2":
            tag = keyed.copy()
            tag.update(bytes([turn]) + canonical.encode("utf-8", "replace"))
            tags += tag.finalize()
        # a character of no width is no part of a form: one name with and without it is one surrogate
        seen = "".join(c for c in value if unicodedata.category(c) != "Cf")
        return _MAKERS.get(kind, _by_class)(Draw(tags), seen, bare)


def _resident_id(draw: Draw, value: str, bare: str) -> str:
    old = len(bare) == 15
    try:
        born = date.fromisoformat("19" + bare[6:12] if old else bare[6:14])
    except ValueError:
        born = date(1980, 1, 1)
    span = 365 * _BIRTH_YEARS_EITHER_SIDE
    birth = born + timedelta(draw.below(2 * span) - span)
    prefix = UNASSIGNED_PREFIXES[draw.below(len(UNASSIGNED_PREFIXES))]
    region = f"{prefix}{draw.digits(4)}"
    sex = bare[-1 if old else -2]
    sequence = draw.below(500) * 2 + (int(sex) % 2 if sex.isdigit() else 0)
    if old:
        birth = birth.replace(year=min(max(birth.year, 1900), 1999), day=min(birth.day, 28))
        return in_the_form_of(value, f"{region}{birth:%y%m%d}{sequence:03d}")
    first_17 = f"{region}{birth:%Y%m%d}{sequence:03d}"
    return in_the_form_of(value, first_17 + id_check_digit(first_17))


def _student(draw: Draw, value: str, bare: str) -> str:
    if len(bare) != 19:
        return _document(draw, value, bare)
    return value[0] + _resident_id(draw, value[1:], bare[1:])


def _credit_code(draw: Draw, value: str, bare: str) -> str:
    prefix = UNASSIGNED_PREFIXES[draw.below(len(UNASSIGNED_PREFIXES))]
    body = "".join(c if c.isdigit() else _CREDIT[10 + draw.below(21)] for c in bare[8:17])
    body = "".join(draw.digits(1) if c.isdigit() else c for c in body)
    first_17 = f"{bare[:2]}{prefix}{draw.digits(4)}{body}"
    return in_the_form_of(value, first_17 + credit_check_digit(first_17))


def _phone(draw: Draw, value: str, bare: str) -> str:
    digits = "".join(c for c in bare if c.isdigit())
    if len(digits) < 7:
        return in_the_form_of(value, draw.digits(len(bare)))
    if len(digits) >= 11 and digits[-11] == "1" and digits[-10] in "3456789":
        prefix = UNASSIGNED_MOBILE[draw.below(len(UNASSIGNED_MOBILE))]
        return in_the_form_of(value, digits[:-11] + prefix + draw.digits(8))
    # no subscriber's number begins with 0
    head = 0 if digits[0] != "0" else 3 if digits[1] in "12" else 4
    return in_the_form_of(value, f"{digits[:head]}0{draw.digits(len(digits) - head - 1)}")


def _luhn_wrong(draw: Draw, value: str, bare: str) -> str:
    body = bare[:1] + draw.digits(len(bare) - 2)
    check = next(d for d in "0123456789" if luhn_valid(body + d))
    return in_the_form_of(value, body + str((int(check) + 1 + draw.below(9)) % 10))


def _island_card(draw: Draw, value: str, bare: str) -> str:
    # the same letters and digits with a check that does not hold
    head = bare[: 1 + bare[1:2].isalpha()]
    body = head + draw.digits(len(bare) - len(head) - 1)
    wrong = [d for d in "0123456789" if not (hk_card_valid(body + d) or tw_card_valid(body + d))]
    return in_the_form_of(value, body + wrong[draw.below(len(wrong))])


def _document(draw: Draw, value: str, bare: str) -> str:
    made = "".join(draw.digits(1) if c.isdigit() else c for c in bare)
    return in_the_form_of(value, _NO_DOCUMENT + made[1:])


def _plate(draw: Draw, value: str, _bare: str) -> str:
    made = []
    for n, c in enumerate(value):
        if n == 1 and c.isalpha():
            made.append(_NO_PLATE)
        elif n and c.isascii() and c.isalnum():
            made.append(draw.digits(1) if c.isdigit() else "ABCDEFGHJK"[draw.below(10)])
        else:
            made.append(c)
    return (
        "".join(made) if _NO_PLATE in made else "".join(["0" if c.isdigit() else c for c in made])
    )


def _email(draw: Draw, value: str, _bare: str) -> str:
    local = value.partition("@")[0] or value
    made = _letters(draw, local)
    return f"{made}@example.{('com', 'net', 'org')[draw.below(3)]}"


def _ip(draw: Draw, value: str, _bare: str) -> str:
    if ":" in value:
        return f"2001:db8::{draw.below(65536):x}"
    return f"{('192.0.2', '198.51.100', '203.0.113')[draw.below(3)]}.{draw.below(254) + 1}"


def _mac(draw: Draw, value: str, _bare: str) -> str:
    return (value[2] if len(value) > 2 else ":").join(
        ("00", "00", "5E", "00", "53", f"{draw.below(256):02X}")
    )


def _url(draw: Draw, value: str, _bare: str) -> str:
    return f"{value.partition('://')[0]}://example.org/{_letters(draw, 'aaaaaaaa')}"


def _gps(draw: Draw, _value: str, _bare: str) -> str:
    # the deep basin of the South China Sea, between the Paracel and the Spratly Islands: nobody's door
    return f"{112 + draw.below(200) / 100:.4f},{12.5 + draw.below(250) / 100:.4f}"


def _age(_draw: Draw, value: str, _bare: str) -> str:
    return "90" if value.isascii() else "九十"


def _date_of_birth(draw: Draw, value: str, _bare: str) -> str:
    from privacy.recognition.replacing.dates import shifted

    days = draw.below(363) + 1
    return shifted(value, days if draw.below(2) else -days) or _letters(draw, value)


def _by_class(draw: Draw, value: str, _bare: str) -> str:
    made = _letters(draw, value)
    # no account of QQ or WeChat begins with 0
    first = next((i for i, c in enumerate(made) if c.isascii() and c.isalnum()), -1)
    return made if first < 0 else f"{made[:first]}0{made[first + 1 :]}"


def _letters(draw: Draw, value: str) -> str:
    made = []
    for c in value:
        if c.isdecimal():
            made.append(in_the_form_of(c, draw.digits(1)))
        elif c.isascii() and c.isalpha():
            letter = "abcdefghijklmnopqrstuvwxyz"[draw.below(26)]
            made.append(letter.upper() if c.isupper() else letter)
        else:
            made.append(c)
    return "".join(made)


_MAKERS: dict[str, Callable[[Draw, str, str], str]] = {
    "CN_RESIDENT_ID": _resident_id,
    "STUDENT_NUMBER": _student,
    "CN_CREDIT_CODE": _credit_code,
    "PHONE_NUMBER": _phone,
    "BANK_CARD": _luhn_wrong,
    "IMEI": _luhn_wrong,
    "PASSPORT": _document,
    "TRAVEL_PERMIT": _document,
    "RESIDENCE_PERMIT": _document,
    "SOCIAL_SECURITY_NUMBER": _document,
    "MEDICAL_RECORD": _document,
    "HK_IDENTITY_CARD": _island_card,
    "TW_IDENTITY_CARD": _island_card,
    "MO_IDENTITY_CARD": _document,
    "LICENSE_PLATE": _plate,
    "EMAIL_ADDRESS": _email,
    "IP_ADDRESS": _ip,
    "MAC_ADDRESS": _mac,
    "URL": _url,
    "GPS_COORDINATES": _gps,
    "AGE_OVER_89": _age,
    "DATE_OF_BIRTH": _date_of_birth,
    "PERSON": lambda draw, value, _: person(draw.below, value),
    "ADDRESS": lambda draw, value, _: place(draw.below, value),
    "ORGANIZATION": lambda draw, value, _: firm(draw.below, value),
}
