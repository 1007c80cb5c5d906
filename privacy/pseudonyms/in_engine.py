"""The same pseudonyms inside the engine: HMAC-SHA-256 as an SQL expression, its key bound as parameters.

The key never stands in SQL text: an engine's log, plan or error holds the parameters' names only.
"""

from __future__ import annotations

from privacy.pseudonyms.keys import links_of

_BLOCK_BYTES = 64
_INNER_PAD = bytes([0x36] * _BLOCK_BYTES)
_OUTER_PAD = bytes([0x5C] * _BLOCK_BYTES)
_HEX_DIGITS = 32


def pseudonym_sql(value: str, links: int = 1) -> str:
    """Return the DuckDB expression of the pseudonym of a text expression: 32 hex digits.

    It equals `Pseudonymiser.of` of the same key. `value` is an expression of ours, never text that a
    user gave. The statement is run with the parameters of `bound_key`. NULL stays NULL. `links` is
    the number of key versions (`len(links_of(field_key))`): the engine refuses parameters that the
    statement lacks, so a rotated key is never half used.

    Notes
    -----
    HMAC(K, m) = H((K ⊕ opad) || H((K ⊕ ipad) || m)), RFC 2104, section 2; the key has at most one block.
    """
    tag = _tag_sql(f"encode({value})", "")
    for link in range(2, links + 1):
        tag = _tag_sql(f"unhex({tag})", f"_{link}")
    return tag


def _tag_sql(message: str, link: str) -> str:
    inner = f"unhex(sha256($pseudonym_inner{link}::BLOB || {message}))"
    return f"left(sha256($pseudonym_outer{link}::BLOB || {inner}), {_HEX_DIGITS})"


def bound_key(field_key: bytes) -> dict[str, bytes]:
    """Return the parameters that `pseudonym_sql` needs: each link, padded inside and outside."""
    bound = {}
    for number, key in enumerate(links_of(field_key), 1):
        link = "" if number == 1 else f"_{number}"
        bound[f"pseudonym_inner{link}"], bound[f"pseudonym_outer{link}"] = padded(key)
    return bound


def padded(key: bytes) -> tuple[bytes, bytes]:
    """Return the first blocks of the inner and the outer hash (RFC 2104, section 2)."""
    if not 0 < len(key) <= _BLOCK_BYTES:
        raise ValueError("a field key has 1 to 64 bytes")
    whole = key.ljust(_BLOCK_BYTES, b"\0")
    return (
        bytes(a ^ b for a, b in zip(whole, _INNER_PAD, strict=True)),
        bytes(a ^ b for a, b in zip(whole, _OUTER_PAD, strict=True)),
    )
