"""A small contract that the tests of this folder share, as its document and as the contract."""

from __future__ import annotations

import copy
from typing import Any

from privacy.contract import Contract, contract_from_json

_DOCUMENT: dict[str, Any] = {
    "contract": 1,
    "dataset": "residents",
    "title": {"en": "Residents (test)", "zh": "居民（测试）"},
    "synthetic": True,
    "population": {"id": "test-residents", "public_size": 20_000},
    "privacy_unit": "person",
    "person_key": "resident_id",
    "purposes": ["planning"],
    "legal_basis": "PIPL Art. 13(1)(3)",
    "expires": "2099-12-31",
    "domains": {
        "districts": ["north", "south", "east"],
        "statuses": ["migrant", "local", "unknown"],
        "words": ["it's", '"quoted"', "居民", "ab"],
    },
    "fields": [
        {
            "name": "resident_id",
            "role": "direct_identifier",
            "type": "resident_id",
            "action": "pseudonym",
            "required": True,
        },
        {"name": "name", "role": "direct_identifier", "type": "person_name", "action": "drop"},
        {
            "name": "district",
            "role": "quasi_identifier",
            "type": "category",
            "action": "keep",
            "domain": "districts",
        },
        {
            "name": "status",
            "role": "attribute",
            "type": "category",
            "action": "keep",
            "domain": "statuses",
        },
        {
            "name": "word",
            "role": "attribute",
            "type": "category",
            "action": "keep",
            "domain": "words",
        },
        {
            "name": "age",
            "role": "quasi_identifier",
            "type": "integer",
            "action": "keep",
            "bounds": [0, 120],
        },
        {
            "name": "income",
            "role": "sensitive",
            "type": "integer",
            "action": "coarsen",
            "bounds": [0, 50_000],
            "bands": [0, 3000, 6000],
            "rename": "income_band",
        },
        {"name": "note", "role": "free_text", "type": "text", "action": "redact"},
    ],
}


def document(**changes: Any) -> dict[str, Any]:
    """A fresh copy of the contract's document, with keys replaced."""
    return copy.deepcopy(_DOCUMENT) | changes


def contract(**changes: Any) -> Contract:
    """The contract, with keys of its document replaced."""
    return contract_from_json(document(**changes))
