"""Facts × rules → verdict. Three values, on intervals and not on points."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from policies.rulebook.policy import Policy, Rule

Word = Literal["PASS", "FAIL", "INSUFFICIENT", "NOT_APPLICABLE"]


@dataclass(frozen=True, slots=True)
class Fact:
    """What was found of a measure, with its bounds at the policy's two quantiles.

    Parameters
    ----------
    interval
        Bounds at z_pass (pointwise); equal to the estimate for a census.
    simultaneous
        Bounds at z_fail (over the declared family).
    undefined
        Why there is no estimate; then the others are None.
    """

    measure: str
    estimand: str
    estimate: float | None
    interval: tuple[float, float] | None
    simultaneous: tuple[float, float] | None
    undefined: str | None = None


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """The verdict on one rule, with what it rests on."""

    rule: Rule
    verdict: Word
    fact: Fact | None
    reason_en: str
    reason_zh: str

    def as_json(self) -> dict[str, Any]:
        """Return the rule's verdict in the shape that reports share."""
        fact = self.fact
        return {
            "id": self.rule.id,
            "measure": self.rule.measure,
            "verdict": self.verdict,
            "estimand": self.rule.estimand,
            "estimate": fact.estimate if fact else None,
            "interval": list(fact.interval) if fact and fact.interval else None,
            "limit": self.rule.limit,
            "margin": self.rule.margin,
            "sense": self.rule.sense,
            "source": self.rule.source,
            "reason": self.reason_en,
            "reason_zh": self.reason_zh,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict of a policy: FAIL if any rule fails, else INSUFFICIENT if any is, else PASS."""

    policy: Policy
    rules: tuple[RuleVerdict, ...]

    @property
    def word(self) -> Word:
        """Return the overall word; a policy of which no rule applied is INSUFFICIENT."""
        words = {r.verdict for r in self.rules}
        if "FAIL" in words:
            return "FAIL"
        return "INSUFFICIENT" if "INSUFFICIENT" in words or "PASS" not in words else "PASS"

    def as_json(self) -> dict[str, Any]:
        """Return the verdict in the shape that reports share."""
        return {
            "verdict": self.word,
            "policy": {
                "id": self.policy.id,
                "version": self.policy.version,
                "digest": self.policy.digest,
                "title": dict(self.policy.title),
            },
            "rules": [r.as_json() for r in self.rules],
        }


def evaluate(policy: Policy, facts: Mapping[str, Fact], inputs: Collection[str]) -> Verdict:
    """Judge facts by a policy.

    Parameters
    ----------
    facts
        By measure.
    inputs
        Names of the inputs that were handed in. Which rules can be judged is settled by these
        alone, before any figure is looked at.
    """
    return Verdict(
        policy, tuple(_judge(policy, r, facts.get(r.measure), inputs) for r in policy.rules)
    )


def _judge(policy: Policy, rule: Rule, fact: Fact | None, inputs: Collection[str]) -> RuleVerdict:
    absent = rule.not_applicable_without
    if absent is not None and absent not in inputs:
        return RuleVerdict(
            rule, "NOT_APPLICABLE", None,
            f"there is no {absent} file: the policy foresees this",
            f"未提供 {absent} 文件：政策允许此种情形",
        )  # fmt: skip
    missing = [name for name in (*policy.requires, *rule.requires) if name not in inputs]
    if missing:
        names = ", ".join(dict.fromkeys(missing))
        return RuleVerdict(
            rule,
            "INSUFFICIENT",
            None,
            f"required input missing: {names}",
            f"缺少必需的输入：{names}",
        )
    if fact is None or fact.estimate is None or fact.interval is None or fact.simultaneous is None:
        why = fact.undefined if fact and fact.undefined else "the measure was not reported"
        return RuleVerdict(rule, "INSUFFICIENT", fact, f"undefined: {why}", f"无法定义：{why}")
    if fact.estimand != rule.estimand:
        return RuleVerdict(
            rule, "INSUFFICIENT", fact,
            f"measured for {fact.estimand}, the rule speaks of {rule.estimand}",
            f"所测对象为 {fact.estimand}，规则针对 {rule.estimand}",
        )  # fmt: skip
    return _weigh(rule, fact, fact.interval, fact.simultaneous)


def _weigh(
    rule: Rule, fact: Fact, interval: tuple[float, float], simultaneous: tuple[float, float]
) -> RuleVerdict:
    if rule.sense == "at_most":
        line = rule.limit + rule.margin
        passes, fails = interval[1] <= line, simultaneous[0] > line
    else:
        line = rule.limit - rule.margin
        passes, fails = interval[0] >= line, simultaneous[1] < line
    if fails:  # the stricter bound decides a FAIL; it can never hold together with a PASS
        return RuleVerdict(
            rule, "FAIL", fact,
            "the whole interval, widened for all rules judged together, lies beyond the limit",
            "经多重比较校正后的整个区间都超出限值",
        )  # fmt: skip
    if passes:
        return RuleVerdict(
            rule, "PASS", fact, "the whole interval lies within the limit", "整个区间都在限值之内"
        )
    return RuleVerdict(
        rule, "INSUFFICIENT", fact,
        "the interval reaches across the limit: the evidence does not decide",
        "区间跨越限值：证据不足以判断",
    )  # fmt: skip
