"""A purpose's key, its earlier versions, and the keys derived from them for each field."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_REKEYING = "rekeying"
PERSON_FIELD = "resident_id"
"""The field that the person's pseudonym is bound to, in every dataset: one purpose, one pseudonym."""


class FieldKey(bytes):
    """The keys of one field, oldest version first; as bytes it is the first version's.

    `links` are 256-bit keys: a pseudonym passes through each in turn. The first is the field's own;
    the later ones re-key, whatever the field. `newest` is the field's own under the newest version,
    and `context` its `purpose/field/vN`. Its repr shows the context and no key.
    """

    links: tuple[bytes, ...]
    newest: bytes
    context: str

    def __new__(cls, links: tuple[bytes, ...], newest: bytes, context: str) -> FieldKey:
        """Make the key of a field from the keys of its versions."""
        made = super().__new__(cls, links[0])
        made.links = links
        made.newest = newest
        made.context = context
        return made

    def __repr__(self) -> str:
        return f"FieldKey({self.context!r})"

    __str__ = __repr__


def links_of(field_key: bytes) -> tuple[bytes, ...]:
    """Return the keys that a pseudonym passes through: one, unless the purpose was rotated."""
    return field_key.links if isinstance(field_key, FieldKey) else (field_key,)


@dataclass(frozen=True, slots=True)
class PurposeKey:
    """The random 256-bit key of a purpose and version; its repr does not show it.

    Parameters
    ----------
    version
        Number of `key`, from 1.
    earlier
        The keys of the versions before it, oldest first: rotation turns each stored pseudonym p
        into HMAC(new key, p), for nobody holds the identifiers any more; what comes in later has
        to pass through the same keys to meet it. Whoever lacks one of them cannot go from an
        identifier to a pseudonym: each link alone is a pseudorandom function.
    """

    purpose: str
    version: int
    key: bytes = field(repr=False)
    earlier: tuple[bytes, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if any(len(k) != KEY_BYTES for k in (*self.earlier, self.key)):
            raise ValueError("a purpose key has 32 bytes")
        if self.earlier and self.version != len(self.earlier) + 1:
            raise ValueError("the earlier keys are those of versions 1 to version - 1")

    def for_field(self, name: str) -> FieldKey:
        """Return the 256-bit keys bound to a field and each version (HKDF-SHA-256, RFC 5869)."""
        first = self.version - len(self.earlier)
        links = tuple(
            self._derive(key, version, name if version == first else _REKEYING)
            for version, key in enumerate((*self.earlier, self.key), first)
        )
        newest = self._derive(self.key, self.version, name)
        return FieldKey(links, newest, f"{self.purpose}/{name}/v{self.version}")

    def _derive(self, key: bytes, version: int, name: str) -> bytes:
        info = f"common-ground/pseudonym/{self.purpose}/v{version}/{name}".encode()
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(key)
