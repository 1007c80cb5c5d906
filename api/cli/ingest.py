"""`ingest`: extracts come in by their contracts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import (
    Json,
    LanguageOption,
    WorkspaceOption,
    chosen,
    say,
    say_json,
    tell_if_unsealed,
)


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Contracts (.yaml) and their extracts.")],
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Take extracts in: check, quarantine, redact, pseudonymise, link, store a snapshot.

    Example: commonground ingest city/contracts/residents.yaml city/contracts/housing.yaml
    city/extracts/housing.parquet
    """
    from api.cli.progress import progress
    from api.workflows.ingest import ingest_files
    from api.workspace import open_workspace

    settings = chosen(workspace, language)
    ws = open_workspace(settings.workspace, create=True)
    with progress() as report:
        found = ingest_files(ws, paths, report, today=datetime.now(UTC).date())
    tell_if_unsealed(ws.custody.root, settings.language)
    if json_:
        say_json(found)
        return 0
    zh = settings.language == "zh"
    for file in found["files"]:
        read, stored = file["rows_read"], file["rows_stored"]
        aside, without = file["rows_quarantined"], file["rows_without_usable_id"]
        say(
            f"✓ {file['file']}：读入 {read:,} 行，存储 {stored:,}，隔离 {aside:,}，无可用证件号 {without:,}"
            if zh
            else f"✓ {file['file']}: {read:,} rows read, {stored:,} stored, {aside:,} quarantined, "
            f"{without:,} without a usable id"
        )
    say(("快照：" if zh else "snapshots: ") + ", ".join(found["snapshots"]))
    return 0


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("ingest")(ingest)
