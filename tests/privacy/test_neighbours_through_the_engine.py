"""Neighbouring tables counted by the real engine: nothing that one person does passes the stated sensitivity.

Random plans of every kind (tiers, joins, FILTER, CASE keys, clipping, groups a person, unknown groups, values outside of
every bound, NULL) over random tables; a person of K pseudonyms comes with all rows and the row in the table of
persons, or changes them where rows are shared. What is compared are the exact vectors that noise is added
to, and the scores that a noisy max chooses by.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from privacy.counting import count
from privacy.counting.relation import kept, matching
from privacy.noise.scores import quantile_scores, sensitivity_of_scores
from privacy.query import Aggregate, Bounds, Plan, Sensitivity, Statistic, statistics_of
from privacy.query.exact import ExactCounts
from privacy.query.sensitivity import of_rows
from tests.privacy.counted_rows import both
from tests.privacy.random_plans import FIRST, SECOND, persons_of, plans, rows_of, stored_value

Rows = list[dict[str, Any]]
_MINE = tuple(f"{'c' * 31}{i}" for i in range(3))
"""Pseudonyms of the one person; they sort among the others'."""


def _held(chance: Random, pseudonyms: int, stored: int) -> Rows:
    """Return rows of one person: all that the bounds allow, often alike, so that they share cells."""
    rows: Rows = []
    same = {name: stored_value(chance, name) for name in FIRST}
    alike = chance.random() < 0.5
    for person in _MINE[:pseudonyms]:
        for rank in range(1, stored + 1):
            row = same if alike else {name: stored_value(chance, name) for name in FIRST}
            rows.append({"person": person, "rank": rank, **row})
    return rows


def _known(chance: Random, pseudonyms: int) -> Rows:
    who = [p for p in _MINE[:pseudonyms] if chance.random() < 0.8]
    return [{"person": p, **{name: stored_value(chance, name) for name in SECOND}} for p in who]


def _counts(plan: Plan, first: Rows, second: Rows) -> ExactCounts:
    with TemporaryDirectory(prefix="neighbours-") as folder:
        files = both(Path(folder), first, second)
        return count(plan, files[: len(plan.sources)])


