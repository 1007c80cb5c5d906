"""HMAC pseudonyms in batches: SHA-256, or SM3 where a contract asks for it."""

from __future__ import annotations

from collections.abc import Iterable

from cryptography.hazmat.primitives.hashes import SHA256, SM3
from cryptography.hazmat.primitives.hmac import HMAC

from privacy.contract import PseudonymHash
from privacy.pseudonyms.keys import links_of

PSEUDONYM_BYTES = 16
_HASHES = {"sha256": SHA256, "sm3": SM3}


class Pseudonymiser:
    """Turns identifiers into pseudonyms: HMAC (RFC 2104), the first 128 bits, in hex.

    The keyed state is prepared once and copied for every value. 128 bits leave the chance of
    two of 3×10⁸ people meeting below 10⁻²¹. Under a rotated purpose the 16 bytes pass through the
    key of each later version.

    Parameters
    ----------
    field_key
        Of `PurposeKey.for_field`, or the bytes of one key.
    hash_name
        `sha256` (FIPS 180-4), or `sm3` (GB/T 32905-2016; HMAC-SM3 as in GM/T 0042).
    """

    __slots__ = ("_first", "_later")

    def __init__(self, field_key: bytes, hash_name: PseudonymHash = "sha256") -> None:
        keyed = [HMAC(key, _HASHES[hash_name]()) for key in links_of(field_key)]
        self._first, self._later = keyed[0], keyed[1:]

    def __repr__(self) -> str:
        return "Pseudonymiser()"

    def of(self, values: Iterable[str]) -> list[str]:
        """Return the pseudonym of each value, 32 hex digits."""
        made = []
        for value in values:
            tag = _tag(self._first, value.encode())
            for keyed in self._later:
                tag = _tag(keyed, tag)
            made.append(tag.hex())
        return made

    def rekeyed(self, pseudonyms: Iterable[str]) -> list[str]:
        """Return what pseudonyms of the version before become under the newest version.

        Raises
        ------
        ValueError
            There is no version before, or a pseudonym is not 32 hex digits.
        """
        if not self._later:
            raise ValueError("the first version has none before it")
        newest = self._later[-1]
        return [_tag(newest, _raw(p)).hex() for p in pseudonyms]


def _tag(keyed: HMAC, body: bytes) -> bytes:
    tag = keyed.copy()
    tag.update(body)
    return tag.finalize()[:PSEUDONYM_BYTES]


def _raw(pseudonym: str) -> bytes:
    raw = bytes.fromhex(pseudonym)
    if len(raw) != PSEUDONYM_BYTES:
        raise ValueError("a pseudonym has 32 hex digits")
    return raw
