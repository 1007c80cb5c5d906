"""The contracts of the synthetic city: one a department, one of the linked residents, one of moves."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from api.demo.departments import DEPARTMENTS, HOUSING, SCHOOLING, TRADES
from api.demo.population import REFERENCE_YEAR
from privacy.contract import to_odcs

POPULATION = "city-residents"
PURPOSES = ["housing-planning", "allocation-audit"]
_REFERENCE = f"{REFERENCE_YEAR}-01-01"
_AGE_BANDS = [0, 18, 30, 45, 60]
_INCOME_BANDS = [0, 3000, 6000, 10000, 20000]
_YEAR_BANDS = [0, 1, 3, 5, 10]
Field = dict[str, Any]


def _drop(name: str, kind: str) -> Field:
    return {"name": name, "role": "direct_identifier", "type": kind, "action": "drop"}


def _category(name: str, domain: str, **more: Any) -> Field:
    role = more.pop("role", "quasi_identifier")
    return {
        "name": name,
        "role": role,
        "type": "category",
        "action": "keep",
        "domain": domain,
    } | more


_LEFT_OUT = {
    "address": ("address", "direct_identifier"),
    "text": ("text", "attribute"),
    "identifier": ("identifier", "direct_identifier"),
}


def _unstored(name: str, kind: str) -> Field:
    type_, role = _LEFT_OUT[kind]
    return {"name": name, "role": role, "type": type_, "action": "drop"}


_COMMUNITY = _category("actual_community", "communities")
_NOTE = {"name": "note", "role": "free_text", "type": "text", "action": "redact"}
_STATUS = _category("status", "statuses")
_TRADE = _category("trade", "trades", role="attribute")
_OWN: dict[str, list[Field]] = {
    "public_security": [
        _unstored("registered_address", "address"),
        _category("registered_community", "communities"),
        _unstored("actual_address", "address"),
        _COMMUNITY,
        _STATUS,
        _category("origin", "origins"),
        {"name": "arrived_on", "role": "quasi_identifier", "type": "date", "action": "coarsen",
         "to": "years", "bands": _YEAR_BANDS, "reference_date": _REFERENCE, "rename": "years_here"},
        _unstored("household_id", "identifier"),
    ],
    "civil_affairs": [
        _unstored("actual_address", "address"),
        _COMMUNITY,
        _category("marital_status", "marital_statuses", role="attribute"),
        _NOTE,
    ],
    "labour_social_security": [
        _unstored("employer", "text"),
        _TRADE,
        _category("schooling", "schooling", role="attribute"),
        {"name": "monthly_income", "role": "sensitive", "type": "integer", "bounds": [0, 50000],
         "action": "coarsen", "to": "bands", "bands": _INCOME_BANDS, "rename": "income_band"},
        _category("insured", "yes_no", role="attribute"),
        _COMMUNITY,
    ],
    "education": [
        _unstored("school", "text"),
        _unstored("grade", "text"),
        _drop("guardian_name", "person_name"),
        _drop("guardian_phone", "phone"),
        _STATUS,
    ],
    "health": [
        _COMMUNITY,
        _unstored("actual_address", "address"),
        _category("chronic", "yes_no", role="sensitive"),
        _NOTE,
    ],
    "medical_insurance": [
        _category("scheme", "schemes", role="attribute"),
        _STATUS,
        _unstored("employer", "text"),
    ],
    "housing": [
        _unstored("actual_address", "address"),
        _COMMUNITY,
        _category("housing_type", "housing_types", role="attribute"),
        _unstored("area_m2", "text"),
        _unstored("monthly_rent", "text"),
        _STATUS,
    ],
    "market_regulation": [
        _unstored("credit_code", "identifier"),
        _unstored("business_name", "text"),
        _TRADE,
        _unstored("business_address", "address"),
    ],
    "housing_fund": [
        _unstored("employer", "text"),
        _unstored("monthly_deposit", "text"),
        _TRADE,
    ],
    "justice": [_category("matter", "matters", role="sensitive"), _NOTE],
    "disabled_federation": [
        _category("disability", "disabilities", role="sensitive"),
        _COMMUNITY,
    ],
    "transport": [
        _unstored("plate", "identifier"),
        _unstored("licence_no", "identifier"),
        _COMMUNITY,
    ],
}  # fmt: skip
_TITLES_ZH = {
    "public_security": "公安", "civil_affairs": "民政", "labour_social_security": "人社", "education": "教育",
    "health": "卫健", "medical_insurance": "医保", "housing": "住建", "market_regulation": "市场监管",
    "housing_fund": "公积金", "justice": "司法", "disabled_federation": "残联", "transport": "交通",
}  # fmt: skip
_DOMAINS: dict[str, Any] = {
    "communities": {"file": "communities.csv", "column": "community"},
    "streets": {"file": "communities.csv", "column": "street"},
    "districts": {"file": "communities.csv", "column": "district"},
    "statuses": ["migrant", "local"],
    "sexes": ["男", "女"],
    "origins": ["local", "within_province", "between_province"],
    "trades": list(TRADES),
    "schooling": list(SCHOOLING),
    "housing_types": list(HOUSING),
    "marital_statuses": ["unmarried", "married", "divorced", "widowed"],
    "schemes": ["employee", "resident", "none"],
    "matters": ["mediation", "legal_aid", "notary"],
    "disabilities": ["mobility", "sight", "hearing", "other"],
    "yes_no": ["yes", "no"],
}
_LIVES = [
    "public_security", "housing", "health", "civil_affairs", "labour_social_security", "transport",
    "disabled_federation",
]  # fmt: skip
_LINKS: dict[str, Any] = {
    "community": {"field": "actual_community", "precedence": _LIVES},
    "street": {"field": "actual_community", "precedence": _LIVES, "take": 9},
    "district": {"field": "actual_community", "precedence": _LIVES, "take": 6},
    "status": {"precedence": ["public_security", "medical_insurance", "housing", "education"]},
    "origin": {"precedence": ["public_security"]},
    "years_here": {"precedence": ["public_security"]},
    "sex": {"precedence": [d.name for d in DEPARTMENTS]},
    "age_band": {"precedence": [d.name for d in DEPARTMENTS]},
    "schooling": {"precedence": ["labour_social_security"]},
    "trade": {"precedence": ["labour_social_security", "housing_fund", "market_regulation"]},
    "income_band": {"precedence": ["labour_social_security"]},
    "housing_type": {"precedence": ["housing"]},
    "registered_elsewhere": {
        "field": "registered_community",
        "precedence": ["public_security"],
        "differs_from": "community",
    },
}


def _labels(bands: list[int]) -> list[str]:
    ends = [f"{a}-{b - 1}" for a, b in pairwise(bands)]
    return [*ends, f"{bands[-1]}+", "unknown"]


def _basis(dataset: str, en: str, zh: str, people: int) -> dict[str, Any]:
    size = max(1000, round(people, -3))
    return {
        "contract": 1,
        "dataset": dataset,
        "title": {"en": f"{en} (synthetic)", "zh": f"{zh}（合成数据）"},
        "synthetic": True,
        "population": {"id": POPULATION, "public_size": size},
        "privacy_unit": "person",
        "most_pseudonyms": 1,
        "purposes": PURPOSES,
        "legal_basis": "PIPL Art. 13(1)(3)",
        "expires": "2030-12-31",
    }


def _with_domains(document: dict[str, Any], extra: dict[str, Any] | None = None) -> dict[str, Any]:
    known = _DOMAINS | (extra or {})
    used = {f["domain"] for f in document["fields"] if "domain" in f}
    return document | {"domains": {name: known[name] for name in sorted(used)}}


def department_contract(name: str, format_: str, people: int) -> dict[str, Any]:
    """Return the contract of a department's extract, as the document that is written as YAML."""
    document = _basis(name, name.replace("_", " ").capitalize(), _TITLES_ZH[name], people)
    document["source"] = {"format": format_}
    document["fields"] = [
        _drop("record_id", "identifier"),
        {"name": "resident_id", "role": "direct_identifier", "type": "resident_id",
         "action": "pseudonym", "required": True},
        _drop("name", "person_name"),
        _category("sex", "sexes"),
        {"name": "birth_date", "role": "quasi_identifier", "type": "date", "action": "coarsen",
         "to": "age_band", "bands": _AGE_BANDS, "reference_date": _REFERENCE, "rename": "age_band"},
        _drop("phone", "phone"),
        {"name": "updated_on", "role": "attribute", "type": "date", "action": "coarsen", "to": "days",
         "bands": [0, 7, 14, 30, 60], "reference_date": _REFERENCE, "rename": "update_lag"},
        *_OWN[name],
    ]  # fmt: skip
    return _with_domains(document)


