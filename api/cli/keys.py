"""`keys new/list/rotate/seal/destroy`, and `keys approve/reject` for a destruction."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.options import Json, LanguageOption, WorkspaceOption, chosen, say, say_json, tell
from api.cli.persons import (
    KeyFile,
    Reason,
    RequestId,
    Words,
    now,
    one_of,
    review_with,
    signer,
    tell_result,
)
from policies.errors import BadInput

Purpose = Annotated[str, typer.Argument(help="A pseudonym_purpose of the contracts.")]


def new(
    purpose: Purpose,
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Make the random key of a purpose before its first session (a session makes it otherwise).

    Example: commonground keys new records
    """
    from api.workflows.keys import new_key
    from api.workspace import open_workspace

    settings = chosen(workspace, language)
    ws = open_workspace(settings.workspace, create=True)
    tell_result(new_key(ws, purpose), json_, settings)
    return 0


def list_(
    json_: Json = False, workspace: WorkspaceOption = None, language: LanguageOption = None
) -> int:
    """List the purposes with the versions of their keys, and how the root key is kept.

    Example: commonground keys list --workspace workspace
    """
    from api.workflows.keys import list_keys
    from api.workspace import open_workspace

    settings = chosen(workspace, language)
    found = list_keys(open_workspace(settings.workspace))
    if json_:
        say_json(found)
        return 0
    zh = settings.language == "zh"
    say(f"{'根密钥' if zh else 'root key'}: {found['root']}")
    for p in found["purposes"]:
        if p["destroyed"]:
            say(f"{p['purpose']}  {'已销毁' if zh else 'destroyed'}")
        else:
            say(f"{p['purpose']}  v{p['version']}  {p['fingerprints'][-1]}")
    return 0


def rotate(
    purpose: Purpose,
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Give a purpose a new key: all its stored pseudonyms change at once; the old ones meet nothing.

    Snapshots get new commitments: a question asked again is a new question and pays.
    快照承诺随之更新：再次提出同一问题视为新问题并消耗预算。

    Example: commonground keys rotate records
    """
    from api.workflows.keys import rotate_key
    from api.workspace import open_workspace

    settings = chosen(workspace, language)
    ws = open_workspace(settings.workspace)
    tell_result(rotate_key(ws, purpose, now()), json_, settings)
    return 0


def seal(workspace: WorkspaceOption = None, language: LanguageOption = None) -> int:
    """Seal an unsealed root key by a passphrase (COMMONGROUND_PASSPHRASE_FILE, or a prompt).

    Example: commonground keys seal --workspace workspace
    """
    from api.keys.root import seal_root
    from api.workspace import open_workspace

    settings = chosen(workspace, language)
    seal_root(open_workspace(settings.workspace).custody.root)
    tell("根密钥已加密封存" if settings.language == "zh" else "the root key is sealed")
    return 0


def destroy(
    key_file: KeyFile,
    purpose: Annotated[str, typer.Argument(help="Whose key; with --reason.")] = "",
    reason: Reason = None,
    request: RequestId = None,
    words: Words = None,
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Ask for a key's destruction (--reason), or carry it out once two others approved (--request).

    It unlinks the purpose's pseudonyms for good. It deletes no row: that is `subject delete`.
    销毁密钥使假名永久失联，并不等于删除数据。

    Example: commonground keys destroy records --reason "the project ended" --key-file olga.key
    """
    from api.workflows.keys import destroy_key, request_destruction
    from api.workspace import open_workspace

    settings = chosen(workspace, language)
    ws, who = open_workspace(settings.workspace), signer(key_file, words)
    if one_of(reason, request):
        if not purpose:
            raise BadInput("name the purpose whose key is to be destroyed", where="PURPOSE")
        done = request_destruction(ws, who, purpose, reason or "", now())
    else:
        done = destroy_key(ws, who, request or "", now())
    tell_result(done, json_, settings)
    return 0


def approve(
    request: Annotated[str, typer.Argument(help="The id of a request.")],
    key_file: KeyFile,
    words: Words = None,
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Approve a destruction with your own key; two people are needed, neither of whom asked.

    Example: commonground keys approve q-0f3a… --key-file ana.key
    """
    return review_with("approve", request, key_file, words, json_, chosen(workspace, language))


def reject(
    request: Annotated[str, typer.Argument(help="The id of a request.")],
    key_file: KeyFile,
    words: Words = None,
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Reject a destruction with your own key; it ends the request.

    Example: commonground keys reject q-0f3a… --key-file ana.key
    """
    return review_with("reject", request, key_file, words, json_, chosen(workspace, language))


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help="Keys of purposes. / 处理目的密钥。", no_args_is_help=True)
    for name, command in (
        ("new", new), ("list", list_), ("rotate", rotate), ("seal", seal), ("destroy", destroy),
        ("approve", approve), ("reject", reject),
    ):  # fmt: skip
        group.command(name)(command)
    app.add_typer(group, name="keys")
