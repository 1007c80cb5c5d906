"""The redactor: runs the recognisers, settles overlaps, replaces what was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

from policies.errors import BadInput
from privacy.recognition.families import THRESHOLD, Find, finders
from privacy.recognition.known.known_values import KnownValue, find_known
from privacy.recognition.numbers.checked import checked_in
from privacy.recognition.overlaps import Entity, settle
from privacy.recognition.reading.normalisation import readings
from privacy.recognition.replacing.operators import Operator

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer

__all__ = ["Entity", "KnownValue", "Redacted", "Redactor"]

LONGEST_TEXT = 1_000_000


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without what was found in it. It is still treated as identifying."""

    text: str
    entities: tuple[Entity, ...]


class Redactor:
    """Finds and replaces what identifies a person in Chinese or English text, or the two mixed.

    Parameters
    ----------
    operator
        What is put in the place of what was found: the name of an operator that needs no key
        (`replace`, `mask`, `remove`), or an `Operator` with its settings.
    extra
        Further Presidio recognisers of anybody's, for instance a city's own; they run in an analyzer
        of Presidio's, with words and context.
    model
        A model of names instead of the one that ships (`make train-names` makes one).
    threshold
        What scores below it stays: 0 to 1. The default 0.5 keeps whatever has a shape and a word, a
        check or a grammar for it; 0.7 drops ids with a wrong check digit, numbers with letters for
        digits, and names by position alone.
    checked_only
        Only identifiers that hold by their own check (`find_checked`), twenty times as fast: a first
        look at a large file. Names, phones and addresses stay in it.
    """

    def __init__(
        self,
        operator: str | Operator = "replace",
        extra: tuple[EntityRecognizer, ...] = (),
        model: Path | None = None,
        threshold: float = THRESHOLD,
        checked_only: bool = False,
    ) -> None:
        if not 0 <= threshold <= 1:
            raise BadInput("a threshold lies between 0 and 1", where="redact")
        self._operator = operator if isinstance(operator, Operator) else Operator(operator)
        self._replace = self._operator.replacer()
        self._settings = (self._operator, extra, model, threshold, checked_only)
        self._threshold = threshold
        self._finders: tuple[Find, ...] = (checked_in,) if checked_only else finders(model)
        self._others = _others(extra)

    def analyse(self, text: str, known: Sequence[KnownValue] = ()) -> tuple[Entity, ...]:
        """Return what identifies a person in the text, in order and without overlaps.

        Raises
        ------
        BadInput
            The text has more than a million characters.
        """
        if len(text) > LONGEST_TEXT:
            raise BadInput(f"a text has at most {LONGEST_TEXT:,} characters", where="redact")
        read, *second = readings(text)
        found = [
            Entity(*read.original(f.start, f.end), f.type, f.score)
            for find in self._finders
            for f in find(read.text)
        ]
        for apart in second:
            found += [Entity(f.start, f.end, f.type, f.score) for f in self._finders[0](apart.text)]
        if known:
            found += [
                Entity(*read.original(f.start, f.end), f.type, f.score)
                for f in find_known(read.text, known)
            ]
        for other in self._others:
            found += other(text)
        return settle(f for f in found if f.score >= self._threshold)

    def redact(self, text: str, known: Sequence[KnownValue] = (), person: str = "") -> Redacted:
        """Return the text with everything found replaced.

        `person` is a pseudonym of whose text it is: `date_shift` moves all of a person's dates alike.
        """
        entities = self.analyse(text, known)
        parts, end = [], 0
        for e in entities:
            parts += [text[end : e.start], self._replace(e.type, text[e.start : e.end], person)]
            end = e.end
        return Redacted("".join([*parts, text[end:]]), entities)

    def redact_many(
        self,
        texts: Sequence[str],
        known: Sequence[Sequence[KnownValue]] | None = None,
        people: Sequence[str] | None = None,
        processes: int = 1,
    ) -> list[Redacted]:
        """Redact texts in order; `known` gives each text's own values, `people` whose text each is."""
        values = known if known is not None else [()] * len(texts)
        whose = people if people is not None else [""] * len(texts)
        if processes > 1:
            return list(self.redact_stream(zip(texts, values, whose, strict=True), processes))
        return [self.redact(*row) for row in zip(texts, values, whose, strict=True)]

    def redact_stream(
        self, rows: Iterable[tuple[str, Sequence[KnownValue], str]], processes: int = 1
    ) -> Iterator[Redacted]:
        """Redact rows of text, own values and person as they come, in order and in bounded memory."""
        if processes < 2:
            return (self.redact(*row) for row in rows)
        from privacy.recognition.parallel import in_processes

        return in_processes(self._settings, rows, processes)

    def redact_texts(self, texts: Iterable[str], processes: int = 1) -> Iterator[Redacted]:
        """Redact texts as they come, in order and in bounded memory."""
        return self.redact_stream(zip(texts, repeat(()), repeat("")), processes)


def _others(extra: tuple[EntityRecognizer, ...]) -> list[Find]:
    if not extra:
        return []
    from privacy.recognition.presidio import analyse_with

    return analyse_with(extra)
