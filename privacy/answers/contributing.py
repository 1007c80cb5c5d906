"""How many rows of a person count (L): chosen for the least expected error, from public information or a paid quantile."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from fractions import Fraction

from policies.errors import BadInput
from privacy.query.plan import Aggregate, Bounds, ChosenBy, Plan, Selection

CONTRIBUTION_SHARE = Fraction(1, 10)
"""Part of a question's loss that a private quantile of the rows a person takes."""


def rows_for_least_error(
    expected_rows: Sequence[float | Fraction],
    stored: int,
    noise_of_one: float,
    persons_a_group: float,
) -> int:
    """Return the L from 1 to `stored` with the least expected squared error of a count by group.

    Parameters
    ----------
    expected_rows
        Published shares of persons with 1, 2, 3, … rows; they need not add up to 1 (the rest have none).
    noise_of_one
        Standard deviation of the noise where a person counts with one row: it grows as L.
    persons_a_group
        Persons that a group is expected to have, publicly.

    Notes
    -----
    The variance is (L·σ₁)², and the bias the rows that are left out: persons × Σ share(r)·max(0, r − L),
    spread over the groups as the persons are. A larger L wins only by more than it costs; of equals
    the smaller is taken.
    """
    shares = [float(s) for s in expected_rows]
    if not shares or min(shares) < 0 or sum(shares) > 1 + 1e-9:
        raise BadInput("are shares of persons, 0 to 1 in all", where="expected_rows")

    def squared_error(most: int) -> float:
        left_out = sum(s * max(0, r - most) for r, s in enumerate(shares, 1))
        return (most * noise_of_one) ** 2 + (persons_a_group * left_out) ** 2

    return min(range(1, stored + 1), key=squared_error)


def contribution_level(noise_of_one: float, persons_a_group: float) -> Fraction:
    """Return the quantile of rows a person at which one more row costs more noise than it saves bias.

    Of a group of n persons, raising L by one adds σ₁ to the noise's deviation and saves n × (share of persons
    above L) rows: they balance at the quantile 1 − σ₁/n, in hundredths, between 0.5 and 0.99.
    """
    level = 1 - noise_of_one / max(persons_a_group, 1e-9)
    return Fraction(min(99, max(50, math.floor(100 * level))), 100)


def contribution_plan(plan: Plan, level: Fraction) -> Plan:
    """Return the question of how many rows matching the plan's condition a person has, at a quantile.

    It is about the whole table and clips nothing: each pseudonym stands in one place of the counts.
    """
    stored = plan.bounds.stored
    figure = Aggregate(
        "contribution", "rows a person", grid=tuple(range(1, stored + 1)), level=level
    )
    return dataclasses.replace(
        plan,
        keys=(),
        aggregates=(figure,),
        columns=(figure.label,),
        bounds=Bounds(plan.bounds.pseudonyms, stored, stored, stored, shared=plan.bounds.shared),
        selection=Selection(),
        shares=(),
    )


def with_rows(plan: Plan, rows: int, chosen_by: ChosenBy) -> Plan:
    """Return the plan with at most `rows` rows a pseudonym, the smallest stored ranks among those that match."""
    b = plan.bounds
    kept = min(max(rows, 1), b.stored)
    bounds = dataclasses.replace(
        b,
        rows=kept,
        groups=min(b.groups, kept),
        clip="none" if kept == b.stored else ("table" if b.clip == "table" else "filter"),
        chosen_by=chosen_by,
    )
    return dataclasses.replace(plan, bounds=bounds, shares=())


def rows_chosen(place: int, stored: int) -> int:
    """Return the L of a chosen place: place i stands for i + 1 rows."""
    if not 0 <= place < stored:
        raise ValueError("a place among the stored numbers of rows")
    return place + 1
