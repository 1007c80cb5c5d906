"""Requests under dual control and what people signed on them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from api.database.tables import cases, leaves, reviews
from policies.decisions import Case, after
from policies.errors import NotFound, ServiceFault

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from policies.decisions import Act, State


@dataclass(frozen=True, slots=True)
class StoredCase:
    """A case, its state, and the envelope of its request."""

    case: Case
    state: State
    envelope: bytes


@dataclass(frozen=True, slots=True)
class StoredReview:
    """What a person did on a case, and the envelope that she signed."""

    person: str
    act: Act
    envelope: bytes


def add_case(connection: Connection, case: Case, leaf_index: int) -> None:
    """Store a new request in the caller's transaction."""
    connection.execute(
        insert(cases).values(
            id=case.id, kind=case.kind, state="requested", body=case.body(), leaf_index=leaf_index
        )
    )


def case_by_id(connection: Connection, case_id: str) -> StoredCase:
    """Return a request.

    Raises
    ------
    NotFound
        There is none of that id.
    """
    row = connection.execute(
        select(cases, leaves.c.envelope).join(leaves).where(cases.c.id == case_id)
    ).one_or_none()
    if row is None:
        raise NotFound("there is no such request", where=f"request {case_id}", todo="list them")
    return StoredCase(Case.from_json(json.loads(row.body)), row.state, bytes(row.envelope))


def list_cases(connection: Connection) -> list[StoredCase]:
    """Return every request, oldest first."""
    rows = connection.execute(
        select(cases, leaves.c.envelope).join(leaves).order_by(cases.c.leaf_index)
    ).all()
    return [
        StoredCase(Case.from_json(json.loads(r.body)), r.state, bytes(r.envelope)) for r in rows
    ]


def advance(connection: Connection, case_id: str, act: Act) -> State:
    """Move a request along the table of states, in the caller's transaction; return the new state.

    Raises
    ------
    Refused
        The table does not allow it.
    """
    state = case_by_id(connection, case_id).state
    new = after(state, act)
    moved = connection.execute(
        update(cases).where(cases.c.id == case_id, cases.c.state == state).values(state=new)
    )
    if moved.rowcount != 1:
        raise ServiceFault("the request moved meanwhile", where=f"request {case_id}")
    return new


def add_review(
    connection: Connection, case_id: str, person: str, act: Act, leaf_index: int
) -> None:
    """Store what a person signed on a request, in the caller's transaction."""
    connection.execute(
        insert(reviews).values(case_id=case_id, person=person, act=act, leaf_index=leaf_index)
    )


def reviews_of(connection: Connection, case_id: str) -> list[StoredReview]:
    """Return what people signed on a request, oldest first."""
    rows = connection.execute(
        select(reviews, leaves.c.envelope)
        .join(leaves)
        .where(reviews.c.case_id == case_id)
        .order_by(reviews.c.leaf_index)
    ).all()
    return [StoredReview(r.person, r.act, bytes(r.envelope)) for r in rows]
