"""Rights of the data subject: asked for, approved by two others, carried out, answered and recorded.

Her ids are read anew for each step and compared with a keyed commitment; no step writes them down.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.database.engine import transaction
from api.database.exclusions import exclude, mark
from api.dual_control import carry_out, check_granted, open_case
from api.keys.files import replace_private
from api.logbook import publish_record, record
from api.rewriting import rewrite
from policies.errors import BadInput, NotFound, Refused
from policies.record import canonical, commitment, digest
from privacy.pseudonyms import Reversible
from privacy.store import locks
from privacy.store.erasure import Renewed, stage, without
from privacy.subjects import (
    Answer,
    Pseudonyms,
    corrected,
    holdings,
    ids_in,
    keys_of_datasets,
    own_rows,
    pseudonyms_of,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from api.workspace import Workspace
    from policies.decisions import Case
    from policies.record import Signer

MOST_DAYS = 30
"""GDPR Art. 12(3): one month; PIPL Art. 50: in time; GB/T 35273-2020, 8.7: thirty days."""
BACKUP_DAYS = 30
"""After so many days no back-up that was made before an erasure may exist."""
MOST_REVEAL_DAYS = 7


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a request is carried out: by whom, when, and where the answer goes."""

    signer: Signer
    now: datetime
    out: Path
    backup_days: int = BACKUP_DAYS


def request_right(
    ws: Workspace,
    signer: Signer,
    kind: str,
    ids: str,
    reason: str,
    now: datetime,
    *,
    days: int = MOST_DAYS,
    dataset: str = "",
    field: str = "",
    value: str = "",
) -> dict[str, Any]:
    """Open a request on behalf of a person; two other people must approve it before the deadline.

    Parameters
    ----------
    ids
        Her ids, one a line.
    days
        Until when she must have her answer, 1 to 30.
    dataset, field, value
        Of a correction.

    Raises
    ------
    BadInput
        The ids or the correction cannot be used.
    """
    if not 1 <= days <= MOST_DAYS:
        raise BadInput(f"1 to {MOST_DAYS} days (GDPR Art. 12(3))", where="--days")
    who = ids_in(ids)
    what: dict[str, Any] = {"subject": _subject(ws, who)}
    if kind == "correct":
        snapshot = ws.store.snapshot(dataset)
        what |= {"dataset": dataset, "field": field, "value": _value(ws, who, value)}
        if snapshot.contract.field(field) is None:
            raise BadInput("has no such field", where=f"dataset {dataset}", todo="name a column")
    expires = now + timedelta(days=days)
    case = open_case(ws, signer, kind, what, reason, now=now, expires=expires)
    return {"request": case.id, "kind": kind, "deadline": expires.isoformat()}


def find_rows(ws: Workspace, desk: Desk, case_id: str, ids: str) -> dict[str, Any]:
    """Say which snapshots hold rows of the person: counts only."""
    case, people = _ready(ws, desk, "find", case_id, ids)
    with locks.reading(ws.store.root):
        found = holdings(ws.store, people.all())
    done = _close(ws, desk, case, {})
    held = sorted({h.snapshot.split("@")[0] for h in found})
    letter = _letter(ws, desk, case, held=held)
    return done | letter | {"snapshots": [{"snapshot": h.snapshot, "rows": h.rows} for h in found]}


def export_rows(ws: Workspace, desk: Desk, case_id: str, ids: str) -> dict[str, Any]:
    """Write the person's own rows to `export.json`, readable by its owner only."""
    case, people = _ready(ws, desk, "export", case_id, ids)
    with locks.reading(ws.store.root):
        rows = own_rows(ws.store, people.all())
    done = _close(ws, desk, case, {})
    body = {"request": case.id, "date": desk.now.date().isoformat(), "datasets": rows}
    file = desk.out / "export.json"
    replace_private(file, json.dumps(body, ensure_ascii=False, indent=1, default=str).encode())
    notes: dict[str, int] = {}
    for entry in rows:
        for department, n in entry.get("ask_department", {}).items():
            notes[department] = notes.get(department, 0) + n
    held = sorted({entry["dataset"] for entry in rows})
    return done | _letter(ws, desk, case, held=held, notes=notes) | {"export": str(file)}


