"""What a device remembers: the guarantee over all waves, by exact enumeration of every draw and history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import pytest

from policies.errors import BadInput
from privacy.survey import KRR, Memory, MemoryRule, randomise
from privacy.survey.memory import Report

OPTIONS = ["a", "b", "c"]
MECHANISM = KRR(3, 3, 1)  # e^ε₀ = 3
Law = dict[tuple[Report, ...], Fraction]
RULES = [
    MemoryRule(),
    MemoryRule(max_changes=1),
    MemoryRule(max_changes=2),
    MemoryRule(renew=(1, 3)),
    MemoryRule(renew=(1, 2, 3, 4)),
]


def law(rule: MemoryRule, truths: tuple[str, ...], *, memoised: bool = True) -> Law:
    """The exact distribution of a device's reports for a history of truths."""
    found: Law = defaultdict(Fraction)
    draws = len(truths)
    for outcomes in product(range(MECHANISM.denominator), repeat=draws):
        source = iter(outcomes)
        memory, reports = Memory(), []
        for wave, truth in enumerate(truths, 1):
            index = OPTIONS.index(truth)

            def draw(index: int = index, source: Iterator[int] = source) -> Report:
                return randomise(MECHANISM, OPTIONS, index, lambda _n: next(source))

            if memoised:
                report, memory = memory.answer(rule, rule.slot(wave, truth), draw)
            else:
                report = draw()
            reports.append(report)
        found[tuple(reports)] += Fraction(1, MECHANISM.denominator**draws)
    assert sum(found.values()) == 1
    return found


def pattern(rule: MemoryRule, truths: tuple[str, ...]) -> tuple[int, ...]:
    """Which draw serves each wave, in order of first use."""
    memory, counter = Memory(), iter(range(99))
    served = []
    for wave, truth in enumerate(truths, 1):
        report, memory = memory.answer(rule, rule.slot(wave, truth), lambda: str(next(counter)))
        served.append(int(str(report)))
    return tuple(served)


@pytest.mark.parametrize("rule", RULES)
def test_no_two_histories_of_one_pattern_differ_by_more_than_the_lifetime_epsilon(
    rule: MemoryRule,
) -> None:
    most = MECHANISM.ratio**rule.draws
    histories = [h for h in product("abc", repeat=4) if h[0] in "ab"]
    laws = {h: law(rule, h) for h in histories}
    compared, reached = 0, Fraction(0)
    for x in histories:
        for y in histories:
            if not rule.unconditional and pattern(rule, x) != pattern(rule, y):
                continue
            assert set(laws[x]) == set(laws[y])
            ratio = max(laws[x][r] / laws[y][r] for r in laws[x])
            reached = max(reached, ratio)
            compared += 1
    assert compared > len(histories)
    assert reached <= most
    if rule.renew or rule.max_changes < 1:
        assert reached == most  # the claim is met exactly: it could not be smaller


def test_without_memory_the_lifetime_epsilon_is_passed() -> None:
    """The mutant: a fresh draw each wave."""
    rule = MemoryRule(max_changes=1)
    x, y = law(rule, ("a",) * 3, memoised=False), law(rule, ("b",) * 3, memoised=False)
    assert max(x[r] / y[r] for r in x) > MECHANISM.ratio**rule.draws


def test_that_an_answer_changed_may_show_and_is_said() -> None:
    rule = MemoryRule(max_changes=1)
    assert not rule.unconditional
    steady, changed = law(rule, ("a", "a")), law(rule, ("a", "b"))
    assert set(steady) < set(changed)
    assert all(MemoryRule(renew=r).unconditional for r in ((1,), (1, 5)))
    assert MemoryRule().unconditional


def test_an_unchanged_or_former_truth_is_the_same_answer_again() -> None:
    rule, memory = MemoryRule(max_changes=1), Memory()
    drawn = iter(["r1", "r2"])
    said = []
    for wave, truth in enumerate("aabaacb", 1):
        report, memory = memory.answer(rule, rule.slot(wave, truth), lambda: next(drawn))
        said.append(report)
    # c would be the third draw: the last answer stands in for it
    assert said == ["r1", "r1", "r2", "r1", "r1", "r1", "r2"]


def test_renewed_waves_remember_no_truth() -> None:
    rule = MemoryRule(renew=(1, 3))
    slots = {rule.slot(wave, truth) for wave in range(1, 6) for truth in "ab"}
    assert slots == {"wave 1", "wave 3"}


@pytest.mark.parametrize(
    "wrong",
    [{"renew": (2, 3)}, {"renew": (1, 1)}, {"renew": (1, 3, 2)}, {"max_changes": -1},
     {"max_changes": 64}, {"renew": (1, 2), "max_changes": 1}],
)  # fmt: skip
def test_a_rule_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        MemoryRule(**wrong)  # type: ignore[arg-type]
