"""A question becomes a release: bind → price → authorise → replay or reserve → count → draw → settle."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Literal

from api.database.engine import transaction
from api.database.ledger import Reservation, balances, forfeit, reserve, settle
from api.database.policies import STANDING, policy_in_force
from api.database.releases import StoredRelease, release_by_id, release_for, store_release
from api.logbook import seal_and_append
from policies.decisions import Grant, ReleaseRequest, StandingLimits, authorise_release
from policies.record import Statement, canonical, digest
from privacy.accounting import AccountSpec, Caps, Charge, accounts_for
from privacy.answers import layout_of
from privacy.counting import count
from privacy.fabrication.made_up import made_up_counts
from privacy.noise import Ask, Drawn, NoiseProcess, Priced, price
from privacy.query import Plan, bind, count_plan, dataset_named_in, statistics_of
from privacy.release import PREDICATE_TYPE, Release, answer, body_of, noise_identity, release_of
from privacy.store import locks

if TYPE_CHECKING:
    from api.workspace import Workspace
    from audit.counts import CountRequest
    from privacy.store import Snapshot

Mode = Literal["release", "dry-run", "dummy"]
_noise = NoiseProcess()


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks: the SQL, what for, how exact, and whether to spend."""

    sql: str
    purpose: str
    ask: Ask
    researcher: str
    dataset_version: int | None = None
    mode: Mode = "release"
    role: str = "operator"


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A question that was bound, priced and authorised: all that may be known before the data."""

    plan: Plan
    snapshot: Snapshot
    priced: Priced
    grant: Grant
    accounts: tuple[AccountSpec, ...]
    confidence: float

    @property
    def idempotency_key(self) -> str:
        """The same figures asked again: same plan, same snapshot, same mechanism and scale."""
        return digest(
            canonical(
                {
                    "plan": self.plan.canonical(),
                    "snapshot": self.snapshot.commitment,
                    "noise": noise_identity(self.plan, self.priced),
                }
            )
        )


def ask(ws: Workspace, question: Question) -> dict[str, Any]:
    """Answer a question, or say what it would cost, or answer from made-up data.

    Raises
    ------
    BadInput
        The question is not of the subset, or the dataset is not there.
    Refused
        By policy, purpose or budget; nothing was spent.
    """
    with locks.reading(ws.store.root):  # the snapshot that is named is the one that is counted
        snapshot = ws.store.snapshot(dataset_named_in(question.sql), question.dataset_version)
        plan = bind(question.sql, snapshot.contract)
        prepared = _prepare(ws, plan, snapshot, question)
        if question.mode == "dry-run":
            return _dry_run(ws, prepared)
        if question.mode == "dummy":
            return _dummy(prepared)
        return _answered(ws, prepared)


def ask_for_counts(ws: Workspace, request: CountRequest, researcher: str) -> dict[str, Any]:
    """Answer an audit's `CountRequest`; it is priced and pays like any other question."""
    with locks.reading(ws.store.root):
        snapshot = ws.store.snapshot(request.dataset)
        plan = count_plan(snapshot.contract, request.axes, request.where)
        question = Question("", request.purpose, Ask(epsilon=request.epsilon), researcher)
        return _answered(ws, _prepare(ws, plan, snapshot, question))


def show_release(ws: Workspace, release_id: str, confidence: float) -> dict[str, Any]:
    """Return a stored release with half-widths at a confidence; it costs nothing."""
    with transaction(ws.engine) as connection:
        stored = release_by_id(connection, release_id)
    return _shown(stored, Ask(rho=1.0, confidence=confidence).confidence, None)


def _prepare(ws: Workspace, plan: Plan, snapshot: Snapshot, question: Question) -> _Prepared:
    contract, now = snapshot.contract, datetime.now(UTC)
    priced = price(plan, question.ask, contract.delta)
    with transaction(ws.engine) as connection:
        limits = StandingLimits.of(policy_in_force(connection, STANDING))
    request = ReleaseRequest(
        question.researcher, question.role, plan.dataset, question.purpose, contract.purposes,
        snapshot.last_day, priced.charge.nano_rho,
    )  # fmt: skip
    accounts = accounts_for(
        population=plan.population,
        public_size=plan.public_size,
        dataset=plan.dataset,
        purpose=question.purpose,
        researcher=question.researcher,
        year=now.year,
        caps=Caps(limits.lifetime_nano_rho, limits.delta_people, limits.researcher_share),
    )
    grant = authorise_release(request, limits, date(now.year, now.month, now.day))
    return _Prepared(plan, snapshot, priced, grant, accounts, question.ask.confidence)


