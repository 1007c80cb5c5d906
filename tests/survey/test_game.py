"""The two-dataset game: what samples prove about ε never passes the claim, and mutants are caught.

Each test errs with a probability of at most 1e-6 (Clopper & Pearson at 5e-7 a side). Power: 4 × 10⁵ draws a side
bound ln(p / q) to about ± 0.015 at ε = 1, so a randomiser whose ε is 5% too large is caught all but surely.
"""

from __future__ import annotations

import math
import secrets
from collections import Counter
from collections.abc import Callable, Hashable

import numpy as np
import pytest
from scipy.stats import beta, chisquare

from privacy.survey import KRR, Memory, MemoryRule, Report, mechanism_for, randomise
from privacy.survey.mechanisms import k_ary, optimised_unary

NANO = 10**9
DRAWS = 400_000
ERROR = 1e-6
Sampler = Callable[[], Hashable]


def proven(one: Sampler, other: Sampler, draws: int = DRAWS) -> float:
    """A lower bound on ε that holds but with probability ERROR: the event is chosen on other draws."""
    first = Counter(one() for _ in range(draws // 4)), Counter(other() for _ in range(draws // 4))
    events = set(first[0]) | set(first[1])
    best = max(events, key=lambda e: (first[0][e] + 0.5) / (first[1][e] + 0.5))
    hits = [sum(s() == best for _ in range(draws)) for s in (one, other)]
    low = beta.ppf(ERROR / 2, hits[0], draws - hits[0] + 1) if hits[0] else 0.0
    high = beta.isf(ERROR / 2, hits[1] + 1, draws - hits[1])
    return math.log(low / high) if low > 0 else -math.inf


def sampler(mechanism: object, truth: int, below: Callable[[int], int]) -> Sampler:
    options = [f"o{i}" for i in range(mechanism.options)]  # type: ignore[attr-defined]
    return lambda: randomise(mechanism, options, truth, below)  # type: ignore[arg-type]


@pytest.mark.parametrize("make", [lambda: k_ary(2, NANO), lambda: k_ary(5, NANO)])
def test_k_rr_keeps_its_claim_with_the_device_s_own_randomness(make: Callable[[], KRR]) -> None:
    made = make()
    found = proven(*(sampler(made, t, secrets.randbelow) for t in (0, 1)))
    assert 0.95 < found <= 1.0


def test_unary_encoding_keeps_its_claim() -> None:
    made = optimised_unary(4, NANO)
    found = proven(*(sampler(made, t, secrets.randbelow) for t in (0, 1)), draws=200_000)
    assert 0.8 < found <= 1.0


def test_a_randomiser_five_in_a_hundred_too_open_is_caught() -> None:
    rng = np.random.default_rng(7)
    made = k_ary(2, NANO * 105 // 100)
    found = proven(*(sampler(made, t, lambda n: int(rng.integers(n))) for t in (0, 1)))
    assert found > 1.0


def test_a_source_that_starts_anew_with_its_seed_is_caught() -> None:
    made = k_ary(2, NANO)

    def reused(n: int) -> int:
        return int(np.random.default_rng(7).integers(n))

    assert proven(*(sampler(made, t, reused) for t in (0, 1)), draws=2_000) > 1.0


def test_one_draw_used_for_two_questions_is_caught() -> None:
    made, rng = k_ary(2, NANO), np.random.default_rng(7)
    options = ["a", "b"]

    def both(truths: tuple[int, int], *, shared: bool) -> Sampler:
        def answer() -> Hashable:
            drawn = int(rng.integers(made.denominator))
            reports: list[Report] = []
            for truth in truths:
                value = drawn if shared else int(rng.integers(made.denominator))
                reports.append(randomise(made, options, truth, lambda _n, v=value: v))
            return tuple(reports)

        return answer

    def tried(*, shared: bool) -> float:
        return proven(both((0, 1), shared=shared), both((0, 0), shared=shared), draws=20_000)

    assert tried(shared=True) > 2.0
    assert tried(shared=False) <= 2.0


def test_a_device_without_memory_is_caught_over_the_waves() -> None:
    rng, rule = np.random.default_rng(7), MemoryRule(max_changes=1)
    made = k_ary(2, NANO // rule.draws)  # the lifetime ε is 1

    def history(truth: int, *, memoised: bool) -> Sampler:
        draw = sampler(made, truth, lambda n: int(rng.integers(n)))

        def waves() -> Hashable:
            memory, reports = Memory(), []
            for wave in range(1, 7):
                slot = rule.slot(wave, str(truth))
                report, memory = memory.answer(rule, slot, draw)  # type: ignore[arg-type]
                reports.append(report if memoised else draw())
            return tuple(reports)

        return waves

    def tried(*, memoised: bool) -> float:
        return proven(history(0, memoised=memoised), history(1, memoised=memoised), draws=20_000)

    assert tried(memoised=False) > 1.0
    assert tried(memoised=True) <= 1.0


def test_draws_have_the_published_distribution() -> None:
    made = mechanism_for(5, NANO)
    options = [f"o{i}" for i in range(5)]
    drawn = Counter(randomise(made, options, 2, secrets.randbelow) for _ in range(100_000))
    expected = [100_000 * float(made.p if i == 2 else made.q) for i in range(5)]
    assert chisquare([drawn[o] for o in options], expected).pvalue > ERROR
