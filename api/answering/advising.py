"""What a question would cost and how exact its answer would be; nothing is spent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from api.database.engine import transaction
from api.database.ledger import balances
from api.database.releases import release_for
from privacy.accounting import ATTO, NANO
from privacy.answers import advice

if TYPE_CHECKING:
    from api.answering.preparing import Prepared
    from api.workspace import Workspace
    from privacy.accounting import AccountSpec


def dry_run(ws: Workspace, p: Prepared) -> dict[str, Any]:
    """Return loss, expected error, what is left, and whether the question is worth asking."""
    accounts = _would_pay(ws, p)
    with transaction(ws.engine) as connection:
        known = release_for(connection, p.idempotency_key)
    enough = all(a["after"][k] <= a["cap"][k] for a in accounts for k in ("rho", "delta"))
    return {
        "dry_run": True,
        "already_released": None if known is None else known.id,
        "columns": list(p.plan.columns),
        "cells": p.plan.cells,
        **advice(p.plan, p.priced, p.confidence, p.delta, p.question.group_size).as_json(),
        "bounds": {
            "rows_a_pseudonym": p.plan.bounds.rows,
            "groups_a_pseudonym": p.plan.bounds.groups,
            "clip": p.plan.bounds.clip,
            "chosen_by": "private" if p.choice else p.plan.bounds.chosen_by,
        },
        "confidence": p.confidence,
        "privacy": _privacy(p),
        "accounts": accounts,
        "enough_left": enough,
    }


def _privacy(p: Prepared) -> dict[str, Any]:
    return {
        "unit": "person",
        "population": p.plan.population,
        "rho": p.charge.nano_rho / NANO,
        "epsilon": p.priced.epsilon,
        "delta": p.priced.delta,
        "most_pseudonyms": p.plan.bounds.pseudonyms,
        "mechanisms": [
            {"name": m.mechanism, "scale": m.scale, "sensitivity": m.distance}
            for m in p.priced.measured
        ],
    }


def _would_pay(ws: Workspace, p: Prepared) -> list[dict[str, Any]]:
    known = {b["account"]: b for b in balances(ws.engine, p.plan.population)}
    cost = {"rho": p.charge.nano_rho / NANO, "delta": p.charge.atto_delta / ATTO}
    rows = []
    for spec in p.accounts:
        row: Mapping[str, Any] = known.get(spec.id) or _unopened(spec)
        before = {k: row["spent"][k] + row["reserved"][k] for k in cost}
        after = {k: before[k] + cost[k] for k in cost}
        rows.append({"account": spec.id, "before": before, "after": after, "cap": row["cap"]})
    return rows


def _unopened(spec: AccountSpec) -> dict[str, Any]:
    nothing = {"rho": 0.0, "delta": 0.0}
    cap = {"rho": spec.cap.nano_rho / NANO, "delta": spec.cap.atto_delta / ATTO}
    return {"spent": nothing, "reserved": nothing, "cap": cap}
