"""The twelve departments: who is in whose files, and what each file says about a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from privacy.fabrication import DoorAddresses, credit_codes, plates
from privacy.fabrication.notes import case_notes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from api.demo.places import Places
    from api.demo.population import People

Columns = dict[str, list[Any]]
Draw = Callable[[np.random.Generator, "People", "NDArray[np.int64]", "Setting"], Columns]
MOST_NOTES = 60_000


@dataclass(frozen=True, slots=True)
class Setting:
    """What a department's file draws on beside the persons."""

    where: Places
    addresses: DoorAddresses
    note_share: float


@dataclass(frozen=True, slots=True)
class Department:
    """A department's extract: its format, the share of people in it, by age, and its columns."""

    name: str
    format: str
    share: float
    ages: tuple[int, int]
    draw: Draw


def _pick(
    rng: np.random.Generator, n: int, values: tuple[str, ...], shares: tuple[float, ...]
) -> list[str]:
    edges = np.cumsum(shares)[:-1] / sum(shares)
    chosen = np.searchsorted(edges, rng.random(n), side="right")
    return [values[i] for i in chosen.tolist()]


def _by_status(
    rng: np.random.Generator,
    migrant: NDArray[np.bool_],
    values: tuple[str, ...],
    migrants: tuple[float, ...],
    locals_: tuple[float, ...],
) -> list[str]:
    a = _pick(rng, len(migrant), values, migrants)
    b = _pick(rng, len(migrant), values, locals_)
    return [x if m else y for m, x, y in zip(migrant.tolist(), a, b, strict=True)]


def _status(p: People, at: NDArray[np.int64]) -> list[str]:
    return ["migrant" if m else "local" for m in p.migrant[at].tolist()]


def _codes(setting: Setting, communities: NDArray[np.int64]) -> list[str]:
    return [setting.where.code[c] for c in communities.tolist()]


def _lived(
    rng: np.random.Generator, p: People, at: NDArray[np.int64], setting: Setting, stale: float
) -> tuple[list[str], list[str]]:
    """Return address and community as this department knows them: a share is out of date."""
    old = rng.random(len(at)) < stale
    elsewhere = (p.community[at] + rng.integers(1, len(setting.where), len(at))) % len(
        setting.where
    )
    community = np.where(old, elsewhere, p.community[at])
    drawn = setting.addresses.draw(rng, community)
    addresses = [
        made if stale_row else p.actual_address[i]
        for made, stale_row, i in zip(drawn, old.tolist(), at.tolist(), strict=True)
    ]
    return addresses, _codes(setting, community)


def _notes(
    rng: np.random.Generator, p: People, at: NDArray[np.int64], setting: Setting
) -> list[str]:
    rows = at.tolist()
    return case_notes(
        rng,
        [p.name[i] for i in rows],
        [p.resident_id[i] for i in rows],
        [p.phone[i] for i in rows],
        [p.actual_address[i] for i in rows],
        rng.random(len(at)) < setting.note_share,
    )


TRADES = ("manufacturing", "services", "construction", "other")
TRADES_MIGRANT, TRADES_LOCAL = (0.312, 0.368, 0.105, 0.215), (0.16, 0.46, 0.04, 0.34)
SCHOOLING = ("primary", "lower_secondary", "upper_secondary", "tertiary")
SCHOOLING_MIGRANT, SCHOOLING_LOCAL = (0.171, 0.45, 0.229, 0.15), (0.08, 0.26, 0.31, 0.35)
HOUSING = ("urban_village", "rented", "public_rental", "owned", "dormitory")
HOUSING_MIGRANT, HOUSING_LOCAL = (0.437, 0.29, 0.05, 0.06, 0.163), (0.06, 0.19, 0.08, 0.65, 0.02)


def _public_security(
    rng: np.random.Generator, p: People, at: NDArray[np.int64], s: Setting
) -> Columns:
    migrant, n = p.migrant[at], len(at)
    origin = _pick(rng, n, ("within_province", "between_province"), (0.583, 0.417))
    arrived = 2000 + rng.integers(0, 26, n)
    month = rng.integers(1, 13, n).tolist()
    rows = migrant.tolist()
    return {
        "registered_address": [p.registered_address[i] for i in at.tolist()],
        "registered_community": _codes(s, p.registered[at]),
        "actual_address": [p.actual_address[i] for i in at.tolist()],
        "actual_community": _codes(s, p.community[at]),
        "status": _status(p, at),
        "origin": [o if m else "local" for o, m in zip(origin, rows, strict=True)],
        "arrived_on": [
            f"{y}-{mo:02d}-01" if m else ""
            for y, mo, m in zip(arrived.tolist(), month, rows, strict=True)
        ],
        "household_id": [f"H{h:09d}" for h in p.household[at].tolist()],
    }


def _civil_affairs(
    rng: np.random.Generator, p: People, at: NDArray[np.int64], s: Setting
) -> Columns:
    address, community = _lived(rng, p, at, s, 0.08)
    marital = ("unmarried", "married", "divorced", "widowed")
    return {
        "actual_address": address,
        "actual_community": community,
        "marital_status": _pick(rng, len(at), marital, (0.3, 0.6, 0.06, 0.04)),
        "note": _notes(rng, p, at, s),
    }


