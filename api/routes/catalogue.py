"""Which datasets there are and what may be asked of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from fastapi import APIRouter

from api.database.ledger import balances
from api.routes.access import PROBLEMS, Admitted
from privacy.contract import Contract

router = APIRouter(tags=["catalogue"], responses=PROBLEMS)


@router.get("/datasets")
def datasets(ws: Admitted) -> list[dict[str, Any]]:
    """List the datasets: title, population, purposes, columns with their public values."""
    found = []
    for name in ws.store.datasets():
        snapshot = ws.store.snapshot(name)
        found.append(described(snapshot.contract) | {"version": snapshot.version})
    return found


@router.get("/budget")
def budget(ws: Admitted, population: str = "") -> list[dict[str, Any]]:
    """List every account: cap, spent, reserved, left."""
    return balances(ws.engine, population)


def _range(contract: Contract, name: str) -> dict[str, str] | None:
    """Return the public bounds of a number and how fine it is kept, as decimals; None of other columns."""
    field = contract.field(name)
    if field is None or field.bounds is None or field.action != "keep":
        return None
    unit = Decimal(str(field.resolution or 1))
    low, high = (f"{bound * unit:f}" for bound in field.bounds)
    return {"low": low, "high": high, "resolution": f"{unit:f}"}


def described(contract: Contract) -> dict[str, Any]:
    """Return what anybody may know of a dataset."""
    return {
        "dataset": contract.dataset,
        "title": dict(contract.title),
        "synthetic": contract.synthetic,
        "population": {
            "id": contract.population.id,
            "public_size": contract.population.public_size,
        },
        "purposes": list(contract.purposes),
        "rows_per_person": contract.rows_per_person,
        "numbers": {n: found for n in contract.queryable() if (found := _range(contract, n))},
        "columns": {
            name: list(contract.domain_of(name) or ()) or None for name in contract.queryable()
        },
    }
