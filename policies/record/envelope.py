"""Statements (in-toto v1) and their signed envelopes (DSSE v1)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from policies.errors import ProofFailed
from policies.record.canonical import canonical

_ENVELOPE_KEYS = {"payload", "payloadType", "signatures"}
_SIGNATURE_KEYS = {"keyid", "sig"}
PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said (predicate) of which files (subjects: name → `sha256:` digest)."""

    subjects: Mapping[str, str]
    predicate_type: str
    predicate: Mapping[str, Any]

    def body(self) -> bytes:
        """Return the statement's canonical bytes (in-toto attestation framework, Statement v1)."""
        return canonical(
            {
                "_type": STATEMENT_TYPE,
                "subject": [
                    {"name": name, "digest": {"sha256": value.removeprefix("sha256:")}}
                    for name, value in sorted(self.subjects.items())
                ],
                "predicateType": self.predicate_type,
                "predicate": dict(self.predicate),
            }
        )

    @staticmethod
    def from_body(body: bytes) -> Statement:
        """Read a statement; anything but a Statement v1 is refused."""
        try:
            read = json.loads(body)
            if read["_type"] != STATEMENT_TYPE:
                raise ProofFailed("is not an in-toto Statement v1", where="envelope")
            subjects = {s["name"]: "sha256:" + s["digest"]["sha256"] for s in read["subject"]}
            return Statement(subjects, read["predicateType"], read["predicate"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ProofFailed("is not an in-toto Statement v1", where="envelope") from error


class Signer(Protocol):
    """Signs; where the private key lies is its own affair."""

    @property
    def name(self) -> str:
        """The name under which the key is registered."""

    @property
    def public_key(self) -> Ed25519PublicKey:
        """The public half."""

    def sign(self, body: bytes) -> bytes:
        """Return the Ed25519 signature (RFC 8032) of the bytes."""


class Ed25519Signer:
    """A signer that holds its private key in memory; its repr shows the name only."""

    __slots__ = ("_key", "name")

    def __init__(self, key: Ed25519PrivateKey, name: str) -> None:
        self._key = key
        self.name = name

    def __repr__(self) -> str:
        return f"Ed25519Signer({self.name!r})"

    @property
    def public_key(self) -> Ed25519PublicKey:
        """The public half."""
        return self._key.public_key()

    def sign(self, body: bytes) -> bytes:
        """Return the Ed25519 signature (RFC 8032) of the bytes."""
        return self._key.sign(body)


def public_pem(key: Ed25519PublicKey) -> str:
    """Return the key as PEM (SubjectPublicKeyInfo), as openssl reads it."""
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


def key_id(key: Ed25519PublicKey) -> str:
    """Return the key's id: SHA-256 of its DER form, in hex."""
    der = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(der).hexdigest()


def pre_authentication_encoding(payload_type: str, body: bytes) -> bytes:
    """Return DSSE's PAE: what is signed (DSSE v1 protocol, "Signature Definition")."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(body), body)


def seal(statement: Statement, signer: Signer) -> bytes:
    """Sign a statement; return the envelope's bytes (DSSE v1 JSON, canonical)."""
    body = statement.body()
    signature = signer.sign(pre_authentication_encoding(PAYLOAD_TYPE, body))
    return canonical(
        {
            "payload": base64.b64encode(body).decode(),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [
                {"keyid": key_id(signer.public_key), "sig": base64.b64encode(signature).decode()}
            ],
        }
    )


@dataclass(frozen=True, slots=True)
class Opened:
    """A statement whose signature held, and the key ids that made it."""

    statement: Statement
    key_ids: tuple[str, ...]


def open_envelope(envelope: bytes, keys: Mapping[str, Ed25519PublicKey]) -> Opened:
    """Verify an envelope against the given keys (key id → key) and return its statement.

    At least one signature must be by a given key and every signature by a given key must hold.

    Raises
    ------
    ProofFailed
        The envelope is malformed, no given key signed it, or a signature does not hold.
    """
    try:
        read = json.loads(envelope)
        body = base64.b64decode(read["payload"], validate=True)
        if set(read) != _ENVELOPE_KEYS or any(
            set(s) != _SIGNATURE_KEYS for s in read["signatures"]
        ):
            raise ProofFailed("the envelope has keys that nobody signed", where="envelope")
        if canonical(read) != envelope:  # two byte forms of one envelope would be two leaves
            raise ProofFailed("the envelope is not in its canonical form", where="envelope")
        if read["payloadType"] != PAYLOAD_TYPE:
            raise ProofFailed("the envelope holds another kind of payload", where="envelope")
        signatures = [
            (s["keyid"], base64.b64decode(s["sig"], validate=True)) for s in read["signatures"]
        ]
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise ProofFailed("is not a DSSE envelope", where="envelope") from error
    signed = pre_authentication_encoding(PAYLOAD_TYPE, body)
    held = []
    for identifier, signature in signatures:
        if identifier in keys:
            try:
                keys[identifier].verify(signature, signed)
            except InvalidSignature as error:
                raise ProofFailed("a signature does not hold", where="envelope") from error
            held.append(identifier)
    if not held:
        raise ProofFailed("none of the given keys signed this", where="envelope")
    return Opened(Statement.from_body(body), tuple(held))
