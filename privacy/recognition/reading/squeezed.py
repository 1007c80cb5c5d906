"""A text without the gaps that numbers and names are written with, and where each character was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_GAPS = frozenset(" -·.,'_\t\r\n/")
_TONES = str.maketrans(
    "āáǎàăâäãåēéěèêëīíǐìîïōóǒòôöõūúǔùûüǖǘǚǜńňñǹçĀÁǍÀĒÉĚÈĪÍǏÌŌÓǑÒŪÚǓÙÜǕǗǙǛ",
    "aaaaaaaaaeeeeeeiiiiiiooooooouuuuuuuuuunnnncaaaaeeeeiiiioooouuuuuuuuu",
)


@dataclass(frozen=True, slots=True)
class Squeezed:
    """The characters that are no gaps, in lower case without tone marks too; `places` are their offsets."""

    text: str
    lower: str
    places: tuple[int, ...] | range

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open span in the text that was squeezed."""
        return self.places[start], self.places[end - 1] + 1


def squeeze(text: str) -> Squeezed:
    """Leave out spaces, dashes, dots, line ends between the characters of a text."""
    if _GAPS.isdisjoint(text):
        return Squeezed(text, _lower(text), range(len(text)))
    kept = tuple(i for i, c in enumerate(text) if c not in _GAPS)
    bare = "".join([text[i] for i in kept])
    return Squeezed(bare, _lower(bare), kept)


def _lower(text: str) -> str:
    lower = text.translate(_TONES).lower() if not text.isascii() else text.lower()
    # a few capitals have two letters in lower case: then places would not fit
    return lower if len(lower) == len(text) else text


def places(text: str, form: str) -> Iterator[int]:
    """Yield where a form stands in a text, without overlaps."""
    start = text.find(form)
    while start >= 0:
        yield start
        start = text.find(form, start + len(form))
