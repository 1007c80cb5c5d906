"""A person who signs is registered: a key of her own, her public key in the database and the log."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from api.database.engine import transaction
from api.database.people import add_person, names, refuse_known
from api.dual_control import REGISTRATION, registered
from api.keys.person_keys import make_person_key
from api.logbook import seal_and_append, write_whole
from policies.decisions import ROLES, require
from policies.errors import BadInput, Refused
from policies.record import Statement, digest, key_id, public_pem

if TYPE_CHECKING:
    from pathlib import Path

    from api.workspace import Workspace

_NAME = re.compile(r"[a-z][a-z0-9-]{0,59}")


def register_person(
    ws: Workspace,
    name: str,
    role: str,
    key_file: Path,
    *,
    words: Path | None = None,
    acting: str = "operator",
) -> dict[str, Any]:
    """Make a person's key into `key_file` and register its public half, signed and logged.

    Raises
    ------
    BadInput
        The name or the role is none.
    Refused
        The name is taken, or the file lies in the workspace.
    """
    require(acting, "register_person")
    if not _NAME.fullmatch(name):
        raise BadInput("a name has small letters, digits and - only", where="user")
    if role not in ROLES or role == "service":
        roles = ", ".join(sorted(set(ROLES) - {"service"}))
        raise BadInput("there is no such role for a person", where="--role", todo=f"one of {roles}")
    for closed in (ws.root, ws.custody.root):
        if key_file.resolve().is_relative_to(closed.resolve()):
            raise Refused(
                "a person's key does not lie in the workspace, where others could use it",
                where=str(key_file),
                todo="name a file of hers: on her stick, in her home folder",
            )
    with transaction(ws.engine) as connection:
        refuse_known(connection, name)
    signer = make_person_key(key_file, name, words)
    pem = public_pem(signer.public_key)
    statement = Statement(
        {f"{name}.pub.pem": digest(pem.encode())},
        REGISTRATION,
        {"name": name, "role": role, "public_key": pem},
    )
    with transaction(ws.engine) as connection:
        refuse_known(connection, name)
        leaf = seal_and_append(ws, connection, statement, "person")
        add_person(connection, name, leaf)
    write_whole(key_file.with_name(f"{name}.pub.pem"), pem.encode())
    return {"name": name, "role": role, "key_id": key_id(signer.public_key), "leaf": leaf}


def list_people(ws: Workspace) -> list[dict[str, Any]]:
    """Return everybody registered: name, role, key id."""
    with transaction(ws.engine) as connection:
        found = [registered(ws, connection, name)[0] for name in names(connection)]
    return [{"name": p.name, "role": p.role, "key_id": p.key_id} for p in found]