def _beside(
    s: Statistic, one: ExactCounts, other: ExactCounts
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return two vectors over the same groups, those that one lacks as 0."""
    a, b = one.vectors[s.name], other.vectors[s.name]
    if one.groups is None or other.groups is None:
        return a, b
    every = sorted({*one.groups, *other.groups})
    place = {g: i for i, g in enumerate(every)}
    wide = [np.zeros((len(every), *a.shape[1:]), np.int64) for _ in "ab"]
    for vector, groups, out in ((a, one.groups, wide[0]), (b, other.groups, wide[1])):
        for i, g in enumerate(groups):
            out[place[g]] = vector[i]
    return wide[0], wide[1]


def excesses(plan: Plan, one: ExactCounts, other: ExactCounts) -> Iterator[str]:
    """Yield what passes its bound."""
    for s in statistics_of(plan):
        a, b = _beside(s, one, other)
        d = [abs(int(x)) for x in (a.astype(object) - b.astype(object)).reshape(-1)]
        if s.kind in ("values", "contributions"):
            yield from _scores(plan, s, a, b)
            continue
        bound = s.sensitivity
        found = {
            "l0": (sum(x > 0 for x in d), bound.l0),
            "l1": (sum(d), bound.l1),
            "l2": (sum(x * x for x in d), bound.l2_squared),
            "linf": (max(d, default=0), bound.linf),
        }
        yield from (f"{s.name} {s.kind} {k} {v} > {b}" for k, (v, b) in found.items() if v > b)


def _scores(plan: Plan, s: Statistic, a: NDArray[np.int64], b: NDArray[np.int64]) -> Iterator[str]:
    """Yield where scores move by more than the distance that the map is asked about, all groups together."""
    shared, rows = plan.bounds.shared, s.sensitivity.linf
    if s.level is None:  # commonest values: a count each
        moved = (a - b).reshape(len(a), a.shape[-1])
        if not shared and not ((moved >= 0).all() or (moved <= 0).all()):
            yield f"{s.name}: counts move both ways"
        spread = moved.max(axis=1, initial=0) - moved.min(axis=1, initial=0)
        allowed = rows * (
            2 if shared else 1
        )  # the map of scores that move both ways doubles the distance
        if int((spread.astype(object) ** 2).sum()) > allowed**2:
            yield f"{s.name}: spread {spread} of {allowed}"
        return
    for shift in (0, -3, 5):
        x, y = (quantile_scores(v, s.level, shift) for v in (a, b))
        moved = np.abs(x - y).max(axis=1, initial=0).astype(object)
        pure = sensitivity_of_scores(s.level, rows, shared=shared, pure=True)
        zcdp = sensitivity_of_scores(s.level, rows, shared=shared, pure=False)
        if int(moved.sum()) > pure or int((moved**2).sum()) > zcdp**2:
            yield f"{s.name}: scores move by {moved}, stated {pure} and {zcdp}"


@st.composite
def games(draw: st.DrawFn) -> tuple[Plan, int]:
    """Draw a plan for a person of K pseudonyms, and the seed of everybody's rows."""
    plan = draw(plans())
    bounds = replace(plan.bounds, pseudonyms=draw(st.integers(1, 3)), shared=draw(st.booleans()))
    figures = tuple(a for a in plan.aggregates if a.kind != "contribution")
    keys = plan.keys
    if draw(st.integers(0, 9)) == 0:  # the planner asks for it alone, before anything is clipped
        grid = tuple(range(1, bounds.stored + 2))
        level = Fraction(draw(st.integers(1, 9)), 10)
        figures, keys = (Aggregate("contribution", "c", level=level, grid=grid),), ()
        bounds = replace(bounds, rows=bounds.stored, groups=bounds.stored, clip="none")
    figures = figures or (Aggregate("count", "n"),)
    return replace(plan, bounds=bounds, aggregates=figures, keys=keys), draw(st.integers(0, 2**32))


def played(game: tuple[Plan, int]) -> list[str]:
    """Return what one person moved too far."""
    plan, seed = game
    chance = Random(seed)
    k, stored = plan.bounds.pseudonyms, plan.bounds.stored
    first, second = rows_of(chance, stored), persons_of(chance)
    mine, known = _held(chance, k, stored), _known(chance, k)
    if plan.bounds.shared:
        before, before_known = mine, known
        mine = [row | {n: stored_value(chance, n) for n in FIRST} for row in mine]
        known = [row | {n: stored_value(chance, n) for n in SECOND} for row in known]
    else:
        before, before_known = [], []
    laid_out = (
        chance.random() < 0.5
    )  # as intake does: then clipping needs no window over a partition
    tables = []
    for rows, persons in ((mine, known), (before, before_known)):
        every = first + rows
        if laid_out:
            every.sort(key=lambda r: (r["person"], r["rank"]))
        tables.append(_counts(plan, every, second + persons))
    return list(excesses(plan, *tables))


_SETTINGS = settings(deadline=None, suppress_health_check=list(HealthCheck), database=None)


@settings(_SETTINGS, max_examples=12)
@given(game=games())
def test_no_person_moves_a_measured_vector_by_more_than_its_sensitivity(
    game: tuple[Plan, int],
) -> None:
    assert played(game) == []


@pytest.mark.slow
@settings(_SETTINGS, max_examples=200)
@given(game=games())
def test_no_person_moves_a_measured_vector_by_more_than_its_sensitivity_in_many_tables(
    game: tuple[Plan, int],
) -> None:
    assert played(game) == []


def _no_clip(plan: Plan, writer: Any, columns: Any, _: Any, **__: Any) -> Any:
    return matching(plan, writer, columns)


def _one_row_more(plan: Plan, *more: Any, **named: Any) -> Any:
    wider = replace(plan.bounds, stored=plan.bounds.stored + 1, rows=plan.bounds.rows + 1)
    return kept(replace(plan, bounds=wider), *more, **named)


def _two_keys_as_one(bounds: Bounds, *more: Any, **named: Any) -> Sensitivity:
    return of_rows(replace(bounds, pseudonyms=1), *more, **named)


def _root_of_rows(bounds: Bounds, *more: Any, **named: Any) -> Sensitivity:
    found = of_rows(bounds, *more, **named)
    return replace(found, l2_squared=max(1, math.isqrt(found.l2_squared)))


MUTANTS = {
    "no clip": ("privacy.counting.jobs.kept", _no_clip),
    "a row more than the bound": ("privacy.counting.jobs.kept", _one_row_more),
    "two keys for one person with K ignored": (
        "privacy.query.statistics.of_rows",
        _two_keys_as_one,
    ),
    "the root of L for L": ("privacy.query.statistics.of_rows", _root_of_rows),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_broken_bound_is_found_among_random_tables(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(*MUTANTS[name])
    search = settings(_SETTINGS, max_examples=400, phases=[Phase.generate])
    assert find(games(), lambda game: played(game) != [], settings=search, random=Random(5))
