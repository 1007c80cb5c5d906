"""The redactor: runs the recognisers, settles overlaps, replaces what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from policies.errors import BadInput
from privacy.recognition.known_values import KnownValue, find_known
from privacy.recognition.normalisation import normalise

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer

__all__ = ["Entity", "KnownValue", "Redacted", "Redactor"]

LONGEST_TEXT = 1_000_000
Operator = Literal["replace", "mask", "remove"]
_OPERATORS: dict[str, Callable[[str, str], str]] = {
    "replace": lambda kind, _value: f"<{kind}>",
    "mask": lambda _kind, value: "*" * len(value),
    "remove": lambda _kind, _value: "",
}


@dataclass(frozen=True, slots=True)
class Entity:
    """What was found: a half-open span of the original text by character, type and score."""

    start: int
    end: int
    type: str
    score: float


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without what was found in it. It is still treated as identifying."""

    text: str
    entities: tuple[Entity, ...]


class Redactor:
    """Finds and replaces what identifies a person in Chinese or English text.

    Parameters
    ----------
    operator
        `replace` by the type's name, `mask` by asterisks of the same length, or `remove`.
    extra
        Further Presidio recognisers, for instance a city's own name model.
    """

    def __init__(
        self, operator: Operator = "replace", extra: tuple[EntityRecognizer, ...] = ()
    ) -> None:
        if operator not in _OPERATORS:
            raise BadInput(f"an operator is one of {', '.join(_OPERATORS)}", where="redact")
        from privacy.recognition.presidio import LANGUAGE, analyzer

        self._replace = _OPERATORS[operator]
        self._engine = analyzer(extra)
        self._language = LANGUAGE

    def analyse(self, text: str, known: Sequence[KnownValue] = ()) -> tuple[Entity, ...]:
        """Return what identifies a person in the text, in order and without overlaps."""
        if len(text) > LONGEST_TEXT:
            raise BadInput(f"a text has at most {LONGEST_TEXT:,} characters", where="redact")
        found = [
            Entity(r.start, r.end, r.entity_type, round(float(r.score), 3))
            for r in self._engine.analyze(text, self._language)
        ]
        if known:
            read = normalise(text)
            found += [
                Entity(*read.original(f.start, f.end), f.type, f.score)
                for f in find_known(read.text, known)
            ]
        return _without_overlaps(found)

    def redact(self, text: str, known: Sequence[KnownValue] = ()) -> Redacted:
        """Return the text with everything found replaced."""
        entities = self.analyse(text, known)
        parts, end = [], 0
        for e in entities:
            parts += [text[end : e.start], self._replace(e.type, text[e.start : e.end])]
            end = e.end
        return Redacted("".join([*parts, text[end:]]), entities)

    def redact_many(
        self, texts: Sequence[str], known: Sequence[Sequence[KnownValue]] | None = None
    ) -> list[Redacted]:
        """Redact texts in order; `known` gives each text's own values."""
        values = known or [()] * len(texts)
        return [self.redact(t, k) for t, k in zip(texts, values, strict=True)]


def _without_overlaps(found: Iterable[Entity]) -> tuple[Entity, ...]:
    """Keep the surest, then the longest; what only overlaps a kept one is cut to the rest.

    Nothing that was found may reappear: a weaker entity that sticks out of a stronger one
    keeps the part that sticks out.
    """
    kept: list[Entity] = []
    for e in sorted(found, key=lambda e: (-e.score, e.start - e.end, e.start)):
        pieces = [(e.start, e.end)]
        for k in kept:
            pieces = [
                piece
                for start, end in pieces
                for piece in ((start, min(end, k.start)), (max(start, k.end), end))
                if piece[0] < piece[1]
            ]
        kept += [Entity(start, end, e.type, e.score) for start, end in pieces]
    return tuple(sorted(kept, key=lambda e: e.start))
