"""Sealing a secret by a passphrase: Argon2id, then AES-256-GCM; the parameters stand beside it."""

from __future__ import annotations

import base64
import json
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from policies.errors import BadInput, Refused
from policies.record import canonical

SHORTEST_PASSPHRASE = 12
_NONCE_BYTES, _SALT_BYTES, _KEY_BYTES = 12, 16, 32
_PARAMETERS = {"iterations": 3, "lanes": 4, "memory_kib": 65536}
"""RFC 9106, section 4, second recommended option."""
_MOST = {"iterations": 100, "lanes": 64, "memory_kib": 1 << 20}
"""A file that asks for more is refused: reading it must not take the machine's memory."""


def seal_secret(secret: bytes, passphrase: str, label: str) -> bytes:
    """Seal `secret`; the label and the parameters are authenticated with it.

    Raises
    ------
    BadInput
        The passphrase is shorter than 12 characters.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise BadInput(
            f"a passphrase has at least {SHORTEST_PASSPHRASE} characters",
            where=label,
            todo="take five words that nobody would guess",
        )
    head: dict[str, Any] = {
        "sealed": 1,
        "label": label,
        "kdf": {"name": "argon2id", "salt": _text(secrets.token_bytes(_SALT_BYTES)), **_PARAMETERS},
        "nonce": _text(secrets.token_bytes(_NONCE_BYTES)),
    }
    body = AESGCM(_key(head, passphrase)).encrypt(_raw(head["nonce"]), secret, canonical(head))
    return canonical({**head, "body": _text(body)})


def open_secret(sealed: bytes, passphrase: str, label: str) -> bytes:
    """Open what `seal_secret` made.

    Raises
    ------
    Refused
        The passphrase is wrong, or the file was altered: which of the two cannot be told.
    BadInput
        It is not a sealed secret of this label.
    """
    try:
        head = json.loads(sealed)
        body = _raw(head.pop("body"))
        kdf = head["kdf"]
        sane = all(1 <= int(kdf[name]) <= most for name, most in _MOST.items())
        if head["sealed"] != 1 or head["label"] != label or kdf["name"] != "argon2id" or not sane:
            raise ValueError
        nonce = _raw(head["nonce"])
        key = _key(head, passphrase)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadInput("is not a sealed key of this kind", where=label) from None
    try:
        return AESGCM(key).decrypt(nonce, body, canonical(head))
    except InvalidTag:
        raise Refused(
            "the passphrase is wrong, or the key file was altered",
            where=label,
            todo="try again; without the passphrase the key cannot be opened by anybody",
        ) from None


def is_sealed(body: bytes) -> bool:
    """Tell a sealed secret from raw key bytes."""
    return body.startswith(b'{"body"')


def _key(head: dict[str, Any], passphrase: str) -> bytes:
    kdf = head["kdf"]
    return Argon2id(
        salt=_raw(kdf["salt"]),
        length=_KEY_BYTES,
        iterations=kdf["iterations"],
        lanes=kdf["lanes"],
        memory_cost=kdf["memory_kib"],
    ).derive(passphrase.encode())


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _raw(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
