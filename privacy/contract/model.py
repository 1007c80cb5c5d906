"""The nouns of a data contract, validated when they are made."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from policies.errors import BadInput, Refused

Role = Literal[
    "direct_identifier",
    "quasi_identifier",
    "sensitive",
    "attribute",
    "free_text",
    "biometric",
]
Action = Literal["drop", "pseudonym", "keep", "coarsen", "redact"]
ROLES = (
    "direct_identifier",
    "quasi_identifier",
    "sensitive",
    "attribute",
    "free_text",
    "biometric",
)
ACTIONS = ("drop", "pseudonym", "keep", "coarsen", "redact")
TYPES = (
    "resident_id",
    "person_name",
    "phone",
    "address",
    "identifier",
    "category",
    "date",
    "integer",
    "text",
)
_POPULATION = re.compile(r"[a-z][a-z0-9_-]{0,62}")
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,62}")
PSEUDONYM_FIELD = "person"
"""Column of a snapshot that holds the person's pseudonym."""


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

    format: Literal["csv", "parquet"] = "csv"
    encoding: str = "utf-8"
    delimiter: str = ","


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its role, type, and what is done with it at intake.

    `stored_type` and `stored_domain` speak of what remains after the action.
    """

    name: str
    role: Role
    type: str
    action: Action
    required: bool = False
    domain: str | None = None
    bounds: tuple[int, int] | None = None
    to: str | None = None
    bands: tuple[int, ...] = ()
    reference_date: date | None = None
    rename: str | None = None

    def __post_init__(self) -> None:
        where = f"field {self.name}"
        if self.role not in ROLES or self.action not in ACTIONS or self.type not in TYPES:
            raise BadInput(
                f"role is one of {', '.join(ROLES)}; action of {', '.join(ACTIONS)}; "
                f"type of {', '.join(TYPES)}",
                where=where,
            )
        if self.role == "biometric":
            raise Refused(
                "biometric data are not taken in, whatever the action (PIPL Art. 28; plan §5.4)",
                where=where,
                todo="remove the column from the extract before it is handed over",
            )
        if self.role == "direct_identifier" and self.action not in ("drop", "pseudonym"):
            raise BadInput(
                "a direct identifier is dropped or becomes a pseudonym",
                where=where,
                todo="set action: drop or action: pseudonym",
            )
        if self.role == "free_text" and self.action not in ("drop", "redact"):
            raise BadInput("free text is dropped or redacted", where=where, todo="action: redact")
        if self.type == "category" and self.action == "keep" and self.domain is None:
            raise BadInput(
                "a category needs its domain: every value that may occur, known beforehand",
                where=where,
                todo="name a list under `domains`",
            )
        if self.type == "integer" and self.action in ("keep", "coarsen") and self.bounds is None:
            raise BadInput("an integer needs bounds: [low, high]", where=where)
        if self.action == "coarsen" and not self.bands:
            raise BadInput("coarsening needs `bands`: the lower ends, rising", where=where)
        if list(self.bands) != sorted(set(self.bands)):
            raise BadInput("bands must rise", where=where)
        if self.type == "date" and self.action == "coarsen" and self.reference_date is None:
            raise BadInput("a date is coarsened to years before `reference_date`", where=where)

    @property
    def stored_name(self) -> str:
        """Name of the column in the snapshot."""
        return self.rename or self.name

    def band_labels(self) -> tuple[str, ...]:
        """Labels of the bands: `18-44`, the last one open (`60+`)."""
        ends = [f"{low}-{high - 1}" for low, high in zip(self.bands, self.bands[1:], strict=False)]
        return (*ends, f"{self.bands[-1]}+")


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
    by their product at most.
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
    synthetic: bool = False
    person_key: str = "resident_id"
    pseudonym_purpose: str = "records"
    source: Source = dataclasses.field(default_factory=Source)
    links: tuple[LinkedField, ...] = ()
    tiers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        where = f"contract {self.dataset}"
        if not self.purposes:
            raise BadInput("names no purpose (PIPL Art. 6)", where=where)
        if self.most_pseudonyms < 1:
            raise BadInput("most_pseudonyms is at least 1", where=where)
        if not 1 <= self.rows_per_person <= 1000:
            raise BadInput("rows_per_person is 1 to 1000", where=where)
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
        keys = [f for f in self.fields if f.action == "pseudonym"]
        if self.person_key != "row" and [f.name for f in keys] != [self.person_key]:
            raise BadInput(
                f"exactly one field, {self.person_key}, has action: pseudonym", where=where
            )

    def field(self, name: str) -> Field | None:
        """Return the field stored under this name, or None."""
        return next((f for f in self.fields if f.stored_name == name), None)

    def domain_of(self, name: str) -> tuple[str, ...] | None:
        """Return every value that a stored column may hold (public), or None if not listed."""
        found = self.field(name)
        if found is None:
            return None
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
        "bounds": list(f.bounds) if f.bounds else None,
        "to": f.to,
        "bands": list(f.bands) or None,
        "reference_date": f.reference_date.isoformat() if f.reference_date else None,
        "rename": f.rename,
    }
    return {key: value for key, value in whole.items() if value is not None and value is not False}
