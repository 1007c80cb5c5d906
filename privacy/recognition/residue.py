"""What must not be left: identifiers that can be told by their own shape and check."""

from __future__ import annotations

import re
from collections.abc import Iterator

from privacy.recognition.identifiers import old_id_valid, resident_id_valid, to_18_digits
from privacy.recognition.normalisation import normalise

_RUN = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[\dXx]|\d{15}|1[3-9]\d{9})(?![0-9A-Za-z])")


def residual_identifiers(text: str) -> Iterator[tuple[str, str]]:
    """Yield (type, normalised value) of each id and mobile number in a text.

    A match may not be flanked by letters or digits: a key in hex holds any eleven digits.
    15-digit ids are given in their 18-digit form.
    """
    for match in _RUN.finditer(normalise(text).text):
        value = match.group().upper()
        if len(value) == 11:
            yield "PHONE_NUMBER", value
        elif len(value) == 15:
            if old_id_valid(value):
                yield "CN_RESIDENT_ID", to_18_digits(value)
        elif resident_id_valid(value):
            yield "CN_RESIDENT_ID", value
