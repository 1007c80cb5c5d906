"""Proposing a contract from a sample: a beginning for a person who knows the data, never a decision."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any

from policies.errors import BadInput
from privacy.contract import BIOMETRIC_NAME, TO_COMPLETE, Contract, Population, to_odcs
from privacy.intake.readers.batches import Wanted
from privacy.intake.readers.opening import Source, open_extract
from privacy.intake.residues import identifies
from privacy.intake.taking import RedactsText
from privacy.recognition import old_id_valid, resident_id_valid
from privacy.recognition.names.surnames import COMPOUND_SURNAMES, SURNAME_CHARACTERS

if TYPE_CHECKING:
    import pyarrow as pa

SAMPLE_ROWS = 5_000
LOOKED_AT = 60
MOST_CATEGORIES = 60
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{8}")
_DECIMAL = re.compile(r"-?\d{1,12}\.\d{1,4}")
_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,8}·[\u4e00-\u9fff·]{1,12}")
_NAME = re.compile(r"(^|_)name$|姓名|名字", re.IGNORECASE)
_ADDRESS = re.compile(r"address|住址|地址", re.IGNORECASE)
_PLACE = re.compile(r"\d{6}|\d{9}|\d{12}")
_OF_ENTITY = {"PHONE_NUMBER": "phone", "PERSON": "person_name", "ADDRESS": "address"}
_COVERED = 0.8


@dataclass(frozen=True, slots=True)
class _Everything(Wanted):
    """Reads every column of a file that no contract describes yet."""

    names: list[str] = field(default_factory=list)

    def settle(self, found: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
        if len(set(found)) != len(found):
            raise BadInput("names a column twice", where=f"{self.label} row 1")
        self.names.extend(found)
        return list(found), [], []

    def table(self, columns: dict[str, Any], _size: int) -> pa.Table:
        import pyarrow as pa

        return pa.table(columns)


class _All(frozenset[str]):
    """The set of all names."""

    def __contains__(self, _name: object) -> bool:
        return True


def draft_contract(sample: Source, dataset: str, redactor: RedactsText) -> dict[str, Any]:
    """Return a contract (ODCS 3) proposed from the first rows of an extract of any readable format.

    A column is dropped unless it looks harmless; each says what was seen: how many cells are filled,
    how many differ, what share is valid, and what decided. What only a person can say stands as TO BE
    COMPLETED, which `contract check` refuses. A header that identifies somebody is not repeated.

    Raises
    ------
    BadInput
        The file cannot be read, or has no row.
    """
    columns = _sample(sample)
    domains: dict[str, list[str]] = {}
    fields, seen, taken = [], [], set[str]()
    for place, (name, values) in enumerate(columns.items(), 1):
        stored = _stored_name(name, place, taken)
        proposed, why = _propose(stored, name, values, domains, redactor)
        filled = sum(map(bool, values))
        seen.append(
            f"seen: {filled} of {len(values)} filled, {len(set(values) - {''})} distinct; {why}"
        )
        shown = f"column {place}" if identifies(name) else name
        fields.append({"name": shown, **({} if stored == shown else {"rename": stored})} | proposed)
    keyed = next((f["name"] for f in fields if f["action"] == "pseudonym"), None)
    document = {
        "dataset": dataset,
        "title": {"en": dataset, "zh": dataset},
        "population": {"id": TO_COMPLETE, "public_size": TO_COMPLETE},
        "person_key": keyed or "row",
        "most_pseudonyms": 1 if keyed else TO_COMPLETE,
        "purposes": [TO_COMPLETE],
        "legal_basis": TO_COMPLETE,
        "expires": TO_COMPLETE,
        "retention_days": 365,
        "tier": "street",
        "domains": domains,
        "fields": fields,
    }
    written = to_odcs(document) | {"status": "draft"}
    for p, said in zip(written["schema"][0]["properties"], seen, strict=True):
        p["description"] = said
    return written


def _sample(sample: Source) -> dict[str, list[str]]:
    population = Population("draft", 1)
    contract = Contract(
        "draft", {}, population, ("draft",), "", date.max, (), {}, 0.1, person_key="row"
    )
    wanted = _Everything(contract, _All(), "sample")
    batches = list(islice(open_extract(sample, wanted).batches, 1))
    if not batches or not batches[0].table.num_rows:
        raise BadInput("a header and rows of as many fields are expected", where="sample")
    table = batches[0].table.slice(0, SAMPLE_ROWS)
    return {name: table.column(name).to_pylist() for name in wanted.names}


def _stored_name(name: str, place: int, taken: set[str]) -> str:
    stored = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")[:60]
    if identifies(name) or not re.match(r"[a-z]", stored) or stored in taken:
        stored = f"column_{place}"
    taken.add(stored)
    return stored


def _propose(
    stored: str, name: str, values: list[str], domains: dict[str, list[str]], redactor: RedactsText
) -> tuple[dict[str, Any], str]:
    filled = [v for v in values if v]
    if BIOMETRIC_NAME.search(name):
        return {
            "role": "biometric",
            "type": "text",
            "action": "drop",
        }, "its name: biometric, refused"
    kind, why = _direct_identifier(name, filled, redactor)
    if kind == "resident_id":
        more = {"type": "resident_id", "action": "pseudonym", "required": True}
        return {"role": "direct_identifier"} | more, why
    if kind:
        return {"role": "direct_identifier", "type": kind, "action": "drop"}, why
    counts = Counter(values)
    few = len(counts) <= MOST_CATEGORIES and len(counts) * 10 <= len(values)
    if (
        filled
        and few
        and not any(map(identifies, counts))
        and not all(map(_PLACE.fullmatch, filled))
    ):
        domains[stored] = sorted(v.strip() for v in counts if v.strip())
        more = {"type": "category", "action": "keep", "domain": stored}
        said = "few values that repeat: a category; check its domain, and whether it is sensitive"
        # what others may know of a person, until somebody who knows the data says otherwise
        return {"role": "quasi_identifier"} | more, said
    quasi = {"role": "quasi_identifier", "action": "drop"}
    for shape, kind, said in (
        (_PLACE, "place", "codes of places: name their domain and coarsen them to keep them"),
        (_DATE, "date", "dates: coarsen them to keep them"),
        (_DECIMAL, "decimal", "decimal numbers: a measure if you give bounds"),
    ):
        if filled and all(map(shape.fullmatch, filled)):
            more = {"resolution": "0.01"} if kind == "decimal" else {}
            return quasi | {"type": kind} | more, said
    if filled and all(v.lstrip("-").isdecimal() and len(v) < 16 for v in filled):
        return quasi | {"type": "integer"}, "whole numbers: a measure if you give bounds"
    return quasi | {"type": "text"}, "nothing makes it harmless: dropped"


def _direct_identifier(
    name: str, filled: list[str], redactor: RedactsText
) -> tuple[str | None, str]:
    """Return the type of direct identifier that a column holds, by values first and header second."""
    if not filled:
        return None, ""
    ids = sum(resident_id_valid(v.upper()) or old_id_valid(v) for v in filled) / len(filled)
    if ids > 0.5:
        return "resident_id", f"{ids:.0%} are valid resident ids"
    distinct = list(dict.fromkeys(filled))
    named = [v for v in distinct if _HAN_NAME.fullmatch(v) and _begins_as_a_name(v)]
    share = len(named) / len(distinct)
    if share > 0.5 and len(distinct) > 20:
        return "person_name", f"{share:.0%} of the values have the form of a person's name"
    looked = distinct[:LOOKED_AT]
    kinds: Counter[str] = Counter()
    for text, done in zip(looked, redactor.redact_many(looked), strict=True):
        whole = [e for e in done.entities if e.end - e.start >= _COVERED * len(text)]
        kinds.update({e.type for e in whole})
    if kinds:
        found, n = kinds.most_common(1)[0]
        if n > len(looked) / 2:
            kind = _OF_ENTITY.get(found, "identifier")
            return kind, f"{n / len(looked):.0%} of the values looked at are {found}"
    if _NAME.search(name):
        return "person_name", "its header"
    return ("address", "its header") if _ADDRESS.search(name) else (None, "")


def _begins_as_a_name(value: str) -> bool:
    return (
        "·" in value or value[0] in SURNAME_CHARACTERS or value.startswith(tuple(COMPOUND_SURNAMES))
    )
