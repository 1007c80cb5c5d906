"""Transliterated names, with a middle dot or without: their spelling shows where they begin and end.

The model reads a transliteration it never saw in pieces now and then, or not at all. Its characters,
and the dictionary's words around it, show the whole: 阿不都 and 外力·阿布力米提 are one name, 亲戚
before 呼斯楞 is none of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from privacy.recognition.findings import Found
from privacy.recognition.names.characters import TRANSLITERATES, words_of
from privacy.recognition.names.surnames import SURNAME_CHARACTERS

_DOT = re.compile("(?<=[\u4e00-\u9fff])[·•・‧∙⋅･.](?=[\u4e00-\u9fff])")
_NO_DOTS = {ord(c): None for c in "·•・‧∙⋅･."}
_SPELT = frozenset(TRANSLITERATES + "太底外体劳荪硕逊藏伙安")
_RUN = re.compile(f"[{''.join(sorted(_SPELT))}]{{4,9}}")
_WORDS_TOO = frozenset("提来和里加达都也以的")
"""Characters of transliterations that are words as well: a name is not lengthened by these."""
_PUT = re.compile("提(?=意见|出|交|供|到|前|起|请|议|醒|升|货|问)")
_BEHIND = frozenset("和与及仍拟将已并说在时携跟对把被称给讲")
_BEFORE = frozenset("和与及者给向被把对帮找由是请返住叫接时现")
"""Words of one character that the model takes into a name at its ends; a part of two keeps them."""
_SHORTEST_PART = 2
_SHORTEST_UNDOTTED = 3


def whole_names(text: str, found: list[Found]) -> list[Found]:
    """Return what was found with the pieces of names joined, their ends put right, missed ones added."""
    dots = {match.start() for match in _DOT.finditer(text)}
    runs = _RUN.search(text)
    if not dots and not runs:
        return found
    words = words_of(text)
    kept: list[Found] = []
    for f in found:
        if kept and _is_one(text, kept[-1], f, dots):
            kept[-1] = Found(kept[-1].start, f.end, f.type, f.score)
        else:
            kept.append(f)
    right = [
        _right(text, f, [d for d in dots if f.start < d < f.end], words)
        if f.type == "PERSON" and _of_kind(text, f, dots)
        else f
        for f in kept
    ]
    apart = [g for f in right for g in (_apart(text, f) if f.type == "PERSON" else [f])]
    return apart + _missed(text, apart, words)


def _apart(text: str, f: Found) -> list[Found]:
    """Return two names that were read as one with 和 between them; 恩和·朝格图 stays whole."""
    for at in range(f.end - 1 - _SHORTEST_UNDOTTED, f.start + _SHORTEST_UNDOTTED - 1, -1):
        if text[at] in "和与及":
            return [Found(f.start, at, f.type, f.score), Found(at + 1, f.end, f.type, f.score)]
    return [f]


def _is_one(text: str, last: Found, f: Found, dots: set[int]) -> bool:
    """Tell whether two finds are pieces of one dotted name: a character apart at most, spelt so."""
    return (
        last.type == f.type == "PERSON"
        and f.start <= last.end + 1
        and any(d in dots for d in range(last.start, f.end))
        and _SPELT.issuperset(text[last.start : f.end].translate(_NO_DOTS))
    )


def _of_kind(text: str, f: Found, dots: set[int]) -> bool:
    return any(d in dots for d in range(f.start, f.end)) or (
        f.end - f.start >= (2 if text[f.start] not in SURNAME_CHARACTERS else _SHORTEST_UNDOTTED)
        and _SPELT.issuperset(text[f.start + 1 : f.end - 1])
    )


def _right(text: str, f: Found, dots: list[int], words: Sequence[tuple[int, int]]) -> Found:
    """Return a name shorter by a word that is none of it, or longer by what is spelt so."""
    start, end = f.start, f.end
    if not dots and not _SPELT.issuperset(text[start + 1 : end]):
        return f
    last = max(dots) if dots else start
    if end - 2 - last >= _SHORTEST_PART and (text[end - 1] in _BEHIND or _PUT.match(text, end - 1)):
        end -= 1
    else:
        while end < len(text) and _goes_on(text[end]) and _spelt_so(text, *words[end]):
            end += 1
    first = words[start][1] if words[start][0] < start else start
    if first == start and text[start] in _BEFORE and (dots or text[start] not in _SPELT):
        first += 1
    if first > start and (min(dots) if dots else end) - first >= _SHORTEST_PART:
        start = first
    elif dots or text[start] in _SPELT:
        while start > 0 and _goes_on(text[start - 1]) and _spelt_so(text, *words[start - 1]):
            start -= 1
    return Found(start, end, f.type, f.score)


def _missed(text: str, found: list[Found], words: Sequence[tuple[int, int]]) -> list[Found]:
    """Return runs of four characters and more, spelt so, that no dictionary has a word in."""
    taken = {i for f in found for i in range(f.start, f.end)}
    missed = []
    for match in _RUN.finditer(text):
        places = range(match.start(), match.end())
        alone = all(words[i] == (i, i + 1) for i in places)
        if alone and not taken.intersection(places):
            missed.append(Found(match.start(), match.end(), "PERSON", 0.6))
    return missed


def _spelt_so(text: str, start: int, end: int) -> bool:
    return _SPELT.issuperset(text[start:end])


def _goes_on(character: str) -> bool:
    return character in _SPELT and character not in _WORDS_TOO
