"""Values that the row itself gives: its own name, phone, id and address, in any spelling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from privacy.recognition.findings import Found
from privacy.recognition.identifiers import old_id_valid, to_18_digits
from privacy.recognition.normalisation import normalise

_GAPS = frozenset(" -·.")
_SHORTEST_NUMBER = 7


@dataclass(frozen=True, slots=True)
class KnownValue:
    """A value that stands in the row and must not stand in its note; the repr hides it."""

    type: str
    value: str = field(repr=False)


def find_known(text: str, known: Sequence[KnownValue]) -> Iterator[Found]:
    """Find the row's own values in normalised text.

    Numbers are found with spaces and dashes inside; an 18-digit id also in its 15-digit form and
    the other way round; values shorter than two characters are not searched for.
    """
    squeezed: tuple[str, list[int]] | None = None
    for k in known:
        for form in _forms(k):
            found = False
            for start in _places(text, form):
                found = True
                yield Found(start, start + len(form), k.type, 1.0)
            if not found and len(form) >= _SHORTEST_NUMBER and form.isascii():
                squeezed = squeezed or _squeeze(text)
                bare, offsets = squeezed
                for start in _places(bare, form):
                    end = offsets[start + len(form) - 1] + 1
                    yield Found(offsets[start], end, k.type, 1.0)


def _forms(known: KnownValue) -> set[str]:
    value = normalise(known.value.strip()).text
    if len(value) < 2:
        return set()
    forms = {value}
    if known.type == "CN_RESIDENT_ID" and len(value) == 18:
        forms.add(value[:6] + value[8:17])
    elif known.type == "CN_RESIDENT_ID" and old_id_valid(value):
        forms.add(to_18_digits(value))
    return forms


def _places(text: str, form: str) -> Iterator[int]:
    start = text.find(form)
    while start >= 0:
        yield start
        start = text.find(form, start + len(form))


def _squeeze(text: str) -> tuple[str, list[int]]:
    """Return the text without the gaps that numbers are written with, and where each character was."""
    offsets = [i for i, c in enumerate(text) if c not in _GAPS]
    return "".join(text[i] for i in offsets), offsets
