"""Persons, addresses and organisations together: the model and the grammars, one best span each.

The model decides where it found something. A grammar adds what the model missed, and lengthens what
it found in part: spans of one type that overlap are joined, of two types the surer keeps its whole
length and the other what sticks out of it, so that nothing found by either reappears.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from privacy.recognition.findings import Found
from privacy.recognition.names.characters import readable
from privacy.recognition.names.latin import find_latin
from privacy.recognition.names.model import EMITTED, NameModel, shipped_model
from privacy.recognition.names.persons import find_persons
from privacy.recognition.names.places import find_places, parted
from privacy.recognition.names.surnames import SURNAME_CHARACTERS
from privacy.recognition.names.transliterated import whole_names

TYPES = EMITTED
_SHORTEST_REPEATED = 3
_LABELLED = re.compile(
    "[\u4e00-\u9fff]{0,6}(?:(?:时间|日期|编号|文号|单号|号码|电话|手机|传真|版本)[:： ]?[0-9A-Za-z-]+"
    "|(?:19|20)[0-9]{2}-[01]?[0-9]-[0-3]?[0-9])"
)
_HAS_HAN = re.compile("[\u4e00-\u9fff]")
_HAS_LATIN = re.compile("[A-Z][A-Za-z]")


class Namer:
    """Finds persons, addresses and organisations in normalised text.

    Parameters
    ----------
    model
        A model of one's own: a `NameModel`, or the path of its file; the one that ships by default.
    """

    def __init__(self, model: NameModel | Path | None = None) -> None:
        if model is None:
            self._model = shipped_model()
        else:
            self._model = model if isinstance(model, NameModel) else NameModel(model)

    def find(self, text: str) -> list[Found]:
        """Return what is found, in order and without overlaps."""
        found = find_latin(text) if _HAS_LATIN.search(text) else []
        if _HAS_HAN.search(text):
            sure = [
                g for f in self._model.find(text) if not _is_none(text, f) for g in parted(text, f)
            ]
            further = [*find_persons(text, sure), *find_places(text, sure), *found]
            found = settled(sure, further) if sure or further else []
            whole = whole_names(text, found)
            return _with_repeats(text, found if whole is found else settled(whole, []))
        return settled([], found)

    def find_many(self, texts: Sequence[str]) -> list[list[Found]]:
        """Return what is found in each text."""
        return [self.find(text) for text in texts]


def find_names(text: str) -> list[Found]:
    """Return what the model that ships and the grammars find, in order and without overlaps."""
    return Namer().find(text)


def _is_none(text: str, f: Found) -> bool:
    """Tell whether a find is a word of the dictionary, or a date or number behind its label."""
    if f.type == "ADDRESS":
        return _LABELLED.fullmatch(text, f.start, f.end) is not None
    return _is_a_word(text, f)


def _is_a_word(text: str, f: Found) -> bool:
    """Tell whether a find like 小李 is a word of the dictionary (小心) and no surname is in it."""
    if f.end - f.start != 2 or text[f.start] not in "小老" or text[f.end - 1] in SURNAME_CHARACTERS:
        return False
    import rjieba

    (_, tag), *others = rjieba.tag(readable(text[f.start : f.end]), False)
    return not others and not tag.startswith("nr")


def settled(sure: Sequence[Found], further: Sequence[Found]) -> list[Found]:
    """Return spans without overlaps that cover all of the given ones.

    `sure` come first, then `further` by score. One that overlaps a kept span of its own type is
    joined with it; of one that overlaps another type, what sticks out stays, if it is of use.
    """
    first = sorted(sure, key=lambda f: f.start)
    apart = all(a.end <= b.start for a, b in pairwise(first))
    kept: list[Found] = first if apart else []
    # what the model found is apart nearly always, and then stays as it is
    todo = [] if apart else list(sure)
    for f in [*todo, *sorted(further, key=lambda f: (-f.score, f.start))]:
        start, end = f.start, f.end
        for k in [k for k in kept if k.start < end and start < k.end]:
            if k.type == f.type:
                start, end = min(start, k.start), max(end, k.end)
                kept.remove(k)
        pieces = [(start, end)]
        for k in kept:
            pieces = [
                piece
                for a, b in pieces
                for piece in ((a, min(b, k.start)), (max(a, k.end), b))
                if piece[0] < piece[1]
            ]
        kept += [Found(a, b, f.type, f.score) for a, b in pieces]
    return sorted(kept, key=lambda f: f.start)


def _with_repeats(text: str, found: list[Found]) -> list[Found]:
    """Add the other places of each full name: a name found once in a text is a name all through it."""
    names = {
        text[f.start : f.end]
        for f in found
        if f.type == "PERSON" and f.end - f.start >= _SHORTEST_REPEATED
    }
    again = []
    for name in names:
        start = text.find(name)
        while start >= 0:
            end = start + len(name)
            if not any(f.start < end and start < f.end for f in found):
                again.append(Found(start, end, "PERSON", 0.7))
            start = text.find(name, end)
    return settled(found, again) if again else found
