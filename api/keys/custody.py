"""Custody: makes the keys of a workspace on first use and hands them on as small objects.

Each purpose has its own random 256-bit key, wrapped (AES-256-GCM) by the workspace's root key:
destroying the wrapped key destroys the purpose, which a key derived from the root could not do.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api.keys.files import erase_private, read_private, sync_folder, write_private
from api.keys.root import root_key
from policies.errors import BadInput, NotFound, Refused
from policies.record import Ed25519Signer, digest
from privacy.pseudonyms import PurposeKey

if TYPE_CHECKING:
    from pathlib import Path

_NONCE_BYTES = 12
_KEY_BYTES = 32
_NAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")
_VERSIONED = re.compile(r"(?P<purpose>.+)\.v(?P<version>[1-9][0-9]*)\.key")
_DESTROYED = ".destroyed"
_STAGED = ".staged-"


@dataclass(frozen=True, slots=True)
class Custody:
    """The keys of one workspace, in the folder `root`, which ordinary back-ups leave out."""

    root: Path
    _held: dict[str, bytes] = field(default_factory=dict, repr=False, compare=False)

    def purpose_key(self, purpose: str) -> PurposeKey:
        """Return the pseudonym key of a purpose with its earlier versions, made on first use.

        Raises
        ------
        Refused
            The key of this purpose was destroyed: no other ever stands under its name.
        """
        if self.is_destroyed(purpose):
            raise Refused(
                "the key of this purpose was destroyed; its pseudonyms belong to nobody any more",
                where=f"purpose {purpose}",
                todo="name another pseudonym_purpose in the contract",
            )
        newest = max(self.versions(purpose), default=1)
        keys = [self._wrapped("purposes", f"{purpose}.v{v}") for v in range(1, newest + 1)]
        return PurposeKey(purpose, newest, keys[-1], tuple(keys[:-1]))

    def purposes(self) -> list[str]:
        """Return every purpose that has or had a key."""
        folder = self.root / "purposes"
        found = {m["purpose"] for p in folder.glob("*.key") if (m := _VERSIONED.fullmatch(p.name))}
        found |= {p.name.removesuffix(_DESTROYED) for p in folder.glob(f"*{_DESTROYED}")}
        return sorted(name for name in found if not name.startswith("."))

    def versions(self, purpose: str) -> list[int]:
        """Return the versions of a purpose's key, oldest first; none when it was destroyed."""
        found = (self.root / "purposes").glob(f"{_checked(purpose)}.v*.key")
        return sorted(int(m["version"]) for p in found if (m := _VERSIONED.fullmatch(p.name)))

    def is_destroyed(self, purpose: str) -> bool:
        """Tell whether the key of a purpose was destroyed."""
        return (self.root / "purposes" / f"{_checked(purpose)}{_DESTROYED}").exists()

    def fingerprints(self, purpose: str) -> list[str]:
        """Return the SHA-256 of each version: 256 random bits cannot be guessed from it."""
        key = self.purpose_key(purpose)
        return [digest(k) for k in (*key.earlier, key.key)]

    def stage_version(self, purpose: str, token: str) -> PurposeKey:
        """Make the next version of a purpose's key, not in use until `activate_version`."""
        if not self.versions(purpose):
            raise NotFound("there is no key of this purpose", where=f"purpose {purpose}")
        key = self.purpose_key(purpose)
        name = f"{purpose}.v{key.version + 1}"
        fresh = self._wrapped("purposes", name, at=self._staged(token, name))
        return PurposeKey(purpose, key.version + 1, fresh, (*key.earlier, key.key))

    def activate_version(self, token: str) -> None:
        """Put the staged versions of `token` in use; doing it again changes nothing."""
        for path in (self.root / "purposes").glob(f"{_STAGED}{token}-*.key"):
            path.replace(path.with_name(path.name.removeprefix(f"{_STAGED}{token}-")))
            sync_folder(path)

    def drop_staged(self, token: str) -> None:
        """Erase versions that were staged and never put in use."""
        for path in (self.root / "purposes").glob(f"{_STAGED}{token}-*.key"):
            erase_private(path)

    def staged(self) -> set[str]:
        """Return the tokens of staged versions."""
        found = (self.root / "purposes").glob(f"{_STAGED}*.key")
        return {p.name.removeprefix(_STAGED).split("-")[0] for p in found}

    def destroy_purpose(self, purpose: str) -> None:
        """Destroy every version of a purpose's key; doing it again changes nothing."""
        folder = self.root / "purposes"
        write_private(folder / f"{_checked(purpose)}{_DESTROYED}", b"")
        for version in self.versions(purpose):
            erase_private(folder / f"{purpose}.v{version}.key")

    def commitment_key(self) -> bytes:
        """Return the key under which digests of confidential files are committed to."""
        return self._wrapped("commitments", "files.v1")

    def exclusion_key(self) -> bytes:
        """Return the key under which the list of persons left out of sessions is kept."""
        return self._wrapped("exclusions", "list.v1")

    def signer(self, name: str) -> Ed25519Signer:
        """Return the signer `name` of the workspace itself (people's keys are in their own hands)."""
        key = Ed25519PrivateKey.from_private_bytes(self._wrapped("signing", _checked(name)))
        return Ed25519Signer(key, name)

    def _staged(self, token: str, name: str) -> Path:
        return self.root / "purposes" / f"{_STAGED}{token}-{name}.key"

    def _wrapped(self, kind: str, name: str, at: Path | None = None) -> bytes:
        path = at or self.root / kind / f"{_checked(name)}.key"
        label = f"{kind}/{name}".encode()
        wrapping = AESGCM(self._root_key())
        if not path.exists():
            nonce = secrets.token_bytes(_NONCE_BYTES)
            fresh = secrets.token_bytes(_KEY_BYTES)
            write_private(path, nonce + wrapping.encrypt(nonce, fresh, label))
        body = read_private(path)
        try:
            return wrapping.decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], label)
        except (InvalidTag, ValueError):
            raise Refused(
                "the root key does not open this key: it is another workspace's, or the file was "
                "altered",
                where=f"keys/{kind}/{name}",
                todo="give the root key that this workspace was made with",
            ) from None

    def _root_key(self) -> bytes:
        if "root" not in self._held:  # opening a sealed one takes a tenth of a second by design
            self._held["root"] = root_key(self.root)
        return self._held["root"]


def _checked(name: str) -> str:
    if not name or not set(name) <= _NAME_CHARACTERS | {"."} or name.startswith("."):
        raise BadInput(
            "a key's name has small letters, digits, '-' and '_' only",
            where="keys",
            todo="choose a plain name",
        )
    return name
