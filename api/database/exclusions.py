"""Persons whom later sessions leave out: their pseudonyms, encrypted, by purpose.

The list must outlive the person's rows, so it is the one place where the pseudonym of an erased
person remains: under AES-256-SIV (RFC 5297), with the key in custody and the purpose as associated data.
A purpose that comes later has pseudonyms of its own, which nobody can know by then: a mark, a
pseudonym of the list itself, leaves her out of its sessions too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from sqlalchemy import delete, insert, select

from api.database.engine import transaction
from api.database.tables import exclusions
from privacy.pseudonyms import Pseudonymiser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sqlalchemy import Connection, Engine

Ground = Literal["erased", "objected"]
_EVERY_PURPOSE = ""
"""No purpose has this name: under it stand the marks."""
_MARK = "mark"


@dataclass(frozen=True, slots=True)
class Excluded:
    """One entry of the list."""

    pseudonym: str = field(repr=False)
    hash_name: str
    ground: Ground


def exclude(
    connection: Connection,
    key: bytes,
    purpose: str,
    pseudonyms: Mapping[str, frozenset[str]],
    ground: Ground,
) -> None:
    """Add a person's pseudonyms of a purpose (hash → pseudonyms), in the caller's transaction.

    Who is on the list already stays once, under the later ground.
    """
    for hash_name, mine in sorted(pseudonyms.items()):
        for pseudonym in sorted(mine):
            _put(connection, key, purpose, Excluded(pseudonym, hash_name, ground))


def excluded_from_sessions(engine: Engine, key: bytes, purpose: str) -> frozenset[str]:
    """Return the pseudonyms that a session of this purpose leaves out."""
    with transaction(engine) as connection:
        return frozenset(e.pseudonym for e in _listed(connection, key, purpose))


def mark_key(key: bytes) -> bytes:
    """Return the key of the marks, derived from the list's."""
    info = b"common-ground/exclusions/marks/v1"
    return HKDFExpand(algorithm=SHA512(), length=32, info=info).derive(key)


def mark(connection: Connection, key: bytes, ids: Iterable[str], ground: Ground) -> None:
    """Leave the holder of these ids out of the sessions of every purpose there will ever be."""
    marks = frozenset(Pseudonymiser(mark_key(key)).of(ids))
    exclude(connection, key, _EVERY_PURPOSE, {_MARK: marks}, ground)


def marks(engine: Engine, key: bytes) -> frozenset[str]:
    """Return every mark: `Pseudonymiser(mark_key(key))` of an id tells whether its holder is meant."""
    return excluded_from_sessions(engine, key, _EVERY_PURPOSE)


def rekey_exclusions(
    connection: Connection, key: bytes, purpose: str, renew: Callable[[str, str], str]
) -> None:
    """Give the listed pseudonyms their next form (`renew(hash, pseudonym)`), in the transaction."""
    old = _listed(connection, key, purpose)
    forget_exclusions(connection, purpose)
    for e in old:
        renewed = Excluded(renew(e.hash_name, e.pseudonym), e.hash_name, e.ground)
        _put(connection, key, purpose, renewed)


def forget_exclusions(connection: Connection, purpose: str) -> None:
    """Drop the list of a purpose whose key is destroyed: nobody can meet it any more."""
    connection.execute(delete(exclusions).where(exclusions.c.purpose == purpose))


def _put(connection: Connection, key: bytes, purpose: str, e: Excluded) -> None:
    sealed = _cipher(key).encrypt(bytes.fromhex(e.pseudonym), [purpose.encode()])
    connection.execute(
        delete(exclusions).where(exclusions.c.purpose == purpose, exclusions.c.sealed == sealed)
    )
    row = {"purpose": purpose, "sealed": sealed, "hash": e.hash_name, "ground": e.ground}
    connection.execute(insert(exclusions).values(**row))


def _listed(connection: Connection, key: bytes, purpose: str) -> list[Excluded]:
    cipher = _cipher(key)
    rows = connection.execute(
        select(exclusions).where(exclusions.c.purpose == purpose).order_by(exclusions.c.sealed)
    ).all()
    return [
        Excluded(cipher.decrypt(r.sealed, [purpose.encode()]).hex(), r.hash, r.ground) for r in rows
    ]


def _cipher(key: bytes) -> AESSIV:
    info = b"common-ground/exclusions/v1"
    return AESSIV(HKDFExpand(algorithm=SHA512(), length=64, info=info).derive(key))
