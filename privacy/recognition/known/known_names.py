"""A known person's name in the ways in which notes write it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product

from privacy.recognition.findings import Found
from privacy.recognition.names.surnames import COMPOUND_SURNAMES
from privacy.recognition.reading.squeezed import Squeezed, places

_TITLES = (
    "某某某", "某某", "某甲", "某", "先生", "女士", "小姐", "太太", "同志", "老师", "阿姨", "叔叔", "大爷", "大妈", "大姐",
    "大哥", "师傅", "医生", "护士", "主任", "经理", "警官", "律师", "同学", "奶奶", "爷爷", "伯伯", "婆婆", "总", "工", "姐",
    "哥", "嫂",
)  # fmt: skip
_NICKS = ("小", "老", "阿", "大")
_AFTER_NICK = frozenset("说称讲来在于与和及的已又未电反要表提")
_MASKS = frozenset("*×○●□■_")
_LETTER_MASKS = frozenset("xX")
_MOST_READINGS = 2
_MOST_SPELLINGS = 16


def find_name(text: str, bare: Squeezed, kind: str, value: str) -> Iterator[Found]:
    """Find a known person's name in normalised text (and in the text squeezed).

    A Han name: spaced, with a title after the surname, `某` or a mask for the given name, the given
    name alone where it has two characters, in pinyin either way round. A name in Latin letters: either
    way round, and each part of three letters and more.
    """
    name = "".join(c for c in value if c not in " ·.-'")
    if not name:
        return
    for start in places(bare.text, name):
        yield Found(*bare.span(start, start + len(name)), kind, 1.0)
    if value.isascii() or not _han(name[0]):
        yield from _latin(bare, kind, _latin_forms(value))
        return
    parts = [p for p in value.replace(" ", "·").split("·") if len(p) >= 2]
    if "·" in value:
        for part in parts:
            for start in places(text, part):
                yield Found(start, start + len(part), kind, 0.9)
    else:
        surname = name[:2] if name[:2] in COMPOUND_SURNAMES and len(name) > 2 else name[:1]
        yield from _by_surname(text, kind, surname, name[len(surname) :])
    if any("a" <= c <= "z" for c in bare.lower):
        yield from _latin(
            bare, kind, _pinyin_forms(name, 2 if name[:2] in COMPOUND_SURNAMES else 1)
        )


def _by_surname(text: str, kind: str, surname: str, given: str) -> Iterator[Found]:
    if len(given) >= 2:
        for start in places(text, given):
            yield Found(start, start + len(given), kind, 0.9)
    for at in places(text, surname):
        end = at + len(surname)
        for title in _TITLES:
            if text.startswith(title, end):
                yield Found(at, end + len(title), kind, 0.9)
                break
        masked = end
        while masked < len(text) and text[masked] in _MASKS and masked - end < 3:
            masked += 1
        if masked == end:
            while masked < len(text) and text[masked] in _LETTER_MASKS and masked - end < 2:
                masked += 1
        if masked > end:
            closes = given and text.startswith(given[-1], masked)
            yield Found(at, masked + (1 if closes else 0), kind, 0.9)
        if at and text[at - 1] in _NICKS and _ends_a_nick(text[end : end + 1]):
            yield Found(at - 1, end, kind, 0.9)
    if given:
        for at in places(text, given[-1]):
            start = at - 1 if len(given) == 2 and at and text[at - 1] == given[0] else at
            if start and text[start - 1] in _MASKS:
                while start and text[start - 1] in _MASKS:
                    start -= 1
                yield Found(start, at + 1, kind, 0.9)


def _ends_a_nick(after: str) -> bool:
    return not after or after in _AFTER_NICK or not _han(after)


def _latin(bare: Squeezed, kind: str, forms: list[str]) -> Iterator[Found]:
    for form in forms:
        for start in places(bare.lower, form):
            end = start + len(form)
            # the gaps are gone: a word's edge is where the text itself has a gap or no letter
            if _edge(bare, start) and _edge(bare, end):
                yield Found(*bare.span(start, end), kind, 0.95)


def _edge(bare: Squeezed, at: int) -> bool:
    if at in (0, len(bare.text)):
        return True
    if bare.places[at] - bare.places[at - 1] > 1:
        return True
    before, after = bare.lower[at - 1], bare.lower[at]
    return not (before.isascii() and before.isalpha() and after.isascii() and after.isalpha())


def _latin_forms(value: str) -> list[str]:
    parts = [p for p in value.lower().replace(",", " ").replace("·", " ").split() if p]
    bare = ["".join(c for c in p if c.isalnum()) for p in parts]
    forms = {"".join(bare), "".join(reversed(bare)), *[p for p in bare if len(p) >= 3]}
    if len(bare) >= 2:
        forms |= {"".join([p[0] for p in bare[:-1]]) + bare[-1]}
        forms |= {bare[-1] + "".join(bare[:-1])}
    return sorted((f for f in forms if len(f) >= 3), key=len, reverse=True)


def _pinyin_forms(name: str, surname_size: int) -> list[str]:
    spelt = [_readings(c) for c in name]
    if not all(spelt):
        return []
    forms: dict[str, None] = {}
    for n, syllables in enumerate(product(*spelt)):
        if n >= _MOST_SPELLINGS:
            break
        family, given = "".join(syllables[:surname_size]), syllables[surname_size:]
        short = "".join(s[0] for s in given)
        for form in (
            family + "".join(given),
            "".join(given) + family,
            family + short,
            short + family,
        ):
            if len(form) >= 4:
                forms[form] = None
    return list(forms)


@lru_cache(maxsize=30_000)
def _readings(character: str) -> tuple[str, ...]:
    """Return the usual spellings of one character: public knowledge, so it may be kept."""
    from pypinyin import Style, pinyin

    found: dict[str, None] = {}
    for reading in pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")[:1]:
        for spelling in reading[:_MOST_READINGS]:
            # ü is written as u on cards, v on keyboards, yu in passports
            for form in {spelling.replace("v", to) for to in ("u", "v", "yu")}:
                found[form] = None
    return tuple(found)


def _han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U0003ffff"
