"""A field of a contract: its role, its type, and what is done with it at intake."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from policies.errors import BadInput, Refused

Role = Literal[
    "direct_identifier",
    "quasi_identifier",
    "sensitive",
    "attribute",
    "measure",
    "free_text",
    "biometric",
]
Action = Literal["drop", "pseudonym", "reversible", "keep", "coarsen", "redact"]
ROLES = Role.__args__  # type: ignore[attr-defined]
ACTIONS = Action.__args__  # type: ignore[attr-defined]
TYPES = (
    "resident_id",
    "person_name",
    "phone",
    "address",
    "identifier",
    "category",
    "place",
    "coordinate",
    "date",
    "integer",
    "decimal",
    "text",
)
TIERS = {"district": 6, "street": 9, "community": 12}
"""Tiers of location, coarsest first, and the digits of their codes (GB/T 10114)."""
BIOMETRIC_NAME = re.compile(
    r"(?:^|[^a-z])(?:face|facial|fingerprint|finger_print|iris|retina|palm_?print|voice_?print|gait"
    r"|portrait|biometric)(?:[^a-z]|$)|人脸|面部|人像|指纹|掌纹|虹膜|视网膜|声纹|步态|生物特征",
    re.IGNORECASE,
)
"""Names of columns that hold what a body is recognised by."""
BIOMETRIC_RULE = (
    "biometric data are not taken in, whatever the action (PIPL Art. 26, 28; plan §5.4)"
)


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its role, type, and what is done with it at intake.

    `bounds` are inclusive and in stored units: whole numbers, or for a decimal multiples of its
    `resolution`, so that nothing is stored in floating point. `stored_name` and `domain_of` of the
    contract speak of what remains after the action.
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
    resolution: Decimal | None = None

    def __post_init__(self) -> None:
        where = f"field {self.name}"
        if self.role not in ROLES or self.action not in ACTIONS or self.type not in TYPES:
            raise BadInput(
                f"role is one of {', '.join(ROLES)}; action of {', '.join(ACTIONS)}; "
                f"type of {', '.join(TYPES)}",
                where=where,
            )
        if self.role == "biometric" or BIOMETRIC_NAME.search(self.name):
            raise Refused(
                BIOMETRIC_RULE,
                where=where,
                todo="remove the column from the extract before it is handed over",
            )
        if self.type == "coordinate" and self.action != "drop":
            raise Refused(
                "coordinates are finer than any tier of location (plan §5.4)",
                where=where,
                todo="action: drop, and keep a place code at the tier that is allowed",
            )
        wrong = next((what for broken, what in self._rules() if broken), None)
        if wrong:
            raise BadInput(wrong, where=where)

    def _rules(self) -> tuple[tuple[bool, str], ...]:
        stored = self.action in ("keep", "coarsen")
        number = self.type in ("integer", "decimal")
        step = self.resolution
        return (
            ((self.role == "direct_identifier" and stored) or (self.role == "direct_identifier"
             and self.action == "redact"),
             "a direct identifier is dropped or becomes a pseudonym (action: drop, pseudonym, reversible)"),
            (self.action == "reversible" and self.role != "direct_identifier",
             "only a direct identifier becomes a reversible pseudonym"),
            (self.role == "free_text" and self.action not in ("drop", "redact"),
             "free text is dropped or redacted (action: redact)"),
            (self.action == "redact" and self.role != "free_text",
             "only free text is redacted (role: free_text)"),
            (self.role == "measure" and not number, "a measure is an integer or a decimal"),
            (self.type in ("category", "place") and stored and self.domain is None,
             f"a {self.type} needs its domain: every value that may occur, known beforehand, "
             "named under `domains`"),
            (number and stored and self.bounds is None, "a number needs bounds: [low, high]"),
            (self.bounds is not None and self.bounds[0] > self.bounds[1], "bounds are [low, high]"),
            ((self.type == "decimal") != (step is not None),
             'a decimal, and only a decimal, has a resolution such as "0.01"'),
            (step is not None and not Decimal("1e-9") <= step <= 1_000_000,
             "a resolution is between 1e-9 and 1,000,000"),
            (self.action == "coarsen" and self.type == "place" and self.to not in TIERS,
             f"a place is coarsened `to` one of {', '.join(TIERS)}"),
            (self.action == "coarsen" and self.type not in ("place", "date", "integer"),
             "only a place, a date or an integer is coarsened"),
            (self.action == "coarsen" and self.type != "place" and not self.bands,
             "coarsening needs `bands`: the lower ends, rising"),
            (list(self.bands) != sorted(set(self.bands)), "bands must rise"),
            (self.type == "date" and self.action == "coarsen" and self.reference_date is None,
             "a date is coarsened to years before `reference_date`"),
        )  # fmt: skip

    @property
    def stored_name(self) -> str:
        """Name of the column in the snapshot."""
        return self.rename or self.name

    @property
    def decimals(self) -> int:
        """Decimal places of the resolution."""
        return (
            0
            if self.resolution is None
            else max(0, -int(self.resolution.normalize().as_tuple().exponent))
        )

    @property
    def step(self) -> int:
        """The resolution as a multiple of its last decimal place: 5 for 0.05."""
        return 1 if self.resolution is None else int(self.resolution.scaleb(self.decimals))

    def band_labels(self) -> tuple[str, ...]:
        """Labels of the bands: `18-44`, the last one open (`60+`)."""
        ends = [f"{low}-{high - 1}" for low, high in zip(self.bands, self.bands[1:], strict=False)]
        return (*ends, f"{self.bands[-1]}+")
