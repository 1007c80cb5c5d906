"""Persons and addresses by a trained model: a conditional random field over characters.

Lafferty, McCallum and Pereira (2001), as CRFsuite trains and decodes it. The model that ships was
made by `make train-names`; its card stands beside it. A city can name its own file.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from policies.errors import BadInput
from privacy.recognition.characters import features
from privacy.recognition.findings import Found

SHIPPED = "names.crfsuite"
EMITTED = ("PERSON", "ADDRESS")
"""What the model reports; it also tells places and organisations apart, so as not to take them for these."""
_SENTENCE = re.compile(r"[^。！？；;\n]{1,400}[。！？；;\n]?")
_HAN = re.compile("[\u4e00-\u9fff]")
_NO_ADDRESS = re.compile(r"[0-9]{6}|[A-Za-z]{3}")
_SCORES = {"PERSON": 0.75, "ADDRESS": 0.82}


class NameModel:
    """Finds persons and addresses in normalised text with a trained model."""

    def __init__(self, path: Path) -> None:
        self._tagger = _opened(path)

    def find(self, text: str) -> list[Found]:
        """Return what the model finds, in order; Latin text is left alone."""
        found: list[Found] = []
        for sentence in _SENTENCE.finditer(text):
            if _HAN.search(sentence.group()):
                # a lone surrogate is no text: it is read as ?, one for one
                read = sentence.group().encode("utf-8", "replace").decode()
                labels = self._tagger.tag(features(read))
                found += _spans(text, sentence.start(), labels)
        return found


def _opened(path: Path) -> Any:
    import pycrfsuite

    tagger = pycrfsuite.Tagger()
    try:
        tagger.open(str(path))
    except (OSError, ValueError) as error:
        raise BadInput(
            "is no model of names", where=path.name, todo="see `make train-names`"
        ) from error
    return tagger


@cache
def shipped_model() -> NameModel:
    """Return the model that ships with the package."""
    with as_file(files("privacy.recognition") / SHIPPED) as path:
        return NameModel(path)


def _spans(text: str, offset: int, labels: list[str]) -> list[Found]:
    found: list[Found] = []
    start, kind = 0, ""
    for i, label in enumerate([*labels, "O"]):
        if kind and label != f"I-{kind}":
            a, b = offset + start, offset + i
            if kind in EMITTED and _plausible(kind, text[a:b]):
                found.append(Found(a, b, kind, _SCORES[kind]))
            kind = ""
        if label.startswith("B-") or (label.startswith("I-") and not kind):
            start, kind = i, label[2:]
    return found


def _plausible(kind: str, value: str) -> bool:
    han = len(_HAN.findall(value))
    if kind == "PERSON":
        return han >= 2
    return len(value) >= 4 and han >= 2 and not _NO_ADDRESS.search(value)
