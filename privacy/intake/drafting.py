"""Proposing a contract from a sample: a beginning for a person who knows the data, never a decision."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

from policies.errors import BadInput
from privacy.recognition import resident_id_valid

SAMPLE_ROWS = 5_000
MOST_CATEGORIES = 60
_PHONE = re.compile(r"1[3-9]\d{9}")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_BIOMETRIC = re.compile(r"face|finger|iris|voice_?print|人脸|指纹|虹膜|声纹", re.IGNORECASE)
_NAME = re.compile(r"(^|_)name$|姓名", re.IGNORECASE)
_ADDRESS = re.compile(r"address|住址|地址", re.IGNORECASE)


def draft_contract(sample: Path, dataset: str | None = None) -> dict[str, Any]:
    """Return a contract document proposed from the first rows of a CSV file.

    A column is dropped unless it looks harmless; categories are kept with the values seen. What only
    a person can say stands as TO BE COMPLETED, which `contract check` refuses.

    Raises
    ------
    BadInput
        The file is not CSV in UTF-8 with a header and a row.
    """
    try:
        with sample.open(encoding="utf-8-sig", newline="") as body:
            rows = [row for row, _ in zip(csv.DictReader(body), range(SAMPLE_ROWS), strict=False)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInput("is not CSV in UTF-8", where=sample.name) from error
    if not rows or None in rows[0]:
        raise BadInput("a header and rows of as many fields are expected", where=sample.name)
    domains: dict[str, list[str]] = {}
    fields = [_field(name, [r[name] or "" for r in rows], domains) for name in rows[0]]
    keyed = any(f["action"] == "pseudonym" for f in fields)
    name = re.sub(r"[^a-z0-9_]+", "_", (dataset or sample.stem).lower()).strip("_") or "dataset"
    return {
        "contract": 1,
        "dataset": name,
        "title": {"en": name, "zh": name},
        "population": {"id": "TO BE COMPLETED", "public_size": "TO BE COMPLETED"},
        "privacy_unit": "person",
        **({} if keyed else {"person_key": "row"}),
        "most_pseudonyms": 1,
        "purposes": ["TO BE COMPLETED"],
        "legal_basis": "TO BE COMPLETED",
        "expires": "TO BE COMPLETED",
        "domains": domains,
        "fields": fields,
    }


def _field(name: str, values: list[str], domains: dict[str, list[str]]) -> dict[str, Any]:
    stored = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")
    field: dict[str, Any] = {"name": name}
    if stored != name:
        field["rename"] = stored or "column"
    filled = [v for v in values if v]
    if _BIOMETRIC.search(name):
        return field | {"role": "biometric", "type": "text", "action": "drop"}
    kind = _direct_identifier(name, filled)
    if kind == "resident_id":
        more = {"type": "resident_id", "action": "pseudonym", "required": True}
        return field | {"role": "direct_identifier"} | more
    if kind:
        return field | {"role": "direct_identifier", "type": kind, "action": "drop"}
    distinct = sorted(set(values))
    if len(distinct) <= MOST_CATEGORIES and len(distinct) * 10 <= len(values):
        domains[stored] = distinct
        return field | {"role": "attribute", "type": "category", "action": "keep", "domain": stored}
    if filled and all(v.lstrip("-").isdecimal() for v in filled):
        bounds = [min(map(int, filled)), max(map(int, filled))]
        return field | {"role": "attribute", "type": "integer", "action": "drop", "bounds": bounds}
    kind = "date" if filled and all(_DATE.fullmatch(v) for v in filled) else "text"
    return field | {"role": "quasi_identifier", "type": kind, "action": "drop"}


def _direct_identifier(name: str, filled: list[str]) -> str | None:
    half = len(filled) / 2
    if filled and sum(map(resident_id_valid, filled)) > half:
        return "resident_id"
    if filled and sum(bool(_PHONE.fullmatch(v)) for v in filled) > half:
        return "phone"
    if _NAME.search(name):
        return "person_name"
    return "address" if _ADDRESS.search(name) else None