def correct_rows(ws: Workspace, desk: Desk, case_id: str, ids: str, value: str) -> dict[str, Any]:
    """Set one field of the person's rows, as approved: the dataset gets a new version."""
    case, people = _ready(ws, desk, "correct", case_id, ids)
    if _value(ws, ids_in(ids), value) != case.what["value"]:
        raise Refused("the value is not the one that was approved", where=f"request {case.id}")
    hers = 0
    with locks.rewriting(ws.store.root):
        before = ws.store.snapshot(case.what["dataset"])
        mine = people.of(before.contract.pseudonym_purpose)

        def fill(folder: Path) -> None:
            nonlocal hers
            hers = corrected(before, mine, case.what["field"], value.strip(), folder)
            if not hers:
                raise NotFound("holds no row of this person", where=f"dataset {before.dataset}")

        made = ws.store.write(before.contract, ws.custody.commitment_key(), fill)
    said = {"before": before.id, "after": made.id, "commitment": made.commitment}
    done = _close(ws, desk, case, {"corrected": said})
    return done | _letter(ws, desk, case) | {"snapshot": made.id, "rows": hers}


def object_to_sessions(ws: Workspace, desk: Desk, case_id: str, ids: str) -> dict[str, Any]:
    """Leave the person out of all later sessions of every purpose."""
    case, people = _ready(ws, desk, "object", case_id, ids)
    with locks.rewriting(ws.store.root):
        done = _close(ws, desk, case, {}, lambda c: _exclude(ws, c, people, ids, "objected"))
    return done | _letter(ws, desk, case)


def delete_rows(ws: Workspace, desk: Desk, case_id: str, ids: str) -> dict[str, Any]:
    """Delete the person's rows from every snapshot, and leave her out of later sessions.

    All or nothing: a crash leaves either everything or nothing deleted when the workspace is opened
    next. Each rewritten snapshot gets a new commitment, and the signed record names old and new: a
    release that was made before still verifies and says which commitment it was made from.

    Notes
    -----
    A question asked again after the deletion is a question to other data: it is charged in full and
    drawn anew, so no second draw is free, and nothing that was spent comes back. A snapshot without
    a row of hers is not touched: its questions are answered by the stored release as before.
    """
    case, _ = _ready(ws, desk, "delete", case_id, ids)
    until = desk.now.date() + timedelta(days=desk.backup_days)
    commitment_key = ws.custody.commitment_key()
    people: list[Pseudonyms] = []

    def prepare(token: str) -> list[Renewed]:
        people.append(_people(ws, ids))  # under the lock: no rotation comes between
        return stage(ws.store, token, commitment_key, without(people[0].all()))

    def settle(connection: Connection, renewed: list[Renewed]) -> int:
        carry_out(ws, connection, case, desk.signer, desk.now)
        _exclude(ws, connection, people[0], ids, "erased")
        more = {
            "snapshots": [r.as_json() for r in renewed],
            "backups_until": until.isoformat(),
            "releases": "stay; their loss is not given back",
        }
        return _record(ws, connection, desk, case, more)

    leaf = rewrite(ws, "erasure", "", prepare, settle)
    done = {"request": case.id, "leaf": leaf, "record": str(publish_record(ws, case.id, leaf))}
    return done | _letter(ws, desk, case, backups_until=until)


def request_reveal(
    ws: Workspace,
    signer: Signer,
    pseudonym: str,
    purpose: str,
    field: str,
    reason: str,
    now: datetime,
    *,
    days: int = 1,
) -> dict[str, Any]:
    """Ask to learn the identifier behind one reversible pseudonym, once, within at most a week."""
    if not 1 <= days <= MOST_REVEAL_DAYS:
        raise BadInput(f"1 to {MOST_REVEAL_DAYS} days", where="--days")
    what = {"pseudonym": _pseudonym(ws, pseudonym), "purpose": purpose, "field": field}
    expires = now + timedelta(days=days)
    case = open_case(ws, signer, "reveal", what, reason, now=now, expires=expires)
    return {"request": case.id, "kind": "reveal", "expires": expires.isoformat()}


