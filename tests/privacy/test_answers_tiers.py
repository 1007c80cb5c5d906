"""Answers by tiers add up, cover, and come in any order of keys; quantiles and names follow what was chosen."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest

from privacy.answers import layout_of
from privacy.answers.figures import column_of
from privacy.answers.known_noise import Noise
from privacy.answers.layout import Figure
from privacy.answers.noisy import Noisy
from privacy.noise import Ask, price
from privacy.query import Bounds, Plan
from privacy.release import Release, answer, body_of
from privacy.tiers import leaf_sums, tree_of
from tests.privacy.answered import COUNT, DELTA, MEAN, STATUSES, key, plan, released

_PLACES = [f"44030{d}{s:03d}{c:03d}" for d in (3, 4) for s in (1, 2, 3) for c in (1, 2, 3, 4)]
CODES = (*_PLACES, "unknown")
TIERS = ("district", "street", "community")
PLACE = key("place", CODES, origin="tiers", tiers=TIERS)
STATUS = key("status", STATUSES)
TREE = tree_of(CODES)
PERSONS = np.random.default_rng(5).poisson(6, (len(STATUSES), len(CODES)))


def _exact(of: Plan, leaves: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Statistics at every tier, by name, of leaves (statuses, communities) by kind."""
    from privacy.query import statistics_of

    found = {}
    for s in statistics_of(of):
        sums = leaf_sums(TREE, np.ascontiguousarray(leaves[s.kind].T))
        found[s.name] = sums[TIERS.index(s.tier)].T.reshape(-1)
    return found


def _release(of: Plan, seed: int, ask: Ask | None = None) -> Release:
    leaves = {"rows": PERSONS, "sum": PERSONS * -40, "persons": PERSONS}
    return released(of, _exact(of, leaves), ask or Ask(rho=0.2), seed)


def _children(rows: list[list[object]], status: object, code: str) -> int:
    return sum(
        int(str(n)) for s, tier, place, n in rows
        if s == status and tier == "community" and str(place).startswith(code)
    )  # fmt: skip


def test_consistent_figures_add_up_exactly_over_three_tiers() -> None:
    seen = answer(_release(plan(COUNT, keys=(STATUS, PLACE)), 1), 0.95)
    assert seen["columns"] == ["status", "tier", "place", "n"]
    assert seen["rows_are"] == "consistent"
    assert len(seen["rows"]) == 2 * (3 + 7 + 25)
    for status, _, code, n in seen["rows"]:
        assert isinstance(n, int)
        assert n >= 0
        assert n == _children(seen["rows"], status, code)
    unadjusted = answer(_release(plan(COUNT, keys=(STATUS, PLACE)), 1), 0.95, prefer="unbiased")
    assert unadjusted["rows"] == seen["unbiased"]
    assert any(row[3] < 0 or row[3] != int(row[3]) for row in unadjusted["rows"])


def test_another_order_of_keys_gives_the_same_figures_by_tiers() -> None:
    release = Release.from_json(json.loads(body_of(_release(plan(COUNT, keys=(STATUS, PLACE)), 2))))
    first = answer(release, 0.95)
    turned = answer(release, 0.95, (), layout_of(plan(COUNT, keys=(PLACE, STATUS))))
    assert turned["columns"] == ["tier", "place", "status", "n"]
    assert {(p, s): n for _, p, s, n in turned["rows"]} == {
        (p, s): n for s, _, p, n in first["rows"]
    }


