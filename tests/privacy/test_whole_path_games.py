"""The two-dataset game through the whole path, for each kind of question: bind, price, count Parquet, draw.

The person has K = 2 pseudonyms of L = 4 rows each, all in one cell and at the ends of every bound, so that what
she changes is near the stated sensitivity. The lower bound on what was lost errs once in a million games
and never passes the charge. Power: of a vector of noise at ρ = 1.5, a thousand runs a side refute a claim that is
half of the truth (σ halved is four times the loss; the mutants below are each refuted).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from policies.errors import ServiceFault
from privacy.counting.relation import kept, matching
from privacy.noise import Ask, NoiseProcess
from privacy.noise.drawing import noisy
from privacy.query import Bounds, BoundsAsked, Plan, Sensitivity
from privacy.query.sensitivity import of_rows
from tests.privacy.games import ERROR, Outcomes, least_epsilon, least_often, least_rho
from tests.privacy.noise_plans import worker
from tests.privacy.whole_path import (
    LONE,
    PLACES,
    Answered,
    Asked,
    Judge,
    Remembering,
    Towns,
    contracts,
    groups_of,
    run,
)

RUNS = 1_000
WHOLE_RUNS = int(os.environ.get("COMMONGROUND_GAMES", "200"))
"""Runs a side of the games that count anew each time; `make soak` plays a thousand."""
FEW = 60
_BY_KIND = "SELECT kind, {} FROM visits GROUP BY kind"
QUESTIONS = {
    "count": Asked(_BY_KIND.format("count(*)")),
    "persons": Asked(_BY_KIND.format("count(DISTINCT person)")),
    "sum": Asked(_BY_KIND.format("sum(hours)")),
    "average": Asked(_BY_KIND.format("avg(hours)")),
    "variance": Asked(_BY_KIND.format("variance(hours)")),
    "several figures": Asked(_BY_KIND.format("count(*), sum(hours), count(DISTINCT person)")),
    "median": Asked("SELECT median(hours) FROM visits"),
    "labelled maximum": Asked("SELECT max(hours) FROM visits"),
    "top": Asked("SELECT top(kind, 1) FROM visits"),
    "ratio": Asked(_BY_KIND.format("count(*) FILTER (WHERE hours >= 5) / count(*)")),
    "bins": Asked("SELECT BINS(hours, 5), count(*) FROM visits GROUP BY 1"),
    "case": Asked("SELECT CASE WHEN hours > 5 THEN 'long' ELSE 'short' END AS c, count(*) FROM visits GROUP BY 1"),
    "inner join": Asked(
        'SELECT "group", sum(hours) FROM visits JOIN people USING (person) GROUP BY "group"'
    ),
    "left join": Asked(
        "SELECT kind, count(*) FROM visits LEFT JOIN people USING (person) GROUP BY kind"
    ),
    "tiers": Asked("SELECT count(*) FROM visits GROUP BY TIERS(place)"),
    "unknown groups": Asked("SELECT DISCOVER(day), count(*) FROM visits GROUP BY DISCOVER(day)"),
    "clipped after the filter": Asked(
        "SELECT kind, count(*) FROM visits WHERE hours >= 5 GROUP BY kind", BoundsAsked(rows=1)
    ),
    "clipped over the table": Asked(_BY_KIND.format("count(*)"), BoundsAsked(rows=2, clip="table")),
    "groups bound": Asked(_BY_KIND.format("count(*), sum(hours)"), BoundsAsked(groups=1)),
    "private rows": Asked(_BY_KIND.format("count(*)"), private=True),
    "pure": Asked(_BY_KIND.format("count(*)"), ask=Ask(pure_epsilon=1.5)),
}  # fmt: skip


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Towns:
    return Towns(tmp_path_factory.mktemp("towns"))


@pytest.fixture(scope="module")
def noise() -> Iterator[NoiseProcess]:
    with worker() as process:
        yield process


def _outcomes(
    towns: Towns | Remembering, asked: Asked, noise: NoiseProcess, runs: int
) -> list[Outcomes]:
    judge = Judge(towns)
    return [
        np.array([judge.outcome(run(towns, here, asked, noise)) for _ in range(runs)])
        for here in (1, 0)
    ]


def _lost(
    towns: Towns | Remembering, asked: Asked, noise: NoiseProcess, runs: int
) -> tuple[float, float]:
    """Return the least loss that the runs prove, and the loss that was charged for one."""
    priced = run(towns, 1, asked, noise).priced
    one, other = _outcomes(towns, asked, noise, runs)
    if asked.ask.pure_epsilon is not None:
        return least_epsilon(one, other), priced.epsilon
    of_thresholds = priced.charge.atto_delta / 1e18
    return least_rho(one, other, of_thresholds), priced.charge.nano_rho / 1e9


@pytest.mark.parametrize("kind", QUESTIONS)
def test_each_kind_of_question_goes_the_whole_path_and_loses_no_more_than_its_charge(
    kind: str, towns: Towns, noise: NoiseProcess
) -> None:
    proven, charged = _lost(towns, QUESTIONS[kind], noise, FEW)
    assert proven <= charged


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", QUESTIONS)
def test_many_whole_paths_lose_no_more_than_their_charge(
    kind: str, towns: Towns, noise: NoiseProcess
) -> None:
    proven, charged = _lost(towns, QUESTIONS[kind], noise, WHOLE_RUNS)
    assert proven <= charged


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ["count", "sum", "bins", "persons", "clipped after the filter"])
def test_many_whole_paths_over_shared_rows_lose_no_more_than_their_charge(
    kind: str, tmp_path: Path, noise: NoiseProcess
) -> None:
    towns = Towns(tmp_path, contracts(shared_rows=True))
    proven, charged = _lost(towns, QUESTIONS[kind], noise, WHOLE_RUNS)
    assert proven <= charged


def test_a_group_of_one_person_does_not_show(towns: Towns, noise: NoiseProcess) -> None:
    asked, known = QUESTIONS["unknown groups"], Remembering(towns)
    answers = [run(known, 1, asked, noise) for _ in range(RUNS)]
    shown = sum((LONE,) in (groups_of(a) or ()) for a in answers)
    assert any(groups_of(a) for a in answers)
    assert least_often(shown, RUNS, ERROR) <= answers[0].priced.delta


# Mutants. Each breaks one seam of the path, and the same game then proves more than was charged.

_ONE = Asked(f"SELECT count(*) FROM visits WHERE place = '{PLACES[0]}'", BoundsAsked(rows=1))
_TWO = Asked(f"SELECT count(*) FROM visits WHERE place = '{PLACES[0]}'", BoundsAsked(rows=2))


def _no_clip(plan: Plan, writer: Any, columns: Any, _: Any, **__: Any) -> Any:
    return matching(plan, writer, columns)


def _a_row_more(plan: Plan, *more: Any, **named: Any) -> Any:
    wider = replace(plan.bounds, rows=plan.bounds.rows + 1)
    return kept(replace(plan, bounds=wider), *more, **named)


def _a_row_less(bounds: Bounds, *more: Any, **named: Any) -> Sensitivity:
    return of_rows(replace(bounds, rows=bounds.rows - 1, groups=1, clip="filter"), *more, **named)


def _one_key(bounds: Bounds, *more: Any, **named: Any) -> Sensitivity:
    return of_rows(replace(bounds, pseudonyms=1), *more, **named)


SEAMS: dict[str, tuple[str, Any, Asked]] = {
    "no clip": ("privacy.counting.jobs.kept", _no_clip, _ONE),
    "a row more is counted than the bound": ("privacy.counting.jobs.kept", _a_row_more, _ONE),
    "a bound that is one too small": ("privacy.query.statistics.of_rows", _a_row_less, _TWO),
    "two keys for one person with K ignored": ("privacy.query.statistics.of_rows", _one_key, _ONE),
}


@pytest.mark.parametrize("name", SEAMS)
def test_a_broken_bound_is_refuted_by_the_game(
    name: str, towns: Towns, noise: NoiseProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    seam, mutant, asked = SEAMS[name]
    monkeypatch.setattr(seam, mutant)
    proven, charged = _lost(Remembering(towns), asked, noise, RUNS)
    assert proven > charged


def _in_process(change: Any) -> Any:
    """Return a draw in this process, of a changed measurement: past the worker's own check of the charge."""

    def asked(_: NoiseProcess, m: Any, cells: Any) -> list[Any]:
        (measurement,) = m.measurements()
        return [noisy(change(measurement), [np.ascontiguousarray(cells)])]

    return asked


