"""Reading a contract: YAML or JSON, strictly; an unknown key is an error and not a comment."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, DecimalException
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from policies.errors import BadInput, CommonGroundError
from privacy.contract.fields import Field
from privacy.contract.model import Contract, LinkedField, Population, Source
from privacy.contract.odcs import from_odcs, is_odcs

_KEYS = {
    "contract", "dataset", "title", "synthetic", "population", "privacy_unit", "person_key",
    "pseudonym_purpose", "most_pseudonyms", "rows_per_person", "shared_rows",
    "expected_rows", "delta", "purposes", "legal_basis", "expires",
    "source", "tiers", "tier", "children", "retention_days", "pseudonym_hash", "domains", "fields", "link",
}  # fmt: skip
_FIELD_KEYS = {
    "name", "role", "type", "action", "required", "domain", "bounds", "to", "bands",
    "reference_date", "rename", "resolution",
}  # fmt: skip

TO_COMPLETE = "TO BE COMPLETED"
"""What stands in a drafted contract where only a person can answer."""


def read_contract(path: Path) -> Contract:
    """Read a contract file: the Open Data Contract Standard 3, or our own short form of it.

    Domains may name a column of a CSV file beside it.

    Raises
    ------
    BadInput
        The file cannot be read or breaks a rule; the message names file and key.
    Refused
        A biometric field (PIPL Art. 28; plan §5.4).
    """
    try:
        document = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError, RecursionError):
        raise BadInput("cannot be read as YAML", where=path.name) from None
    if not isinstance(document, dict):
        raise BadInput("holds no contract", where=path.name, todo="see `contract check --help`")
    _refuse_unfinished(document, path.name)
    if is_odcs(document):
        document = from_odcs(document, path.name)
    domains = document.get("domains") or {}
    if isinstance(domains, dict):
        document["domains"] = {
            name: _listed(path, name, values) for name, values in domains.items()
        }
    return contract_from_json(document, where=path.name)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a contract in ODCS 3, for editors; the file beside this one."""
    found: dict[str, Any] = json.loads(
        (files("privacy.contract") / "contract.schema.json").read_text("utf-8")
    )
    return found


def _listed(contract: Path, name: str, values: Any) -> Any:
    if not isinstance(values, dict):
        return values
    where = f"{contract.name}: domains.{name}"
    if set(values) != {"file", "column"} or Path(str(values["file"])).name != values["file"]:
        raise BadInput(
            "a domain from a file has `file` (beside the contract) and `column`", where=where
        )
    try:
        with (contract.parent / values["file"]).open(encoding="utf-8", newline="") as rows:
            return list(dict.fromkeys(row[values["column"]] for row in csv.DictReader(rows)))
    except (OSError, KeyError) as error:
        raise BadInput("its file or column is missing", where=where) from error


def contract_from_json(document: Mapping[str, Any], where: str = "contract") -> Contract:
    """Make a contract of its JSON form.

    Raises
    ------
    BadInput
        A key is unknown, missing or of the wrong kind.
    """
    _refuse_unfinished(document, where)
    if is_odcs(document):
        document = from_odcs(document, where)
    unknown = sorted(set(document) - _KEYS)
    if unknown:
        raise BadInput(f"unknown key {', '.join(map(repr, unknown))}", where=where)
    try:
        if document["contract"] != 1:
            raise BadInput("is of another version than 1", where=where)
        if document.get("privacy_unit", "person") != "person":
            raise BadInput("the privacy unit is a person", where=where)
        _check_pseudonyms(document, where)
        population = Population(
            str(document["population"]["id"]), int(document["population"]["public_size"])
        )
        return Contract(
            dataset=str(document["dataset"]),
            title=dict(document["title"]),
            population=population,
            purposes=tuple(document["purposes"]),
            legal_basis=str(document["legal_basis"]),
            expires=_date(document["expires"]),
            fields=tuple(_field(f) for f in document["fields"]),
            domains={k: tuple(map(str, v)) for k, v in (document.get("domains") or {}).items()},
            delta=float(document.get("delta") or 1 / (10 * population.public_size)),
            most_pseudonyms=int(document.get("most_pseudonyms", 1)),
            rows_per_person=int(document.get("rows_per_person", 1)),
            shared_rows=_yes(document.get("shared_rows", False)),
            expected_rows=tuple(map(float, document.get("expected_rows") or ())),
            synthetic=bool(document.get("synthetic", False)),
            person_key=str(document.get("person_key", "resident_id")),
            pseudonym_purpose=str(document.get("pseudonym_purpose", "records")),
            source=Source(**(document.get("source") or {})),
            links=_links(document),
            tiers=tuple(document.get("tiers") or ()),
            tier=str(document.get("tier", "community")),
            children=bool(document.get("children", False)),
            retention_days=_whole(document.get("retention_days")),
            pseudonym_hash=document.get("pseudonym_hash", "sha256"),
        )
    except CommonGroundError as error:
        raise type(error)(
            error.what, where=f"{where}: {error.where}".rstrip(": "), todo=error.todo
        ) from None
    except KeyError as error:
        raise BadInput(f"lacks the key {error}", where=where) from error
    except (TypeError, ValueError, AttributeError, DecimalException) as error:
        raise BadInput(
            "a key holds the wrong kind of value",
            where=where,
            todo="`commonground contract schema` gives an editor what each key takes",
        ) from error


