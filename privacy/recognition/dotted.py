"""Names with a middle dot: where such a name begins and ends is told by how it is spelt.

The model reads a transliteration it never saw in pieces now and then; its characters, and the words
around it, show the whole.
"""

from __future__ import annotations

import re

from privacy.recognition.characters import TRANSLITERATES, readable
from privacy.recognition.findings import Found

_DOT = re.compile("(?<=[\u4e00-\u9fff])[·•・‧∙⋅･.](?=[\u4e00-\u9fff])")
_SPELT = frozenset(TRANSLITERATES + "太底外体劳荪硕逊")
_WORDS_TOO = frozenset("提来和里加达力都也以的")
"""Characters of transliterations that are words as well: a name is not lengthened by these."""
_PUT = re.compile("提(?=意见|出|交|供|到|前|起|请|议|醒|升|货|问)")
_BEHIND = frozenset("和与及仍拟将已并说在时携跟对把被称给讲")
_BEFORE = frozenset("和与及者的给向被把对帮找由是请返住叫")
"""Words of one character that the model takes into a name at its ends; a part of two keeps them."""
_SHORTEST_PART = 2


def has_dot(text: str) -> bool:
    """Tell whether a middle dot stands between two Han characters."""
    return _DOT.search(text) is not None


def whole_names(text: str, found: list[Found]) -> list[Found]:
    """Return what was found with the pieces of dotted names joined and their ends put right."""
    words = _words(text)
    dots = {match.start() for match in _DOT.finditer(text)}
    kept: list[Found] = []
    for f in found:
        last = kept[-1] if kept else None
        if (
            last is not None
            and last.type == f.type == "PERSON"
            and f.start <= last.end + 1
            and any(d in dots for d in range(last.start, f.end))
            and _SPELT.issuperset(text[last.start : f.end].translate(_NO_DOTS))
        ):
            kept[-1] = Found(last.start, f.end, f.type, f.score)
        else:
            kept.append(f)
    return [
        _trimmed(text, f, words)
        if f.type == "PERSON" and any(d in dots for d in range(f.start, f.end))
        else f
        for f in kept
    ]


_NO_DOTS = {ord(c): None for c in "·•・‧∙⋅･."}


def _trimmed(text: str, f: Found, words: list[tuple[int, int]]) -> Found:
    """Return a dotted name, shorter by a word that is none of it, or longer by what is spelt so."""
    start, end = f.start, f.end
    dots = [match.start() for match in _DOT.finditer(text, start, end)]
    shorter = end - 2 - dots[-1] >= _SHORTEST_PART
    if shorter and (text[end - 1] in _BEHIND or _PUT.match(text, end - 1)):
        end -= 1
    else:
        while end < len(text) and _goes_on(text[end]) and _spelt_so(text, *words[end]):
            end += 1
    first = words[start][1] if words[start][0] < start else start
    first += first == start and text[start] in _BEFORE
    if first > start and dots[0] - first >= _SHORTEST_PART:
        start = first
    else:
        while start > 0 and _goes_on(text[start - 1]) and _spelt_so(text, *words[start - 1]):
            start -= 1
    return Found(start, end, f.type, f.score)


def _spelt_so(text: str, start: int, end: int) -> bool:
    return _SPELT.issuperset(text[start:end])


def _goes_on(character: str) -> bool:
    return character in _SPELT and character not in _WORDS_TOO


def _words(text: str) -> list[tuple[int, int]]:
    """Return the span of the dictionary's word at each character."""
    import rjieba

    words, at = list[tuple[int, int]](), 0
    for word in rjieba.cut(readable(text), False):
        words += [(at, at + len(word))] * len(word)
        at += len(word)
    return words
