"""The Open Data Contract Standard 3 as the written form: its names, and ours in customProperties.

Both ways lead through the one document that `contract_from_json` reads, so that every rule stands once.
ODCS keys that say nothing to intake (team, roles, price, support …) are allowed and left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policies.errors import BadInput

API_VERSION = "v3.1.0"
_STANDARD = {
    "apiVersion", "kind", "id", "name", "version", "status", "tenant", "domain", "dataProduct", "description",
    "schema", "slaProperties", "slaDefaultElement", "customProperties", "tags", "team", "roles", "price",
    "support", "servers", "authoritativeDefinitions", "contractCreatedTs",
}  # fmt: skip
_PROPERTY = {
    "id", "name", "physicalName", "physicalType", "businessName", "description", "logicalType",
    "logicalTypeOptions", "required", "unique", "primaryKey", "primaryKeyPosition", "partitioned",
    "partitionKeyPosition", "classification", "encryptedName", "criticalDataElement", "enum", "examples",
    "quality", "relationships", "tags", "transformDescription", "transformLogic", "transformSourceObjects",
    "authoritativeDefinitions", "customProperties",
}  # fmt: skip
OURS = (
    "title", "synthetic", "population", "privacy_unit", "person_key", "pseudonym_purpose", "pseudonym_hash",
    "most_pseudonyms", "rows_per_person", "shared_rows", "expected_rows", "delta", "purposes", "legal_basis", "source",
    "tiers", "tier", "children", "domains", "link",
)  # fmt: skip
OURS_OF_A_FIELD = (
    "role",
    "type",
    "action",
    "domain",
    "to",
    "bands",
    "reference_date",
    "resolution",
)
_LOGICAL = {"date": "date", "integer": "integer", "decimal": "number"}
_CLASSES = {"direct_identifier": "restricted", "sensitive": "restricted", "free_text": "restricted"}


def is_odcs(document: Mapping[str, Any]) -> bool:
    """Tell whether a document is written in the Open Data Contract Standard."""
    return "kind" in document or "apiVersion" in document


def from_odcs(document: Mapping[str, Any], where: str = "contract") -> dict[str, Any]:
    """Return the document that `contract_from_json` reads.

    Raises
    ------
    BadInput
        It is of another kind or version, describes not exactly one table, or has an unknown key.
    """
    if document.get("kind") != "DataContract":
        raise BadInput("kind is DataContract", where=where)
    if not str(document.get("apiVersion", "")).startswith("v3."):
        raise BadInput("apiVersion is v3.x of the Open Data Contract Standard", where=where)
    for key in ("id", "version", "status"):
        if not document.get(key):
            raise BadInput(f"lacks the key {key!r}", where=where)
    _check_keys(document, _STANDARD, where)
    tables = document.get("schema")
    if not isinstance(tables, list) or len(tables) != 1 or not isinstance(tables[0], Mapping):
        raise BadInput("schema describes exactly one table", where=where)
    table = tables[0]
    found = _custom(document, OURS, where)
    if not found:
        raise BadInput(
            "is in the standard's form and says nothing of privacy: customProperties lack "
            "population, purposes and what each field is",
            where=where,
            todo="`contract draft` on a sample writes them; `contract schema` tells an editor",
        )
    fields = [_field(p, found, where) for p in table.get("properties") or ()]
    return {
        "contract": 1,
        "dataset": table.get("name"),
        **found,
        **_service_levels(document, where),
        "fields": fields,
    }


def _check_keys(found: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(found) - known)
    if unknown:
        raise BadInput(f"unknown key {', '.join(map(repr, unknown))}", where=where)


def _custom(found: Mapping[str, Any], known: tuple[str, ...], where: str) -> dict[str, Any]:
    pairs = found.get("customProperties") or []
    if not all(isinstance(p, Mapping) and {"property", "value"} <= set(p) for p in pairs):
        raise BadInput("customProperties are pairs of `property` and `value`", where=where)
    named = {p["property"]: p["value"] for p in pairs}
    if len(named) != len(pairs):
        raise BadInput("a custom property stands twice", where=where)
    _check_keys(named, set(known), f"{where} customProperties")
    return named


def _service_levels(document: Mapping[str, Any], where: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for level in document.get("slaProperties") or ():
        if level.get("property") == "endOfLife":
            found["expires"] = level.get("value")
        elif level.get("property") == "retention":
            if level.get("unit") not in ("d", "day", "days"):
                raise BadInput("retention is given in days (unit: d)", where=where)
            found["retention_days"] = level.get("value")
    return found


def _field(written: Mapping[str, Any], whole: dict[str, Any], where: str) -> dict[str, Any]:
    name = written.get("name")
    place = f"{where}: property {name}"
    _check_keys(written, _PROPERTY, place)
    source = written.get("physicalName", name)
    field = {"name": source, **_custom(written, OURS_OF_A_FIELD, place)}
    if source != name:
        field["rename"] = name
    if written.get("required"):
        field["required"] = True
    options = written.get("logicalTypeOptions") or {}
    if "minimum" in options or "maximum" in options:
        field["bounds"] = [options.get("minimum"), options.get("maximum")]
    if written.get("enum"):
        field["domain"] = name
        domains = whole.setdefault("domains", {})
        domains[name] = [e["value"] if isinstance(e, Mapping) else e for e in written["enum"]]
    return field


def to_odcs(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document of `contract_from_json` in the Open Data Contract Standard."""
    levels: list[dict[str, Any]] = []
    if document.get("expires"):
        levels.append({"property": "endOfLife", "value": str(document["expires"])})
    if document.get("retention_days"):
        levels.append({"property": "retention", "value": document["retention_days"], "unit": "d"})
    name = document["dataset"]
    return {
        "apiVersion": API_VERSION,
        "kind": "DataContract",
        "id": f"urn:common-ground:{name}",
        "name": name,
        "version": "1.0.0",
        "status": "active",
        "schema": [
            {
                "name": name,
                "logicalType": "object",
                "properties": [_property(f) for f in document["fields"]],
            }
        ],
        "slaProperties": levels,
        "customProperties": _pairs(document, OURS),
    }


def _pairs(found: Mapping[str, Any], names: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {"property": n, "value": found[n]} for n in names if found.get(n) not in (None, [], {}, "")
    ]


def _property(field: Mapping[str, Any]) -> dict[str, Any]:
    stored = field.get("rename", field["name"])
    written: dict[str, Any] = {"name": stored}
    if stored != field["name"]:
        written["physicalName"] = field["name"]
    written["logicalType"] = _LOGICAL.get(field["type"], "string")
    if field.get("required"):
        written["required"] = True
    written["classification"] = _CLASSES.get(field["role"], "confidential")
    if field.get("bounds"):
        low, high = field["bounds"]
        written["logicalTypeOptions"] = {"minimum": low, "maximum": high}
    written["customProperties"] = _pairs(field, OURS_OF_A_FIELD)
    return written
