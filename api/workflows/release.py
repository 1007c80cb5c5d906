"""A question becomes a release: bind → price → authorise → replay or reserve → count → draw → settle."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from api.answering.advising import dry_run
from api.answering.choosing import bounds_chosen, chosen_rows, of_both
from api.answering.made_up import made_up_files
from api.answering.names import names_a_person
from api.answering.preparing import Prepared, prepare
from api.answering.question import Question
from api.answering.ticks import leaving_on_a_tick
from api.database.engine import transaction
from api.database.ledger import Reservation, forfeit, reserve, settle
from api.database.releases import StoredRelease, release_by_id, release_for, store_release
from api.engines import engine_of
from api.logbook import seal_and_append
from policies.record import Statement, digest
from privacy.answers import layout_of, planned
from privacy.counting import count_in
from privacy.counting.engines.embedded import EmbeddedHost
from privacy.counting.engines.hosts import Host, Rows
from privacy.noise import Ask, Measured, NoiseProcess, price, tick
from privacy.query import Plan, bind, count_plan, datasets_named_in
from privacy.release import (
    PREDICATE_TYPE,
    Release,
    ReleasedStatistic,
    answer,
    body_of,
    release_of,
)
from privacy.store import locks

if TYPE_CHECKING:
    from api.workspace import Workspace
    from audit.counts import CountRequest
    from privacy.store import Snapshot

_noise = NoiseProcess()
_MOST_UNKNOWN = 10_000
"""Cells by which the tick is chosen where groups are unknown: public, for the true number is not."""
_CELLS_A_CHOICE = 40
"""A noisy max of a group (a quantile's three, or a top) takes as long as the noise of so many cells, and of one
more for each candidate (measured: 10 to 10,000 candidates)."""


def ask(ws: Workspace, question: Question) -> dict[str, Any]:
    """Answer a question, or say what it would cost, or answer from made-up data.

    Raises
    ------
    BadInput
        The question is not of the subset, or the dataset is not there.
    Refused
        By policy, purpose or budget; nothing was spent.
    """
    with locks.reading(ws.store.root):  # the snapshots that are named are the ones that are counted
        plan, snapshots = _bound(ws, question)
        prepared = prepare(ws, plan, snapshots, question)
        if question.mode == "dry-run":
            return dry_run(ws, prepared)
        if question.mode == "dummy":
            return _dummy(prepared)
        return _answered(ws, prepared)


def ask_for_counts(ws: Workspace, request: CountRequest, researcher: str) -> dict[str, Any]:
    """Answer an audit's `CountRequest`; it is priced and pays like any other question."""
    with locks.reading(ws.store.root):
        snapshot = ws.store.snapshot(request.dataset)
        plan = count_plan(snapshot.contract, request.axes, request.where)
        question = Question("", request.purpose, Ask(epsilon=request.epsilon), researcher)
        return _answered(ws, prepare(ws, plan, (snapshot,), question))


def show_release(ws: Workspace, release_id: str, confidence: float) -> dict[str, Any]:
    """Return a stored release with half-widths at a confidence; it costs nothing."""
    with transaction(ws.engine) as connection:
        stored = release_by_id(connection, release_id)
    return _shown(stored, Ask(rho=1.0, confidence=confidence).confidence)


def _bound(ws: Workspace, question: Question) -> tuple[Plan, tuple[Snapshot, ...]]:
    """Bind the question to the contracts of the datasets that it names.

    `dataset_version` is that of the dataset whose rows are counted; a joined table is the newest.
    """
    held = {name: ws.store.snapshot(name) for name in datasets_named_in(question.sql)}
    plan = _plan(question, held)
    if question.dataset_version is not None:
        held[plan.dataset] = ws.store.snapshot(plan.dataset, question.dataset_version)
        plan = _plan(question, held)
    return plan, tuple(held[s.dataset] for s in plan.sources)


def _plan(question: Question, held: Mapping[str, Snapshot]) -> Plan:
    contracts = {name: s.contract for name, s in held.items()}
    return bind(question.sql, contracts, question.bounds.numbers(), names_a_person)


def _answered(ws: Workspace, p: Prepared) -> dict[str, Any]:
    with transaction(ws.engine) as connection:
        known = release_for(connection, p.idempotency_key)
    if known is not None:
        return _shown(known, p.confidence, p) | {"replayed": True}
    host = engine_of(ws.root)  # an engine that is missing spends nothing
    rows = [Rows(s.files, s.commitment) for s in p.snapshots]
    with leaving_on_a_tick(_tick(p)):
        reservation = reserve(ws.engine, p.idempotency_key, p.charge, p.accounts)
        try:
            release = _released(p, host, rows, f"r-{secrets.token_hex(8)}")
            stored = _settle(ws, p, reservation, release)
        except BaseException:
            # whether a figure was seen cannot be known: what was reserved stays spent
            forfeit(ws.engine, reservation.id)
            raise
        shown = _seen(release, stored, p.confidence, p)
    return shown | {"replayed": False}


def _tick(p: Prepared) -> float:
    """Return the tick by public sizes: every integer that is drawn upon, candidates of a noisy maximum among them."""
    groups = _MOST_UNKNOWN if p.plan.unknown_groups else p.plan.cells
    cells = groups * sum(map(_as_cells, p.priced.measured))
    if p.choice is not None:
        cells += sum(map(_as_cells, p.choice.priced.measured))
    return tick(p.plan.public_size * p.plan.bounds.stored, cells)


def _as_cells(m: Measured) -> int:
    return 1 if m.choice is None else _CELLS_A_CHOICE + m.choice.candidates


def _released(p: Prepared, host: Host, rows: Sequence[Rows], identifier: str) -> Release:
    """Count and draw; in two stages where a private figure first says how many rows of a person count."""
    plan, priced = p.plan, p.priced
    before: tuple[ReleasedStatistic, ...] = ()
    if p.choice is not None:
        engine = host.over(rows)
        first = _noise.draw(p.choice.priced, count_in(engine, p.choice.plan))
        before = chosen_rows(p.choice, first)
        bounds = bounds_chosen(p.choice, first, p.question.bounds.numbers())
        plan, wish = planned(replace(plan, bounds=bounds), p.choice.rest, p.delta)
        priced = of_both(p.choice, price(plan, wish, p.delta))
    drawn = _noise.draw(priced, count_in(host.over(rows), plan))
    return release_of(
        identifier=identifier,
        plan=plan,
        priced=priced,
        drawn=drawn,
        snapshot=" ".join(s.id for s in p.snapshots),
        commitment=" ".join(s.commitment for s in p.snapshots),
        purpose=p.grant.purpose,
        synthetic=all(s.contract.synthetic for s in p.snapshots),
        before=before,
    )


def _settle(
    ws: Workspace, p: Prepared, reservation: Reservation, release: Release
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
            "atto_delta": release.atto_delta,
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


def _shown(
    stored: StoredRelease, confidence: float, asked: Prepared | None = None
) -> dict[str, Any]:
    """Return a stored release as this asker wants to see the same figures."""
    return _seen(Release.from_json(json.loads(stored.body)), stored, confidence, asked)


def _seen(
    release: Release, stored: StoredRelease, confidence: float, asked: Prepared | None
) -> dict[str, Any]:
    layout = None
    if asked is not None:
        layout = layout_of(replace(asked.plan, bounds=release.bounds))
    prefer = None if asked is None else asked.question.prefer
    shown = answer(release, confidence, stored.accounts, layout, prefer)
    return shown | {"leaf": stored.leaf_index}


def _dummy(p: Prepared) -> dict[str, Any]:
    """Answer from rows made of the contracts alone; nothing is read and nothing is spent."""
    with made_up_files([s.contract for s in p.snapshots]) as files:
        rows = [Rows(paths) for paths in files]
        release = _released(p, EmbeddedHost(), rows, "made-up")
    layout = layout_of(replace(p.plan, bounds=release.bounds))
    shown = answer(release, p.confidence, (), layout, p.question.prefer)
    return shown | {"dummy": True, "release": None, "synthetic": True}
