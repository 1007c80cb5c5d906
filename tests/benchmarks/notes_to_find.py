"""Labelled notes: templates filled with names of known kinds, addresses and checked numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from types import ModuleType

import numpy as np

from privacy.fabrication import credit_codes, phones, resident_ids
from tests.benchmarks import note_lexicon, note_lexicon_fresh, note_templates, note_templates_fresh

_SLOT = re.compile(r"\[(\w+)\]")
TYPES = {
    "address": "ADDRESS", "room": "ADDRESS", "school": "ORGANIZATION", "firm": "ORGANIZATION",
    "hospital": "ORGANIZATION", "office": "ORGANIZATION", "id": "CN_RESIDENT_ID",
    "phone": "PHONE_NUMBER", "credit": "CN_CREDIT_CODE", "card": "BANK_CARD",
}  # fmt: skip
SHARES = {
    "Han of two": 22, "Han of three": 48, "compound": 8, "minority, with a dot": 7,
    "minority, no dot": 5, "form of address": 6, "initial or 某": 4,
}  # fmt: skip
"""How often each kind of name stands in a note's `[name]`."""
EVEN = dict.fromkeys(list(SHARES)[:5], 1)
"""Shares to compare the kinds by: each as often as the others, in the same phrases."""
_HAN_DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")


@dataclass(frozen=True, slots=True)
class Gold:
    """What stands in a note: span, type, and for a person the kind of name."""

    start: int
    end: int
    type: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Material:
    """Phrases, and the module of names and parts of addresses that fill them."""

    templates: tuple[str, ...]
    words: ModuleType


FIRST = Material(note_templates.TEMPLATES, note_lexicon)
"""The notes that the model was worked on with."""
FRESH = Material(note_templates_fresh.TEMPLATES, note_lexicon_fresh)
"""Notes that it was not."""


def notes(
    seed: int, n: int, shares: dict[str, int] = SHARES, of: Material = FIRST
) -> Iterator[tuple[str, list[Gold]]]:
    """Yield n notes with what is to be found in them."""
    rng = Random(seed)
    serial = np.arange(n * 3, dtype=np.int64)
    numbers = {
        "id": resident_ids(serial, np.full(n * 3, 19880214), serial % 2 == 0),
        "phone": phones(serial),
        "credit": credit_codes(serial[: n + 10]),
    }
    for _ in range(n):
        text, gold, at = "", [], 0
        template = rng.choice(of.templates)
        for slot in _SLOT.finditer(template):
            text += template[at : slot.start()]
            value, kind = _value(rng, slot.group(1), numbers, shares, of.words)
            gold.append(
                Gold(len(text), len(text) + len(value), TYPES.get(slot.group(1), "PERSON"), kind)
            )
            text, at = text + value, slot.end()
        yield text + template[at:], gold


def _value(
    rng: Random, slot: str, numbers: dict[str, list[str]], shares: dict[str, int], words: ModuleType
) -> tuple[str, str]:
    if slot == "name":
        kind = rng.choices(list(shares), list(shares.values()))[0]
        return name(rng, kind, words), kind
    if slot == "mr":
        return name(rng, "form of address", words), "form of address"
    if slot == "latin":
        return _latin(rng, words), "Latin letters"
    if slot == "firm":
        return rng.choice(("", "", "深圳市")) + rng.choice(words.FIRM_HEADS) + rng.choice(
            words.FIRM_TAILS
        ), ""
    made = {
        "address": _address, "room": _room, "card": _card,
        "school": lambda r, w: r.choice(w.SCHOOLS),
        "hospital": lambda r, w: r.choice(w.HOSPITALS),
        "office": lambda r, w: r.choice(w.OFFICES),
    }.get(slot)  # fmt: skip
    return (made(rng, words) if made else rng.choice(numbers[slot])), ""


def name(rng: Random, kind: str, words: ModuleType) -> str:
    """Return a name of a kind."""
    surname = rng.choice(words.SURNAMES)
    two = rng.choice([g for g in words.GIVEN_TWO if len(g) == 2])
    if rng.random() < 0.4:
        two = rng.choice(words.GIVEN_TWO)[0] + rng.choice(words.GIVEN_ONE)
    one = rng.choice(words.GIVEN_ONE)
    if kind == "Han of two":
        return surname + one
    if kind == "Han of three":
        return surname + two
    if kind == "compound":
        return rng.choice(words.COMPOUND) + rng.choice((one, two, two))
    if kind == "minority, with a dot":
        return _minority(rng, rng.choice(words.DOTS), words)
    if kind == "minority, no dot":
        return _minority(rng, "", words)
    if kind == "initial or 某":
        return rng.choice(
            (
                f"{surname}某",
                f"{surname}某某",
                f"{surname}某{one}",
                f"{rng.choice('ABCWXZ')}{rng.choice(('先生', '女士'))}",
            )
        )
    return rng.choice(
        (
            surname + rng.choice(words.TITLES),
            surname + rng.choice(words.TITLES),
            rng.choice("小老") + surname,
            "阿" + rng.choice("强珍芳明辉娟"),
        )
    )


