"""What must not be left: identifiers that can be told by their own shape and check."""

from __future__ import annotations

import re
from collections.abc import Iterator

from privacy.recognition.numbers.checked import checked_in
from privacy.recognition.numbers.identifiers import old_id_valid, to_18_digits
from privacy.recognition.reading.normalisation import NUMERALS, readings

MAY_HOLD = rf"[\p{{Cf}}\p{{M}}]|(?:[\p{{N}}{NUMERALS}][^\p{{N}}{NUMERALS}]{{0,8}}){{6}}"
"""A pattern of RE2 (Arrow, DuckDB) that every text with a residual identifier matches: cells that do
not match need no closer look."""
_RUN = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9]{15}|1[3-9][0-9]{9}|(?:\+|00)?861[3-9][0-9]{9})(?![0-9A-Za-z])"
)
_GROUPED = re.compile(
    r"(?<![0-9A-Za-z])1[3-9][0-9](?P<gap>[ .-])[0-9]{4}(?P=gap)[0-9]{4}(?![0-9A-Za-z])"
)
_DIGITS = 11


def residual_identifiers(text: str) -> Iterator[tuple[str, str]]:
    """Yield (type, value) of each identifier left in a text, however it is written.

    Types CN_RESIDENT_ID (15-digit ids in their 18-digit form), PHONE_NUMBER (a mobile, eleven digits),
    BANK_CARD, STUDENT_NUMBER, IMEI, and CN_CREDIT_CODE, which is an organisation's. A match may not be
    flanked by letters or digits: a key in hex holds any eleven digits.
    """
    first, *second = readings(text)
    seen = list(_in(first.text))
    yield from seen
    for read in second:
        yield from (pair for pair in _in(read.text) if pair not in seen)


def _in(read: str) -> Iterator[tuple[str, str]]:
    for found in checked_in(read):
        value = "".join(c for c in read[found.start : found.end] if c.isalnum()).upper()
        yield found.type, value
    for match in _RUN.finditer(read):
        value = match.group()
        if len(value) != _DIGITS + 4 or not value.isdigit() or value.startswith("0086"):
            yield "PHONE_NUMBER", value[-_DIGITS:]
        elif old_id_valid(value):
            yield "CN_RESIDENT_ID", to_18_digits(value)
    for match in _GROUPED.finditer(read):
        yield "PHONE_NUMBER", "".join(c for c in match.group() if c.isdigit())
