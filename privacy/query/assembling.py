"""Keys, figures and conditions become one checked plan: the way that SQL and the builder share."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from policies.errors import BadInput
from privacy.contract import Contract
from privacy.query.expressions import LARGEST, Predicate
from privacy.query.logic import TRUE, all_of
from privacy.query.plan import Aggregate, Bounds, Key, Plan, Selection
from privacy.query.relations import Relation
from privacy.query.statistics import Statistic, statistics_of

MOST_CELLS = 1_000_000
MOST_VALUES = 20_000_000
MOST_FIGURES = 100
MOST_ANSWERED = 10_000_000
"""Cells × figures: what an answer, its release and their copies in memory may hold."""


@dataclass(frozen=True, slots=True)
class BoundsAsked:
    """Contribution bounds that the question asks for.

    Parameters
    ----------
    rows
        L: rows a pseudonym that count at most. None: all that intake keeps.
    groups
        G: groups a pseudonym that count at most.
    clip
        `filter`: the smallest stored ranks among the rows that match; `table`: over the whole table.
    """

    rows: int | None = None
    groups: int | None = None
    clip: Literal["filter", "table"] = "filter"

    def __post_init__(self) -> None:
        if any(n is not None and n < 1 for n in (self.rows, self.groups)):
            raise BadInput("rows and groups a person are at least 1", where="contribution bounds")


def bounds_of(contracts: Contract | Sequence[Contract], asked: BoundsAsked | None = None) -> Bounds:
    """Return the contribution bounds of a question over these datasets.

    What intake holds already clips nothing. K is the larger of two joined tables.
    """
    both = (contracts,) if isinstance(contracts, Contract) else tuple(contracts)
    wanted = asked or BoundsAsked()
    stored = both[0].rows_per_person
    rows = min(wanted.rows or stored, stored)
    groups = min(wanted.groups or rows, rows)
    return Bounds(
        pseudonyms=max(c.most_pseudonyms for c in both),
        stored=stored,
        rows=rows,
        groups=groups,
        clip="none" if rows == stored else wanted.clip,
        chosen_by="contract" if (rows, groups) == (stored, stored) else "asked",
        shared=any(c.shared_rows for c in both),
    )


def assemble(
    relation: Relation,
    keys: Sequence[Key],
    figures: Sequence[Aggregate],
    columns: Sequence[str],
    where: Sequence[Predicate] = (),
    asked: BoundsAsked | None = None,
    selection: Selection | None = None,
) -> Plan:
    """Return the plan, checked as a whole.

    Raises
    ------
    BadInput
        Too many cells or figures, groups that do not go together, or a sum that could overflow,
        judged on public sizes alone.
    """
    condition = all_of((*relation.where, *where))
    contract = relation.contracts[0]
    plan = Plan(
        sources=relation.sources,
        population=contract.population.id,
        public_size=contract.population.public_size,
        keys=tuple(keys),
        aggregates=tuple(figures),
        columns=tuple(columns),
        where=None if condition == TRUE else condition,
        bounds=bounds_of(relation.contracts, asked),
        selection=selection or Selection(),
    )
    wrong = next((found for broken, *found in _faults(plan) if broken), None)
    if wrong:
        raise BadInput(str(wrong[0]), todo=str(wrong[1]))
    for statistic in statistics_of(plan):
        _check_total(plan, statistic)
    return plan


def _faults(plan: Plan) -> Sequence[tuple[bool, str, str]]:
    unknown = plan.unknown_groups
    chooses = any(a.kind in ("quantile", "top") for a in plan.aggregates)
    tiers = sum(bool(k.tiers) for k in plan.keys)
    labels = list(plan.columns)
    values = max((max(len(a.grid), len(a.domain)) for a in plan.aggregates), default=0)
    cells = 1 if unknown else plan.cells
    return (
        (not plan.aggregates, "a question asks for at least one figure", "count(*)"),
        (len(plan.aggregates) > MOST_FIGURES, f"more than {MOST_FIGURES} figures are asked for", "ask for less"),
        (len(set(labels)) != len(labels), "two columns of the answer have the same name", "use AS"),
        (cells > MOST_CELLS, f"the answer would have more than {MOST_CELLS:,} cells", "group by less"),
        (cells * len(plan.aggregates) > MOST_ANSWERED,
         f"the answer would have more than {MOST_ANSWERED:,} figures in all", "group by less, or ask for fewer"),
        (cells * values > MOST_VALUES, "quantiles of so many groups have too many candidates",
         "group by less, or name them: quantile(BINS(x, 100), 0.5)"),
        (tiers > 1, "one place at a time is taken by its tiers", "GROUP BY TIERS(community)"),
        (tiers > 0 and (unknown or chooses), "tiers add up for counts and sums alone",
         "count(*), sum(x), avg(x) by TIERS(community)"),
        (unknown and chooses, "quantiles and top need groups that are known",
         "list the groups: WHERE column IN (…)"),
    )  # fmt: skip


def _check_total(plan: Plan, s: Statistic) -> None:
    """Refuse a statistic whose exact value could pass 2^62 if everybody held the largest values."""
    ends = [abs(s.scale * x - s.shift) for x in (s.low, s.high)]
    largest = {"sum": max(1, *ends), "squares": max(1, *ends) ** 2}.get(s.kind, 1)
    rows = plan.public_size * plan.bounds.pseudonyms * plan.bounds.rows
    if rows * largest >= LARGEST:
        raise BadInput(
            "this sum could grow past 2^62 if everybody held the largest value",
            todo="narrow it: clamp(x, low, high), or take a coarser unit: x // 1000",
        )


def with_label(a: Aggregate, label: str) -> Aggregate:
    """Return the figure under another label; min and max keep saying which quantile they are."""
    if a.labelled_as in ("min", "max") and a.level is not None:
        return dataclasses.replace(a, label=f"{label} ({float(a.level):g} quantile)")
    return dataclasses.replace(a, label=label)
