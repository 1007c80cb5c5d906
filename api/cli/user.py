"""`user add/list`: the people who sign, each with a key of her own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import Json, LanguageOption, WorkspaceOption, chosen, say, say_json
from api.cli.persons import Words, tell_result


def add(
    name: Annotated[str, typer.Argument(help="Small letters, digits and -.")],
    role: Annotated[str, typer.Option(help="researcher, owner, officer, custodian or operator.")],
    key_file: Annotated[Path, typer.Option(help="Where her key goes: outside the workspace.")],
    words: Words = None,
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Make a person's key, sealed by her passphrase, and register its public half in the log.

    Let her type the passphrase herself. 由本人输入口令；密钥文件不得放在工作区内。

    Example: commonground user add ana --role officer --key-file /media/ana/ana.key
    """
    from api.workflows.people import register_person
    from api.workspace import open_workspace

    settings = chosen(workspace, language)
    ws = open_workspace(settings.workspace)
    tell_result(register_person(ws, name, role, key_file, words=words), json_, settings)
    return 0


def list_(
    json_: Json = False, workspace: WorkspaceOption = None, language: LanguageOption = None
) -> int:
    """List the people who may sign, with their roles and key ids.

    Example: commonground user list --workspace workspace
    """
    from api.workflows.people import list_people
    from api.workspace import open_workspace

    settings = chosen(workspace, language)
    people = list_people(open_workspace(settings.workspace))
    if json_:
        say_json(people)
    else:
        for p in people:
            say(f"{p['name']}  {p['role']}  {p['key_id']}")
    return 0


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help="People who sign. / 签名人员。", no_args_is_help=True)
    group.command("add")(add)
    group.command("list")(list_)
    app.add_typer(group, name="user")