def test_half_the_noise_is_refuted_by_the_game(
    towns: Towns, noise: NoiseProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = _in_process(lambda m: replace(m, scale=m.scale / 2))
    monkeypatch.setattr(NoiseProcess, "_asked", half)
    proven, charged = _lost(Remembering(towns), _ONE, noise, RUNS)
    assert proven > charged


def test_the_worker_refuses_half_the_noise(towns: Towns, noise: NoiseProcess) -> None:
    answered = run(Remembering(towns), 1, _ONE, noise)
    cheap = replace(
        answered.priced,
        measured=tuple(replace(m, scale=m.scale / 2) for m in answered.priced.measured),
    )
    with pytest.raises(ServiceFault):
        noise.draw(cheap, towns.count(1, answered.plan))


def _cells(towns: Remembering, asked: Asked, noise: NoiseProcess) -> list[Outcomes]:
    def cell(a: Answered) -> int:
        return int(next(iter(a.drawn.vectors.values())).reshape(-1)[0])

    return [
        np.array([cell(run(towns, here, asked, noise)) for _ in range(RUNS)]) for here in (1, 0)
    ]


def test_a_seed_that_is_used_again_is_refuted_by_the_game(
    towns: Towns, noise: NoiseProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    charged = run(Remembering(towns), 1, _ONE, noise).priced.charge.nano_rho / 1e9
    assert least_rho(*_cells(Remembering(towns), _ONE, noise)) <= charged

    def seeded(_: NoiseProcess, m: Any, cells: Any) -> list[Any]:
        drawn = np.rint(np.random.default_rng(1).normal(0, m.scale, np.shape(cells)))
        return [np.asarray(cells) + drawn.astype(np.int64)]

    monkeypatch.setattr(NoiseProcess, "_asked", seeded)
    assert least_rho(*_cells(Remembering(towns), _ONE, noise)) > charged


@pytest.mark.slow
def test_a_key_that_leaks_is_refuted_by_the_game(
    towns: Towns, noise: NoiseProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, known = QUESTIONS["unknown groups"], Remembering(towns)
    priced = run(known, 1, asked, noise).priced

    def lone(here: int) -> int:
        return int((LONE,) in (groups_of(run(known, here, asked, noise)) or ()))

    def games() -> list[Outcomes]:
        return [np.array([lone(here) for _ in range(RUNS)]) for here in (1, 0)]

    of_thresholds = priced.charge.atto_delta / 1e18
    charged = priced.charge.nano_rho / 1e9
    assert least_rho(*games(), of_thresholds) <= charged

    honest = NoiseProcess._asked

    def unheld(self: NoiseProcess, m: Any, cells: Any) -> list[Any]:
        if m.threshold is None:
            return honest(self, m, cells)
        return [np.arange(len(cells)), np.asarray(cells)]

    monkeypatch.setattr(NoiseProcess, "_asked", unheld)
    assert least_rho(*games(), of_thresholds) > charged
