"""One statistic and its share of the budget become a measurement: which mechanism, how much noise, what it costs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from policies.errors import BadInput
from privacy.accounting import NANO, Charge
from privacy.noise.measured import Choice, Measured
from privacy.noise.measurements import Distance, Measurement, Mechanism, l2
from privacy.noise.scales import least_scale, least_threshold
from privacy.noise.scores import sensitivity_of_scores
from privacy.query import Plan, Statistic

END_SHARE = Fraction(1, 3)
"""What each end of a quantile's interval takes of the statistic's share; the point has the rest.

On uniform and bell-shaped groups of 10³ to 10⁵ rows in 100 and 1,000 bins, 3/8 makes intervals 6% narrower and the
point's error 12 to 25% larger, 1/4 the point's error 10 to 30% smaller and intervals 15% wider.
"""
LARGEST_DISTANCE = 2**60
"""No sensitivity passes it: OpenDP's integers and its floats hold it with room."""


@dataclass(frozen=True, slots=True)
class Zcdp:
    """A budget in nano-ρ."""

    nano_rho: int

    def part(self, share: Fraction) -> Zcdp:
        """Return a part of it, rounded down."""
        return Zcdp(math.floor(self.nano_rho * share))

    @property
    def wanted(self) -> float:
        """√ρ: a loss with the dimension of 1/scale."""
        return math.sqrt(self.nano_rho / NANO)

    def lost(self, m: Measurement) -> float:
        """Return what a measurement loses, in units of `wanted`."""
        return math.sqrt(m.loss()[0])

    def keeps(self, m: Measurement) -> bool:
        """Whether what the ledger will be charged is within the budget."""
        return m.charge().nano_rho <= self.nano_rho


@dataclass(frozen=True, slots=True)
class Pure:
    """A budget in ε."""

    epsilon: Fraction

    def part(self, share: Fraction) -> Pure:
        """Return a part of it."""
        return Pure(self.epsilon * share)

    @property
    def wanted(self) -> float:
        """The budget ε."""
        return float(self.epsilon)

    def lost(self, m: Measurement) -> float:
        """Return the ε that a measurement loses."""
        return m.loss()[0]

    def keeps(self, m: Measurement) -> bool:
        """Whether OpenDP's ε is within the budget, compared exactly."""
        return Fraction(m.loss()[0]) <= self.epsilon


Budget = Zcdp | Pure


def measured(
    plan: Plan, s: Statistic, budget: Budget, of_thresholds: float, confidence: float
) -> Measured:
    """Find the measurement of a statistic with the least noise within its budget.

    Parameters
    ----------
    of_thresholds
        δ that the threshold of a vector that finds groups may take.
    confidence
        Of a quantile's interval.

    Raises
    ------
    BadInput
        No such measurement can be drawn or charged.
    """
    sensitivity = s.sensitivity
    if max(sensitivity.l1, math.isqrt(sensitivity.l2_squared)) >= LARGEST_DISTANCE:
        raise BadInput(
            "one person can change this figure by more than can be counted exactly",
            where="query",
            todo="clamp the values to narrower bounds, or lower the rows a person",
        )
    if s.kind in ("values", "contributions"):
        return _chosen(plan, s, budget, confidence)
    pure = isinstance(budget, Pure)
    plain: Mechanism = "discrete_laplace" if pure else "discrete_gaussian"
    distance = sensitivity.l1 if pure else l2(sensitivity.l2_squared)
    made = Measurement(plain, _scale(plain, distance, budget), distance)
    if s.finds_groups:
        made = _with_threshold(s, made, of_thresholds)
    return _result(s, [made], budget)


def loss_at(plan: Plan, s: Statistic, scale: float) -> Charge:
    """Return what Gaussian noise of a scale is charged for a statistic.

    Raises
    ------
    BadInput
        The statistic is not a vector with Gaussian noise.
    """
    if s.kind in ("values", "contributions") or plan.unknown_groups:
        raise BadInput(
            "is for counts and sums in groups that are known beforehand",
            where="--accuracy",
            todo="ask with --epsilon or --rho",
        )
    return Measurement("discrete_gaussian", scale, l2(s.sensitivity.l2_squared)).charge()


def _scale(
    mechanism: Mechanism, distance: Distance, budget: Budget, most: int = 1, monotone: bool = False
) -> float:
    return least_scale(
        lambda scale: Measurement(mechanism, scale, distance, most=most, monotone=monotone),
        budget.lost,
        budget.wanted,
        budget.keeps,
    )


