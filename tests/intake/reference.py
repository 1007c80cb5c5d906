"""What intake does to one cell, said again in plain Python: the compiled loops are held to it."""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import date
from decimal import Decimal

from privacy.contract import TIERS, Contract, Field
from privacy.intake.values import person_key
from privacy.recognition import normalise

Outcome = tuple[str | int | None, str | None]
"""What is stored (None: nothing), and the reason why the row is set aside (or None)."""


def judge(contract: Contract, row: dict[str, str]) -> tuple[str | None, dict[str, object], object]:
    """Return the key, the stored values, and (column, reason), "no id" or None."""
    key, why = (
        person_key(row[contract.person_key]) if contract.person_key != "row" else ("row", None)
    )
    reason: object = (contract.person_key, why) if why else None
    values: dict[str, object] = {}
    for f in contract.fields:
        if f.action in ("keep", "coarsen"):
            values[f.stored_name], why = cell(contract, f, row[f.name])
            if why and reason is None:
                reason = (f.name, why)
    if reason is None and key is None:
        reason = "no id"
    return key, values, reason


def cell(contract: Contract, f: Field, text: str) -> Outcome:
    """Return what becomes of one cell."""
    if f.type in ("category", "place"):
        return _category(contract, f, text.strip())
    if f.type in ("date", "integer", "decimal"):
        text = text.strip()
        text = text if text.isascii() else normalise(text).text.strip()
        if not text:
            return None, None
        return {"date": _date, "integer": _integer, "decimal": _decimal}[f.type](f, text)
    return text or None, None


def _category(contract: Contract, f: Field, text: str) -> Outcome:
    domain = contract.domains[f.domain or ""]
    if not text:
        return ("unknown", None) if "unknown" in domain else (None, None)
    if text not in domain:
        return None, "not in the domain"
    if f.action == "coarsen" and text != "unknown":
        text = text[: TIERS[f.to or ""]]
    return text, None


def _date(f: Field, text: str) -> Outcome:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}", text):
        return None, "not a date"
    try:
        when = date.fromisoformat(text)
    except ValueError:
        return None, "not a date"
    if f.action != "coarsen" or f.reference_date is None:
        return when.isoformat(), None
    on = f.reference_date
    years = on.year - when.year - ((on.month, on.day) < (when.month, when.day))
    return _band(f, (on - when).days if f.to == "days" else years)


def _integer(f: Field, text: str) -> Outcome:
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        return None, "not a whole number"
    return _bounded(f, int(text))


def _decimal(f: Field, text: str) -> Outcome:
    if not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", text):
        return None, "not a decimal number"
    assert f.resolution is not None
    multiple = Decimal(text) / f.resolution
    if multiple != multiple.to_integral_value():
        return None, "finer than the resolution"
    return _bounded(f, int(multiple))


def _bounded(f: Field, number: int) -> Outcome:
    assert f.bounds is not None
    if not f.bounds[0] <= number <= f.bounds[1]:
        return None, "out of bounds"
    return _band(f, number) if f.action == "coarsen" else (number, None)


def _band(f: Field, amount: int) -> Outcome:
    place = bisect_right(f.bands, amount) - 1
    return (None, "out of bounds") if place < 0 else (f.band_labels()[place], None)
