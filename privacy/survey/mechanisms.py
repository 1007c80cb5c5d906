"""Local randomisers whose probabilities are exact rationals, and which of them has the least variance.

k-ary randomized response: Warner 1965; Kairouz, Bonawitz & Ramage 2016, eq. 4. Unary encoding, symmetric
and optimised: Wang, Blocki, Li & Jha 2017 (USENIX Security), §4.3. This is the named exception to drawing all
noise with OpenDP: the draw happens on a person's own device, from integers below a denominator of at most 2³².
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal, localcontext
from fractions import Fraction
from typing import Any, ClassVar

from policies.errors import BadInput

NANO = 10**9
LARGEST_DENOMINATOR = 2**32
MOST_OPTIONS = 64
LEAST_NANO_EPSILON = NANO // 100
MOST_NANO_EPSILON = 10 * NANO
_DIGITS = 60
_SLACK = Decimal(10) ** -50
"""e^ε is rounded at 60 digits; what is compared with it keeps 50 digits away, on the safe side."""


@dataclass(frozen=True, slots=True)
class KRR:
    """k-ary randomized response: the truth with probability p = truth / D, each other option with q = other / D.

    Parameters
    ----------
    options
        k, from 2 to 64.
    truth, other
        Numerators; the denominator D = truth + (k − 1) · other is at most 2³².
    """

    options: int
    truth: int
    other: int
    kind: ClassVar[str] = "krr"

    def __post_init__(self) -> None:
        _check(self.options, self.truth, self.other, self.denominator)

    @property
    def denominator(self) -> int:
        """D, the number of equally likely integers that one draw is made from."""
        return self.truth + (self.options - 1) * self.other

    @property
    def p(self) -> Fraction:
        """Probability that the true option is reported."""
        return Fraction(self.truth, self.denominator)

    @property
    def q(self) -> Fraction:
        """Probability that one given other option is reported."""
        return Fraction(self.other, self.denominator)

    @property
    def ratio(self) -> Fraction:
        """The largest ratio of the probabilities of one report under two truths: p / q."""
        return Fraction(self.truth, self.other)

    def as_json(self) -> dict[str, Any]:
        """Return what a device needs to draw."""
        return {
            "kind": self.kind, "name": "k-ary randomized response", "denominator": self.denominator,
            "truth": self.truth, "other": self.other,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unary:
    """Unary encoding: of k bits, the true one is sent as 1 with p = truth / D, each other with q = other / D."""

    options: int
    truth: int
    other: int
    denominator: int = LARGEST_DENOMINATOR
    kind: ClassVar[str] = "unary"

    def __post_init__(self) -> None:
        _check(self.options, self.truth, self.other, self.denominator)

    @property
    def p(self) -> Fraction:
        """Probability that the true option's bit is 1."""
        return Fraction(self.truth, self.denominator)

    @property
    def q(self) -> Fraction:
        """Probability that one given other option's bit is 1."""
        return Fraction(self.other, self.denominator)

    @property
    def ratio(self) -> Fraction:
        """The largest ratio of the probabilities of one report under two truths.

        Two truths differ in two bits: p (1 − q) / (q (1 − p)) (Wang et al. 2017, eq. 6).
        """
        return self.p * (1 - self.q) / (self.q * (1 - self.p))

    def as_json(self) -> dict[str, Any]:
        """Return what a device needs to draw."""
        optimised = 2 * self.truth == self.denominator
        return {
            "kind": self.kind, "name": f"{'optimised' if optimised else 'symmetric'} unary encoding",
            "denominator": self.denominator, "truth": self.truth, "other": self.other,
        }  # fmt: skip


Mechanism = KRR | Unary


def _check(options: int, truth: int, other: int, denominator: int) -> None:
    if not 2 <= options <= MOST_OPTIONS:
        raise BadInput(f"has from 2 to {MOST_OPTIONS} options", where="options")
    if not 0 < other < truth < denominator <= LARGEST_DENOMINATOR:
        raise BadInput(
            "is not a randomiser: 0 < other < truth < denominator ≤ 2³²", where="mechanism"
        )


