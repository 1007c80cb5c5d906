"""How the statistics of a plan are measured: what pricing decides, the worker draws and a release states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from privacy.accounting import Charge
from privacy.noise.half_widths import half_width, variance
from privacy.noise.measurements import NOISE, Distance, Measurement, Mechanism
from privacy.query.sensitivity import Sensitivity


@dataclass(frozen=True, slots=True)
class Choice:
    """What a noisy max chooses among, for a statistic of kind `values` or `contributions`.

    Parameters
    ----------
    candidates
        How many bins or values there are.
    level
        Of a quantile: the part of the rows that lies below it; None for the commonest values.
    most
        How many values are named.
    score
        What one person can change in any score, over all groups together (`scores.sensitivity_of_scores`).
    ends_scale, shift, confidence
        Of a quantile with an interval: the scale of the two further choices for its ends, how far their targets
        are moved, in rows × the level's denominator, and the coverage that the interval then has at least.
    """

    candidates: int
    score: int
    level: Fraction | None = None
    most: int = 0
    ends_scale: float = 0.0
    shift: int = 0
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Measured:
    """How one statistic is measured, and what OpenDP charges for it.

    `scale` and `threshold` as in `Measurement`. `epsilon` is the pure ε, 0 where the loss is zCDP's.
    """

    statistic: str
    mechanism: Mechanism
    scale: float
    sensitivity: Sensitivity
    charge: Charge
    distance: Distance
    threshold: int | None = None
    choice: Choice | None = None
    monotone: bool = False
    epsilon: Fraction = Fraction(0)

    def measurements(self) -> Iterator[Measurement]:
        """Yield what is drawn: one measurement, or three for a quantile with an interval."""
        choice = self.choice
        most = choice.most if choice and choice.most else 1
        nearest = choice is not None and choice.level is not None
        scales = [self.scale]
        if choice is not None and choice.shift:
            scales += [choice.ends_scale, choice.ends_scale]
        for scale in scales:
            yield Measurement(
                self.mechanism, scale, self.distance, self.threshold, most, self.monotone, nearest
            )

    @property
    def drawn_in_each(self) -> int:
        """How many integers are drawn upon in each group: one, or the candidates of each noisy maximum."""
        return sum(self.choice.candidates if self.choice else 1 for _ in self.measurements())

    def half_width(self, confidence: float) -> int | None:
        """Return the half-width of each of its integers; None where places are chosen.

        With a threshold it holds for every group before any is left out: of all groups at least `confidence` are
        covered or not shown. Of the groups shown alone it need not hold, for a small group is shown only
        where its noise is large.
        """
        noise = NOISE.get(self.mechanism)
        return None if noise is None else half_width(f"discrete_{noise}", self.scale, confidence)

    def variance(self) -> float | None:
        """Return the variance of the noise on each of its integers; None where places are chosen."""
        noise = NOISE.get(self.mechanism)
        return None if noise is None else variance(f"discrete_{noise}", self.scale)

    def canonical(self) -> list[Any]:
        """Return what makes the noise, as JSON; the statistic's name is not part of it."""
        s = self.sensitivity
        found: list[Any] = [self.mechanism, repr(self.scale), [s.l0, s.l1, s.l2_squared, s.linf]]
        found.append(self.threshold)
        if self.choice is not None:
            c = self.choice
            level = None if c.level is None else str(c.level)
            found.append([c.candidates, c.score, level, c.most])
            found.append([repr(c.ends_scale), c.shift, repr(c.confidence)] if c.shift else [])
        return found


@dataclass(frozen=True, slots=True)
class Priced:
    """What a plan costs: a measurement for each statistic, their charge, and the same loss as (ε, δ).

    `epsilon` is stated at `delta`, which covers the conversion from zCDP and thresholds. With pure ε, `delta` is
    that of thresholds alone, and 0 without one.
    """

    measured: tuple[Measured, ...]
    charge: Charge
    epsilon: float
    delta: float

    def of(self, statistic: str) -> Measured:
        """Return the measurement of a statistic."""
        return next(m for m in self.measured if m.statistic == statistic)

    def canonical(self) -> list[Any]:
        """Return what makes the noise, as JSON, the same for every order of the figures: part of the question's identity."""
        return sorted((m.canonical() for m in self.measured), key=repr)
