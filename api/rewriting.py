"""One rewriting of what is stored: staged, committed with its signed record, finished on the disk."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

from api.database.engine import transaction
from api.database.rewrites import add_rewrite
from api.recovery import recover_alone
from privacy.store import locks

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from api.workspace import Workspace
    from privacy.store.erasure import Renewed

Stage = Callable[[str], "list[Renewed]"]
"""Writes what is new beside what is there, under a token; nothing of it counts yet."""
Settle = Callable[["Connection", "list[Renewed]"], int]
"""Records the rewriting in the transaction that commits it; returns the leaf of its record."""


def rewrite(ws: Workspace, kind: str, purpose: str, stage: Stage, settle: Settle) -> int:
    """Rewrite stored rows or keys, all or nothing; return the leaf of the record.

    The database's commit is the one moment of truth: a crash before it leaves everything as it
    was, a crash after it is finished when the workspace is opened next. Sessions wait meanwhile,
    and so does another rewriting; a query sees a snapshot as it was or as it is, never between.
    """
    with locks.rewriting(ws.store.root):
        recover_alone(ws.engine, ws.custody, ws.store)
        token = secrets.token_hex(8)
        try:
            renewed = stage(token)
            with transaction(ws.engine) as connection:
                leaf = settle(connection, renewed)
                add_rewrite(connection, token, kind, purpose, leaf)
        finally:
            recover_alone(ws.engine, ws.custody, ws.store)
    return leaf
