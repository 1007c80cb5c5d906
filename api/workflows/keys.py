"""Keys of purposes: made, listed, rotated, destroyed; each act is signed, logged, and whole or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from api.database.engine import transaction
from api.database.exclusions import forget_exclusions, rekey_exclusions
from api.dual_control import carry_out, check_granted, open_case
from api.keys.root import ROOT_KEY, is_unsealed, ready_for_people
from api.logbook import publish_record, record
from api.rewriting import rewrite
from policies.decisions import require
from policies.errors import NotFound, Refused
from policies.record import canonical
from privacy.contract import PSEUDONYM_HASHES
from privacy.pseudonyms import PERSON_FIELD, Pseudonymiser, Reversible
from privacy.store.erasure import Renewed, rekeyed, stage

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from api.workspace import Workspace
    from policies.record import Signer
    from privacy.contract import PseudonymHash
    from privacy.pseudonyms import PurposeKey
    from privacy.store import Snapshot

REQUEST_DAYS = 7
UNLINKED = (
    "The key is gone, so nobody can go from a person to these pseudonyms or back. The rows are still "
    "there and still personal data: this is not deletion."
)


def new_key(ws: Workspace, purpose: str, acting: str = "operator") -> dict[str, Any]:
    """Make the key of a purpose before its first session, and log its fingerprint.

    Raises
    ------
    Refused
        There is one, or it was destroyed.
    """
    require(acting, "rotate_key")
    if ws.custody.versions(purpose) or ws.custody.is_destroyed(purpose):
        raise Refused("has or had a key already", where=f"purpose {purpose}")
    ready_for_people(ws.custody.root, synthetic=False)
    key = ws.custody.purpose_key(purpose)
    said = {"record": "key", "purpose": purpose, "version": 1, **_prints(ws, purpose)}
    name = f"key-{purpose}-v{key.version}"
    with transaction(ws.engine) as connection:
        leaf = record(ws, connection, "key", name, canonical(said))
    return said | {"leaf": leaf, "folder": str(publish_record(ws, name, leaf))}


def list_keys(ws: Workspace) -> dict[str, Any]:
    """Return how the root key is kept and every purpose with its versions; no key."""
    import os

    by_environment = ROOT_KEY in os.environ
    how = "unsealed" if is_unsealed(ws.custody.root) else "sealed"
    return {
        "root": "environment" if by_environment else how,
        "purposes": [
            {"purpose": p, "destroyed": True}
            if ws.custody.is_destroyed(p)
            else {"purpose": p, "destroyed": False, "version": len(ws.custody.versions(p))}
            | _prints(ws, p)
            for p in ws.custody.purposes()
        ],
    }


def rotate_key(
    ws: Workspace, purpose: str, now: datetime, acting: str = "operator"
) -> dict[str, Any]:
    """Give a purpose a new key: every stored pseudonym of it becomes another one, all at once.

    The new pseudonym is HMAC(new key, old pseudonym): nobody holds the identifiers any more. Later
    sessions pass through both keys and meet it. Whoever got hold of the old key or of an old
    copy cannot link it to the store without the new key. Snapshots keep their numbers and get
    new commitments, so that a question asked again is a new question and pays.

    Raises
    ------
    NotFound
        The purpose has no key.
    """
    require(acting, "rotate_key")
    commitment_key = ws.custody.commitment_key()
    staged: list[PurposeKey] = []

    def renew(hash_name: PseudonymHash, values: Sequence[str]) -> list[str]:
        return Pseudonymiser(staged[0].for_field(PERSON_FIELD), hash_name).rekeyed(values)

    def prepare(token: str) -> list[Renewed]:
        staged.append(ws.custody.stage_version(purpose, token))
        before = ws.custody.purpose_key(purpose)  # the staged one is not in use yet

        def person(snapshot: Snapshot, values: Sequence[str]) -> list[str]:
            return renew(snapshot.contract.pseudonym_hash, values)

        def reversible(name: str, values: Sequence[str]) -> list[str]:
            old, new = Reversible(before.for_field(name)), Reversible(staged[0].for_field(name))
            return new.of(old.value_of(v) for v in values)

        return stage(ws.store, token, commitment_key, rekeyed(purpose, person, reversible))

    def settle(connection: Connection, renewed: list[Renewed]) -> int:
        key = ws.custody.exclusion_key()
        by_name = {str(h): h for h in PSEUDONYM_HASHES}
        rekey_exclusions(connection, key, purpose, lambda h, p: renew(by_name[h], [p])[0])
        said = {
            "record": "key-rotation",
            "purpose": purpose,
            "version": staged[0].version,
            "carried_out": now.isoformat(),
            "snapshots": [r.as_json() for r in renewed],
            "nonce": secrets.token_hex(16),
        }
        name = f"rotation-{purpose}-v{staged[0].version}"
        return record(ws, connection, "key-rotation", name, canonical(said))

    leaf = rewrite(ws, "rotation", purpose, prepare, settle)
    folder = publish_record(ws, f"rotation-{purpose}-v{staged[0].version}", leaf)
    return {
        "purpose": purpose,
        "version": staged[0].version,
        "leaf": leaf,
        "folder": str(folder),
    }


def request_destruction(
    ws: Workspace, signer: Signer, purpose: str, reason: str, now: datetime
) -> dict[str, Any]:
    """Ask for the destruction of a purpose's key; two other people must approve within seven days.

    Raises
    ------
    NotFound
        The purpose has no key.
    """
    if not ws.custody.versions(purpose):
        raise NotFound("there is no key of this purpose", where=f"purpose {purpose}")
    what = {"purpose": purpose, **_prints(ws, purpose)}
    expires = now + timedelta(days=REQUEST_DAYS)
    case = open_case(ws, signer, "destroy_key", what, reason, now=now, expires=expires)
    return {"request": case.id, "expires": expires.isoformat(), **what}


def destroy_key(ws: Workspace, signer: Signer, case_id: str, now: datetime) -> dict[str, Any]:
    """Destroy a purpose's key with all its versions, on a grant by two people; prove it by a record.

    Raises
    ------
    Refused
        There is no such grant, or the key was rotated since it was given.
    """
    case = check_granted(ws, case_id, "destroy_key", signer, now)
    purpose = case.what["purpose"]
    said = {
        "record": "key-destruction",
        "request": case.id,
        "purpose": purpose,
        "fingerprints": case.what["fingerprints"],
        "carried_out": now.isoformat(),
        "means": UNLINKED,
    }

    def prepare(token: str) -> list[Renewed]:
        if ws.custody.fingerprints(purpose) != case.what["fingerprints"]:
            raise Refused(
                "the key was rotated since this was approved",
                where=f"request {case.id}",
                todo="open a new request",
            )
        return stage(ws.store, token, b"", lambda _snapshot, _folder: False)

    def settle(connection: Connection, _: list[Renewed]) -> int:
        carry_out(ws, connection, case, signer, now)
        forget_exclusions(connection, purpose)
        return record(ws, connection, "key-destruction", case.id, canonical(said))

    leaf = rewrite(ws, "destruction", purpose, prepare, settle)
    return said | {"leaf": leaf, "folder": str(publish_record(ws, case.id, leaf))}


def _prints(ws: Workspace, purpose: str) -> dict[str, Any]:
    return {"fingerprints": ws.custody.fingerprints(purpose)}
