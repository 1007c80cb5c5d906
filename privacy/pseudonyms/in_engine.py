"""The same pseudonyms inside the engine: HMAC-SHA-256 as an SQL expression, its key bound as parameters.

The key never stands in SQL text: an engine's log, plan or error holds the parameters' names only.
"""

from __future__ import annotations

_BLOCK_BYTES = 64
_INNER_PAD = bytes([0x36] * _BLOCK_BYTES)
_OUTER_PAD = bytes([0x5C] * _BLOCK_BYTES)
_HEX_DIGITS = 32


def pseudonym_sql(value: str) -> str:
    """Return the DuckDB expression of the pseudonym of a text expression: 32 hex digits.

    It equals `Pseudonymiser.of` of the same key. `value` is an expression of ours, never text that a
    user gave. The statement is run with the parameters of `bound_key`. NULL stays NULL.

    Notes
    -----
    HMAC(K, m) = H((K ⊕ opad) || H((K ⊕ ipad) || m)), RFC 2104, section 2; the key has at most one block.
    """
    inner = f"unhex(sha256($pseudonym_inner::BLOB || encode({value})))"
    return f"left(sha256($pseudonym_outer::BLOB || {inner}), {_HEX_DIGITS})"


def bound_key(field_key: bytes) -> dict[str, bytes]:
    """Return the parameters that `pseudonym_sql` needs: the key, padded inside and outside."""
    if not 0 < len(field_key) <= _BLOCK_BYTES:
        raise ValueError("a field key has 1 to 64 bytes")
    padded = field_key.ljust(_BLOCK_BYTES, b"\0")
    return {
        "pseudonym_inner": bytes(a ^ b for a, b in zip(padded, _INNER_PAD, strict=True)),
        "pseudonym_outer": bytes(a ^ b for a, b in zip(padded, _OUTER_PAD, strict=True)),
    }
