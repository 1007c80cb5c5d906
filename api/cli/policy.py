"""`policy try/activate/list`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import Json, LanguageOption, WorkspaceOption, chosen, say, say_json
from policies.errors import BadInput


def _body(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise BadInput("there is no such file", where=str(path)) from None


def try_(
    policy: Annotated[Path, typer.Argument(help="A policy (YAML).")],
    json_: Json = False,
    language: LanguageOption = None,
) -> int:
    """Run a policy's own examples; exit 1 if one comes out otherwise.

    Example: commonground policy try my-policy.yaml
    """
    from api.workflows.policy import try_policy
    from policies.rulebook import read_policy

    chosen(language=language)
    results = try_policy(read_policy(_body(policy), policy.name))
    if json_:
        say_json(results)
    else:
        for r in results:
            say(f"{'✓' if r['ok'] else '✕'} {r['example']}: {r['expected']} → {r['found']}")
    return 0 if all(r["ok"] for r in results) else 1


def activate(
    policy: Annotated[Path, typer.Argument(help="A policy (YAML).")],
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Put a policy in force, signed with the officer's key of this workspace.

    Example: commonground policy activate my-standing-policy.yaml
    """
    from api.workflows.policy import activate_policy
    from api.workspace import open_workspace

    settings = chosen(workspace, language)
    done = activate_policy(open_workspace(settings.workspace), _body(policy), policy.name)
    if json_:
        say_json(done)
    else:
        say(f"{done['id']} {done['version']}  {done['digest']}  log {done['leaf']}")
    return 0


def list_(
    json_: Json = False, workspace: WorkspaceOption = None, language: LanguageOption = None
) -> int:
    """List the policies and which of them somebody activated.

    Example: commonground policy list
    """
    from api.database.engine import transaction
    from api.database.policies import list_policies
    from api.workspace import open_workspace

    settings = chosen(workspace, language)
    with transaction(open_workspace(settings.workspace).engine) as connection:
        rows = list_policies(connection)
    if json_:
        say_json(rows)
    else:
        for r in rows:
            state = "activated" if r["activated"] else "as shipped"
            say(f"{r['id']} {r['version']}  {r['kind']}  {state}  {r['digest']}")
    return 0


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help="Written policies.", no_args_is_help=True)
    group.command("try")(try_)
    group.command("activate")(activate)
    group.command("list")(list_)
    app.add_typer(group, name="policy")
