"""The noise is OpenDP's and no other: its price, its shape, its half-widths, its worker."""

from __future__ import annotations

import math
import os
import signal

import numpy as np
import pytest
from dp_accounting.pld.privacy_loss_distribution import from_gaussian_mechanism
from scipy.stats import chisquare

from policies.errors import BadInput, ServiceFault
from privacy.noise import Ask, NoiseProcess, half_width, price
from privacy.noise.measurements import gaussian_epsilon, loss
from privacy.query import CountColumn, Plan

DELTA = 1e-6


def _plan(rows: int = 1) -> Plan:
    return Plan("d", "p", 1000, (CountColumn("count"),), None, rows)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("rho", [1e-4, 0.0099, 0.5])
def test_the_least_noise_within_a_loss_is_priced_rounded_up(rho: float, rows: int) -> None:
    priced = price(_plan(rows), Ask(rho=rho), DELTA)
    assert loss("discrete_gaussian", priced.scale, rows) <= rho
    assert loss("discrete_gaussian", priced.scale * 0.999, rows) > rho
    # ρ = K² / 2σ² (Bun & Steinke 2016, Proposition 1.6), never charged below it
    closed = rows**2 / (2 * priced.scale**2)
    assert closed * 1e9 <= priced.charge.nano_rho <= closed * 1e9 * (1 + 1e-6) + 1


@pytest.mark.parametrize("epsilon", [0.1, 0.5, 3.0])
def test_epsilon_is_never_below_what_another_accountant_finds(epsilon: float) -> None:
    priced = price(_plan(), Ask(epsilon=epsilon), DELTA)
    tight = from_gaussian_mechanism(priced.scale).get_epsilon_for_delta(DELTA)
    assert priced.epsilon <= epsilon
    assert tight * 0.999 <= priced.epsilon <= tight * 1.3
    assert priced.epsilon == pytest.approx(gaussian_epsilon(priced.scale, 1, DELTA))


def test_pure_epsilon_is_charged_as_half_its_square() -> None:
    priced = price(_plan(2), Ask(pure_epsilon=0.1), DELTA)
    assert priced.mechanism == "discrete_laplace"
    assert priced.delta == 0
    assert priced.scale == pytest.approx(2 / 0.1, rel=1e-5)
    assert priced.charge.nano_rho == pytest.approx(0.1**2 / 2 * 1e9, rel=1e-5)


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"rho": 0.1, "epsilon": 0.1},
        {"rho": 0.0},
        {"rho": -1.0},
        {"epsilon": math.nan},
        {"epsilon": math.inf},
        {"rho": 1e-20},
        {"rho": 1e6},
        {"accuracy": 0.5},
        {"rho": 0.1, "confidence": 1.0},
    ],
)
def test_a_wish_that_cannot_be_met_is_refused(wish: dict[str, float]) -> None:
    with pytest.raises(BadInput):
        price(_plan(), Ask(**wish), DELTA)


def _tail(mechanism: str, scale: float, k: int) -> float:
    x = np.arange(-40_000, 40_001)
    exponent = -(x**2) / (2 * scale**2) if mechanism == "discrete_gaussian" else -np.abs(x) / scale
    weights = np.exp(exponent)
    return float(weights[np.abs(x) > k].sum() / weights.sum())


@pytest.mark.parametrize("mechanism", ["discrete_gaussian", "discrete_laplace"])
@pytest.mark.parametrize("scale", [0.3, 1.0, 9.7, 900.0, 1100.0])
@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.95, 0.999])
def test_a_half_width_is_the_least_that_covers(
    mechanism: str, scale: float, confidence: float
) -> None:
    k = half_width(mechanism, scale, confidence)
    assert _tail(mechanism, scale, k) <= 1 - confidence + 1e-9
    slack = 2 if scale > 1000 else 1  # far above 1 the normal tail is used, and one is added
    assert k < slack or _tail(mechanism, scale, k - slack) > 1 - confidence - 1e-9


@pytest.mark.parametrize("mechanism", ["rho", "pure_epsilon"])
def test_what_is_drawn_has_the_exact_discrete_shape(mechanism: str) -> None:
    ask = Ask(rho=0.05) if mechanism == "rho" else Ask(pure_epsilon=0.3)
    priced = price(_plan(), ask, DELTA)
    process = NoiseProcess()
    try:
        for value in (0, 1_000_000):
            drawn = np.array(process.draw(priced, [value] * 20_000)) - value
            reach = int(3 * priced.scale)
            x = np.arange(-reach, reach + 1)
            gaussian = priced.mechanism == "discrete_gaussian"
            weights = np.exp(
                -(x**2) / (2 * priced.scale**2) if gaussian else -np.abs(x) / priced.scale
            )
            inside = drawn[np.abs(drawn) <= reach]
            seen = np.bincount(inside + reach, minlength=len(x))
            assert chisquare(seen, weights / weights.sum() * len(inside)).pvalue > 1e-5
            outside = _tail(priced.mechanism, priced.scale, reach)
            assert abs((np.abs(drawn) > reach).mean() - outside) < 6 * math.sqrt(outside / 20_000)
    finally:
        process.close()


def test_a_dead_worker_never_gives_an_answer_without_noise() -> None:
    process = NoiseProcess()
    priced = price(_plan(), Ask(rho=0.001), DELTA)
    try:
        process.draw(priced, [0])
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        try:
            drawn = process.draw(priced, [10**6] * 50)
        except ServiceFault:
            drawn = process.draw(priced, [10**6] * 50)
        assert len(set(drawn)) > 1
    finally:
        process.close()


def test_the_worker_takes_no_code_from_the_folder_it_runs_in(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pathlib import Path

    evil = Path(str(tmp_path)) / "privacy" / "noise"
    evil.mkdir(parents=True)
    (evil.parent / "__init__.py").touch()
    (evil / "__init__.py").touch()
    (evil / "worker.py").write_text(
        "import json,sys\n"
        "for line in sys.stdin:\n"
        "    r = json.loads(line); print(json.dumps({'ticket': r['ticket'], 'cells': r['cells']}), flush=True)\n"
    )
    monkeypatch.chdir(Path(str(tmp_path)))
    process = NoiseProcess()
    try:
        drawn = process.draw(price(_plan(), Ask(rho=0.001), DELTA), [5] * 100)
    finally:
        process.close()
    assert drawn != [5] * 100
