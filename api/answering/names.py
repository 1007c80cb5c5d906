"""Whether a word of a question names a person: such a word must not reach the public register."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_PLAIN = re.compile(r"[a-z_]{1,40}")
_IDENTIFYING = {"PERSON", "ADDRESS"}


def names_a_person(word: str) -> bool:
    """Tell whether a label or listed value looks like a name, an address or a number of a person.

    Recognisers judge it as they judge a case note (recall is measured there, and not perfect). Plain small
    letters without digits are a column's name and pass.
    """
    if _PLAIN.fullmatch(word):
        return False
    return any(
        e.type in _IDENTIFYING or any(c.isdigit() for c in word)
        for e in _redactor().redact(word.replace("_", " ")).entities
    )


@cache
def _redactor() -> Any:
    from privacy.recognition import Redactor  # its model is loaded when the first such word comes

    return Redactor()
