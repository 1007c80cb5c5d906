"""The gate: estimates meet the policy; which rules can be judged is settled by the inputs alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from policies.rulebook import Fact, Policy, Verdict, evaluate

if TYPE_CHECKING:
    from audit.inference import Estimate


def judge(
    policy: Policy,
    estimates: Mapping[str, Estimate | None],
    undefined: Mapping[str, str],
    inputs: Collection[str],
) -> Verdict:
    """Return the verdict of a policy on estimates."""
    facts = {
        name: _fact(name, e, policy, undefined.get(f"measures.{name}"))
        for name, e in estimates.items()
    }
    return evaluate(policy, facts, inputs)


def _fact(name: str, e: Estimate | None, policy: Policy, why: str | None) -> Fact:
    if e is None:
        return Fact(name, "", None, None, None, why or "undefined")
    return Fact(name, e.estimand, e.value, e.bounds(policy.z_pass), e.bounds(policy.z_fail))


def measure_json(policy: Policy, estimate: Estimate | None) -> dict[str, Any] | None:
    """Return a measure as reports show it: estimate, interval, null, margin; None where undefined."""
    if estimate is None:
        return None
    rule = next((r for r in policy.rules if r.measure == estimate.measure), None)
    low, high = estimate.bounds(policy.z_pass)
    return {
        "estimand": estimate.estimand,
        "estimate": estimate.value,
        "se": estimate.se,
        "degrees": estimate.degrees,
        "interval": None if estimate.se is None else [low, high],
        "null": {"sd": estimate.null_sd, **estimate.details},
        "margin": None if rule is None else rule.margin,
        "limit": None if rule is None else rule.limit,
    }


def estimate_from(measure: str, document: Mapping[str, Any]) -> Estimate:
    """Read back what `measure_json` wrote, to judge it by another policy."""
    from audit.inference import Estimate

    return Estimate(
        measure,
        document["estimand"],
        float(document["estimate"]),
        document["se"],
        document["degrees"],
        document["null"].get("sd"),
    )


def would_pass(
    policy: Policy, verdict: Verdict, estimates: Mapping[str, Estimate | None]
) -> list[dict[str, Any]]:
    """Return, for each rule that did not pass, the estimate at which its interval would fit.

    Nothing is promised: the width is that of this submission.
    """
    wanted = []
    for found in verdict.rules:
        estimate = estimates.get(found.rule.measure)
        if found.verdict in ("PASS", "NOT_APPLICABLE") or estimate is None:
            continue
        low, high = estimate.bounds(policy.z_pass)
        half = (high - low) / 2
        at_most = found.rule.sense == "at_most"
        line = found.rule.limit + (found.rule.margin if at_most else -found.rule.margin)
        wanted.append(
            {
                "rule": found.rule.id,
                "measure": found.rule.measure,
                "sense": found.rule.sense,
                "estimate": line - half if at_most else line + half,
                "found": estimate.value,
            }
        )
    return wanted
