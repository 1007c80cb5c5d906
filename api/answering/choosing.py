"""Choosing how many rows of a person count, by a private quantile that the same question pays."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from policies.errors import BadInput, ServiceFault
from privacy.accounting import NANO, Charge
from privacy.answers import contribution_level, with_rows
from privacy.noise import Ask, Drawn, Priced, epsilon_of, price
from privacy.query import Aggregate, Bounds, Plan, Selection, statistics_of
from privacy.release import ReleasedStatistic, released_statistic

if TYPE_CHECKING:
    from privacy.query import BoundsAsked

SHARE = 0.1
"""Of the loss, for choosing; the figures have the rest."""
_DRAWN_AT_MOST = 3
"""Measurements of one statistic: a quantile's point and the ends of its interval."""


@dataclass(frozen=True, slots=True)
class RowsChoice:
    """The first of two stages: a plan whose one private figure is L, its price, and what is left to ask with."""

    plan: Plan
    priced: Priced
    rest: Ask
    clip: str = "filter"
    measurements: int = 1

    @property
    def charge(self) -> Charge:
        """What both stages may cost together: reserved before anything is counted."""
        return self.priced.charge + _charge_of(self.rest, self.measurements)

    def canonical(self) -> list[Any]:
        """Return what makes the choice, as JSON: part of the question's identity."""
        rest = [repr(self.rest.rho), repr(self.rest.pure_epsilon)]
        return [self.priced.canonical(), *rest, self.clip]


def choice_for(
    plan: Plan, ask: Ask, delta: float, group_size: int | None = None, clip: str = "filter"
) -> RowsChoice:
    """Return the stage that chooses L for `plan`, whose bounds are still those of intake.

    `clip` is how the L rows will be taken: it makes other figures, so it is part of the identity.

    Raises
    ------
    BadInput
        The loss is to follow from an accuracy: that needs L first. Or unknown groups are asked for.
    """
    if ask.accuracy is not None or plan.unknown_groups:
        raise BadInput(
            "rows a person chosen privately need a stated loss and known groups",
            where="--rows-per-person",
            todo="give --epsilon or --rho, or a number of rows",
        )
    stored = plan.bounds.stored
    # where one more row a person costs more noise than it saves bias, from public information
    (first_price, *_) = price(with_rows(plan, 1, "private"), ask, delta).measured
    noise_of_one = first_price.scale / math.sqrt(first_price.sensitivity.l2_squared)
    persons = float(group_size or plan.public_size / max(1, plan.cells))
    level = contribution_level(noise_of_one * plan.bounds.pseudonyms, persons)
    chooser = replace(
        plan,
        keys=(),
        aggregates=(
            Aggregate("contribution", "rows", level=level, grid=tuple(range(1, stored + 2))),
        ),
        columns=("rows",),
        selection=Selection(),
        bounds=replace(plan.bounds, rows=stored, groups=stored, clip="none", chosen_by="contract"),
    )
    if ask.pure_epsilon is not None:
        first = Ask(pure_epsilon=ask.pure_epsilon * SHARE)
        rest = Ask(pure_epsilon=ask.pure_epsilon * (1 - SHARE), confidence=ask.confidence)
    else:
        rho = price(plan, ask, delta).charge.nano_rho / NANO
        first, rest = Ask(rho=rho * SHARE), Ask(rho=rho * (1 - SHARE), confidence=ask.confidence)
    drawn = _DRAWN_AT_MOST * len(statistics_of(plan))
    return RowsChoice(chooser, price(chooser, first, delta), rest, clip, drawn)


def bounds_chosen(choice: RowsChoice, drawn: Drawn, asked: BoundsAsked) -> Bounds:
    """Return the bounds with the L that was drawn."""
    (place,) = (v.reshape(-1)[0] for v in drawn.choices.values())
    stored = choice.plan.bounds.stored
    rows = min(max(int(place) + 1, 1), stored)
    return replace(
        choice.plan.bounds,
        rows=rows,
        groups=min(asked.groups or rows, rows),
        clip="none" if rows == stored else asked.clip,
        chosen_by="private",
    )


def chosen_rows(choice: RowsChoice, drawn: Drawn) -> tuple[ReleasedStatistic, ...]:
    """Return what the first stage drew, for the release to state."""
    return tuple(
        released_statistic(m, drawn.choices[m.statistic], "rows a person", "contributions")
        for m in choice.priced.measured
    )


def of_both(choice: RowsChoice, figures: Priced) -> Priced:
    """Return the price of both stages as one: what the release states and what was reserved.

    Raises
    ------
    ServiceFault
        The figures would be charged more than was reserved for them: nothing is drawn.
    """
    together = choice.priced.charge + figures.charge
    if together.nano_rho > choice.charge.nano_rho or together.atto_delta > choice.charge.atto_delta:
        raise ServiceFault(
            "the figures would cost more than was reserved; nothing was drawn for them",
            where="query",
            todo="ask with a number for --rows-per-person",
        )
    return replace(
        figures,
        charge=choice.charge,
        epsilon=_epsilon(choice, figures),
    )


def _epsilon(choice: RowsChoice, figures: Priced) -> float:
    if choice.rest.pure_epsilon is not None:
        return choice.priced.epsilon + figures.epsilon
    return epsilon_of(choice.charge.nano_rho / NANO, figures.delta)


def _charge_of(ask: Ask, measurements: int) -> Charge:
    """Return what may be charged for an ask: each of its measurements is rounded up by itself."""
    if ask.pure_epsilon is not None:
        return Charge(math.ceil(ask.pure_epsilon**2 / 2 * NANO) + measurements)
    return Charge(math.ceil((ask.rho or 0.0) * NANO))
