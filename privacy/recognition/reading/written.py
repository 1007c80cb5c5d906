"""Writing new characters in the layout, width and script of an old value."""

from __future__ import annotations

from privacy.recognition.reading.normalisation import normalise

_HAN_DIGITS = "零一二三四五六七八九"
_CAPITALS = "零壹贰叁肆伍陆柒捌玖"
_NUMERALS = "零〇○一二三四五六七八九幺两"


def in_the_form_of(value: str, made: str) -> str:
    """Put the characters of `made` where letters and digits stand in `value`.

    Separators stay where they are; full-width stays full-width, Han numerals stay Han numerals.
    Characters beyond the old form's places are appended; places beyond the new ones are left out.
    """
    left = iter(made)
    written = []
    for c in value:
        read = normalise(c).text
        if not (read.isalnum() and read):
            written.append(c)
            continue
        new = next(left, "")
        written.append(_in_script(c, new))
    return "".join([*written, *left])


def _in_script(old: str, new: str) -> str:
    if not new or old.isascii():
        return new
    if new.isdigit() and old in _NUMERALS:
        return _HAN_DIGITS[int(new)]
    if new.isdigit() and old in _CAPITALS:
        return _CAPITALS[int(new)]
    if 0xFF01 <= ord(old) < 0xFF5F and new.isascii():
        return chr(ord(new) + 0xFEE0)
    return new
