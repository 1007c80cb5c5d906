"""Settling what several recognisers found in one place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter


@dataclass(frozen=True, slots=True)
class Entity:
    """What was found: a half-open span of the original text by character, type and score."""

    start: int
    end: int
    type: str
    score: float


_START = attrgetter("start")
EXACT = 0.99
"""From this score on a span is exact: a check held, or the value is the row's own."""
_CONTAINERS = frozenset(("URL", "EMAIL_ADDRESS", "GPS_COORDINATES"))
"""What may hold other things and is then one thing: a user's name in an address of mail is no name."""
_WORDED = frozenset(("PERSON", "ADDRESS", "ORGANIZATION"))
"""Types whose ends are a judgement: the surest recogniser's ends stand. Of a number, all is taken."""


def settle(found: Iterable[Entity]) -> tuple[Entity, ...]:
    """Return entities in order and without overlaps that cover every character that was found.

    Overlapping spans of one kind of number become one. Elsewhere the exact span wins, then a container
    over what it holds, then the surer, then the longer; what sticks out of the winner keeps its own
    type, and is one with an exact span of that type.
    """
    in_order = sorted(found, key=_START)
    if all(a.end < b.start for a, b in pairwise(in_order)):
        return tuple(in_order)
    merged = _merged(in_order)
    kept: list[Entity] = []
    for e in sorted(merged, key=lambda e: (-_rank(e, merged), -e.score, e.start - e.end, e.start)):
        pieces = [(e.start, e.end)]
        for k in kept:
            if k.start < e.end and e.start < k.end:
                pieces = [
                    piece
                    for start, end in pieces
                    for piece in ((start, min(end, k.start)), (max(start, k.end), end))
                    if piece[0] < piece[1]
                ]
        kept += [Entity(start, end, e.type, e.score) for start, end in pieces]
    return _joined(sorted(kept, key=lambda e: e.start))


def _rank(e: Entity, others: list[Entity]) -> int:
    if e.score >= EXACT:
        return 2
    holds = e.type in _CONTAINERS and any(
        o.type != e.type and e.start <= o.start and o.end <= e.end for o in others
    )
    return 1 if holds else 0


def _merged(found: Iterable[Entity]) -> list[Entity]:
    """Make one of overlapping spans of a kind of number."""
    last: dict[tuple[str, bool], int] = {}
    merged: list[Entity] = []
    for e in sorted(found, key=lambda e: (e.start, -e.end)):
        # a span made longer by a weaker one would be exact no more
        sort = e.type, e.score >= EXACT
        at = None if e.type in _WORDED else last.get(sort)
        if at is not None and e.start < merged[at].end:
            m = merged[at]
            merged[at] = Entity(m.start, max(m.end, e.end), m.type, max(m.score, e.score))
        else:
            last[sort] = len(merged)
            merged.append(e)
    return merged


def _joined(entities: list[Entity]) -> tuple[Entity, ...]:
    joined: list[Entity] = []
    for e in entities:
        before = joined[-1] if joined else None
        if (
            before is not None
            and before.type == e.type
            and before.end == e.start
            and max(e.score, before.score) >= EXACT
        ):
            joined[-1] = Entity(before.start, e.end, e.type, max(before.score, e.score))
        else:
            joined.append(e)
    return tuple(joined)
