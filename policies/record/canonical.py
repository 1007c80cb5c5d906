"""Canonical JSON (RFC 8785) and digests."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import rfc8785

from policies.errors import BadInput

_COMMITMENT_LABEL = b"common-ground/commitment/v1\x00"


def canonical(document: Any) -> bytes:
    """Return the one byte form of a JSON document (RFC 8785).

    Raises
    ------
    BadInput
        The document holds something that JSON has no canonical form for (NaN, infinity,
        an integer beyond 2⁵³, a key that is not text).
    """
    try:
        return rfc8785.dumps(document)
    except rfc8785.CanonicalizationError as error:
        raise BadInput(
            "has no canonical JSON form", where="document", todo="use text for large integers"
        ) from error


def digest(body: bytes) -> str:
    """Return `sha256:<64 hex digits>` of the bytes."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def commitment(key: bytes, body_digest: str) -> str:
    """Return a keyed commitment to a digest: it binds like the digest and tells nothing without the key.

    A plain digest of a confidential file lets anybody test a guess of the file's content.
    """
    tag = hmac.new(key, _COMMITMENT_LABEL + body_digest.encode(), hashlib.sha256)
    return f"hmac-sha256:{tag.hexdigest()}"
