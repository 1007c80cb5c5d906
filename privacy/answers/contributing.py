"""How many rows of a person count (L): chosen for the least expected error, from public information or a paid quantile."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from fractions import Fraction

from policies.errors import BadInput
from privacy.noise import Ask, price
from privacy.query.plan import ChosenBy, Plan


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


def with_public_rows(
    plan: Plan,
    ask: Ask,
    delta: float,
    expected_rows: Sequence[float | Fraction],
    group_size: int | None = None,
) -> Plan:
    """Return the plan with the L of the least expected error, from the published shares of persons by rows.

    Raises
    ------
    BadInput
        The contract publishes no such shares: nothing public tells how many rows a person has.
    """
    if not expected_rows:
        raise BadInput(
            "nothing public tells how many rows a person has",
            where="--rows-per-person auto",
            todo="publish `expected_rows` in the contract, or give a number or `private`",
        )
    one = with_rows(plan, 1, "public")
    spread = max(
        m.scale / math.sqrt(m.sensitivity.l2_squared) for m in price(one, ask, delta).measured
    )
    noise_of_one = spread * plan.bounds.pseudonyms
    mean_rows = sum(r * float(s) for r, s in enumerate(expected_rows, 1))
    persons = group_size / mean_rows if group_size else plan.public_size / max(plan.cells, 1)
    rows = rows_for_least_error(expected_rows, plan.bounds.stored, noise_of_one, persons)
    return with_rows(plan, rows, "public")
