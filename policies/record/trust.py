"""The trust root: which keys a checker has pinned, by name and role, and the log's own key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from policies.errors import BadInput
from policies.record.canonical import canonical
from policies.record.envelope import key_id, public_pem


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A key with the name and role of who holds it."""

    name: str
    role: str
    key: Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class TrustRoot:
    """What a stranger pins: the log's origin and key, and the keys of people and service."""

    origin: str
    log_key: Ed25519PublicKey
    keys: tuple[TrustedKey, ...]

    def by_id(self) -> Mapping[str, Ed25519PublicKey]:
        """Return key id → key."""
        return {key_id(k.key): k.key for k in self.keys}

    def holder(self, identifier: str) -> str:
        """Return `name (role)` of a key id."""
        for k in self.keys:
            if key_id(k.key) == identifier:
                return f"{k.name} ({k.role})"
        return "unknown"

    def body(self) -> bytes:
        """Return the trust root as canonical JSON."""
        return canonical(
            {
                "trust": 1,
                "log": {"origin": self.origin, "key": public_pem(self.log_key)},
                "keys": [
                    {"name": k.name, "role": k.role, "key": public_pem(k.key)} for k in self.keys
                ],
            }
        )


def read_public_key(pem: str | bytes, where: str) -> Ed25519PublicKey:
    """Read a PEM public key; anything but Ed25519 is refused."""
    body = pem.encode() if isinstance(pem, str) else pem
    try:
        key = serialization.load_pem_public_key(body)
    except ValueError as error:
        raise BadInput("is not a public key in PEM", where=where) from error
    if not isinstance(key, Ed25519PublicKey):
        raise BadInput("is not an Ed25519 public key", where=where)
    return key


def read_trust(body: bytes, where: str = "trust root") -> TrustRoot:
    """Read a trust root.

    Raises
    ------
    BadInput
        It is not a trust root of version 1.
    """
    try:
        read = json.loads(body)
        if read["trust"] != 1:
            raise BadInput("is a trust root of another version", where=where)
        return TrustRoot(
            read["log"]["origin"],
            read_public_key(read["log"]["key"], where),
            tuple(
                TrustedKey(k["name"], k["role"], read_public_key(k["key"], where))
                for k in read["keys"]
            ),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(
            "is not a trust root", where=where, todo="give the city's trust.json"
        ) from error
