"""A release: noisy statistics that have left, what is stated about them, and the answers read from them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from privacy.answers import (
    Layout,
    Noise,
    Noisy,
    Prefer,
    Stored,
    identities_of,
    layout_from_json,
    layout_of,
    table_of,
)
from privacy.answers.stating import PUBLIC
from privacy.noise import Drawn, Measured, Priced
from privacy.query import Bounds, Plan, Sensitivity, statistics_of
from privacy.query.expressions import Value

_BY_L1 = ("discrete_laplace", "laplace_threshold")
PREDICATE_TYPE = "https://common-ground.example/release/v1"


@dataclass(frozen=True, slots=True, eq=False)
class ReleasedStatistic:
    """A vector of noisy integers and how it was measured.

    Parameters
    ----------
    of
        What it measures (`privacy.answers.layout.statistic_identity`): the same for every asker.
    values
        `(groups,)`, or of noisy max the places that were chosen, `(groups, n)`.
    confidence
        Of a quantile with an interval: what its ends, which were drawn too, cover at least; else 0.
    """

    of: str
    kind: str
    tier: str
    mechanism: str
    scale: float
    sensitivity: Sensitivity
    nano_rho: int
    atto_delta: int
    threshold: int | None
    values: NDArray[np.int64]
    confidence: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Return the statistic as JSON."""
        s = self.sensitivity
        return {
            "of": self.of,
            "kind": self.kind,
            "tier": self.tier,
            "mechanism": self.mechanism,
            "scale": self.scale,
            "sensitivity": [s.l0, s.l1, s.l2_squared, s.linf],
            "nano_rho": self.nano_rho,
            "atto_delta": self.atto_delta,
            "threshold": self.threshold,
            "confidence": self.confidence,
            "values": self.values.tolist(),
        }

    def as_stated(self) -> dict[str, Any]:
        """Return what the privacy statement says of it."""
        s = self.sensitivity
        root = math.isqrt(s.l2_squared)
        l2 = root if root * root == s.l2_squared else math.sqrt(s.l2_squared)
        return {
            "statistic": self.kind if not self.tier else f"{self.kind}@{self.tier}",
            "name": self.mechanism,
            "scale": self.scale,
            "sensitivity": s.l1 if self.mechanism in _BY_L1 else l2,
            "rho": self.nano_rho / 1e9,
            "delta": self.atto_delta / 1e18,
            "threshold": self.threshold,
            "library": "OpenDP",
        }


def _statistic_from(document: Mapping[str, Any]) -> ReleasedStatistic:
    return ReleasedStatistic(
        of=document["of"],
        kind=document["kind"],
        tier=document["tier"],
        mechanism=document["mechanism"],
        scale=document["scale"],
        sensitivity=Sensitivity(*document["sensitivity"]),
        nano_rho=document["nano_rho"],
        atto_delta=document["atto_delta"],
        threshold=document["threshold"],
        values=np.array(document["values"], dtype=np.int64),
        confidence=document["confidence"],
    )


@dataclass(frozen=True, slots=True, eq=False)
class Release:
    """Noisy statistics with what NIST SP 800-226 asks to be stated: unit, loss, mechanisms, bounds.

    Whatever is done to them (another confidence, order, label, HAVING, LIMIT) is post-processing: it is the
    same release and costs nothing. `layout` is the first asker's; its keys are the axes of the vectors.
    """

    id: str
    dataset: str
    snapshot: str
    snapshot_commitment: str
    purpose: str
    population: str
    public_size: int
    bounds: Bounds
    nano_rho: int
    atto_delta: int
    epsilon: float
    delta: float
    question: Mapping[str, Any]
    synthetic: bool
    layout: Layout
    statistics: tuple[ReleasedStatistic, ...]
    groups: tuple[tuple[Value, ...], ...] | None = None

    def statement(self) -> dict[str, Any]:
        """Return what is stated of the release beside its figures."""
        b = self.bounds
        return {
            "release": self.id,
            "audience": "public",
            "synthetic": self.synthetic,
            "dataset": self.dataset,
            "snapshot": self.snapshot,
            "snapshot_commitment": self.snapshot_commitment,
            "purpose": self.purpose,
            "question": dict(self.question),
            "estimand": "this population, with noise",
            "privacy": {
                "unit": "person",
                "neighbouring": (
                    "add, remove or change what one person brings to rows shared with others"
                    if b.shared
                    else "add or remove one person"
                ),
                "population": self.population,
                "public_size": self.public_size,
                "rho": self.nano_rho / 1e9,
                "nano_rho": self.nano_rho,
                "atto_delta": self.atto_delta,
                "epsilon": self.epsilon,
                "delta": self.delta,
                "most_pseudonyms": b.pseudonyms,
                "bounds": {
                    "pseudonyms_a_person": b.pseudonyms,
                    "rows_a_pseudonym": b.rows,
                    "rows_stored_of_a_pseudonym": b.stored,
                    "groups_a_pseudonym": b.groups,
                    "clip": b.clip,
                    "chosen_by": b.chosen_by,
                    "shared_rows": b.shared,
                    "values": _clamping(self.layout),
                },
                "mechanisms": [s.as_stated() for s in self.statistics],
                "public": _public(self.layout),
            },
        }

    def as_json(self) -> dict[str, Any]:
        """Return the release as it is stored, signed and published."""
        return self.statement() | {
            "layout": self.layout.as_json(),
            "statistics": [s.as_json() for s in self.statistics],
            "groups": None if self.groups is None else [list(g) for g in self.groups],
        }

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> Release:
        """Read a release back."""
        privacy, bounds = document["privacy"], document["privacy"]["bounds"]
        groups = document["groups"]
        return Release(
            id=document["release"],
            dataset=document["dataset"],
            snapshot=document["snapshot"],
            snapshot_commitment=document["snapshot_commitment"],
            purpose=document["purpose"],
            population=privacy["population"],
            public_size=privacy["public_size"],
            bounds=Bounds(
                bounds["pseudonyms_a_person"],
                bounds["rows_stored_of_a_pseudonym"],
                bounds["rows_a_pseudonym"],
                bounds["groups_a_pseudonym"],
                bounds["clip"],
                bounds["chosen_by"],
                bounds["shared_rows"],
            ),
            nano_rho=privacy["nano_rho"],
            atto_delta=privacy["atto_delta"],
            epsilon=privacy["epsilon"],
            delta=privacy["delta"],
            question=document["question"],
            synthetic=document["synthetic"],
            layout=layout_from_json(document["layout"]),
            statistics=tuple(_statistic_from(s) for s in document["statistics"]),
            groups=None if groups is None else tuple(tuple(g) for g in groups),
        )

    def stored(self) -> Stored:
        """Return the noisy statistics for post-processing."""
        return Stored(
            keys=tuple(k.identity for k in self.layout.keys),
            shape=tuple(len(k.domain) for k in self.layout.keys),
            statistics={
                s.of: Noisy(s.values, Noise(s.mechanism, s.scale), s.confidence)
                for s in self.statistics
                if s.kind != "contributions"  # it chose a bound, and has no groups
            },
            groups=self.groups,
        )


