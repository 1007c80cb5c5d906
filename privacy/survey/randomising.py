"""Drawing a randomised answer from integers: what the page does in the browser, step for step."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from privacy.survey.mechanisms import KRR, Mechanism
from privacy.survey.memory import Report

Below = Callable[[int], int]
"""A source of randomness: `below(n)` is uniform on 0 … n − 1 (on a device: `secrets.randbelow`)."""


def randomise(mechanism: Mechanism, options: Sequence[str], truth: int, below: Below) -> Report:
    """Draw the report of a truth.

    Parameters
    ----------
    options
        Ids of the options, in the order of the design.
    truth
        Index of the true option.

    Returns
    -------
    Report
        One id (k-RR); the ids whose bit came out as 1, perhaps none (unary encoding).
    """
    if isinstance(mechanism, KRR):
        return options[_k_ary(mechanism, truth, below)]
    return tuple(
        option
        for i, option in enumerate(options)
        if below(mechanism.denominator) < (mechanism.truth if i == truth else mechanism.other)
    )


def _k_ary(mechanism: KRR, truth: int, below: Below) -> int:
    drawn = below(mechanism.denominator)
    if drawn < mechanism.truth:
        return truth
    other = (
        drawn - mechanism.truth
    ) // mechanism.other  # one of the k − 1 others, each `other` wide
    return other if other < truth else other + 1
