"""Rewritings of what is stored: committed here, then finished on the disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from api.database.tables import rewrites

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Rewrite:
    """An erasure, a rotation or a destruction: its token, purpose and state."""

    id: str
    kind: str
    purpose: str
    state: str


def add_rewrite(
    connection: Connection, token: str, kind: str, purpose: str, leaf_index: int
) -> None:
    """Commit to a rewriting in the caller's transaction: from here on it is finished, never undone."""
    connection.execute(
        insert(rewrites).values(
            id=token, kind=kind, purpose=purpose, state="committed", leaf_index=leaf_index
        )
    )


def rewrite_by_id(connection: Connection, token: str) -> Rewrite | None:
    """Return a rewriting, or None where nothing was committed under this token."""
    row = connection.execute(select(rewrites).where(rewrites.c.id == token)).one_or_none()
    return None if row is None else Rewrite(row.id, row.kind, row.purpose, row.state)


def mark_finished(connection: Connection, token: str) -> None:
    """Note that the disk has followed."""
    connection.execute(update(rewrites).where(rewrites.c.id == token).values(state="finished"))