def _clamping(layout: Layout) -> list[dict[str, Any]]:
    figures = [p for f in layout.figures for p in (f, *f.parts)]
    return [
        {"figure": f.label, "low": f"{f.low * f.unit:f}", "high": f"{f.high * f.unit:f}"}
        for f in figures
        if f.kind in ("sum", "average", "variance", "stddev", "quantile")
    ]


def _public(layout: Layout) -> list[str]:
    codes: list[str] = sorted({k.origin for k in layout.keys} - {"unknown"})
    if any(f.low or f.high for f in layout.figures):
        codes.append("values")
    return [PUBLIC[c][0] for c in (*codes, "contribution", "size")]


def released_statistic(
    m: Measured, values: NDArray[np.int64], of: str, kind: str, tier: str = ""
) -> ReleasedStatistic:
    """Return what was drawn for a statistic and how it was measured."""
    return ReleasedStatistic(
        of=of,
        kind=kind,
        tier=tier,
        mechanism=m.mechanism,
        scale=m.scale,
        sensitivity=m.sensitivity,
        nano_rho=m.charge.nano_rho,
        atto_delta=m.charge.atto_delta,
        threshold=m.threshold,
        values=np.asarray(values, dtype=np.int64),
        confidence=m.choice.confidence if m.choice else 0.0,
    )


def release_of(
    *,
    identifier: str,
    plan: Plan,
    priced: Priced,
    drawn: Drawn,
    snapshot: str,
    commitment: str,
    purpose: str,
    synthetic: bool,
    before: tuple[ReleasedStatistic, ...] = (),
) -> Release:
    """Make the release of what was drawn; `before` is what an earlier stage of the same question drew."""
    of, kinds = identities_of(plan), {s.name: (s.kind, s.tier) for s in statistics_of(plan)}
    statistics = (
        *before,
        *(
            released_statistic(
                m,
                drawn.vectors[m.statistic] if m.choice is None else drawn.choices[m.statistic],
                of[m.statistic],
                *kinds[m.statistic],
            )
            for m in priced.measured
        ),
    )
    return Release(
        id=identifier,
        dataset=plan.dataset,
        snapshot=snapshot,
        snapshot_commitment=commitment,
        purpose=purpose,
        population=plan.population,
        public_size=plan.public_size,
        bounds=plan.bounds,
        nano_rho=priced.charge.nano_rho,
        atto_delta=priced.charge.atto_delta,
        epsilon=priced.epsilon,
        delta=priced.delta,
        question=plan.canonical(),
        synthetic=synthetic,
        layout=layout_of(plan),
        statistics=statistics,
        groups=drawn.groups,
    )


def noise_identity(plan: Plan, priced: Priced) -> list[list[Any]]:
    """Return how each statistic is measured, the same in whatever order a question names its figures."""
    of = identities_of(plan)
    return sorted(([of[m.statistic], *m.canonical()] for m in priced.measured), key=repr)


def answer(
    release: Release,
    confidence: float,
    accounts: Sequence[Mapping[str, Any]] = (),
    layout: Layout | None = None,
    prefer: Prefer | None = None,
) -> dict[str, Any]:
    """Return what `query --json` promises: the table with half-widths at a confidence, and the statement.

    Parameters
    ----------
    layout
        As this asker wants the same noisy figures seen; by default as the first asker did.
    prefer
        Whether `rows` holds the unbiased or the consistent figures.
    """
    table = table_of(layout or release.layout, release.stored(), confidence, prefer)
    return {
        **release.statement(),
        "columns": list(table.columns),
        "key_columns": list(table.key_columns),
        "rows": table.rows,
        "errors": table.errors,
        "intervals": table.intervals,
        "unbiased": table.unbiased,
        "consistent": table.consistent,
        "rows_are": table.rows_are,
        "undefined": table.undefined,
        "notes": table.notes,
        "covers": table.covers,
        "confidence": confidence,
        "accounts": [dict(a) for a in accounts],
    }


def body_of(release: Release) -> bytes:
    """Return the bytes that are stored and replayed: stable for one release."""
    return json.dumps(
        release.as_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()
