"""`backup`: a copy of the workspace without its keys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import Json, LanguageOption, WorkspaceOption, chosen, say, say_json, tell
from api.cli.persons import now


def backup(
    folder: Annotated[Path, typer.Argument(help="A new folder.")],
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Copy database, store and records to a new folder, whole or not at all; keys are left out.

    Keep the keys' own copy elsewhere, and let no copy grow older than what you promise to people
    whose rows were deleted.

    Example: commonground backup /backups/2026-05-03 --workspace workspace
    """
    from api.workflows.backup import back_up
    from api.workspace import open_workspace

    settings = chosen(workspace, language)
    ws = open_workspace(settings.workspace)
    done = back_up(ws, folder, now())
    tell(
        f"密钥不在备份中，仍在 {ws.custody.root}；请另处保管"
        if settings.language == "zh"
        else f"the keys are not in this copy; they stay in {ws.custody.root}: keep them elsewhere"
    )
    if json_:
        say_json(done)
    else:
        files = "个文件" if settings.language == "zh" else "files"
        say(f"✓ {done['folder']}: {done['files']:,} {files}")
    return 0


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("backup")(backup)