def _with_threshold(s: Statistic, plain: Measurement, delta: float) -> Measurement:
    """Give the noise of a vector the least threshold that lets a person's own groups show with at most `delta`."""
    gaussian = plain.mechanism == "discrete_gaussian"
    mechanism: Mechanism = "gaussian_threshold" if gaussian else "laplace_threshold"
    across = plain.distance if isinstance(plain.distance, float) else s.sensitivity.l1
    distance = (s.sensitivity.l0, across, s.sensitivity.linf)
    threshold = least_threshold(
        lambda t: Measurement(mechanism, plain.scale, distance, t), s.sensitivity.linf, delta
    )
    return Measurement(mechanism, plain.scale, distance, threshold)


def _chosen(plan: Plan, s: Statistic, budget: Budget, confidence: float) -> Measured:
    pure = isinstance(budget, Pure)
    shared, rows = plan.bounds.shared, s.sensitivity.linf
    if s.level is None:
        return _commonest(s, budget, shared=shared)
    score = sensitivity_of_scores(s.level, rows, shared=shared, pure=pure)
    _check_scores(score)
    mechanism: Mechanism = "noisy_max_exponential" if pure else "noisy_max_gumbel"
    ends = s.kind == "values"
    candidates = len(s.grid) - 1 if ends else plan.bounds.stored
    for_point = budget.part(1 - 2 * END_SHARE) if ends else budget
    point = _scale(mechanism, score, for_point)
    choice = Choice(candidates, score, s.level)
    made = [Measurement(mechanism, point, score)]
    if ends:
        scale = _scale(mechanism, score, budget.part(END_SHARE))
        shift = shift_of_ends(mechanism, scale, candidates, confidence)
        choice = Choice(candidates, score, s.level, 0, scale, shift, confidence)
        made += [Measurement(mechanism, scale, score)] * 2
    return _result(s, made, budget, choice)


def _commonest(s: Statistic, budget: Budget, *, shared: bool) -> Measured:
    """Return the measurement of the commonest values.

    A person who comes moves the counts one way, in all by R rows: the map of monotone scores at R covers the groups of
    a table together, as for quantiles. A moved row raises one count and lowers another, in one group or two: the map of
    scores that move both ways, at R, where 2R in one group is the most that the spread of scores can change.
    """
    mechanism: Mechanism = "top_k_exponential" if isinstance(budget, Pure) else "top_k_gumbel"
    rows, most = s.sensitivity.linf, min(s.most, len(s.domain))
    _check_scores(rows)
    scale = _scale(mechanism, rows, budget, most, not shared)
    made = Measurement(mechanism, scale, rows, most=most, monotone=not shared)
    return _result(s, [made], budget, Choice(len(s.domain), rows, None, most))


def shift_of_ends(mechanism: Mechanism, scale: float, candidates: int, confidence: float) -> int:
    """Return how far the targets of an interval's ends are moved, so that both hold with `confidence`.

    Some bin has score 0. With Gumbel noise (the exponential mechanism, P ∝ exp(−score/scale)) a bin of score ≥ t is
    chosen with probability at most (m − 1)x / (1 + (m − 1)x), x = exp(−t/scale), m the candidates; with
    exponential noise one such bin beats a bin of score 0 with probability x/2, any with (m − 1)x/2
    at most. Each end may fail with half of 1 − confidence. An end whose score is below t, of a target moved by t,
    lies on its side of the quantile.
    """
    failing, others = (1 - confidence) / 2, max(1, candidates - 1)
    odds = others / (2 * failing)
    if mechanism == "noisy_max_gumbel":
        odds = others * (1 - failing) / failing
    shift = math.ceil(scale * math.log(odds) * (1 + 1e-12)) if odds > 1 else 0
    return max(1, shift)


def _check_scores(score: int) -> None:
    if score >= LARGEST_DISTANCE:
        raise BadInput(
            "one person can change the ranks by more than can be counted exactly",
            where="query",
            todo="write the level with fewer digits, or lower the rows a person",
        )


def _result(
    s: Statistic, made: list[Measurement], budget: Budget, choice: Choice | None = None
) -> Measured:
    charge = sum((m.charge() for m in made), Charge(0))
    pure = sum((Fraction(m.loss()[0]) for m in made), Fraction(0))
    first = made[0]
    return Measured(
        statistic=s.name,
        mechanism=first.mechanism,
        scale=first.scale,
        sensitivity=s.sensitivity,
        charge=charge,
        distance=first.distance,
        threshold=first.threshold,
        choice=choice,
        monotone=first.monotone,
        epsilon=pure if isinstance(budget, Pure) else Fraction(0),
    )
