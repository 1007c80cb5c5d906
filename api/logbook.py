"""The one place that signs and logs: statement → envelope → leaf → proof, and the trust root."""

from __future__ import annotations

import json
import os
import secrets
from typing import TYPE_CHECKING

from api.database.engine import transaction
from api.database.log import append_leaf, envelope_at, leaf_hashes, leaves_of
from api.workspace import SERVICE
from policies.errors import Refused
from policies.record import (
    Checkpoint,
    InclusionProof,
    Statement,
    TrustedKey,
    TrustRoot,
    digest,
    inclusion_proof,
    key_id,
    open_envelope,
    root,
    seal,
    sign_checkpoint,
)

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from api.workspace import Workspace
    from policies.record import Signer

OFFICER = "officer"
TRUST_FILE = "trust.json"
RECORD_FILE, PROOF_FILE = "record.json", "record.tlog-proof"
RECORD = "https://common-ground.example/record"


def origin(ws: Workspace) -> str:
    """Return the name of this workspace's log (C2SP tlog-checkpoint: unique to the log)."""
    return f"common-ground.example/log/{key_id(ws.custody.signer(SERVICE).public_key)[:16]}"


def seal_and_append(
    ws: Workspace,
    connection: Connection,
    statement: Statement,
    kind: str,
    signer: Signer | None = None,
) -> int:
    """Sign a statement and append its envelope to the log, in the caller's transaction."""
    envelope = seal(statement, signer or ws.custody.signer(SERVICE))
    return append_leaf(connection, envelope, kind)


def envelope_and_proof(ws: Workspace, index: int) -> tuple[bytes, str]:
    """Return leaf `index` and the proof that it stands in the log as it is now."""
    with transaction(ws.engine) as connection:
        hashes = leaf_hashes(connection)
        envelope = envelope_at(connection, index)
    name = origin(ws)
    checkpoint = Checkpoint(name, len(hashes), root(hashes))
    signed = sign_checkpoint(checkpoint, ws.custody.signer(SERVICE))
    return envelope, InclusionProof(index, tuple(inclusion_proof(hashes, index)), signed).text()


def record(ws: Workspace, connection: Connection, kind: str, name: str, body: bytes) -> int:
    """Log the digest of a record, signed by the service, in the caller's transaction.

    The record itself lies in `records/<name>/record.json`, on the disk before the log speaks of it;
    `kind` and the digest are all that the log tells. A record of the enclave holds a random number,
    so that nobody guesses its content from the digest.
    """
    write_whole(ws.root / "records" / name / RECORD_FILE, body)
    statement = Statement({RECORD_FILE: digest(body)}, f"{RECORD}/{kind}/v1", {"record": kind})
    return seal_and_append(ws, connection, statement, kind)


def publish_record(ws: Workspace, name: str, leaf: int) -> Path:
    """Write a record's envelope, proof and trust root beside it, for `verify`; return its folder."""
    folder = ws.root / "records" / name
    envelope, proof = envelope_and_proof(ws, leaf)
    write_whole(folder / "record.dsse.json", envelope)
    write_whole(folder.parent / TRUST_FILE, trust_root(ws).body())
    write_whole(folder / PROOF_FILE, proof.encode())
    return folder


def publish_missing(ws: Workspace) -> None:
    """Write what a crash kept from being written beside a record: envelope, proof and trust root.

    A record whose digest no leaf speaks of was never committed and stays as it is: it proves nothing.
    Where the root key is not at hand nothing is written: the next who has it does.
    """
    bodies = (ws.root / "records").glob(f"*/{RECORD_FILE}")
    # the proof is written last
    missing = [b for b in sorted(bodies) if not b.with_name(PROOF_FILE).exists()]
    for path in missing:
        try:
            leaf = _leaf_of(ws, path.read_bytes())
        except Refused:
            return
        if leaf is not None:
            publish_record(ws, path.parent.name, leaf)


def _leaf_of(ws: Workspace, body: bytes) -> int | None:
    service = ws.custody.signer(SERVICE).public_key
    with transaction(ws.engine) as connection:
        found = leaves_of(connection, str(json.loads(body)["record"]))
    for index, envelope in found:
        statement = open_envelope(envelope, {key_id(service): service}).statement
        if statement.subjects == {RECORD_FILE: digest(body)}:
            return index
    return None


def trust_root(ws: Workspace) -> TrustRoot:
    """Return what a stranger pins: the log's key, the service's and the officer's."""
    service, officer = ws.custody.signer(SERVICE), ws.custody.signer(OFFICER)
    return TrustRoot(
        origin(ws),
        service.public_key,
        (
            TrustedKey("service", "service", service.public_key),
            TrustedKey("officer", "data-protection officer", officer.public_key),
        ),
    )


def write_whole(path: Path, body: bytes) -> None:
    """Write a file whole or not at all: under another name first, then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with draft.open("wb") as out:
        out.write(body)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
