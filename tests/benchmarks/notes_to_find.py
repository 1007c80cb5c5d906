"""Labelled notes: templates filled with names of known kinds, addresses and checked numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import numpy as np

from privacy.fabrication import credit_codes, phones, resident_ids
from tests.benchmarks import note_templates as words

_SLOT = re.compile(r"\[(\w+)\]")
TYPES = {
    "address": "ADDRESS", "school": "ORGANIZATION", "firm": "ORGANIZATION", "id": "CN_RESIDENT_ID",
    "phone": "PHONE_NUMBER", "credit": "CN_CREDIT_CODE", "card": "BANK_CARD",
}  # fmt: skip
KINDS = ("han of two", "han of three", "compound", "minority", "form of address")


@dataclass(frozen=True, slots=True)
class Gold:
    """What stands in a note: span, type, and for a person the kind of name."""

    start: int
    end: int
    type: str
    kind: str = ""


def notes(seed: int, n: int) -> Iterator[tuple[str, list[Gold]]]:
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
        template = rng.choice(words.TEMPLATES)
        for slot in _SLOT.finditer(template):
            text += template[at : slot.start()]
            value, kind = _value(rng, slot.group(1), numbers)
            gold.append(
                Gold(len(text), len(text) + len(value), TYPES.get(slot.group(1), "PERSON"), kind)
            )
            text, at = text + value, slot.end()
        yield text + template[at:], gold


def _value(rng: Random, slot: str, numbers: dict[str, list[str]]) -> tuple[str, str]:
    if slot == "name":
        kind = rng.choices(KINDS, (20, 50, 10, 12, 8))[0]
        return name(rng, kind), kind
    if slot == "address":
        return _address(rng), ""
    if slot in ("firm", "school"):
        return rng.choice(words.FIRMS if slot == "firm" else words.SCHOOLS), ""
    return (_card(rng) if slot == "card" else rng.choice(numbers[slot])), ""


def name(rng: Random, kind: str) -> str:
    """Return a name of a kind."""
    surname, given = rng.choice(words.SURNAMES), rng.choices(words.GIVEN, k=2)
    if kind == "minority":
        return rng.choice(words.MINORITY)
    if kind == "form of address":
        return surname + rng.choice(("先生", "女士", "阿姨", "师傅"))
    if kind == "han of two":
        return surname + given[0]
    return (surname if kind == "han of three" else rng.choice(words.COMPOUND)) + "".join(given)


def _address(rng: Random) -> str:
    lead = rng.choice(
        ("", "", "深圳市", "龙岗区", "广东省深圳市宝安区", "南湾街道", "龙华区民治街道北站社区")
    )
    road = f"{rng.choice(words.ROADS)}{rng.choice(('路', '大道', '街', '一路'))}{rng.randint(1, 300)}号"
    room = rng.choice(
        (f"{rng.randint(101, 3005)}", f"{rng.randint(101, 3005)}室", f"{rng.randint(101, 905)}房")
    )
    block = f"{rng.randint(1, 20)}{rng.choice(('栋', '号楼', '座'))}{rng.choice(('', f'{rng.randint(1, 5)}单元'))}{room}"
    estate = f"{rng.choice(words.ESTATES)}{block}"
    village = f"{rng.choice(words.VILLAGES)}村{rng.choice('东西南北')}{rng.randint(1, 9)}巷{rng.randint(1, 30)}号{rng.randint(201, 809)}"
    return lead + rng.choice((road, estate, village, road + estate))


def _card(rng: Random) -> str:
    body = "6217" + "".join(str(rng.randint(0, 9)) for _ in range(14))
    total = sum(
        d * 2 - 9 * (d > 4) if i % 2 == 0 else d for i, d in enumerate(map(int, reversed(body)))
    )
    return body + str(-total % 10)