def _labour(rng: np.random.Generator, p: People, at: NDArray[np.int64], s: Setting) -> Columns:
    migrant = p.migrant[at]
    pay = np.clip(np.exp(rng.normal(8.6 + 0.2 * ~migrant, 0.5)), 0, 50_000).astype(int)
    return {
        "employer": [f"深圳市第{k}电子有限公司" for k in rng.integers(1, 4000, len(at)).tolist()],
        "trade": _by_status(rng, migrant, TRADES, TRADES_MIGRANT, TRADES_LOCAL),
        "schooling": _by_status(rng, migrant, SCHOOLING, SCHOOLING_MIGRANT, SCHOOLING_LOCAL),
        "monthly_income": [str(v) for v in pay.tolist()],
        "insured": _pick(rng, len(at), ("yes", "no"), (0.7, 0.3)),
        "actual_community": _lived(rng, p, at, s, 0.10)[1],
    }


def _education(rng: np.random.Generator, p: People, at: NDArray[np.int64], s: Setting) -> Columns:
    del s
    guardians = rng.permutation(len(at)).tolist()
    rows = at.tolist()
    return {
        "school": [f"第{k}小学" for k in rng.integers(1, 300, len(at)).tolist()],
        "grade": [str(g) for g in rng.integers(1, 10, len(at)).tolist()],
        "guardian_name": [p.name[rows[g]] for g in guardians],
        "guardian_phone": [p.phone[rows[g]] for g in guardians],
        "status": _status(p, at),
    }


def _health(rng: np.random.Generator, p: People, at: NDArray[np.int64], s: Setting) -> Columns:
    address, community = _lived(rng, p, at, s, 0.06)
    return {
        "actual_community": community,
        "actual_address": address,
        "chronic": _pick(rng, len(at), ("yes", "no"), (0.15, 0.85)),
        "note": _notes(rng, p, at, s),
    }


def _medical_insurance(
    rng: np.random.Generator, p: People, at: NDArray[np.int64], s: Setting
) -> Columns:
    del s
    schemes = ("employee", "resident", "none")
    return {
        "scheme": _by_status(rng, p.migrant[at], schemes, (0.6, 0.2, 0.2), (0.6, 0.37, 0.03)),
        "status": _status(p, at),
        "employer": [f"深圳市第{k}电子有限公司" for k in rng.integers(1, 4000, len(at)).tolist()],
    }


def _housing(rng: np.random.Generator, p: People, at: NDArray[np.int64], s: Setting) -> Columns:
    address, community = _lived(rng, p, at, s, 0.05)
    return {
        "actual_address": address,
        "actual_community": community,
        "housing_type": _by_status(rng, p.migrant[at], HOUSING, HOUSING_MIGRANT, HOUSING_LOCAL),
        "area_m2": [str(a) for a in rng.integers(12, 120, len(at)).tolist()],
        "monthly_rent": [str(r * 100) for r in rng.integers(3, 60, len(at)).tolist()],
        "status": _status(p, at),
    }


def _market(rng: np.random.Generator, p: People, at: NDArray[np.int64], s: Setting) -> Columns:
    return {
        "credit_code": credit_codes(p.index[at]),
        "business_name": [f"深圳市{p.name[i][0]}记商行" for i in at.tolist()],
        "trade": _by_status(
            rng, p.migrant[at], TRADES, (0.1, 0.7, 0.1, 0.1), (0.1, 0.7, 0.05, 0.15)
        ),
        "business_address": s.addresses.draw(rng, p.community[at]),
    }


def _housing_fund(
    rng: np.random.Generator, p: People, at: NDArray[np.int64], s: Setting
) -> Columns:
    del s
    return {
        "employer": [f"深圳市第{k}电子有限公司" for k in rng.integers(1, 4000, len(at)).tolist()],
        "monthly_deposit": [str(d * 10) for d in rng.integers(10, 400, len(at)).tolist()],
        "trade": _by_status(rng, p.migrant[at], TRADES, TRADES_MIGRANT, TRADES_LOCAL),
    }


def _justice(rng: np.random.Generator, p: People, at: NDArray[np.int64], s: Setting) -> Columns:
    return {
        "matter": _pick(rng, len(at), ("mediation", "legal_aid", "notary"), (0.5, 0.3, 0.2)),
        "note": _notes(rng, p, at, s),
    }


def _disabled(rng: np.random.Generator, p: People, at: NDArray[np.int64], s: Setting) -> Columns:
    kinds = ("mobility", "sight", "hearing", "other")
    return {
        "disability": _pick(rng, len(at), kinds, (0.5, 0.15, 0.2, 0.15)),
        "actual_community": _lived(rng, p, at, s, 0.05)[1],
    }


def _transport(rng: np.random.Generator, p: People, at: NDArray[np.int64], s: Setting) -> Columns:
    return {
        "plate": plates(rng, len(at)),
        "licence_no": [
            p.resident_id[i] for i in at.tolist()
        ],  # a driving licence's number is the id
        "actual_community": _lived(rng, p, at, s, 0.12)[1],
    }


DEPARTMENTS = (
    Department("public_security", "csv", 0.92, (0, 200), _public_security),
    Department("civil_affairs", "csv", 0.16, (0, 200), _civil_affairs),
    Department("labour_social_security", "csv", 0.44, (18, 65), _labour),
    Department("education", "csv", 0.11, (6, 18), _education),
    Department("health", "parquet", 0.39, (0, 200), _health),
    Department("medical_insurance", "csv", 0.42, (0, 200), _medical_insurance),
    Department("housing", "parquet", 0.24, (18, 200), _housing),
    Department("market_regulation", "csv", 0.05, (18, 200), _market),
    Department("housing_fund", "csv", 0.11, (18, 65), _housing_fund),
    Department("justice", "csv", 0.02, (18, 200), _justice),
    Department("disabled_federation", "csv", 0.02, (0, 200), _disabled),
    Department("transport", "parquet", 0.10, (18, 80), _transport),
)
"""The twelve (plan §2.3, §6.3). The shares, with 2% of rows twice in a file, make 67.4% double."""
REPEATED = 0.02
