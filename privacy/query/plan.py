"""The typed plan of a question: what to measure, by which groups, of whom, and within which bounds."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import prod
from typing import Any, Literal

from privacy.query.canonical import canonical_expression, canonical_predicate
from privacy.query.expressions import Expression, Operator, Predicate, Value

Origin = Literal["contract", "list", "bins", "tiers", "unknown"]
Kind = Literal[
    "count",
    "persons",
    "sum",
    "average",
    "variance",
    "stddev",
    "quantile",
    "ratio",
    "top",
    "contribution",
]
Clip = Literal["none", "filter", "table"]
ChosenBy = Literal["contract", "asked", "public", "private"]


@dataclass(frozen=True, slots=True)
class Source:
    """A dataset that the rows come from; the second source of a plan is a table of one row a person."""

    dataset: str
    join: Literal["", "inner", "left"] = ""


@dataclass(frozen=True, slots=True)
class Key:
    """What the answer is grouped by.

    `domain` holds the values as they are shown, `codes` the same values as the engine gives them for
    `expression` (equal unless bins stand between). Both are public and empty where `origin` is
    `unknown`: such groups are found with a threshold, and a plan with one such key finds whole
    combinations so. `tiers` names the tiers of a place, coarsest first, where every tier is
    measured; `domain` is then that of the finest.
    """

    label: str
    expression: Expression
    domain: tuple[Value, ...]
    codes: tuple[Value, ...]
    origin: Origin = "contract"
    tiers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.domain) != len(self.codes) or len(set(self.codes)) != len(self.codes):
            raise ValueError("a key has one code for each value")


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One figure a group.

    Parameters
    ----------
    expression
        What is counted (rows where it is not NULL), summed, averaged …; None for `count(*)`, `persons`,
        `ratio`. For `top` the text or bin whose commonest values are named.
    where
        FILTER (WHERE …): rows of this figure only, beside the plan's own condition.
    low, high
        Public bounds of the expression in its units: values outside are clamped to them. For a quantile
        the grid is `grid`.
    unit
        What one unit of the expression is worth in the answer (a contract's resolution).
    kind
        `contribution` is the quantile of how many matching rows a pseudonym has, asked by the planner to choose L.
    level
        Of a quantile, between 0 and 1; `labelled_as` keeps `min`, `max` or `median` as it was written.
    sample
        Variance and standard deviation divide by n − 1 (SQL's `variance`, `stddev`), else by n.
    parts
        Numerator and denominator of a ratio.
    domain, most
        Of `top`: the public values, and how many are named.
    """

    kind: Kind
    label: str
    expression: Expression | None = None
    where: Predicate | None = None
    low: int = 0
    high: int = 0
    unit: Decimal = Decimal(1)
    level: Fraction | None = None
    labelled_as: str = ""
    sample: bool = True
    grid: tuple[int, ...] = ()
    parts: tuple[Aggregate, ...] = ()
    domain: tuple[Value, ...] = ()
    most: int = 0


@dataclass(frozen=True, slots=True)
class Bounds:
    """Contribution bounds: how much one person may touch, and who chose it.

    Parameters
    ----------
    pseudonyms
        K: pseudonyms that one person may hold (the larger, of two joined sources).
    stored
        Rows a pseudonym at most, held at intake.
    rows
        L: rows a pseudonym that this answer counts at most; L = `stored` clips nothing.
    groups
        G: groups (cells) that a pseudonym's rows may lie in, at most L.
    clip
        `none`: intake holds the bound. `filter`: the L smallest stored ranks among the person's rows that
        match the plan's condition. `table`: rank ≤ L over the whole table, where the question asks so.
    chosen_by
        Who chose L: the contract, the question, the planner from public information, or a private quantile.
    shared
        A row speaks of several people (a household): one person changes it and does not take it away.
    """

    pseudonyms: int = 1
    stored: int = 1
    rows: int = 1
    groups: int = 1
    clip: Clip = "none"
    chosen_by: ChosenBy = "contract"
    shared: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.groups <= self.rows <= self.stored or self.pseudonyms < 1:
            raise ValueError("bounds are 1 ≤ groups ≤ rows ≤ stored rows")
        if (self.rows < self.stored) == (self.clip == "none"):
            raise ValueError("rows are clipped exactly where fewer than the stored ones count")

    @property
    def clips(self) -> bool:
        """Whether some rows that match may be left out: intervals then cover the clipped figure."""
        return self.clip != "none" or self.groups < self.rows