def _minority(rng: Random, dot: str, words: ModuleType) -> str:
    if not dot and words.DAI and rng.random() < 0.06:
        return rng.choice(words.DAI)
    people = rng.choices(
        (words.UYGHUR, words.KAZAKH, words.TIBETAN, words.MONGOL, words.YI), (38, 12, 20, 14, 16)
    )[0]
    first, last = rng.sample(people, 2)
    if dot:
        return first + dot + last
    if people is words.TIBETAN or people is words.YI:
        return first + last
    return rng.choice([p for p in people if len(p) > 2])


def _latin(rng: Random, words: ModuleType) -> str:
    surname, given = rng.choice(words.LATIN_SURNAMES), rng.choice(words.LATIN_GIVEN)
    return rng.choice(
        (
            f"{surname} {given}",
            f"{surname} {given}",
            f"{given} {surname}",
            f"{rng.choice(('Mr', 'Ms', 'Mrs', 'Mr.'))} {surname}",
            f"{surname.upper()} {given}",
        )
    )


def _address(rng: Random, words: ModuleType) -> str:
    lead = rng.choice(
        ("", "", "", rng.choice(words.PLACES), rng.choice(words.TOWNS), rng.choice(words.TOWNS))
    )
    road = f"{rng.choice(words.ROADS)}{rng.choice(words.ROAD_KINDS)}{rng.randint(1, 3000)}{rng.choice(('', '', '-2'))}号"
    number = str(rng.randint(101, 3005))
    if rng.random() < 0.1:
        number = number.translate(_HAN_DIGITS)
    room = rng.choice(
        (number, f"{number}室", f"{number}房", f"{rng.randint(2, 30)}{rng.choice('ABC')}")
    )
    building = f"{rng.randint(1, 20)}" if rng.random() < 0.85 else rng.choice("一二三四五六七八")
    unit = rng.choice(("", "", f"{rng.randint(1, 5)}单元", "二单元"))
    block = (
        rng.choice(
            (
                f"{building}{rng.choice(('栋', '号楼', '座', '幢'))}",
                f"{rng.choice('ABCD')}{rng.choice(('座', '栋', '3栋'))}",
            )
        )
        + unit
        + room
    )
    estate = f"{rng.choice(words.ESTATES)}{block}"
    lane = rng.choice(
        (
            f"{rng.choice('东西南北')}{rng.randint(1, 9)}巷",
            f"{rng.choice('一二三四五')}坊",
            f"{rng.randint(1, 12)}巷",
            "",
        )
    )
    village = f"{rng.choice(words.VILLAGES)}{rng.choice(('村', '村', '新村', '老围'))}{lane}{rng.randint(1, 130)}号{rng.choice((str(rng.randint(201, 809)), '', f'{rng.randint(2, 7)}楼'))}"
    return lead + rng.choice((road, estate, estate, village, village, road + estate))


def _room(rng: Random, words: ModuleType) -> str:
    road = f"{rng.randint(1, 400)} {rng.choice(words.LATIN_GIVEN[:9])} {rng.choice(('Road', 'Street', 'Avenue'))}"
    room, building = rng.randint(101, 2909), rng.randint(1, 30)
    return rng.choice(
        (
            f"Room {room}, Building {building}, {road}",
            f"Room {room}, Building {building}, {rng.choice(words.LATIN_GIVEN[9:])} Garden, {road}, Futian District, Shenzhen",
            f"Flat {rng.randint(1, 20)}{rng.choice('ABC')}, {road}, Nanshan District",
            f"Unit {rng.randint(1, 6)}, No. {building} {rng.choice(words.LATIN_GIVEN[:9])} Lane, Baoan District",
        )
    )


def _card(rng: Random, _words: ModuleType) -> str:
    body = "6217" + "".join(str(rng.randint(0, 9)) for _ in range(14))
    total = sum(
        d * 2 - 9 * (d > 4) if i % 2 == 0 else d for i, d in enumerate(map(int, reversed(body)))
    )
    return body + str(-total % 10)