def residents_contract(people: int) -> dict[str, Any]:
    """Return the contract of the table that linkage makes: one row a person key."""
    domains = {
        "ages": _labels(_AGE_BANDS),
        "incomes": _labels(_INCOME_BANDS),
        "years": _labels(_YEAR_BANDS),
        "yes_no_unknown": ["yes", "no", "unknown"],
    }
    for name in ("statuses", "sexes", "origins", "trades", "schooling", "housing_types"):
        domains[f"{name}_known"] = [*_DOMAINS[name], "unknown"]
    own = {
        "community": "communities", "street": "streets", "district": "districts",
        "status": "statuses", "origin": "origins_known", "years_here": "years", "sex": "sexes_known",
        "age_band": "ages", "schooling": "schooling_known", "trade": "trades_known",
        "income_band": "incomes", "housing_type": "housing_types_known",
        "registered_elsewhere": "yes_no_unknown",
    }  # fmt: skip
    document = _basis(
        "residents", "Residents, linked from twelve departments", "十二部门联结的居民", people
    )
    document["person_key"] = "person"
    document["tiers"] = ["district", "street", "community"]
    document["fields"] = [
        {
            "name": "person",
            "role": "direct_identifier",
            "type": "identifier",
            "action": "pseudonym",
        },
        *(_category(name, domain) for name, domain in own.items()),
    ]
    document["link"] = _LINKS
    return _with_domains(document, domains)


