"""Dual control at work: requests and reviews are signed by people's own keys, logged, and checked anew.

Nothing here believes a row. Before anything is carried out each approval's envelope is opened with
the key that its person's registration in the log names, and must speak of this very case.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from api.database.cases import StoredCase, add_case, add_review, advance, case_by_id, reviews_of
from api.database.engine import transaction
from api.database.people import registration_of
from api.logbook import seal_and_append
from api.workspace import SERVICE
from policies.decisions import Case, Person, check_grant, check_request, check_review
from policies.errors import ProofFailed, Refused
from policies.record import Statement, key_id, open_envelope, read_public_key

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from sqlalchemy import Connection

    from api.workspace import Workspace
    from policies.decisions import Act, State
    from policies.record import Signer

REGISTRATION = "https://common-ground.example/person-registration/v1"
REQUEST = "https://common-ground.example/request/v1"
REVIEW = "https://common-ground.example/review/v1"
_SUBJECT = "case.json"


def registered(ws: Workspace, connection: Connection, name: str) -> tuple[Person, Ed25519PublicKey]:
    """Return a person and her public key from her registration's signed leaf.

    Raises
    ------
    NotFound
        Nobody of that name is registered.
    ProofFailed
        The registration is not the service's, or is another person's.
    """
    service = ws.custody.signer(SERVICE).public_key
    opened = open_envelope(registration_of(connection, name), {key_id(service): service})
    said = opened.statement
    if said.predicate_type != REGISTRATION or said.predicate["name"] != name:
        raise ProofFailed("is the registration of somebody else", where=f"user {name}")
    key = read_public_key(said.predicate["public_key"], f"user {name}")
    return Person(name, said.predicate["role"], key_id(key)), key


def open_case(
    ws: Workspace,
    signer: Signer,
    kind: str,
    what: dict[str, Any],
    reason: str,
    *,
    now: datetime,
    expires: datetime,
) -> Case:
    """Open a request, signed by who asks and logged.

    Raises
    ------
    Refused
        She is not registered under this key, or her role may not ask for it.
    """
    case = Case(f"q-{secrets.token_hex(6)}", kind, what, reason, signer.name, now, expires)
    with transaction(ws.engine) as connection:
        check_request(case, _signing(ws, connection, signer))
        statement = Statement({_SUBJECT: case.digest}, REQUEST, {"request": case.id, "kind": kind})
        add_case(connection, case, seal_and_append(ws, connection, statement, "request", signer))
    return case


def review(ws: Workspace, case_id: str, act: Act, signer: Signer, now: datetime) -> State:
    """Approve, reject or withdraw a request, by a signature over its digest; return its state.

    Raises
    ------
    Refused
        By role, time or state, by who asked, or twice by one person.
    ProofFailed
        The request is not the one that its requester signed: nobody is led to sign another.
    """
    with transaction(ws.engine) as connection:
        stored = case_by_id(connection, case_id)
        case, by = stored.case, _signing(ws, connection, signer)
        _check_asked(stored, registered(ws, connection, case.requester)[1])
        if act == "withdraw":
            if by.name != case.requester:
                raise Refused("only who asked withdraws", where=f"request {case_id}")
        else:
            earlier = [
                registered(ws, connection, r.person)[0] for r in reviews_of(connection, case_id)
            ]
            check_review(case, by, earlier, now)
        state = advance(connection, case_id, act)
        statement = Statement(
            {_SUBJECT: case.digest}, REVIEW, {"request": case_id, "act": act, "by": by.name}
        )
        leaf = seal_and_append(ws, connection, statement, "review", signer)
        add_review(connection, case_id, by.name, act, leaf)
    return state


def granted(
    ws: Workspace,
    connection: Connection,
    case_id: str,
    kind: str,
    signer: Signer,
    now: datetime,
) -> Case:
    """Return a case that its requester may carry out now: every signature on it verified again.

    Raises
    ------
    Refused
        It is of another kind or another person's, not approved by two different people, expired, or
        done.
    ProofFailed
        A signature does not hold, or was made over something else.
    """
    stored = case_by_id(connection, case_id)
    case = stored.case
    if case.kind != kind:
        raise Refused(f"is a request to {_words(case.kind)}", where=f"request {case_id}")
    requester, key = registered(ws, connection, case.requester)
    if requester.key_id != key_id(signer.public_key):
        raise Refused("only who asked carries it out", where=f"request {case_id}")
    _check_asked(stored, key)
    check_request(case, requester)
    check_grant(case, stored.state, _approvers(ws, connection, stored), now)
    return case


def carry_out(
    ws: Workspace, connection: Connection, case: Case, signer: Signer, now: datetime
) -> None:
    """Close a granted case in the transaction of what it grants: it is used once."""
    granted(ws, connection, case.id, case.kind, signer, now)
    advance(connection, case.id, "carry_out")


def check_granted(ws: Workspace, case_id: str, kind: str, signer: Signer, now: datetime) -> Case:
    """Return a granted case, before anything is prepared for it."""
    with transaction(ws.engine) as connection:
        return granted(ws, connection, case_id, kind, signer, now)


def _approvers(ws: Workspace, connection: Connection, stored: StoredCase) -> list[Person]:
    found = []
    for given in reviews_of(connection, stored.case.id):
        if given.act == "approve":
            person, key = registered(ws, connection, given.person)
            said = {"request": stored.case.id, "act": "approve", "by": given.person}
            _check_signed(given.envelope, key, stored.case, REVIEW, said)
            found.append(person)
    return found


def _check_asked(stored: StoredCase, key: Ed25519PublicKey) -> None:
    case = stored.case
    _check_signed(stored.envelope, key, case, REQUEST, {"request": case.id, "kind": case.kind})


def _check_signed(
    envelope: bytes, key: Ed25519PublicKey, case: Case, kind: str, said: dict[str, Any]
) -> None:
    statement = open_envelope(envelope, {key_id(key): key}).statement
    if (
        statement.predicate_type != kind
        or dict(statement.predicate) != said
        or dict(statement.subjects) != {_SUBJECT: case.digest}
    ):
        raise ProofFailed(
            "a signature was made over something else than this request",
            where=f"request {case.id}",
            todo="somebody changed the record; keep it as it is and ask the officer",
        )


def _signing(ws: Workspace, connection: Connection, signer: Signer) -> Person:
    person, _ = registered(ws, connection, signer.name)
    if person.key_id != key_id(signer.public_key):
        raise Refused(
            "this key is not the one registered under this name", where=f"user {signer.name}"
        )
    return person


def _words(kind: str) -> str:
    return kind.replace("_", " ")
