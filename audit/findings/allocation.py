"""All measures of an allocation: what the policy judges and what the report shows beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from audit.allocation import (
    LEAST_KEPT,
    allocation_rates,
    concentrated_before,
    contrast_kept,
    density_change,
    eta2_change,
    literal_density_change,
    quality_by_group,
    redrawn_share,
    sorting_excess,
    steering_gap,
    stock_change,
    without_strata,
)
from audit.counts import Counts
from audit.findings.forewarning import forewarning
from audit.findings.segregation import change_block, segregation_block
from audit.inference import Estimate

if TYPE_CHECKING:
    from audit.submission import Submission
    from policies.rulebook import Policy

LEAST_REDRAWN = 0.02
UNDEFINED = {
    "steering_gap": "a group was not placed, or the shares before the round are not given or do not vary",
    "sorting_excess": "a group was not placed",
    "stock_change": "there are no re-runs that vary, or a group is absent from the stock",
    "literal_density_change": "there are no re-runs that vary, or nobody of the group lived there before",
    "mixing_share": "there is no estates file, or nobody is planned for",
    "facility_reserve": "the estates file has no facility_space and facility_reserve",
}


@dataclass(frozen=True, slots=True)
class AllocationFindings:
    """What was measured of one submission.

    Parameters
    ----------
    estimates
        By measure; None where it is undefined (`undefined` says why).
    by_place
        Place, its migrant and all persons before and after: the chart's rows. Enclave only.
    """

    estimates: Mapping[str, Estimate | None]
    undefined: Mapping[str, str]
    segregation: Mapping[str, Any]
    rates: Mapping[str, Any]
    quality: Mapping[str, Any]
    waiting: Mapping[str, Any]
    by_place: tuple[Mapping[str, Any], ...]
    forewarning: tuple[Mapping[str, Any], ...]


def allocation_findings(submission: Submission, policy: Policy, seed: int) -> AllocationFindings:
    """Measure a submission. `seed` makes the redraws repeatable; it does not move a verdict's bound."""
    rng = np.random.default_rng(seed)
    estimates, undefined = _estimates(submission, rng)
    segregation = _segregation(submission, rng)
    units = submission.units
    waiting = {
        str(g): {e: int((rows["event"] == e).sum()) for e in ("housed", "left", "waiting")}
        for g, rows in submission.moves.groupby("group")
    }
    return AllocationFindings(
        estimates=estimates,
        undefined=undefined,
        segregation=segregation,
        rates=allocation_rates(submission.moves),
        quality={} if units is None else quality_by_group(submission.moves, units),
        waiting=waiting,
        by_place=_by_place(submission),
        forewarning=forewarning(policy, submission.placements),
    )


def _estimates(
    s: Submission, rng: np.random.Generator
) -> tuple[dict[str, Estimate | None], dict[str, str]]:
    """Return every measure, and for those that are undefined why."""
    few = s.groups.index(s.minority)
    runs_before, runs_after = s.before[1:], s.after[1:]
    found = {
        "steering_gap": _varying(steering_gap(s.placements)),
        "sorting_excess": sorting_excess(s.placements, rng),
        "stock_change": _varying(stock_change(runs_before, runs_after, few)),
        "literal_density_change": _varying(literal_density_change(runs_before, runs_after, few)),
        "mixing_share": _mixing(s),
        "facility_reserve": _reserve(s),
    }
    why = {f"measures.{name}": UNDEFINED[name] for name, e in found.items() if e is None}
    kept = contrast_kept(s.placements)
    across = steering_gap([without_strata(p) for p in s.placements if p.homes])
    beside = {"contrast_kept": kept, "gap_across_strata": across.value if across else None}
    for name in ("steering_gap", "sorting_excess"):
        e = found[name]
        if e is not None and kept < LEAST_KEPT:
            found[name] = None
            why[f"measures.{name}"] = "the strata leave too little that a lottery could exchange"
        elif e is not None:
            found[name] = replace(e, details={**e.details, **beside})
    if redrawn_share(runs_before, runs_after) < LEAST_REDRAWN:
        for name in ("stock_change", "literal_density_change"):
            if found[name] is not None:
                found[name] = None
                why[f"measures.{name}"] = "the re-runs hardly differ: no cohort was drawn anew"
    for name, of_run in (("stock_change", eta2_change), ("literal_density_change", density_change)):
        e = found[name]
        if e is not None and not _foretold(e, of_run(s.before[0], s.after[0], few)):
            found[name] = None
            why[f"measures.{name}"] = "run 0 lies outside what the re-runs predict"
    return found, why


def _varying(e: Estimate | None) -> Estimate | None:
    """Return None for an estimate without variation: re-runs copied, or shares all the same."""
    return e if e is not None and e.se is not None and e.se > 1e-12 else None


def _foretold(e: Estimate, run_0: float | None) -> bool:
    """Tell whether the city as it is lies within ±4 standard errors of prediction of the re-runs."""
    low, high = e.bounds(4.0)
    return run_0 is not None and low <= run_0 <= high


def _mixing(s: Submission) -> Estimate | None:
    """Smaller group's planned share over the whole programme (plan §4.1), a census."""
    if s.estates is None or not int(s.estates["planned"].sum()):
        return None
    planned = s.estates["planned"]
    few = int(planned[s.estates["group"] == s.minority].sum())
    share = min(few, int(planned.sum()) - few) / int(planned.sum())
    return Estimate("mixing_share", "this_allocation", share)


def _reserve(s: Submission) -> Estimate | None:
    """Share of the space for public facilities kept in reserve (plan §4.1), a census."""
    if s.estates is None or not {"facility_space", "facility_reserve"} <= set(s.estates):
        return None
    estates = s.estates.drop_duplicates("estate")
    space = float(estates["facility_space"].sum())
    if space <= 0:
        return None
    return Estimate(
        "facility_reserve", "this_allocation", float(estates["facility_reserve"].sum()) / space
    )


def _segregation(s: Submission, rng: np.random.Generator) -> dict[str, Any]:
    """The whole stock before and after (run 0), and the judged round's placed households."""
    judged = s.placements[0]
    few, total = judged.persons_by_community()
    groups = (s.minority, "others")
    placed = segregation_block(
        Counts(np.column_stack([few, total - few]), s.places, groups), s.minority, rng, judged
    )
    before, after = s.stock("before"), s.stock("after")
    if before is None or after is None:
        return {"before": None, "after": None, "change": None, "placed": placed}
    first = segregation_block(before, s.minority, rng)
    last = segregation_block(after, s.minority, rng)
    return {
        "before": first,
        "after": last,
        "change": change_block(first, last),
        "placed": placed,
    }


def _by_place(s: Submission) -> tuple[dict[str, Any], ...]:
    before, after = s.stock("before"), s.stock("after")
    if before is None or after is None:
        return ()
    few = s.groups.index(s.minority)
    top = concentrated_before(before.table, few)
    return tuple(
        {
            "place": place,
            "before": [int(before.table[i, few]), int(before.table[i].sum())],
            "after": [int(after.table[i, few]), int(after.table[i].sum())],
            "concentrated_before": bool(top[i]),
        }
        for i, place in enumerate(s.places)
    )
