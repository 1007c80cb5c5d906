"""`retention run`: what may no longer be kept is removed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from api.cli.options import Json, LanguageOption, WorkspaceOption, chosen, say, say_json


def run(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say it, remove nothing.")] = False,
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Remove snapshots and quarantine files past their contract's date or retention_days.

    Run it daily; a second run finds nothing. Each removal is signed and logged.

    Example: commonground retention run --workspace workspace
    """
    from api.workflows.retention import run_retention
    from api.workspace import open_workspace

    settings = chosen(workspace, language)
    ws = open_workspace(settings.workspace)
    found = run_retention(ws, today=datetime.now(UTC).date(), dry_run=dry_run)
    if json_:
        say_json(found)
        return 0
    zh = settings.language == "zh"
    gone = found["removed"]
    names = ", ".join([*gone["snapshots"], *(f"quarantine {q}" for q in gone["quarantine"])])
    if not names and not gone["sessions"]:
        say("没有到期的数据。" if zh else "nothing has expired")
    elif dry_run:
        say(("将删除：" if zh else "would be removed: ") + names)
    else:
        say(("已删除并记录：" if zh else "removed, on record: ") + names)
    return 0


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help="How long data are kept.", no_args_is_help=True)
    group.command("run")(run)

    @group.callback()
    def _group() -> None:
        """Say how long data are kept."""

    app.add_typer(group, name="retention")
