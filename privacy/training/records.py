"""Generated records for training: phrases of case notes with names, addresses and organisations.

The benchmark's phrases are others; it lives where this package cannot import it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from random import Random

from privacy.recognition.names.characters import TRANSLITERATES
from privacy.training import newspaper
from privacy.training.addresses import address
from privacy.training.minorities import foreign_firm, foreign_place
from privacy.training.names import TITLES, kind_of_name, name
from privacy.training.newspaper import Sentence
from privacy.training.organisations import organisation
from privacy.training.phrases import CORES, ENDS, JOINTS, OPENINGS

_SLOT = re.compile(r"\{(\w)\}")
_TITLED = 0.05
"""How often a full name is followed by a form of address, which is no part of the name."""

_NOISE = 0.18
"""How often a word of the newspaper is put before or behind what is named, to teach where that ends."""
_LOOKALIKE = 0.25
"""How often the word behind a name begins like more of it (提出, 健康): the name must end before."""
_BEFORE = "在住到由对被把给向与和及是为从去来找请让"
_BEHIND = "在到由对被把向与和及是为从去来说的等将已曾仍也又均并携带家同跟给打摔讲诉称领拟"
_ALIKE = "提意见 提交 提出 提供 提到 提前 和 和其 力争 来电 来访 来 特来 特地 也 仍 家 尔后 日前 提起 提请 提议 都 达到 并 因此 依法 木工 里 加入 加班 巴不得".split()


@cache
def _plain_words() -> tuple[list[str], list[str], list[str], list[str]]:
    """Return words that can stand before a name, behind one, and behind one as if they were of it.

    The last are of two lists: like a minority's name, like a given name (麦磊 健康证).
    """
    before = list(newspaper.words(frozenset(["v", "n", "d", "p", "c", "t"])))
    behind = list(newspaper.words(frozenset(["v", "d", "p", "ad"])))
    given = set("".join(newspaper.given_names()))
    # one character that never stands in a given name cannot be taken for the end of one
    short = [w for w in newspaper.words(frozenset(["v", "d"]), 1, 1) if w not in given]
    every = {*behind, *newspaper.words(frozenset(["vn", "n", "an"]))}
    alike = sorted({w for w in every if w[0] in TRANSLITERATES})
    given_too = sorted({w for w in every if w[0] in given})
    return (
        before + list(_BEFORE) * (len(before) // 60),
        behind
        + sorted(set(short)) * (len(behind) // 4 // len(set(short)))
        + list(_BEHIND) * (len(behind) // 90),
        alike + _ALIKE * (len(alike) // len(_ALIKE)),
        given_too,
    )


def sentences(seed: int, n: int) -> Iterator[Sentence]:
    """Yield n labelled notes of one to three phrases, each with other names and addresses."""
    rng = Random(seed)
    for _ in range(n):
        text, spans = "", list[tuple[int, int, str]]()
        for i in range(rng.choice((1, 1, 2, 2, 3, 4))):
            piece = rng.choice(OPENINGS) + rng.choice(CORES)
            text = _fill(rng, rng.choice(JOINTS) + piece if i else piece, text, spans)
        yield text + rng.choice(ENDS), spans


def retold(rng: Random, rows: Iterator[Sentence]) -> Iterator[Sentence]:
    """Yield each sentence with a person or place again, with generated ones in their stead.

    Real sentences around names of all kinds: the newspaper itself has few of some.
    """
    for text, spans in rows:
        if not any(
            kind == "PERSON" or (kind == "LOCATION" and _looks_foreign(text[a:b]))
            for a, b, kind in spans
        ) and (rng.random() < 0.7):
            continue
        made, at, moved, changed = "", 0, list[tuple[int, int, str]](), False
        for start, end, kind in spans:
            made += text[at:start]
            value = text[start:end]
            if kind == "PERSON":
                value, changed = name(rng, kind_of_name(rng)), True
            elif kind == "ORGANIZATION" and rng.random() < 0.5:
                foreign = rng.random() < 0.3
                value = foreign_firm(rng) if foreign else organisation(rng)
                changed = True
            elif kind == "LOCATION" and _looks_foreign(value) and rng.random() < 0.5:
                value, changed = foreign_place(rng), True
            elif kind == "LOCATION" and text[start - 1 : start] in _TOWARDS and rng.random() < 0.5:
                value, kind, changed = address(rng), "ADDRESS", True
            moved.append((len(made), len(made) + len(value), kind))
            made, at = made + value, end
        if changed:
            yield made + text[at:], moved


def _looks_foreign(place: str) -> bool:
    return len(place) > 2 and all(c in TRANSLITERATES for c in place)


_TOWARDS = frozenset("在到往从住抵赴回")


def _fill(rng: Random, phrase: str, text: str, spans: list[tuple[int, int, str]]) -> str:
    at = 0
    for slot in _SLOT.finditer(phrase):
        text += phrase[at : slot.start()]
        value, kind, after = _value(rng, slot.group(1))
        before, behind, alike, given_too = _plain_words()
        if kind and rng.random() < _NOISE:
            text += rng.choice(before)
        if kind == "PERSON" and value[-1] in TRANSLITERATES and rng.random() < _LOOKALIKE:
            after += rng.choice(alike)
        elif kind == "PERSON" and len(value) == 2 and rng.random() < _LOOKALIKE:
            after += rng.choice(given_too)
        elif kind and rng.random() < _NOISE:
            after += rng.choice(behind)
        if kind:
            spans.append((len(text), len(text) + len(value), kind))
        text, at = text + value + after, slot.end()
    return text + phrase[at:]


def _value(rng: Random, slot: str) -> tuple[str, str, str]:
    """Return a slot's value, its kind, and what follows it."""
    if slot in "pqr":
        kind = kind_of_name(rng)
        titled = kind in ("han2", "han3", "compound") and rng.random() < _TITLED
        return name(rng, kind), "PERSON", rng.choice(TITLES[:30]) if titled else ""
    if slot == "a":
        return address(rng), "ADDRESS", ""
    if slot == "o":
        return organisation(rng), "ORGANIZATION", ""
    return (
        rng.choice((str(rng.randint(10**5, 10**11)), f"1{rng.randint(3 * 10**9, 10**10 - 1)}")),
        "",
        "",
    )
