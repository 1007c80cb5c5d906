"""What the name model sees of each character: its neighbours, and the word that it stands in."""

from __future__ import annotations

from privacy.recognition.surnames import SURNAME_CHARACTERS

_EDGE = "␂"


def features(text: str) -> list[list[str]]:
    """Return the features of every character of a normalised text.

    Digits are all read as 0 and Latin letters as A: the model learns where a number stands, never
    which. Words and their parts of speech come from rjieba's dictionary.
    """
    import rjieba

    shape = [_shape(c) for c in text]
    words: list[str] = []
    for word, tag in rjieba.tag(text):
        n = len(word)
        if n == 1:
            words.append(f"S{tag}")
        else:
            words += [f"B{tag}", *[f"I{tag}"] * (n - 2), f"E{tag}"]
    words = (words + ["Sx"] * len(shape))[: len(shape)]
    c = [_EDGE, _EDGE, *shape, _EDGE, _EDGE]
    w = [_EDGE, *words, _EDGE]
    made = []
    for i, here in enumerate(shape):
        a, b, d, e = c[i], c[i + 1], c[i + 3], c[i + 4]
        row = [
            f"0{here}", f"1{b}", f"2{d}", f"3{a}", f"4{e}",
            f"5{b}{here}", f"6{here}{d}", f"7{b}{d}", f"8{a}{b}", f"9{d}{e}",
            f"w{w[i + 1]}", f"v{w[i]}{w[i + 1]}", f"x{w[i + 1]}{w[i + 2]}",
        ]  # fmt: skip
        if here in SURNAME_CHARACTERS:
            row.append("s")
        made.append(row)
    return made


def _shape(character: str) -> str:
    if character.isdecimal():
        return "0"
    return "A" if character.isascii() and character.isalpha() else character
