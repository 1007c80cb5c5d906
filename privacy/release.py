"""A release: a private answer that has left, and what is stated about it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from privacy.noise import Drawn, Priced, half_width
from privacy.query import Plan

PREDICATE_TYPE = "https://common-ground.example/release/v1"


@dataclass(frozen=True, slots=True)
class Release:
    """A released table with what NIST SP 800-226 asks to be stated: unit, loss, mechanism, bounds."""

    id: str
    dataset: str
    snapshot: str
    snapshot_commitment: str
    purpose: str
    population: str
    columns: tuple[str, ...]
    key_columns: tuple[int, ...]
    rows: tuple[tuple[Any, ...], ...]
    mechanism: str
    scale: float
    sensitivity: int
    most_pseudonyms: int
    nano_rho: int
    epsilon: float
    delta: float
    question: Mapping[str, Any]
    synthetic: bool

    def as_json(self) -> dict[str, Any]:
        """Return the release as it is stored, signed and published."""
        return {
            "release": self.id,
            "audience": "public",
            "synthetic": self.synthetic,
            "dataset": self.dataset,
            "snapshot": self.snapshot,
            "snapshot_commitment": self.snapshot_commitment,
            "purpose": self.purpose,
            "columns": list(self.columns),
            "key_columns": list(self.key_columns),
            "rows": [list(row) for row in self.rows],
            "question": dict(self.question),
            "estimand": "this population, with noise",
            "undefined": {},
            "privacy": {
                "unit": "person",
                "neighbouring": "add or remove one person",
                "population": self.population,
                "rho": self.nano_rho / 1e9,
                "nano_rho": self.nano_rho,
                "epsilon": self.epsilon,
                "delta": self.delta,
                "most_pseudonyms": self.most_pseudonyms,
                "mechanisms": [
                    {
                        "name": self.mechanism,
                        "scale": self.scale,
                        "sensitivity": self.sensitivity,
                        "library": "OpenDP",
                    }
                ],
                "public": ["domains of the groups", "public size of the population"],
            },
        }

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> Release:
        """Read a release back."""
        privacy, mechanism = document["privacy"], document["privacy"]["mechanisms"][0]
        return Release(
            id=document["release"],
            dataset=document["dataset"],
            snapshot=document["snapshot"],
            snapshot_commitment=document["snapshot_commitment"],
            purpose=document["purpose"],
            population=privacy["population"],
            columns=tuple(document["columns"]),
            key_columns=tuple(document["key_columns"]),
            rows=tuple(tuple(row) for row in document["rows"]),
            mechanism=mechanism["name"],
            scale=mechanism["scale"],
            sensitivity=mechanism["sensitivity"],
            most_pseudonyms=privacy["most_pseudonyms"],
            nano_rho=privacy["nano_rho"],
            epsilon=privacy["epsilon"],
            delta=privacy["delta"],
            question=document["question"],
            synthetic=document["synthetic"],
        )


def table_of(plan: Plan, drawn: Drawn) -> tuple[tuple[Any, ...], ...]:
    """Lay the figures out as rows in the order of the plan's columns, empty groups included."""
    (vector,) = drawn.vectors.values()
    labels = [k.label for k in plan.keys]
    rows = []
    for values, cell in zip(product(*(k.domain for k in plan.keys)), vector.tolist(), strict=True):
        named = dict(zip(labels, values, strict=True))
        rows.append(tuple(named.get(c, cell) for c in plan.columns))
    return tuple(rows)


def release_of(
    *,
    identifier: str,
    plan: Plan,
    priced: Priced,
    drawn: Drawn,
    snapshot: str,
    commitment: str,
    purpose: str,
    most_pseudonyms: int,
    synthetic: bool,
) -> Release:
    """Make the release of drawn cells; the noise covers a person of `most_pseudonyms` pseudonyms."""
    return Release(
        id=identifier,
        dataset=plan.dataset,
        snapshot=snapshot,
        snapshot_commitment=commitment,
        purpose=purpose,
        population=plan.population,
        columns=plan.columns,
        key_columns=tuple(
            i for i, c in enumerate(plan.columns) if c in {k.label for k in plan.keys}
        ),
        rows=table_of(plan, drawn),
        mechanism=priced.measured[0].mechanism,
        scale=priced.measured[0].scale,
        sensitivity=priced.measured[0].sensitivity.l1,
        most_pseudonyms=most_pseudonyms,
        nano_rho=priced.charge.nano_rho,
        epsilon=priced.epsilon,
        delta=priced.delta,
        question=plan.canonical(),
        synthetic=synthetic,
    )


def answer(
    release: Release, confidence: float, accounts: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """Return what `query --json` promises: the release with half-widths at a confidence.

    Half-widths follow from the public scale: another confidence is post-processing and costs nothing.
    """
    k = half_width(release.mechanism, release.scale, confidence)
    keys = set(release.key_columns)
    width = [None if i in keys else k for i in range(len(release.columns))]
    return {
        **release.as_json(),
        "errors": [width for _ in release.rows],
        "covers": "true",
        "confidence": confidence,
        "accounts": [dict(a) for a in accounts],
    }


def guarantee(privacy: Mapping[str, Any], language: str) -> str:
    """Say what a release's loss promises a person, and to whom it promises less.

    The odds change by e^ε at most (Dwork & Roth 2014, §2.3). The noise covers a person who stands in the
    data under `most_pseudonyms` pseudonyms; who stands under m times as many changes a figure m times as
    much, and the loss grows with it (group privacy, same place, Theorem 2.2).
    """
    epsilon, delta, most = privacy["epsilon"], privacy["delta"], privacy["most_pseudonyms"]
    factor = f"{math.exp(epsilon):.2f}" if epsilon < 6 else f"{math.exp(epsilon):.0f}"
    if language == "zh":
        odds = f"（例外概率不超过{_one_in(delta)}分之一）" if delta else ""
        return (
            f"无论任何一个人是否在数据中，得出任何结论的可能性至多变为原来的{factor}倍{odds}。"
            f"此保证适用于在数据中至多有{most}个假名的人；假名更多的人，所受保护相应减弱。"
        )
    odds = f" (but for a chance of one in {_one_in(delta)})" if delta else ""
    pseudonyms = "one pseudonym" if most == 1 else f"{most} pseudonyms"
    return (
        "Whether or not any one person is in the data, no conclusion becomes more than "
        f"{factor} times as likely{odds}. "
        f"This holds for a person who has at most {pseudonyms} in the data; who has more is protected less."
    )


def _one_in(delta: float) -> str:
    """Return N of a chance of one in N, never smaller than it is: two digits, rounded down."""
    whole = math.floor(1 / delta)
    unit = 10 ** max(0, len(str(whole)) - 2)
    return f"{whole // unit * unit:,}"


def body_of(release: Release) -> bytes:
    """Return the bytes that are stored and replayed: stable for one release."""
    return json.dumps(release.as_json(), ensure_ascii=False, sort_keys=True, indent=1).encode()
