"""The people who sign, as their registrations stand in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from api.database.tables import leaves, people
from policies.errors import NotFound, Refused

if TYPE_CHECKING:
    from sqlalchemy import Connection


def add_person(connection: Connection, name: str, leaf_index: int) -> None:
    """Store that `name` was registered by a leaf, in the caller's transaction."""
    connection.execute(insert(people).values(name=name, leaf_index=leaf_index))


def refuse_known(connection: Connection, name: str) -> None:
    """Refuse a name that is taken: one person has one name and one key."""
    if connection.scalar(select(people.c.name).where(people.c.name == name)) is not None:
        raise Refused("this name is registered already", where=f"user {name}", todo="`user list`")


def registration_of(connection: Connection, name: str) -> bytes:
    """Return the envelope that registered a person.

    Raises
    ------
    NotFound
        Nobody of that name is registered.
    """
    body = connection.scalar(
        select(leaves.c.envelope)
        .join(people, people.c.leaf_index == leaves.c.leaf_index)
        .where(people.c.name == name)
    )
    if body is None:
        raise NotFound("is not registered", where=f"user {name}", todo="`user add`")
    return bytes(body)


def names(connection: Connection) -> list[str]:
    """Return every registered name, sorted."""
    return list(connection.scalars(select(people.c.name).order_by(people.c.name)))
