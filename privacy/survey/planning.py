"""How many answers a half-width needs, and what half-width a number of answers gives."""

from __future__ import annotations

from dataclasses import dataclass

from policies.errors import BadInput
from privacy.survey.intervals import share_interval
from privacy.survey.mechanisms import Mechanism, mechanism_for

MOST_ANSWERS = 10**9


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a plan is made for: k options, ε of one draw, the confidence of one share's interval."""

    options: int
    nano_epsilon: int
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if not 0 < self.confidence < 1:
            raise BadInput("lies between 0 and 1", where="--confidence", todo="for example 0.95")

    @property
    def mechanism(self) -> Mechanism:
        """The randomiser that the design would choose."""
        return mechanism_for(self.options, self.nano_epsilon)


def half_width_at(wanted: Wanted, answers: int) -> float:
    """Return half the interval of a share, before it is cut at 0 and 1, where it is widest.

    Taken at the expected count of the least favourable share: reported half of the time where some
    share leads to that, else f = 1.
    """
    p, q = float(wanted.mechanism.p), float(wanted.mechanism.q)
    count = round(answers * min(0.5, p))
    # p = 1, q = 0: the interval of the reported proportion itself
    low, high = share_interval(count, answers, 1.0, 0.0, wanted.confidence, "population")
    return (high - low) / 2 / (p - q)


def answers_for(wanted: Wanted, half_width: float) -> int:
    """Return the least number of answers in one cell whose half-width is at most what is wanted.

    Raises
    ------
    BadInput
        The half-width is not between 0 and ½, or needs more than a thousand million answers.
    """
    if not 0 < half_width <= 0.5:
        raise BadInput(
            "lies above 0 and at most 0.5", where="--half-width", todo="for example 0.05"
        )
    high = 1
    while half_width_at(wanted, high) > half_width:
        high *= 2
        if high > MOST_ANSWERS:
            raise BadInput(
                "needs more than a thousand million answers",
                where="--half-width",
                todo="a larger one, or more ε",
            )
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if half_width_at(wanted, middle) <= half_width else (middle, high)
    return high
