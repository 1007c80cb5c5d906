"""A purpose's key, and the keys derived from it for each field."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


@dataclass(frozen=True, slots=True)
class PurposeKey:
    """The random 256-bit key of a purpose and version; its repr does not show it."""

    purpose: str
    version: int
    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.key) != 32:
            raise ValueError("a purpose key has 32 bytes")

    def for_field(self, name: str) -> bytes:
        """Return the 256-bit key bound to a field and this version (HKDF-SHA-256, RFC 5869)."""
        info = f"common-ground/pseudonym/{self.purpose}/v{self.version}/{name}".encode()
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(self.key)
