"""Custody: makes the keys of a workspace on first use and hands them on as small objects.

Each purpose has its own random 256-bit key, wrapped (AES-256-GCM) by the workspace's root key:
destroying the wrapped key destroys the purpose, which a key derived from the root could not do.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api.keys.files import read_private, write_private
from policies.errors import BadInput
from policies.record import Ed25519Signer
from privacy.pseudonyms import PurposeKey

if TYPE_CHECKING:
    from pathlib import Path

_NONCE_BYTES = 12
_KEY_BYTES = 32
_NAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")


@dataclass(frozen=True, slots=True)
class Custody:
    """The keys of one workspace, in the folder `root`."""

    root: Path

    def purpose_key(self, purpose: str, version: int = 1) -> PurposeKey:
        """Return the pseudonym key of a purpose, made at random on first use."""
        return PurposeKey(purpose, version, self._wrapped("purposes", f"{purpose}.v{version}"))

    def commitment_key(self) -> bytes:
        """Return the key under which digests of confidential files are committed to."""
        return self._wrapped("commitments", "files.v1")

    def signer(self, name: str) -> Ed25519Signer:
        """Return the signer `name` (the service's own, or a person's kept here for the demo)."""
        path = self.root / "signing" / f"{_checked(name)}.pem"
        if not path.exists():
            private = Ed25519PrivateKey.generate()
            write_private(
                path,
                private.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                ),
            )
        key = serialization.load_pem_private_key(read_private(path), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise BadInput("is not an Ed25519 private key", where=path.name)
        return Ed25519Signer(key, name)

    def _wrapped(self, kind: str, name: str) -> bytes:
        path = self.root / kind / f"{_checked(name)}.key"
        label = f"{kind}/{name}".encode()
        wrapping = AESGCM(self._root_key())
        if not path.exists():
            nonce = secrets.token_bytes(_NONCE_BYTES)
            fresh = secrets.token_bytes(_KEY_BYTES)
            write_private(path, nonce + wrapping.encrypt(nonce, fresh, label))
        body = read_private(path)
        return wrapping.decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], label)

    def _root_key(self) -> bytes:
        path = self.root / "root.key"
        if not path.exists():
            write_private(path, secrets.token_bytes(_KEY_BYTES))
        return read_private(path)


def _checked(name: str) -> str:
    if not name or not set(name) <= _NAME_CHARACTERS | {"."} or name.startswith("."):
        raise BadInput(
            "a key's name has small letters, digits, '-' and '_' only",
            where="keys",
            todo="choose a plain name",
        )
    return name
