"""A known address with parts left out or written otherwise: without its province, `幢` for `栋`, `三` for `3`.

Both texts are read into one canonical form, in which a seed of the address (its road, its estate)
is sought and extended both ways as far as the two agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from privacy.recognition.findings import Found
from privacy.recognition.reading.squeezed import Squeezed

_NUMERALS = {c: i % 10 for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100}
_NOT_PLAIN = (
    r"\s零〇一二三四五六七八九十百两号单栋幢座#梯层楼,，、;；·._\-自特街社居省市区县镇乡室房户"
)
_PIECE = re.compile(
    r"(?P<numeral>[零〇一二三四五六七八九十百两]+)"
    r"|(?P<fence>号楼|号院|号房|单元|[栋幢座#梯号]|(?<=[0-9])-(?=[0-9])|(?<=[零〇一二三四五六七八九十])[层楼])"
    r"|(?P<nothing>[\s,，、;；·._-]|自治区|特别行政区|街道办事处|街道|社区|居委会|[省市区县镇乡]|(?<=[0-9零〇一二三四五六七八九十])[室房户楼层])"
    rf"|(?P<plain>[^{_NOT_PLAIN}]+|.)",
    re.S,
)
_SEED = re.compile(
    r"[^|0-9]{2,12}?(?:大道|胡同|路|街|巷|道|弄|村|屯|苑|园|庄|城|湾|府|居|庭|厦|寓|小区|新村|广场|花园)|[^|0-9]{2,12}(?=[0-9])"
)
_AREA = re.compile(r"^(?:[^|0-9]{2,6}?(?:省|自治区|市|区|县|街道|社区|镇|乡))+")
_SHORTEST_SEED = 3
_SHORTEST_PLACE = 4


@dataclass(frozen=True, slots=True)
class Canonical:
    """The canonical text; `starts` and `ends` are the span that each character stands for."""

    text: str
    starts: list[int]
    ends: list[int]


def find_address(text: str, bare: Squeezed, kind: str, value: str) -> Iterator[Found]:
    """Find a known address, or what is left of it, in normalised text."""
    del bare
    known = _canonical(value).text
    if len(known) < _SHORTEST_PLACE:
        return
    seeds = _seeds(value)
    read = _canonical(text) if any(s[:2] in text for s in seeds) else None
    if read is None:
        return
    done = -1
    for seed in seeds:
        in_known = known.find(seed)
        at = read.text.find(seed) if in_known >= 0 else -1
        while at >= 0:
            start, end = _extended(read.text, at, known, in_known, len(seed))
            if end > done and _tells_a_place(read.text[start:end]):
                span = read.starts[start], _with_room(text, read.ends[end - 1])
                yield Found(*span, kind, 1.0)
                done = end
            at = read.text.find(seed, max(end, at + 1))


def _tells_a_place(piece: str) -> bool:
    # a road without a number is a street of the city, and nobody's address
    return len(piece) >= _SHORTEST_PLACE and (
        piece[-1] not in "路街道巷弄" or any(c.isdigit() for c in piece)
    )


def _seeds(value: str) -> list[str]:
    """Return the parts of an address that are its own: road, estate, village; no district."""
    area = _AREA.match(value)
    local = value[area.end() :] if area and area.end() < len(value) else value
    found = dict.fromkeys(m.group().rstrip("|") for m in _SEED.finditer(_canonical(local).text))
    return [s for s in found if len(s) >= _SHORTEST_SEED]


def _extended(text: str, at: int, known: str, in_known: int, size: int) -> tuple[int, int]:
    start, k = at, in_known
    while start > 0 and k > 0 and text[start - 1] == known[k - 1]:
        start, k = start - 1, k - 1
    end, k = at + size, in_known + size
    while end < len(text):
        if k < len(known) and text[end] == known[k]:
            end, k = end + 1, k + 1
            continue
        onward = _skipped(text, end, known, k)
        if onward is None:
            break
        end, k = onward
    return start, end


def _skipped(text: str, end: int, known: str, k: int) -> tuple[int, int] | None:
    """Go on where the text left out a part of the address: at least two characters must agree again."""
    at = end + 1 if text[end] == "|" else end
    piece = text[at : at + 2]
    if len(piece) < 2:
        return None
    onward = known.find(piece, k)
    return None if onward < 0 else (at + 2, onward + 2)


def _with_room(text: str, end: int) -> int:
    while end < len(text) and text[end] in "室房户号层楼栋幢座":
        end += 1
    return end


def _canonical(text: str) -> Canonical:
    made: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for piece in _PIECE.finditer(text):
        kind = piece.lastgroup
        if kind == "nothing":
            continue
        written = piece.group()
        if kind == "numeral":
            written = _arabic(written)
        elif kind == "fence":
            written = "|"
        start, end = piece.span()
        made.append(written)
        if kind == "plain":
            starts += range(start, end)
            ends += range(start + 1, end + 1)
        else:
            starts += [start] * len(written)
            ends += [end] * len(written)
    return Canonical("".join(made), starts, ends)


def _arabic(numeral: str) -> str:
    if not any(c in _TENS for c in numeral):
        return "".join(str(_NUMERALS[c]) for c in numeral)
    total, digit = 0, -1
    for c in numeral:
        if c in _TENS:
            total += (1 if digit < 0 else digit) * _TENS[c]
            digit = -1
        elif _NUMERALS[c]:
            digit = _NUMERALS[c]
    return str(total + max(digit, 0))
