"""Housing in the synthetic city: a steered past, a model that learns from it, and its controls.

The harm of plan §5.4 as a mechanism with parameters; nothing here is fitted to a figure of the plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from api.demo.households import households
from api.demo.housing_rounds import SIZES, draw_movers, place_by_best_score, place_by_weight
from api.demo.places import ZONES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from api.demo.households import Households
    from api.demo.places import Places

PAST_ROUNDS, ROUNDS = 3, 6
RERUNS = 24
"""Re-runs on redrawn cohorts, beyond the run that is judged; at least 20 are asked for."""
SMOOTHING = 5
STRATA = ZONES * SIZES


@dataclass(frozen=True, slots=True)
class Arm:
    """How homes are given out, and under which assumptions about the city.

    Parameters
    ----------
    allocator
        lottery; practice (caseworkers steer); sampled (∝ model score); best (greedy by score).
    lottery_share
        Part of the movers who are served by lottery first.
    acceptance
        Part of the offers that are accepted; refusers draw lots among the refused homes.
    """

    name: str
    allocator: Literal["lottery", "practice", "sampled", "best"]
    retrained: bool = False
    trade: bool = True
    lottery_share: float = 0.0
    acceptance: float = 1.0
    steering: float = 2.0
    proxy: float = 0.75
    churn: float = 0.06


VERDICT_ARMS = (
    Arm("lottery", "lottery"),
    Arm("past_practice", "practice"),
    Arm("model_sampled", "sampled"),
    Arm("model_argmax", "best"),
    Arm("model_argmax_retrained", "best", retrained=True),
)
SENSITIVITY_ARMS = (
    Arm("neutral_past_argmax", "best", steering=0.0),
    Arm("steering_4_practice", "practice", steering=4.0),
    Arm("steering_4_argmax", "best", steering=4.0),
    Arm("proxy_50_argmax", "best", proxy=0.50),
    Arm("proxy_85_argmax", "best", proxy=0.85),
    Arm("proxy_90_argmax", "best", proxy=0.90),
    Arm("churn_3_argmax", "best", churn=0.03),
    Arm("churn_12_argmax", "best", churn=0.12),
    Arm("acceptance_70_argmax", "best", acceptance=0.70),
    Arm("sampled_without_trade", "sampled", trade=False),
    Arm("argmax_without_trade", "best", trade=False),
    Arm("argmax_without_trade_lottery_70", "best", trade=False, lottery_share=0.70),
)


@dataclass(frozen=True, slots=True)
class Round:
    """One round: who moved, from where, to where."""

    number: int
    movers: NDArray[np.int64]
    origin: NDArray[np.int64]
    placed: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class History:
    """The city after its steered past, and the log that a model learns from.

    `moved` counts origin × community placed; `trades` counts trade × community placed.
    """

    where: Places
    homes: Households
    community: NDArray[np.int64]
    moved: NDArray[np.int64]
    trades: NDArray[np.int64]

    @property
    def stratum(self) -> NDArray[np.int64]:
        """Stratum of each household: zone × home size."""
        return self.where.zone[self.homes.community] * SIZES + self.homes.size - 1


def history(where: Places, seed: int, steering: float = 2.0, proxy: float = 0.75,
            churn: float = 0.06) -> History:  # fmt: skip
    """Live through three rounds of past practice."""
    homes = households(where, seed, proxy)
    n = len(where)
    moved, trades = np.zeros((n, n), dtype=np.int64), np.zeros((2, n), dtype=np.int64)
    past = Arm("past", "practice", steering=steering, churn=churn)
    start = History(where, homes, homes.community.copy(), moved, trades)
    community = start.community
    for r in _rounds(start, past, seed, run=10_000, rounds=PAST_ROUNDS):
        np.add.at(moved, (r.origin, r.placed), 1)
        np.add.at(trades, (homes.trade[r.movers], r.placed), 1)
        community[r.movers] = r.placed
    return start


def simulate(
    start: History, arm: Arm, seed: int, run: int, rounds: int = ROUNDS
) -> Iterator[Round]:
    """Yield the rounds of an arm; `run` redraws the cohort: who moves, and every lot."""
    return _rounds(start, arm, seed, run, rounds)


def _rounds(start: History, arm: Arm, seed: int, run: int, rounds: int) -> Iterator[Round]:
    community, stratum = start.community.copy(), start.stratum
    moved, trades = start.moved.copy(), start.trades.copy()
    pairs = _ranked_pairs(start, moved, trades, arm.trade) if arm.allocator == "best" else None
    for number in range(1, rounds + 1):
        key = np.random.SeedSequence(seed, spawn_key=(7, run, number))
        seeds = [int(s) for s in key.generate_state(4)]
        movers = draw_movers(len(community), arm.churn, seeds[0])
        if arm.retrained and number > 1:
            pairs = _ranked_pairs(start, moved, trades, arm.trade)
        placed = _place(start, arm, movers, community, stratum, (moved, trades), pairs, seeds)
        if arm.acceptance < 1:
            placed = _refusals(movers, placed, stratum, arm.acceptance, seeds[3])
        yield Round(number, movers, community[movers], placed)
        if arm.retrained:
            np.add.at(moved, (community[movers], placed), 1)
            np.add.at(trades, (start.homes.trade[movers], placed), 1)
        community[movers] = placed


def _place(
    start: History,
    arm: Arm,
    movers: NDArray[np.int64],
    community: NDArray[np.int64],
    stratum: NDArray[np.int64],
    log: tuple[NDArray[np.int64], NDArray[np.int64]],
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]] | None,
    seeds: list[int],
) -> NDArray[np.int64]:
    n, nobody = len(start.where), np.zeros(len(community), dtype=np.int64)
    if arm.allocator == "lottery":
        return place_by_weight(
            movers, community, stratum, nobody, np.ones((1, n)), STRATA, seeds[1]
        )
    if arm.allocator == "practice":
        weight = _steering_weight(start.homes, community, n, arm.steering)
        status = start.homes.migrant.astype(np.int64)
        return place_by_weight(movers, community, stratum, status, weight, STRATA, seeds[1])
    kind = community * 2 + start.homes.trade
    if arm.allocator == "sampled":
        weight = np.exp(_scores(*log, arm.trade))
        same = np.repeat(start.where.zone, 2)[:, None] == start.where.zone
        weight /= np.where(same, weight, 0.0).max(axis=1, keepdims=True)
        return place_by_weight(movers, community, stratum, kind, weight, STRATA, seeds[1])
    if pairs is None:
        raise AssertionError("an allocator by score has its pairs")
    placed = np.empty(len(movers), dtype=np.int64)
    by_lot = np.random.default_rng(seeds[2]).random(len(movers)) < arm.lottery_share
    # those served by lot leave some homes to the others: which, is drawn over all homes
    lots = place_by_weight(movers, community, stratum, nobody, np.ones((1, n)), STRATA, seeds[1])
    placed[by_lot] = lots[by_lot]
    rest, left = movers[~by_lot], lots[~by_lot]
    at = community.copy()
    at[rest] = left  # the homes that are left, as if the rest had just vacated them
    placed[~by_lot] = place_by_best_score(rest, at, stratum, kind, pairs[0], pairs[1], 2 * n, n)
    return placed


def _steering_weight(
    homes: Households, community: NDArray[np.int64], n: int, steering: float
) -> NDArray[np.float64]:
    """Return exp(∓steering × (share − mean share)) for locals and migrants, by community."""
    persons = np.bincount(community, homes.size, n)
    migrants = np.bincount(community[homes.migrant], homes.size[homes.migrant], n)
    apart = migrants / persons - migrants.sum() / persons.sum()
    weight: NDArray[np.float64] = np.exp(np.stack([-steering * apart, steering * apart]))
    weight /= weight.max(axis=1, keepdims=True)
    return weight


def _scores(
    moved: NDArray[np.int64], trades: NDArray[np.int64], with_trade: bool
) -> NDArray[np.float64]:
    """Naive Bayes: log P(origin | community) + log P(trade | community), (origin, trade) × community."""
    placed = moved.sum(axis=0)
    origin = np.log((moved + SMOOTHING) / (placed + SMOOTHING * len(moved)))
    trade = np.log((trades + SMOOTHING) / (placed + SMOOTHING * len(trades)))
    both = origin[:, None, :] + (trade[None] if with_trade else np.zeros_like(trade)[None])
    scores: NDArray[np.float64] = both.reshape(-1, len(moved))
    return scores


def _ranked_pairs(
    start: History, moved: NDArray[np.int64], trades: NDArray[np.int64], with_trade: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the pairs (kind of mover, community) of one zone, best score first; ties by code."""
    scores, zone = _scores(moved, trades, with_trade), start.where.zone
    kinds, communities, values = [], [], []
    for z in range(ZONES):
        inside = np.flatnonzero(zone == z)
        rows = np.sort(np.concatenate([inside * 2, inside * 2 + 1]))
        kinds.append(np.repeat(rows, len(inside)))
        communities.append(np.tile(inside, len(rows)))
        values.append(scores[np.ix_(rows, inside)].ravel())
    order = np.argsort(-np.concatenate(values), kind="stable")
    return np.concatenate(kinds)[order], np.concatenate(communities)[order]


def _refusals(
    movers: NDArray[np.int64],
    placed: NDArray[np.int64],
    stratum: NDArray[np.int64],
    acceptance: float,
    seed: int,
) -> NDArray[np.int64]:
    """Let some refuse; refusers draw lots among the refused homes of their stratum."""
    rng = np.random.default_rng(seed)
    refused = np.flatnonzero(rng.random(len(movers)) >= acceptance)
    final = placed.copy()
    for s in range(STRATA):
        at = refused[stratum[movers[refused]] == s]
        final[at] = placed[rng.permutation(at)]
    return final
