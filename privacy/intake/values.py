"""One person's key from one id as people write it: what the compiled loop does for a column."""

from __future__ import annotations

from privacy.recognition.numbers.identifiers import old_id_valid, resident_id_valid, to_18_digits
from privacy.recognition.reading.normalisation import normalise

Outcome = tuple[str | None, str | None]
"""The key (None where there is none) and the reason why the id cannot be used (or None)."""
PLACEHOLDER_ID, WRONG_ID = "placeholder instead of an id", "wrong check digit or date"
NOT_AN_ID = "not a resident id"
_SEPARATORS = str.maketrans("", "", " -")


def person_key(text: str) -> Outcome:
    """Derive the person key from the id in a row, and from nothing else.

    Full-width digits, spaces and dashes are read; an id of the first generation (15 digits) becomes
    its 18-digit form, so that one person has one key. Placeholders and wrong check digits are
    not usable: a guess would join strangers.
    """
    value = text.strip()
    value = value if value.isascii() else normalise(value).text.strip()
    value = value.translate(_SEPARATORS).upper()
    if not value:
        return None, None
    if len(set(value)) <= 2:
        return None, PLACEHOLDER_ID
    if len(value) == 18:
        return (value, None) if resident_id_valid(value) else (None, WRONG_ID)
    if len(value) == 15 and old_id_valid(value):
        return to_18_digits(value), None
    return None, NOT_AN_ID