@pytest.mark.parametrize("ask", [Ask(rho=0.2), Ask(pure_epsilon=1.0)])
@pytest.mark.parametrize("rows_are", ["unbiased", "consistent"])
def test_intervals_by_tiers_cover(ask: Ask, rows_are: str) -> None:
    of = plan(COUNT, MEAN, keys=(STATUS, PLACE))
    leaves = {"rows": PERSONS, "sum": PERSONS * -40}
    exact = _exact(of, leaves)
    priced = price(of, ask, DELTA)
    sizes = [exact[f"s0@{t}"] for t in TIERS]
    truth = np.concatenate(sizes)
    covered, means, defined = 0, 0, 0
    rng = np.random.default_rng(3)
    runs = 250
    release = _release(of, 0, ask)
    for _ in range(runs):
        for s, m in zip(release.statistics, priced.measured, strict=True):
            noise = rng.normal(0, m.scale, s.values.shape)
            if ask.pure_epsilon:
                noise = rng.laplace(0, m.scale, s.values.shape)
            s.values[:] = exact[m.statistic] + np.rint(noise).astype(np.int64)
        seen = answer(release, 0.9, prefer=rows_are)  # type: ignore[arg-type]
        by_tier = {t: [] for t in TIERS}  # type: ignore[var-annotated]
        for row, error, interval in zip(
            seen["rows"], seen["errors"], seen["intervals"], strict=True
        ):
            by_tier[row[1]].append((row, error, interval))
        flat = [cell for t in TIERS for cell in by_tier[t]]
        for (row, error, interval), true in zip(flat, truth.tolist(), strict=True):
            covered += abs(row[3] - true) <= error[3] and interval[3][0] <= true <= interval[3][1]
            if interval[4] is not None and true > 0:
                defined += 1
                means += interval[4][0] <= 40 <= interval[4][1]
    cells = runs * len(truth)
    assert cells > 10_000
    # cells of one run share noise: four standard errors as if only a tenth of them were independent
    assert covered / cells >= 0.9 - 4 * np.sqrt(0.09 / (cells / 10))
    assert means / defined >= 0.9 - 4 * np.sqrt(0.09 / (defined / 10))


def test_persons_who_may_stand_in_several_places_do_not_add_up() -> None:
    from privacy.query import Aggregate

    people = Aggregate("persons", "n")
    of = plan(people, keys=(STATUS, PLACE), bounds=Bounds(1, 3, 3, 3))
    seen = answer(_release(of, 4), 0.95, prefer="unbiased")
    assert all(isinstance(row[3], int) for row in seen["rows"])  # as measured, tier by tier
    one = answer(_release(plan(people, keys=(STATUS, PLACE)), 4), 0.95, prefer="unbiased")
    assert any(row[3] != int(row[3]) for row in one["rows"])


def _quantile(places: list[list[int]], confidence: float, wanted: float) -> object:
    figure = Figure(
        "quantile", "q", ("s",), grid=(0, 10, 20, 50), level=Fraction(1, 2), low=0, high=50
    )
    drawn = Noisy(np.array(places), Noise("noisy_max_gumbel", 3.0), confidence)
    return column_of(figure, {"s": drawn}, wanted)


def test_a_quantile_lies_in_its_bin_and_its_interval_runs_from_first_to_last_bin() -> None:
    column = _quantile([[1, 0, 2], [2, 2, 2]], 0.95, 0.95)
    assert column.values.tolist() == [14.5, 35.0]  # type: ignore[attr-defined]
    assert column.low.tolist() == [0, 20]  # type: ignore[attr-defined]
    assert column.high.tolist() == [50, 50]  # type: ignore[attr-defined]


def test_a_quantile_has_no_interval_at_a_larger_confidence_than_its_ends_were_drawn_for() -> None:
    from privacy.answers.columns import errors_of, intervals_of

    column = _quantile([[1, 0, 2]], 0.95, 0.99)
    assert intervals_of(column) == [None]  # type: ignore[arg-type]
    errors, reasons = errors_of(column, False)  # type: ignore[arg-type]
    assert errors == [None]
    assert list(reasons) == [0]
    assert intervals_of(_quantile([[1, 0, 2]], 0.95, 0.9)) == [[0.0, 50.0]]  # type: ignore[arg-type]


def test_the_commonest_values_are_named_best_first() -> None:
    figure = Figure("top", "t", ("s",), domain=("a", "b", "c"), most=2)
    drawn = Noisy(np.array([[2, 0], [1, 2]]), Noise("top_k_gumbel", 3.0))
    column = column_of(figure, {"s": drawn}, 0.95)
    assert list(column.values) == [["c", "a"], ["b", "c"]]
