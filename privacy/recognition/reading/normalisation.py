"""Normalisation with offsets: one reading of all the ways in which a record writes the same thing.

Full-width and other compatibility forms, digits of any script, dashes and spaces, traditional
characters, letters that only look Latin, invisible characters, Chinese numerals. What a recogniser
finds in the normalised text is reported at its place in the original.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

SIMPLIFIED = "simplified.txt"
_GONE = "\u200b"
"""Stands for every invisible character until it is left out."""
_KEPT = frozenset("，。：；！？（）")
"""Full-width punctuation of Chinese prose stays as it is: sentences are cut at it."""
_FORMS = (
    range(0xA0, 0x3400),
    range(0xF900, 0x10000),
    range(0x1D400, 0x1D800),
    range(0x1F100, 0x1F200),
)
"""Blocks that hold compatibility forms of one character each."""
_HAN = range(0x4E00, 0xA000)
_LOOKALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТХУԌаеѕіјорсухԁԛԝһӏ" "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονι" "•‧∙⋅・･ᐧ●" "’‘",
    "ABESIJKMHOPCTXYGaesijopcyxdqwhl" "ABEZHIKMNOPTYXovi" "········" "''",
)  # fmt: skip
_INVISIBLE_MARKS = (
    *range(0x300, 0x370), *range(0xFE00, 0xFE10), *range(0xE0000, 0xE01F0), 0x20E3, 0x115F, 0x1160,
    0x3164, 0xFFA0, 0x17B4, 0x17B5, *range(0x180B, 0x1810), *range(0x1AB0, 0x1B00),
)  # fmt: skip
"""Marks upon or beside a character that change its look and not its reading, and blank letters."""
NUMERALS = "零〇○◯一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖弌弍弎参"
"""Han digits: a run of seven and more, alone or among Arabic digits, is read as digits."""
_DIGIT_OF = str.maketrans(NUMERALS, "0000" + "123456789" + "12" + "123456789" + "1233")
_NUMERAL = re.compile(f"[{NUMERALS}]")
_NUMERAL_RUN = re.compile(rf"[0-9{NUMERALS}](?:[ -]?[0-9{NUMERALS}]){{6,}}")
_PART = re.compile(rf"[0-9{NUMERALS}]{{7,}}")
_MANY = 7


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text as recognisers read it; `offsets` is None where every character kept its place."""

    text: str
    offsets: tuple[int, ...] | None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open span in the original text; what is invisible within it is inside."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1


def normalise(text: str) -> Normalised:
    """Normalise a text; offsets always lead back to the original's characters.

    Every visible character gives exactly one; invisible ones (Unicode's format characters,
    variation selectors, soft hyphens, combining marks) give none.
    Normalising twice changes nothing more.
    """
    if text.isascii() and text.isprintable():
        return Normalised(text, None)
    text = text.translate(_table())
    offsets = None
    if _GONE in text:
        offsets = tuple(i for i, c in enumerate(text) if c != _GONE)
        text = text.replace(_GONE, "")
    if _NUMERAL.search(text):
        text = _NUMERAL_RUN.sub(_as_digits, text)
    return Normalised(text, offsets)


def readings(text: str) -> tuple[Normalised, ...]:
    """Return the ways to read a text: one, or two where it holds invisible characters.

    An invisible character inside a number is none; between two numbers it parts them. Which it is
    cannot be known beforehand: the second reading has a space in its place.
    """
    joined = normalise(text)
    if joined.offsets is None:
        return (joined,)
    return joined, normalise(text.translate(_table()).replace(_GONE, " "))


def _as_digits(run: re.Match[str]) -> str:
    # "方案一 13800138000" holds a numeral beside a number and no number in numerals
    text = run.group()
    if len(_NUMERAL.findall(text)) >= _MANY:
        return text.translate(_DIGIT_OF)
    return _PART.sub(lambda part: part.group().translate(_DIGIT_OF), text)


@cache
def _table() -> dict[int, int]:
    """Return what each character becomes: one character, `_GONE` where it cannot be seen."""
    # identities of the common characters spare a failed look-up each
    table = {code: code for code in (*range(128), *_HAN, *map(ord, _KEPT))}
    for block in _FORMS:
        for code in block:
            form = unicodedata.normalize("NFKC", chr(code))
            if len(form) == 1 and chr(code) not in _KEPT:
                table[code] = ord(form)
    for code in range(0x80, 0x20000):
        character = chr(code)
        digit = unicodedata.digit(character, -1)
        if digit >= 0:
            table[code] = ord("0") + digit
            continue
        kind = unicodedata.category(character)
        if kind == "Pd" or character in "−˗⁃":
            table[code] = ord("-")
        elif kind in ("Zl", "Zp"):
            table[code] = ord("\n")
        elif kind in ("Zs", "Cc"):
            table[code] = ord(" ")
        elif kind == "Cf":
            table[code] = ord(_GONE)
    # a control character parts fields
    table.update({code: ord(" ") for code in (*range(32), 127) if chr(code) not in "\t\n\r"})
    table.update(dict.fromkeys(_INVISIBLE_MARKS, ord(_GONE)))
    table[0x85] = ord("\n")
    table.update(_LOOKALIKES)
    table.update(_simplified())
    # forms of forms: full-width Greek, compatibility ideographs of traditional characters
    for code, form in table.items():
        while form not in (table.get(form, form), ord(_GONE)):
            form = table[form]
        table[code] = form
    return table


def _simplified() -> dict[int, int]:
    lines = (files("privacy.recognition.reading") / SIMPLIFIED).read_text("utf-8").splitlines()
    traditional, simplified = (line for line in lines if not line.startswith("#"))
    return str.maketrans(traditional, simplified)
