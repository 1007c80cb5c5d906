"""Normalisation with offsets: full-width forms, invisible characters, Chinese numerals.

What a recogniser finds in the normalised text is reported at its place in the original.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
# full-width punctuation of Chinese prose stays as it is: sentences are cut at it
for _kept in "，。：；！？（）":
    _WIDE.pop(ord(_kept), None)
_NUMERALS = str.maketrans("零〇一二三四五六七八九幺", "001234567891")
_NUMERAL_RUN = re.compile(
    r"(?=[0-9 -]*[零〇一二三四五六七八九幺])[0-9零〇一二三四五六七八九幺]{7,20}"
)
_INVISIBLE_RUN = re.compile(f"[{_INVISIBLE}]")


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text as recognisers read it; `offsets` is None where every character kept its place."""

    text: str
    offsets: tuple[int, ...] | None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open span in the original text."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1


@lru_cache(maxsize=8)
def normalise(text: str) -> Normalised:
    """Normalise a text; offsets always lead back to the original's characters."""
    if text.isascii():
        return Normalised(text, None)
    offsets = None
    if _INVISIBLE_RUN.search(text):
        kept = [i for i, c in enumerate(text) if c not in _INVISIBLE]
        offsets = tuple(kept)
        text = "".join(text[i] for i in kept)
    text = text.translate(_WIDE)
    text = _NUMERAL_RUN.sub(lambda m: m.group().translate(_NUMERALS), text)
    return Normalised(text, offsets)
