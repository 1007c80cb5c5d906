"""The contract itself and the nouns it is made of, validated when they are made."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from policies.errors import BadInput, Refused
from privacy.contract.fields import TIERS, Field

_POPULATION = re.compile(r"[a-z][a-z0-9_-]{0,62}")
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,62}")
PSEUDONYM_FIELD = "person"
"""Column of a snapshot that holds the person's pseudonym."""
RANK_FIELD = "rank"
"""Column that an event table has beside: the random rank of a row among its person's."""
PseudonymHash = Literal["sha256", "sm3"]
PSEUDONYM_HASHES: tuple[PseudonymHash, ...] = ("sha256", "sm3")


@dataclass(frozen=True, slots=True)
class Population:
    """The protected population: whose lifetime cap pays, and its public size."""

    id: str
    public_size: int

    def __post_init__(self) -> None:
        if not self.id or self.public_size < 1:
            raise BadInput("a population has an id and a public size of at least 1")


@dataclass(frozen=True, slots=True)
class Source:
    """How the extract should arrive; departures are found and reported at intake."""

    format: Literal["csv", "parquet", "xlsx", "jsonl", "postgres"] = "csv"
    encoding: str = "utf-8"
    delimiter: str = ","


@dataclass(frozen=True, slots=True)
class LinkedField:
    """A column of the linked table: from which extracts, the first valid one wins.

    `take` keeps the first characters of a hierarchical code (GB/T 10114: 6 digits are the
    district, 9 the street, 12 the community). `differs_from` makes the column yes or no: whether the
    value differs from that of another linked column.
    """

    name: str
    source_field: str
    precedence: tuple[str, ...]
    take: int | None = None
    differs_from: str | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """What a dataset is, who is protected in it, and what it may be used for.

    `person_key` is the field that identifies the person, or `row` where a row is a person
    and nothing identifies it: each row then gets a random pseudonym. `rows_per_person` rows at
    most are kept of a pseudonym, and `most_pseudonyms` may be one person's: a person changes a count
    by their product at most. With `shared_rows` a row speaks of several people (a household): one of them
    changes it and does not take it away. `expected_rows` is a published distribution: the shares of
    persons with 1, 2, 3, … rows, by which a question's bound may be chosen without looking.
    """

    dataset: str
    title: Mapping[str, str]
    population: Population
    purposes: tuple[str, ...]
    legal_basis: str
    expires: date
    fields: tuple[Field, ...]
    domains: Mapping[str, tuple[str, ...]]
    delta: float
    most_pseudonyms: int = 1
    rows_per_person: int = 1
    shared_rows: bool = False
    expected_rows: tuple[float, ...] = ()
    synthetic: bool = False
    person_key: str = "resident_id"
    pseudonym_purpose: str = "records"
    source: Source = dataclasses.field(default_factory=Source)
    links: tuple[LinkedField, ...] = ()
    tiers: tuple[str, ...] = ()
    tier: str = "community"
    children: bool = False
    retention_days: int | None = None
    pseudonym_hash: PseudonymHash = "sha256"

    def __post_init__(self) -> None:
        where = f"contract {self.dataset}"
        if not self.purposes:
            raise BadInput("names no purpose (PIPL Art. 6)", where=where)
        if self.most_pseudonyms < 1:
            raise BadInput("most_pseudonyms is at least 1", where=where)
        if not 1 <= self.rows_per_person <= 1000:
            raise BadInput("rows_per_person is 1 to 1000", where=where)
        if self.expected_rows and not (
            len(self.expected_rows) <= self.rows_per_person
            and all(0 <= share <= 1 for share in self.expected_rows)
            and abs(sum(self.expected_rows) - 1) <= 0.01
        ):
            raise BadInput(
                "expected_rows are shares of persons with 1, 2, 3, … rows, up to rows_per_person, "
                "and add up to 1",
                where=where,
            )
        if self.links and self.rows_per_person != 1:
            raise BadInput("a linked table has one row a person", where=where)
        if not _POPULATION.fullmatch(self.population.id):
            raise BadInput("a population's id has small letters, digits, - and _ only", where=where)
        if not 0 < self.delta <= 1 / (10 * self.population.public_size):
            raise BadInput(
                "delta is above 0 and at most 1 / (10 × public size of the population)", where=where
            )
        names = [f.stored_name for f in self.fields]
        if not all(IDENTIFIER.fullmatch(n) for n in (self.dataset, *names)):
            raise BadInput(
                "names have small letters, digits and _ and begin with a letter",
                where=where,
                todo="give a column another name with `rename`",
            )
        if len(set(names)) != len(names):
            raise BadInput("names a field twice", where=where)
        for f in self.fields:
            if f.domain is not None and f.domain not in self.domains:
                raise BadInput("its domain is not listed under `domains`", where=f"field {f.name}")
        self._check_person(where)
        self._check_place(where)
        if self.children:
            self._check_children(where)

    def _check_person(self, where: str) -> None:
        if self.rows_per_person > 1 and RANK_FIELD in {f.stored_name for f in self.fields}:
            raise BadInput(f"`{RANK_FIELD}` is the rank that intake adds", where=where)
        if self.pseudonym_hash not in PSEUDONYM_HASHES:
            raise BadInput(f"pseudonym_hash is {' or '.join(PSEUDONYM_HASHES)}", where=where)
        if self.retention_days is not None and not 1 <= self.retention_days <= 36_500:
            raise BadInput("retention_days is 1 to 36500", where=where)
        keys = [
            f
            for f in self.fields
            if f.action == "pseudonym" or (f.action == "reversible" and f.name == self.person_key)
        ]
        if self.person_key != "row" and [f.name for f in keys] != [self.person_key]:
            raise BadInput(
                f"exactly one field, {self.person_key}, has action: pseudonym", where=where
            )

    def _check_place(self, where: str) -> None:
        if self.tier not in TIERS:
            raise BadInput(f"tier is one of {', '.join(TIERS)}", where=where)
        for f in self.fields:
            found = self.tier_of(f)
            if found is not None and TIERS[found] > TIERS[self.tier]:
                raise Refused(
                    f"would be stored by {found}; the finest tier allowed is {self.tier} (plan §5.4)",
                    where=f"field {f.name}",
                    todo=f"type: place, action: coarsen, to: {self.tier}",
                )

    def _check_children(self, where: str) -> None:
        """Hold data of children under 14 to stricter rules (PIPL Art. 28 and 31)."""
        wrong = {
            "needs retention_days": self.retention_days is None,
            "keeps no free text (action: drop)": any(f.action == "redact" for f in self.fields),
            "has no reversible pseudonyms": any(f.action == "reversible" for f in self.fields),
            "is kept by street at the finest (tier: street)": self.tier == "community",
        }
        for what, broken in wrong.items():
            if broken:
                raise Refused(f"holds children's data and {what} (PIPL Art. 31)", where=where)

    def tier_of(self, f: Field) -> str | None:
        """Return the tier of location at which a field is stored, or None if it is no location.

        A domain of GB/T 10114 codes tells it, whatever the column is called.
        """
        if f.action not in ("keep", "coarsen") or f.domain is None:
            return None
        if f.type == "place" and f.action == "coarsen":
            return f.to
        codes = [v for v in self.domains[f.domain] if v != "unknown"]
        for name, digits in TIERS.items():
            if codes and all(len(v) == digits and v.isascii() and v.isdigit() for v in codes):
                return name
        return "community" if f.type == "place" else None

    def last_day(self, written: date) -> date:
        """Return the last day on which a snapshot written on `written` may be used (PIPL Art. 19)."""
        if self.retention_days is None:
            return self.expires
        return min(self.expires, written + timedelta(days=self.retention_days))

    def field(self, name: str) -> Field | None:
        """Return the field stored under this name, or None."""
        return next((f for f in self.fields if f.stored_name == name), None)

    def domain_of(self, name: str) -> tuple[str, ...] | None:
        """Return every value that a stored column may hold (public), or None if not listed."""
        found = self.field(name)
        if found is None:
            return None
        if found.type == "place" and found.action == "coarsen" and found.domain is not None:
            digits = TIERS[found.to or "district"]
            codes = (v if v == "unknown" else v[:digits] for v in self.domains[found.domain])
            return tuple(dict.fromkeys(codes))
        if found.action == "coarsen":
            return found.band_labels()
        return None if found.domain is None else self.domains[found.domain]

    def queryable(self) -> tuple[str, ...]:
        """Return the stored columns that questions may speak of."""
        return tuple(
            f.stored_name
            for f in self.fields
            if f.action in ("keep", "coarsen") and f.role not in ("direct_identifier", "free_text")
        )

    @property
    def contribution(self) -> int:
        """Rows that one person can have at most: what the noise must cover."""
        return self.most_pseudonyms * self.rows_per_person

    def as_json(self) -> dict[str, Any]:
        """Return the contract as JSON (read back by `contract_from_json`)."""
        return {
            "contract": 1,
            "dataset": self.dataset,
            "title": dict(self.title),
            "synthetic": self.synthetic,
            "population": {"id": self.population.id, "public_size": self.population.public_size},
            "privacy_unit": "person",
            "person_key": self.person_key,
            "pseudonym_purpose": self.pseudonym_purpose,
            "most_pseudonyms": self.most_pseudonyms,
            "rows_per_person": self.rows_per_person,
            "shared_rows": self.shared_rows,
            "expected_rows": list(self.expected_rows),
            "delta": self.delta,
            "purposes": list(self.purposes),
            "legal_basis": self.legal_basis,
            "expires": self.expires.isoformat(),
            "source": {
                "format": self.source.format,
                "encoding": self.source.encoding,
                "delimiter": self.source.delimiter,
            },
            "tiers": list(self.tiers),
            "tier": self.tier,
            "children": self.children,
            "retention_days": self.retention_days,
            "pseudonym_hash": self.pseudonym_hash,
            "domains": {name: list(values) for name, values in self.domains.items()},
            "fields": [_field_json(f) for f in self.fields],
            "link": {
                x.name: {
                    "field": x.source_field,
                    "precedence": list(x.precedence),
                    "take": x.take,
                    "differs_from": x.differs_from,
                }
                for x in self.links
            },
        }


def _field_json(f: Field) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "name": f.name,
        "role": f.role,
        "type": f.type,
        "action": f.action,
        "required": f.required,
        "domain": f.domain,
        "bounds": _in_units(f),
        "resolution": None if f.resolution is None else str(f.resolution),
        "to": f.to,
        "bands": list(f.bands) or None,
        "reference_date": f.reference_date.isoformat() if f.reference_date else None,
        "rename": f.rename,
    }
    return {key: value for key, value in whole.items() if value is not None and value is not False}


def _in_units(f: Field) -> list[int] | list[str] | None:
    if f.bounds is None:
        return None
    step = f.resolution
    return list(f.bounds) if step is None else [str(b * step) for b in f.bounds]
