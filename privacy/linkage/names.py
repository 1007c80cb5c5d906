"""Names as they are compared: one spelling, and how it sounds."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable

from privacy.recognition.reading.normalisation import normalise

Sounds = Callable[[str], str]


def spelling(name: str) -> str:
    """Return a name in one spelling: without spaces, dots, quotes and marks, letters in lower case."""
    text = normalise(name).text
    return "".join(c for c in text if unicodedata.category(c)[0] in "LN").lower()


def sounds() -> Sounds | None:
    """Return the function from a spelling to its pinyin without tones, or None without pypinyin.

    Characters are read one by one, by their commonest reading: what has several (曾, 单) is read the
    same way in every record, which is all that a comparison needs. Each is looked up once.
    """
    try:
        from pypinyin import lazy_pinyin
    except ImportError:
        return None
    known: dict[str, str] = {}

    def sound(name: str) -> str:
        for c in name:
            if c not in known:
                known[c] = "".join(lazy_pinyin(c))
        return "".join(known[c] for c in name)

    return sound


def forms(names: Iterable[str], sound: Sounds | None) -> dict[str, list[str | None]]:
    """Return the columns `raw`, `name`, `pinyin` of distinct names; without pypinyin the name itself."""
    columns: dict[str, list[str | None]] = {"raw": [], "name": [], "pinyin": []}
    for raw in names:
        name = spelling(raw) or None
        columns["raw"].append(raw)
        columns["name"].append(name)
        columns["pinyin"].append(name if name is None or sound is None else sound(name))
    return columns
