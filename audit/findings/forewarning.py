"""Said before anything is measured: whether this many homes can decide the policy's rules at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from audit.allocation import steering_gap

if TYPE_CHECKING:
    from audit.allocation import Placements
    from policies.rulebook import Policy

FEWEST_SDS_ONE_RULE, FEWEST_SDS_FAMILY = 2.8, 3.9
"""Least margin in null standard deviations that decides 80% of the time: 1.96 + .84, and 2.73 + .84 + slack."""


def forewarning(policy: Policy, rounds: Sequence[Placements]) -> tuple[dict[str, Any], ...]:
    """Return, for each rule on steering, margin over the lottery's standard deviation.

    Only sizes, shares before and capacities enter: nothing of who was placed where. Where the
    ratio is too small the verdict is likely to be INSUFFICIENT whatever the algorithm does, and
    pooling rounds is the remedy.
    """
    needed = FEWEST_SDS_ONE_RULE if policy.family == 1 else FEWEST_SDS_FAMILY
    found = []
    for rule in policy.rules:
        if rule.measure != "steering_gap":
            continue
        estimate = steering_gap(rounds)
        sd = None if estimate is None else estimate.null_sd
        ratio = rule.margin / sd if sd else None
        rounds_needed = (
            None
            if ratio is None or ratio == 0
            else int(np.ceil(len(rounds) * (needed / ratio) ** 2))
        )
        found.append(
            {
                "rule": rule.id,
                "margin_over_sd": ratio,
                "needed": needed,
                "enough": ratio is not None and ratio >= needed,
                "rounds_needed": rounds_needed,
            }
        )
    return tuple(found)
