"""Reversible pseudonyms (AES-SIV): only where a contract says `action: reversible`."""

from __future__ import annotations

from collections.abc import Iterable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from policies.errors import BadInput
from privacy.pseudonyms.keys import FieldKey

_INFO = b"common-ground/reversible/v1"
_SIV_KEY_BYTES = 64


class Reversible:
    """Deterministic authenticated encryption of identifiers (AES-256-SIV, RFC 5297).

    Equal values have equal pseudonyms, and nothing else is told but the length. The key is derived
    from the newest version of the field's key and used for nothing else; purpose, field and version
    are associated data: a pseudonym moved to another field or purpose does not open.
    """

    __slots__ = ("_cipher", "_context")

    def __init__(self, field_key: bytes) -> None:
        derive = HKDFExpand(algorithm=SHA256(), length=_SIV_KEY_BYTES, info=_INFO)
        own, context = field_key, ""
        if isinstance(field_key, FieldKey):
            own, context = field_key.newest, field_key.context
        self._cipher = AESSIV(derive.derive(own))
        self._context = [context.encode()]

    def __repr__(self) -> str:
        return "Reversible()"

    def of(self, values: Iterable[str]) -> list[str]:
        """Return the pseudonym of each value: hex digits, twice the value's bytes and 32 more."""
        return [self._sealed(v).hex() for v in values]

    def _sealed(self, value: str) -> bytes:
        if not value:
            raise BadInput("an empty value has no pseudonym", where="reversible pseudonym")
        return self._cipher.encrypt(value.encode(), self._context)

    def value_of(self, pseudonym: str) -> str:
        """Return the value behind a pseudonym; who may ask is not decided here.

        Raises
        ------
        BadInput
            It was not made under this key, purpose, field and version, or was altered.
        """
        try:
            return self._cipher.decrypt(_raw(pseudonym), self._context).decode()
        except (InvalidTag, ValueError):
            raise BadInput(
                "is no pseudonym of this purpose, field and version", where="reversible pseudonym"
            ) from None


def _raw(text: str) -> bytes:
    raw = bytes.fromhex(text)
    if raw.hex() != text:  # two spellings of one pseudonym would be two people
        raise ValueError("not in canonical form")
    return raw