@dataclass(frozen=True, slots=True)
class Having:
    """A condition on a noisy figure: column label, operator, number."""

    label: str
    operator: Operator
    value: Decimal


@dataclass(frozen=True, slots=True)
class Selection:
    """HAVING, ORDER BY, LIMIT: applied to the noisy table; post-processing that costs nothing.

    `order` is (label, descending). Intervals after a selection do not cover (winner's curse).
    """

    having: tuple[Having, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    limit: int | None = None

    @property
    def selects(self) -> bool:
        """Whether rows are left out by their noisy values."""
        return bool(self.having) or self.limit is not None


@dataclass(frozen=True, slots=True)
class Plan:
    """A question that can be priced, authorised and counted.

    `columns` are the labels of keys and aggregates in the order of the answer. `public_size` is the
    population's; everything in a plan is public. `shares` are the parts of the loss that the plan's statistics
    take, in their order, where the planner chose them; they change the noise and not the question.
    """

    sources: tuple[Source, ...]
    population: str
    public_size: int
    keys: tuple[Key, ...]
    aggregates: tuple[Aggregate, ...]
    columns: tuple[str, ...]
    where: Predicate | None = None
    bounds: Bounds = dataclasses.field(default_factory=Bounds)
    selection: Selection = dataclasses.field(default_factory=Selection)
    shares: tuple[Fraction, ...] = ()

    @property
    def dataset(self) -> str:
        """The dataset asked about."""
        return self.sources[0].dataset

    @property
    def unknown_groups(self) -> bool:
        """Whether the groups are found with a threshold."""
        return any(k.origin == "unknown" for k in self.keys)

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the keys' domains."""
        return tuple(len(k.domain) for k in self.keys)

    @property
    def cells(self) -> int:
        """How many groups the answer has, empty ones included (of the finest tier; 0 where unknown)."""
        return prod(self.shape)

    def canonical(self) -> dict[str, Any]:
        """Return the question as JSON, the same for every spelling of it.

        Labels, the order of columns and what is done to the noisy table are the asker's taste
        and left out; the same noisy figures are the same question.
        """
        return {
            "sources": [[s.dataset, s.join] for s in self.sources],
            "population": self.population,
            "keys": sorted(
                (
                    [
                        canonical_expression(k.expression),
                        list(k.codes),
                        k.origin,
                        list(k.tiers),
                    ]
                    for k in self.keys
                ),
                key=repr,
            ),
            "aggregates": sorted((_canonical(a) for a in self.aggregates), key=repr),
            "where": None if self.where is None else canonical_predicate(self.where),
            "bounds": {
                "pseudonyms": self.bounds.pseudonyms,
                "rows": self.bounds.rows,
                "groups": self.bounds.groups,
                "clip": self.bounds.clip,
                "shared": self.bounds.shared,
            },
        }


def _canonical(a: Aggregate) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "kind": a.kind,
        "of": None if a.expression is None else canonical_expression(a.expression),
        "where": None if a.where is None else canonical_predicate(a.where),
        "low": a.low,
        "high": a.high,
        "unit": str(a.unit),
        "level": None if a.level is None else str(a.level),
        "sample": a.sample if a.kind in ("variance", "stddev") else None,
        "grid": list(a.grid),
        "parts": [_canonical(p) for p in a.parts],
        "domain": list(a.domain),
        "most": a.most,
    }
    return {k: v for k, v in whole.items() if v not in (None, [], 0)}
