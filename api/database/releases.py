"""Stored releases: what has left, byte for byte, and under which question."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from api.database.tables import releases
from policies.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row


@dataclass(frozen=True, slots=True)
class StoredRelease:
    """A release as it was settled: its body, the accounts it debited, its leaf in the log."""

    id: str
    body: bytes
    accounts: Sequence[dict[str, Any]]
    leaf_index: int


def store_release(connection: Connection, **values: Any) -> None:
    """Store a settled release in the caller's transaction."""
    values["accounts_after"] = json.dumps(values.pop("accounts"))
    connection.execute(insert(releases).values(**values))


def release_for(connection: Connection, idempotency_key: str) -> StoredRelease | None:
    """Return the release that already answered this question, if there is one."""
    row = connection.execute(
        select(releases).where(releases.c.idempotency_key == idempotency_key)
    ).one_or_none()
    return None if row is None else _stored(row)


def release_by_id(connection: Connection, release_id: str) -> StoredRelease:
    """Return a release by its id.

    Raises
    ------
    NotFound
        No release has that id.
    """
    row = connection.execute(select(releases).where(releases.c.id == release_id)).one_or_none()
    if row is None:
        raise NotFound(
            "there is no such release", where="releases", todo="`commonground release list`"
        )
    return _stored(row)


def list_releases(connection: Connection) -> list[dict[str, Any]]:
    """Return one line a release, oldest first."""
    rows = connection.execute(select(releases).order_by(releases.c.leaf_index)).all()
    return [
        {
            "release": row.id,
            "dataset": row.dataset,
            "population": row.population,
            "purpose": row.purpose,
            "researcher": row.researcher,
            **_said(json.loads(row.body)),
            "leaf": row.leaf_index,
        }
        for row in rows
    ]


def _said(body: dict[str, Any]) -> dict[str, Any]:
    """Return what a line says of a release: its columns and its loss."""
    privacy = body["privacy"]
    return {
        "columns": body["layout"]["columns"],
        "rho": privacy["rho"],
        "epsilon": privacy["epsilon"],
        "delta": privacy["atto_delta"] / 1e18,
    }


def _stored(row: Row[Any]) -> StoredRelease:
    return StoredRelease(
        row.id, bytes(row.body), tuple(json.loads(row.accounts_after)), row.leaf_index
    )
