"""The transparency log's leaves: appended in the transaction of what they record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from api.database.tables import leaves
from policies.record import leaf_hash

if TYPE_CHECKING:
    from sqlalchemy import Connection


def append_leaf(connection: Connection, envelope: bytes, kind: str) -> int:
    """Append an envelope as the next leaf and return its index, in the caller's transaction."""
    index = int(connection.scalar(select(func.count()).select_from(leaves)) or 0)
    connection.execute(
        insert(leaves).values(
            leaf_index=index, leaf_hash=leaf_hash(envelope), kind=kind, envelope=envelope
        )
    )
    return index


def leaf_hashes(connection: Connection) -> list[bytes]:
    """Return all leaf hashes in order (RFC 6962 §2.1)."""
    return list(connection.scalars(select(leaves.c.leaf_hash).order_by(leaves.c.leaf_index)))


def envelope_at(connection: Connection, index: int) -> bytes:
    """Return the envelope that is leaf `index`."""
    return bytes(
        connection.scalars(select(leaves.c.envelope).where(leaves.c.leaf_index == index)).one()
    )


def leaves_of(connection: Connection, kind: str) -> list[tuple[int, bytes]]:
    """Return index and envelope of every leaf of a kind, in order."""
    found = select(leaves.c.leaf_index, leaves.c.envelope).where(leaves.c.kind == kind)
    rows = connection.execute(found.order_by(leaves.c.leaf_index))
    return [(row.leaf_index, bytes(row.envelope)) for row in rows]
