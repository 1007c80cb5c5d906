"""The rulebook: policies read strictly, facts judged by them. The only evaluator."""

from policies.rulebook.evaluation import Fact, RuleVerdict, Verdict, evaluate
from policies.rulebook.policy import Policy, Rule, read_policy

__all__ = ["Fact", "Policy", "Rule", "RuleVerdict", "Verdict", "evaluate", "read_policy"]