def _answered(ws: Workspace, p: _Prepared) -> dict[str, Any]:
    with transaction(ws.engine) as connection:
        known = release_for(connection, p.idempotency_key)
    if known is not None:
        return _shown(known, p.confidence, p.plan) | {"replayed": True}
    reservation = reserve(ws.engine, p.idempotency_key, p.priced.charge, p.accounts)
    try:
        exact = count(p.plan, p.snapshot.files)
        release = release_of(
            identifier=f"r-{secrets.token_hex(8)}",
            plan=p.plan,
            priced=p.priced,
            drawn=_noise.draw(p.priced, exact),
            snapshot=p.snapshot.id,
            commitment=p.snapshot.commitment,
            purpose=p.grant.purpose,
            synthetic=p.snapshot.contract.synthetic,
        )
        stored = _settle(ws, p, reservation, release)
    except BaseException:
        # whether a figure was seen cannot be known: what was reserved stays spent
        forfeit(ws.engine, reservation.id)
        raise
    return _shown(stored, p.confidence, p.plan) | {"replayed": False}


def _settle(
    ws: Workspace, p: _Prepared, reservation: Reservation, release: Release
) -> StoredRelease:
    body = body_of(release)
    paid = [b.as_json() for b in reservation.balances]
    statement = Statement(
        {"release.json": digest(body)},
        PREDICATE_TYPE,
        {
            "release": release.id,
            "dataset": release.dataset,
            "snapshot_commitment": release.snapshot_commitment,
            "decision": p.grant.as_json(),
            "nano_rho": release.nano_rho,
            "accounts": paid,
        },
    )
    with transaction(ws.engine) as connection:
        leaf = seal_and_append(ws, connection, statement, "release")
        settle(connection, reservation.id)
        store_release(
            connection,
            id=release.id,
            idempotency_key=p.idempotency_key,
            dataset=release.dataset,
            population=release.population,
            purpose=release.purpose,
            researcher=p.grant.requester,
            body=body,
            accounts=paid,
            leaf_index=leaf,
        )
    return StoredRelease(release.id, body, tuple(paid), leaf)


def _shown(stored: StoredRelease, confidence: float, plan: Plan | None) -> dict[str, Any]:
    import json

    release = Release.from_json(json.loads(stored.body))
    layout = (
        None if plan is None else layout_of(plan)
    )  # as this asker wants to see the same figures
    return answer(release, confidence, stored.accounts, layout) | {"leaf": stored.leaf_index}


def _would_pay(ws: Workspace, p: _Prepared) -> list[dict[str, Any]]:
    known = {b["account"]: b for b in balances(ws.engine, p.plan.population)}
    rows = []
    for spec in p.accounts:
        row: Mapping[str, Any] = known.get(spec.id) or _unopened(spec)
        before = {k: row["spent"][k] + row["reserved"][k] for k in ("rho", "delta")}
        after = before | {"rho": before["rho"] + p.priced.charge.nano_rho / 1e9}
        rows.append({"account": spec.id, "before": before, "after": after, "cap": row["cap"]})
    return rows


def _unopened(spec: AccountSpec) -> dict[str, Any]:
    nothing = {"rho": 0.0, "delta": 0.0}
    cap: Charge = spec.cap
    return {
        "spent": nothing,
        "reserved": nothing,
        "cap": {"rho": cap.nano_rho / 1e9, "delta": cap.atto_delta / 1e18},
    }


def _dry_run(ws: Workspace, p: _Prepared) -> dict[str, Any]:
    accounts = _would_pay(ws, p)
    with transaction(ws.engine) as connection:
        known = release_for(connection, p.idempotency_key)
    release = _release_from(p, _nothing(p), "")
    shown = answer(release, p.confidence, accounts)
    return {
        "dry_run": True,
        "already_released": None if known is None else known.id,
        "columns": shown["columns"],
        "cells": p.plan.cells,
        "half_width": p.priced.measured[0].half_width(p.confidence),
        "confidence": p.confidence,
        "privacy": shown["privacy"],
        "accounts": accounts,
        "enough_left": all(a["after"]["rho"] <= a["cap"]["rho"] for a in accounts),
    }


def _dummy(p: _Prepared) -> dict[str, Any]:
    release = _release_from(p, _noise.draw(p.priced, made_up_counts(p.plan)), "made-up")
    return answer(release, p.confidence) | {"dummy": True, "release": None}


def _nothing(p: _Prepared) -> Drawn:
    import numpy as np

    return Drawn({s.name: np.zeros(p.plan.cells, dtype=np.int64) for s in statistics_of(p.plan)})


def _release_from(p: _Prepared, drawn: Drawn, identifier: str) -> Release:
    return release_of(
        identifier=identifier,
        plan=p.plan,
        priced=p.priced,
        drawn=drawn,
        snapshot=p.snapshot.id,
        commitment=p.snapshot.commitment,
        purpose=p.grant.purpose,
        synthetic=True,
    )