def moves_contract(people: int) -> dict[str, Any]:
    """Return the contract of the algorithm owner's extract: who lives where, before and after."""
    document = _basis(
        "housing_moves", "Housing before and after the arms", "分配前后的住房", people
    )
    document["source"] = {"format": "parquet"}
    document["fields"] = [
        {"name": "resident_id", "role": "direct_identifier", "type": "resident_id",
         "action": "pseudonym", "required": True},
        _STATUS,
        _category("community_before", "communities"),
        _category("community_after_lottery", "communities"),
        _category("community_after_argmax", "communities"),
    ]  # fmt: skip
    return _with_domains(document)


def events_contract(
    dataset: str,
    people: int,
    services: tuple[str, ...],
    channels: tuple[str, ...],
    months: tuple[str, ...],
    most: int,
    most_hours: int,
    rows: tuple[float, ...],
) -> dict[str, Any]:
    """Return the contract of requests and complaints: at most `most` rows a person are kept."""
    document = _basis(dataset, "Requests and complaints", "服务请求与投诉", people)
    document["source"] = {"format": "parquet"}
    document["rows_per_person"] = most
    document["expected_rows"] = list(rows)
    document["fields"] = [
        {"name": "resident_id", "role": "direct_identifier", "type": "resident_id",
         "action": "pseudonym", "required": True},
        _category("community", "communities"),
        _category("service", "services", role="attribute"),
        _category("channel", "channels", role="attribute"),
        _category("month", "months"),
        {"name": "response_hours", "role": "measure", "type": "integer", "action": "keep",
         "bounds": [0, most_hours]},
    ]  # fmt: skip
    document["tiers"] = ["district", "street", "community"]
    extra = {"services": list(services), "channels": list(channels), "months": list(months)}
    document["domains"] = extra | {
        "communities": {"file": "communities.csv", "column": "community"}
    }
    return document


def write_contracts(folder: Path, people: int) -> list[Path]:
    """Write the contracts as YAML into `folder`; `communities.csv` must lie there too."""
    folder.mkdir(parents=True, exist_ok=True)
    documents = {d.name: department_contract(d.name, d.format, people) for d in DEPARTMENTS}
    documents |= {"residents": residents_contract(people), "housing_moves": moves_contract(people)}
    paths = []
    for name, document in documents.items():
        path = folder / f"{name}.yaml"
        text = yaml.safe_dump(to_odcs(document), allow_unicode=True, sort_keys=False, width=100)
        path.write_text("# Synthetic: made up by Common Ground.\n" + text, "utf-8")
        paths.append(path)
    return paths
