"""A person's own key: made for her, sealed by her passphrase, kept in a file of hers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.keys.files import read_private, write_private
from api.keys.passphrases import PERSON_PASSPHRASE, passphrase
from api.keys.sealing import open_secret, seal_secret
from policies.errors import BadInput, NotFound, Refused
from policies.record import Ed25519Signer

if TYPE_CHECKING:
    from pathlib import Path

_LABEL = "key of "


def make_person_key(path: Path, name: str, words: Path | None = None) -> Ed25519Signer:
    """Make a key for `name` and seal it into `path`.

    Raises
    ------
    Refused
        There is such a file already.
    """
    if path.exists():
        raise Refused("there is a file already", where=str(path), todo="name a new file")
    key = Ed25519PrivateKey.generate()
    given = passphrase(PERSON_PASSPHRASE, f"{_LABEL}{name}", file=words, twice=True)
    write_private(path, seal_secret(key.private_bytes_raw(), given, _LABEL + name))
    return Ed25519Signer(key, name)


def open_person_key(path: Path, words: Path | None = None) -> Ed25519Signer:
    """Open a person's key file with her passphrase.

    Raises
    ------
    BadInput
        It is no such file.
    Refused
        The passphrase is wrong or missing.
    """
    if not path.is_file():
        raise NotFound("there is no such key file", where=str(path))
    body = read_private(path)
    try:
        label = str(json.loads(body)["label"])
    except (ValueError, KeyError, TypeError):
        label = ""
    if not label.startswith(_LABEL):
        raise BadInput("is not a person's key file", where=str(path), todo="`user add` makes one")
    secret = open_secret(body, passphrase(PERSON_PASSPHRASE, label, file=words), label)
    return Ed25519Signer(Ed25519PrivateKey.from_private_bytes(secret), label.removeprefix(_LABEL))