def _refuse_unfinished(document: Mapping[str, Any], where: str) -> None:
    """Name all that a draft leaves to a person at once, before any of it is read as a number or date."""
    left = list(dict.fromkeys(_unfinished(document, "")))
    if left:
        raise BadInput(
            f"still {TO_COMPLETE}: {', '.join(left)}",
            where=where,
            todo="only a person can say these; complete them",
        )


def _unfinished(value: Any, path: str) -> Iterator[str]:
    if value == TO_COMPLETE:
        yield path
    elif isinstance(value, Mapping):
        # ODCS says {property: NAME, value: …}: the name is what a person looks for
        name = value.get("property")
        if isinstance(name, str) and "value" in value:
            yield from _unfinished(value["value"], name)
        else:
            for key, inner in value.items():
                yield from _unfinished(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _unfinished(inner, path)


def _check_pseudonyms(document: Mapping[str, Any], where: str) -> None:
    """Ask for `most_pseudonyms` unless the key is a resident id, which intake checks."""
    key = document.get("person_key", "resident_id")
    types = {f["name"]: f["type"] for f in document["fields"]}
    if types.get(key) != "resident_id" and "most_pseudonyms" not in document:
        raise BadInput(
            "lacks most_pseudonyms: how many keys one person may hold",
            where=where,
            todo="only a checked resident id has a default (1)",
        )


def _links(document: Mapping[str, Any]) -> tuple[LinkedField, ...]:
    return tuple(
        LinkedField(
            name,
            str(x.get("field", name)),
            tuple(x["precedence"]),
            x.get("take"),
            x.get("differs_from"),
        )
        for name, x in (document.get("link") or {}).items()
    )


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _yes(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _field(document: Mapping[str, Any]) -> Field:
    unknown = sorted(set(document) - _FIELD_KEYS)
    if unknown:
        raise BadInput(f"unknown key {', '.join(unknown)}", where=f"field {document.get('name')}")
    step = document.get("resolution")
    resolution = None if step is None else Decimal(str(step))
    reference = document.get("reference_date")
    return Field(
        name=str(document["name"]),
        role=document["role"],
        type=document["type"],
        action=document["action"],
        required=bool(document.get("required", False)),
        domain=document.get("domain"),
        bounds=_bounds(document.get("bounds"), resolution),
        resolution=resolution,
        to=document.get("to"),
        bands=tuple(int(b) for b in document.get("bands") or ()),
        reference_date=None if reference is None else _date(reference),
        rename=document.get("rename"),
    )


def _bounds(pair: Any, resolution: Decimal | None) -> tuple[int, int] | None:
    """Return bounds in stored units: whole numbers, or multiples of the resolution."""
    if pair is None:
        return None
    low, high = pair
    if resolution is None:
        return int(low), int(high)
    scaled = [Decimal(str(b)) / resolution for b in (low, high)]
    if any(s != s.to_integral_value() for s in scaled):
        raise BadInput("bounds are multiples of the resolution", where="bounds")
    return int(scaled[0]), int(scaled[1])