def k_ary(options: int, nano_epsilon: int) -> KRR:
    """Return k-RR with the largest p / q that keeps within ε and a denominator of at most 2³²."""
    odds = _odds(nano_epsilon)
    with localcontext(Context(prec=_DIGITS)):
        other = int(LARGEST_DENOMINATOR / (odds + options - 1))
        return KRR(options, int(other * odds), other)


def optimised_unary(options: int, nano_epsilon: int) -> Unary:
    """Return OUE: p = ½ and the least q that keeps within ε, about 1 / (e^ε + 1)."""
    with localcontext(Context(prec=_DIGITS)):
        share = LARGEST_DENOMINATOR / (_odds(nano_epsilon) + 1)
        other = int(share.to_integral_value(ROUND_CEILING))
    return Unary(options, LARGEST_DENOMINATOR // 2, other)


def symmetric_unary(options: int, nano_epsilon: int) -> Unary:
    """Return SUE: 1 − q = p, the largest that keeps within ε, about e^(ε/2) / (e^(ε/2) + 1)."""
    with localcontext(Context(prec=_DIGITS)):
        root = _odds(nano_epsilon).sqrt() * (1 - _SLACK)
        truth = int(LARGEST_DENOMINATOR * root / (1 + root))
    return Unary(options, truth, LARGEST_DENOMINATOR - truth)


def mechanism_for(options: int, nano_epsilon: int, *, single: bool = False) -> Mechanism:
    """Return the randomiser with the least total variance at this ε and number of options.

    Parameters
    ----------
    single
        Only one that reports a single option (k-RR).

    Raises
    ------
    BadInput
        The number of options or ε is out of range (2 to 64; ε from 0.01 to 10 a draw).
    """
    if not 2 <= options <= MOST_OPTIONS:
        raise BadInput(f"has from 2 to {MOST_OPTIONS} options", where="options")
    if not LEAST_NANO_EPSILON <= nano_epsilon <= MOST_NANO_EPSILON:
        raise BadInput(
            "ε of one draw lies between 0.01 and 10",
            where="epsilon",
            todo="fewer questions or draws share a small ε; above 10 nobody is protected",
        )
    made: list[Mechanism] = [k_ary(options, nano_epsilon)]
    if not single:
        made += [optimised_unary(options, nano_epsilon), symmetric_unary(options, nano_epsilon)]
    return min(made, key=total_variance)


def total_variance(mechanism: Mechanism) -> Fraction:
    """Return n times the sum over the options of the variance of the unbiased shares, given the truths.

    A count is a sum of independent bits, so n · Var(f̂) = (f p (1 − p) + (1 − f) q (1 − q)) / (p − q)²
    (Wang et al. 2017, eq. 3); summed over options with Σ f = 1 it does not depend on the shares.
    """
    p, q = mechanism.p, mechanism.q
    return (p * (1 - p) + (mechanism.options - 1) * q * (1 - q)) / (p - q) ** 2


def keeps_within(mechanism: Mechanism, nano_epsilon: int) -> bool:
    """Return whether the exact ratio of probabilities is at most e^ε."""
    ratio = mechanism.ratio
    with localcontext(Context(prec=_DIGITS)):
        return Decimal(ratio.numerator) <= Decimal(ratio.denominator) * _odds(nano_epsilon)


def true_epsilon(mechanism: Mechanism) -> Decimal:
    """Return ln of the exact ratio, the ε that the rationals have, to 30 digits."""
    ratio = mechanism.ratio
    with localcontext(Context(prec=_DIGITS)):
        found = (Decimal(ratio.numerator) / Decimal(ratio.denominator)).ln()
        return found.quantize(Decimal(10) ** -30, rounding=ROUND_CEILING)


def _odds(nano_epsilon: int) -> Decimal:
    """Return e^ε to 60 digits, a hair below."""
    with localcontext(Context(prec=_DIGITS)):
        return (Decimal(nano_epsilon) / NANO).exp() * (1 - _SLACK)
