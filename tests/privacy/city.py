"""Three contracts that the tests of the language share: residents, their visits, and households' bills."""

from __future__ import annotations

from typing import Any

from privacy.contract import Contract, contract_from_json

_COMMUNITIES = [f"31{d:02}{s:05}{c:03}" for d in (1, 4) for s in (1, 2) for c in (1, 2, 3)]


def _base(dataset: str, fields: list[dict[str, Any]], **changes: Any) -> Contract:
    document = {
        "contract": 1,
        "dataset": dataset,
        "title": {"en": dataset, "zh": dataset},
        "synthetic": True,
        "population": {"id": "city", "public_size": 1_000_000},
        "person_key": "resident_id",
        "purposes": ["planning"],
        "legal_basis": "PIPL Art. 13(1)(3)",
        "expires": "2099-12-31",
        "domains": {
            "districts": ["north", "south", "east"],
            "statuses": ["migrant", "local", "unknown"],
            "communities": _COMMUNITIES,
            "kinds": ["clinic", "school", "library"],
            "sizes": ["1", "2", "3", "10"],
            "words": ["it's", '"quoted"', "居民", "ab", "a_b", "A%"],
        },
        "fields": [
            {
                "name": "resident_id",
                "role": "direct_identifier",
                "type": "resident_id",
                "action": "pseudonym",
            },
            *fields,
        ],
    }
    return contract_from_json(document | changes)


def _kept(name: str, type_: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "role": "attribute", "type": type_, "action": "keep", **more}


def residents(**changes: Any) -> Contract:
    """One row a person."""
    return _base(
        "residents",
        [
            {"name": "name", "role": "direct_identifier", "type": "person_name", "action": "drop"},
            _kept("district", "category", domain="districts"),
            _kept("status", "category", domain="statuses"),
            _kept("word", "category", domain="words"),
            _kept("size", "category", domain="sizes"),
            _kept("community", "place", domain="communities"),
            _kept("school", "identifier"),
            _kept("age", "integer", bounds=[0, 120]),
            _kept("points", "integer", bounds=[-50, 50]),
            _kept("wage", "decimal", bounds=["0", "50000"], resolution="0.01"),
            _kept("rent", "decimal", bounds=["0", "2000"], resolution="0.05"),
            _kept("born", "date"),
            _kept("moved", "date"),
            {"name": "note", "role": "free_text", "type": "text", "action": "redact"},
        ],
        **changes,
    )


def visits(**changes: Any) -> Contract:
    """Up to twenty rows a person."""
    fields = [
        _kept("kind", "category", domain="kinds"),
        _kept("district", "category", domain="districts"),
        _kept("day", "date"),
        _kept("minutes", "integer", bounds=[0, 600]),
        _kept("fee", "decimal", bounds=["0", "100"], resolution="0.01"),
    ]
    return _base("visits", fields, **({"rows_per_person": 20} | changes))


def bills(**changes: Any) -> Contract:
    """A household's rows, which speak of several people."""
    fields = [
        _kept("kind", "category", domain="kinds"),
        _kept("amount", "integer", bounds=[-100, 1000]),
    ]
    return _base("bills", fields, **({"rows_per_person": 4, "shared_rows": True} | changes))


def reach() -> dict[str, Contract]:
    """The contracts by name, as `bind` takes them."""
    return {c.dataset: c for c in (residents(), visits(), bills())}
