"""The root key of a workspace: from the environment, sealed in a file, or unsealed by choice."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from api.keys.files import read_private, replace_private, write_private
from api.keys.passphrases import WORKSPACE_PASSPHRASE, has_passphrase, passphrase
from api.keys.sealing import is_sealed, open_secret, seal_secret
from policies.errors import BadInput, Refused

ROOT_KEY = "COMMONGROUND_ROOT_KEY"
UNSEALED = "COMMONGROUND_UNSEALED_ROOT_KEY"
NAME = "root.key"
_LABEL = "root key"
_WHAT = "this workspace's root key"
_BYTES = 32


def root_key(folder: Path) -> bytes:
    """Return the root key; it is made on first use.

    `COMMONGROUND_ROOT_KEY` (64 hex digits) stands before the file. A new file is sealed where a
    passphrase is given, else it lies open: good enough to sign audits with, and refused by
    `ready_for_people` before anybody's records come in.

    Raises
    ------
    Refused
        The passphrase is missing or wrong.
    """
    given = os.environ.get(ROOT_KEY)
    if given is not None:
        return _from_hex(given)
    path = folder / NAME
    if not path.exists():
        if has_passphrase(WORKSPACE_PASSPHRASE):
            _make_sealed(path)
        else:
            write_private(path, secrets.token_bytes(_BYTES))
    body = read_private(path)
    if is_sealed(body):
        body = open_secret(body, passphrase(WORKSPACE_PASSPHRASE, _WHAT), _LABEL)
    if len(body) != _BYTES:
        raise BadInput("is not a root key", where=NAME)
    return body


def ready_for_people(folder: Path, *, synthetic: bool) -> None:
    """Refuse to take in records of real people under a root key that lies open.

    An open key is for made-up data, and for who chose it by `COMMONGROUND_UNSEALED_ROOT_KEY=yes`.

    Raises
    ------
    Refused
        The root key lies open, or no passphrase was given to seal a new one.
    """
    if synthetic or os.environ.get(UNSEALED) == "yes" or ROOT_KEY in os.environ:
        return
    if not (folder / NAME).exists():
        _make_sealed(folder / NAME)
    if is_unsealed(folder):
        raise Refused(
            "the root key lies unsealed beside what it protects, and these records are not made up",
            where=NAME,
            todo="run `commonground keys seal`, or give the key by COMMONGROUND_ROOT_KEY",
        )


def _make_sealed(path: Path) -> None:
    words = passphrase(WORKSPACE_PASSPHRASE, _WHAT, twice=True)
    write_private(path, seal_secret(secrets.token_bytes(_BYTES), words, _LABEL))


def is_unsealed(folder: Path) -> bool:
    """Tell whether the root key lies open beside what it protects."""
    path = folder / NAME
    return ROOT_KEY not in os.environ and path.exists() and not is_sealed(read_private(path))


def seal_root(folder: Path) -> None:
    """Seal an unsealed root key by a passphrase, in one rename.

    Raises
    ------
    Refused
        There is none, it is sealed already, or no passphrase was given.
    """
    if not is_unsealed(folder):
        raise Refused(
            "there is no unsealed root key here",
            where=NAME,
            todo="`keys list` says how it is kept; a new workspace's is sealed when it is made",
        )
    words = passphrase(WORKSPACE_PASSPHRASE, _WHAT, twice=True)
    replace_private(folder / NAME, seal_secret(read_private(folder / NAME), words, _LABEL))


def _from_hex(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        raise BadInput("is 64 hex digits", where=ROOT_KEY)
    return key
