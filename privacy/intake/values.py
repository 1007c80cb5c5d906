"""Checking and changing one column's values: total functions from text to text or a reason."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import date

from privacy.contract import Contract, Field
from privacy.recognition.identifiers import old_id_valid, resident_id_valid, to_18_digits
from privacy.recognition.normalisation import normalise

Outcome = tuple[str | None, str | None]
"""The value to store (None where there is none) and the reason why the row is broken (or None)."""
_SEPARATORS = str.maketrans("", "", " -")


def person_key(text: str) -> Outcome:
    """Derive the person key from the id in a row, and from nothing else.

    Full-width digits, spaces and dashes are read; an id of the first generation (15 digits) becomes
    its 18-digit form, so that one person has one key. Placeholders and wrong check digits are
    not usable: a guess would join strangers.
    """
    value = text if text.isascii() else normalise(text).text
    value = value.translate(_SEPARATORS).upper()
    if not value:
        return None, None
    if len(set(value)) <= 2:
        return None, "placeholder instead of an id"
    if len(value) == 18:
        return (value, None) if resident_id_valid(value) else (None, "wrong check digit or date")
    if len(value) == 15 and old_id_valid(value):
        return to_18_digits(value), None
    return None, "not a resident id"


def checker(contract: Contract, field: Field) -> Callable[[str], Outcome]:
    """Return the function that checks and changes the values of a field; it remembers its answers.

    Only answers for values with a public shape (categories, dates, integers) are remembered, and
    only while a session lasts.
    """
    make = {"category": _category, "date": _date, "integer": _integer}.get(field.type)
    decide = _as_is if make is None else make(contract, field)
    memory: dict[str, Outcome] = {}

    def remembered(value: str) -> Outcome:
        known = memory.get(value)
        if known is None:
            known = decide(value)
            if len(memory) < 200_000:
                memory[value] = known
        return known

    return remembered


def _as_is(value: str) -> Outcome:
    return value or None, None


def _category(contract: Contract, field: Field) -> Callable[[str], Outcome]:
    domain = frozenset(contract.domains[field.domain or ""])

    def decide(value: str) -> Outcome:
        text = value.strip()
        if not text:
            return ("unknown", None) if "unknown" in domain else (None, None)
        return (text, None) if text in domain else (None, "not in the domain")

    return decide


def _date(_contract: Contract, field: Field) -> Callable[[str], Outcome]:
    def decide(value: str) -> Outcome:
        text = normalise(value.strip()).text
        if not text:
            return None, None
        try:
            when = date.fromisoformat(text)
        except ValueError:
            return None, "not a date"
        if field.reference_date is None:
            return text, None
        days = (field.reference_date - when).days
        amount = days if field.to == "days" else _whole_years(when, field.reference_date)
        return _band(field, amount)

    return decide


def _whole_years(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _integer(_contract: Contract, field: Field) -> Callable[[str], Outcome]:
    low, high = field.bounds or (0, 0)

    def decide(value: str) -> Outcome:
        text = normalise(value.strip()).text
        if not text:
            return None, None
        try:
            number = int(text)
        except ValueError:
            return None, "not a whole number"
        if not low <= number <= high:
            return None, "out of bounds"
        return _band(field, number) if field.action == "coarsen" else (str(number), None)

    return decide


def _band(field: Field, amount: int) -> Outcome:
    place = bisect_right(field.bands, amount) - 1
    return (None, "out of bounds") if place < 0 else (field.band_labels()[place], None)
