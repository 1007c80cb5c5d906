"""δ is capped for life beside ρ, and a refusal says which of them is short."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.database.engine import open_engine
from api.database.ledger import balances, reserve
from policies.errors import Refused
from privacy.accounting import ATTO, NANO, AccountSpec, Caps, Charge, accounts_for


def _specs(public_size: int = 1_000_000) -> tuple[AccountSpec, ...]:
    return accounts_for(
        population="city", public_size=public_size, dataset="d", purpose="p", researcher="r",
        year=2026, caps=Caps(),
    )  # fmt: skip


def test_the_delta_of_thresholds_adds_up_to_the_cap_and_no_further(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "ledger.sqlite")
    personal = Caps().researcher(1_000_000)
    assert personal.atto_delta == ATTO // 10_000_000 // 10
    twentieth = Charge(1, personal.atto_delta // 20)
    for i in range(20):
        reserve(engine, f"q{i}", twentieth, _specs())
    with pytest.raises(Refused) as refused:
        reserve(engine, "q20", twentieth, _specs())
    assert "δ = 5e-10 and 0 is left" in str(refused.value)
    assert "ρ" not in str(refused.value)
    assert "key IN" in str(refused.value)
    spent = {b["account"]: b["reserved"]["delta"] for b in balances(engine)}
    assert spent["city"] == spent["city/datasets/d"] == pytest.approx(1e-8)


def test_a_refusal_names_rho_delta_or_both(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "ledger.sqlite")
    with pytest.raises(Refused) as rho:
        reserve(engine, "a", Charge(2 * NANO), _specs())
    assert "ρ = 2 and 1 is left" in str(rho.value)
    assert "δ" not in str(rho.value)
    with pytest.raises(Refused) as both:
        reserve(engine, "b", Charge(2 * NANO, ATTO), _specs())
    assert "ρ = 2 and 1 is left, δ = 1 and 1e-07 is left" in str(both.value)
    assert "--epsilon" in str(both.value)