def reveal(ws: Workspace, desk: Desk, case_id: str, pseudonym: str) -> dict[str, Any]:
    """Write the identifier behind the approved pseudonym to `revealed.txt`; log it first; once.

    Raises
    ------
    Refused
        There is no grant, it expired, was used, or is for another pseudonym.
    """
    case = check_granted(ws, case_id, "reveal", desk.signer, desk.now)
    if _pseudonym(ws, pseudonym) != case.what["pseudonym"]:
        raise Refused("the grant is for another pseudonym", where=f"request {case.id}")
    if not ws.custody.versions(case.what["purpose"]):
        raise NotFound("there is no key of this purpose", where=f"purpose {case.what['purpose']}")
    with locks.session(ws.store.root):
        key = ws.custody.purpose_key(case.what["purpose"])
        value = Reversible(key.for_field(case.what["field"])).value_of(pseudonym.strip())
        done = _close(ws, desk, case, {})
    file = desk.out / "revealed.txt"
    replace_private(file, value.encode() + b"\n")
    return done | {"file": str(file)}


def _ready(ws: Workspace, desk: Desk, kind: str, case_id: str, ids: str) -> tuple[Case, Pseudonyms]:
    case = check_granted(ws, case_id, kind, desk.signer, desk.now)
    if _subject(ws, ids_in(ids)) != case.what["subject"]:
        raise Refused("the ids are not the ones that were approved", where=f"request {case.id}")
    return case, _people(ws, ids)


def _people(ws: Workspace, ids: str) -> Pseudonyms:
    live = [p for p in ws.custody.purposes() if not ws.custody.is_destroyed(p)]
    return pseudonyms_of(ids_in(ids), [ws.custody.purpose_key(p) for p in live])


def _exclude(
    ws: Workspace, connection: Connection, people: Pseudonyms, ids: str, ground: Any
) -> None:
    key = ws.custody.exclusion_key()
    for purpose, by_hash in people.by_purpose.items():
        exclude(connection, key, purpose, by_hash, ground)
    mark(connection, key, ids_in(ids), ground)


def _close(
    ws: Workspace,
    desk: Desk,
    case: Case,
    more: Mapping[str, Any],
    also: Callable[[Connection], None] = lambda _: None,
) -> dict[str, Any]:
    with transaction(ws.engine) as connection:
        carry_out(ws, connection, case, desk.signer, desk.now)
        also(connection)
        leaf = _record(ws, connection, desk, case, more)
    return {"request": case.id, "leaf": leaf, "record": str(publish_record(ws, case.id, leaf))}


def _record(
    ws: Workspace, connection: Connection, desk: Desk, case: Case, more: Mapping[str, Any]
) -> int:
    said = {
        "record": f"subject-{case.kind}",
        "audience": "enclave",
        "request": case.id,
        "case": case.digest,
        "carried_out": desk.now.isoformat(),
        "deadline": case.expires.isoformat(),
        "nonce": secrets.token_hex(16),
        **more,
    }
    return record(ws, connection, f"subject-{case.kind}", case.id, canonical(said))


def _letter(
    ws: Workspace,
    desk: Desk,
    case: Case,
    held: list[str] | None = None,
    notes: dict[str, int] | None = None,
    backups_until: date | None = None,
) -> dict[str, Any]:
    keys = keys_of_datasets(ws.store)
    purposes = ws.custody.purposes()
    answer = Answer(
        kind=case.kind,
        request=case.id,
        done=desk.now.date(),
        backups_until=backups_until,
        held=held or [],
        notes=notes or {},
        by_row=[dataset for dataset, key in keys.items() if key == "row"],
        other_key=[dataset for dataset, key in keys.items() if key == "other"],
        cut=[p for p in purposes if ws.custody.is_destroyed(p)],
    )
    replace_private(desk.out / "answer.txt", answer.text().encode())
    return {"answer": str(desk.out / "answer.txt")}


def _subject(ws: Workspace, ids: tuple[str, ...]) -> str:
    return commitment(ws.custody.commitment_key(), digest(canonical(["subject", *ids])))


def _value(ws: Workspace, ids: tuple[str, ...], value: str) -> str:
    said = ["value", value.strip(), *ids]
    return commitment(ws.custody.commitment_key(), digest(canonical(said)))


def _pseudonym(ws: Workspace, pseudonym: str) -> str:
    said = ["pseudonym", pseudonym.strip()]
    return commitment(ws.custody.commitment_key(), digest(canonical(said)))
