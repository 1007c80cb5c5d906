"""Where a passphrase comes from: a file, the environment, or a prompt; never the command line."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path

from api.keys.files import read_private
from policies.errors import NotFound, Refused

WORKSPACE_PASSPHRASE = "COMMONGROUND_PASSPHRASE"
PERSON_PASSPHRASE = "COMMONGROUND_PERSON_PASSPHRASE"


def has_passphrase(variable: str) -> bool:
    """Tell whether the environment gives a passphrase, itself or by a file."""
    return variable in os.environ or f"{variable}_FILE" in os.environ


def passphrase(variable: str, what: str, *, file: Path | None = None, twice: bool = False) -> str:
    """Return a passphrase from `file`, `$variable_FILE`, `$variable`, or a prompt on a terminal.

    Parameters
    ----------
    what
        What it opens, for the prompt and the refusal.
    twice
        Ask twice on a terminal: a new passphrase that was mistyped would lock its owner out.

    Raises
    ------
    Refused
        None of the four is there, or the file can be read by others.
    """
    named = file or (Path(p) if (p := os.environ.get(f"{variable}_FILE")) else None)
    if named is not None:
        if not named.is_file():
            raise NotFound("there is no such passphrase file", where=str(named))
        return read_private(named).decode().strip("\r\n")
    if variable in os.environ:
        return os.environ[variable]
    if not sys.stdin.isatty():
        raise Refused(
            f"the passphrase of {what} is needed",
            where="keys",
            todo=f"set {variable}_FILE to a file of mode 0600, or {variable}, or use a terminal",
        )
    given = getpass.getpass(f"passphrase of {what} / 口令（{what}）: ")
    if twice and getpass.getpass("again / 再次输入: ") != given:
        raise Refused("the two passphrases differ", where="keys", todo="try again")
    return given
