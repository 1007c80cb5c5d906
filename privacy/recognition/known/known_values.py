"""Values that the row itself gives: its own name, phone, id and address, in any spelling."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from privacy.recognition.findings import Found
from privacy.recognition.known.known_addresses import find_address
from privacy.recognition.known.known_names import find_name
from privacy.recognition.numbers.identifiers import old_id_valid, to_18_digits
from privacy.recognition.reading.normalisation import normalise
from privacy.recognition.reading.squeezed import Squeezed, places, squeeze

_MASKS = frozenset("*×xX○●□■_某?")
_TAIL_WORDS = ("尾号", "后四位", "末四位", "后4位", "末4位", "后六位", "后6位", "尾数", "ending")
_TAIL_WINDOW = 10
_SHORTEST_NUMBER = 7
_LONGEST_HEAD = 10


@dataclass(frozen=True, slots=True)
class KnownValue:
    """A value that stands in the row and must not stand in its note; the repr hides it."""

    type: str
    value: str = field(repr=False)


def find_known(text: str, known: Sequence[KnownValue]) -> Iterator[Found]:
    """Find the row's own values in normalised text; spans may overlap.

    Names with titles, in pinyin, masked, the given name alone; numbers with gaps inside, masked, an
    18-digit id in its 15-digit form and the other way round, the last four digits beside a word that
    says so; addresses with parts left out or written otherwise. Values shorter than two characters
    are not searched for.
    """
    bare: Squeezed | None = None
    for k in known:
        value = normalise(k.value).text.strip()
        if len(value) < 2:
            continue
        # text as it stands first: most notes that hold a value hold it so
        for start in places(text, value):
            yield Found(start, start + len(value), k.type, 1.0)
        bare = bare or squeeze(text)
        yield from _FINDERS.get(k.type, _find_number)(text, bare, k.type, value)


def _find_number(_text: str, bare: Squeezed, kind: str, value: str) -> Iterator[Found]:
    forms = _forms_of_number(kind, value)
    for form in forms:
        for start in places(bare.lower, form):
            yield Found(*bare.span(start, start + len(form)), kind, 1.0)
    for form in forms:
        yield from _masked(bare, kind, form)
        yield from _tails(bare, kind, form)


def _forms_of_number(kind: str, value: str) -> list[str]:
    form = squeeze(value).lower
    if len(form) < _SHORTEST_NUMBER:
        return []
    forms = [form]
    if kind == "CN_RESIDENT_ID" and len(form) == 18:
        forms.append(form[:6] + form[8:17])
    elif kind == "CN_RESIDENT_ID" and old_id_valid(form):
        forms.append(to_18_digits(form).lower())
    elif kind == "PHONE_NUMBER" and form.startswith(("+86", "0086", "86")) and len(form) > 11:
        forms.append(form.removeprefix("+").removeprefix("00").removeprefix("86"))
    elif kind == "PHONE_NUMBER" and form.startswith("0") and len(form) >= 10:
        # a landline is called without its area code from within the city
        forms += [form[3:]] if form[1] in "12" else [form[4:]]
    return forms


def _masked(bare: Squeezed, kind: str, form: str) -> Iterator[Found]:
    """Find the number with its middle masked: at least two marks between its head and its tail."""
    for size in (4, 3):
        tail = form[-size:]
        for at in places(bare.lower, tail):
            start = at
            while start > 0 and bare.text[start - 1] in _MASKS:
                start -= 1
            if at - start < 2:
                continue
            for n in range(min(_LONGEST_HEAD, start), 0, -1):
                if bare.lower.startswith(form[:n], start - n):
                    yield Found(*bare.span(start - n, at + size), kind, 1.0)
                    break


def _tails(bare: Squeezed, kind: str, form: str) -> Iterator[Found]:
    for size in (4, 6):
        tail = form[-size:]
        for at in places(bare.lower, tail):
            before = bare.lower[max(0, at - _TAIL_WINDOW) : at]
            alone = (
                not before[-1:].isdigit() and not bare.lower[at + size : at + size + 1].isdigit()
            )
            if alone and any(word in before for word in _TAIL_WORDS):
                yield Found(*bare.span(at, at + size), kind, 0.9)


_FINDERS: dict[str, Callable[[str, Squeezed, str, str], Iterator[Found]]] = {
    "PERSON": find_name,
    "ADDRESS": find_address,
}
"""How a type is searched for; every other type is a number."""
