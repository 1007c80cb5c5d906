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
    sources: Annotated[
        list[str],
        typer.Argument(
            help="Contracts (.yaml) and their extracts: CSV, TSV, Excel, Parquet, JSON Lines, or "
            "postgresql://user@host/database?table=schema.name (password: PGPASSWORD or ~/.pgpass)."
        ),
    ],
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Take extracts in: check, quarantine, redact, pseudonymise, link, store a snapshot.

    Killed half-way, the same command goes on where it stopped; the same extracts are not taken twice.

    Example: commonground ingest city/contracts/residents.yaml city/contracts/housing.yaml
    city/extracts/housing.parquet
    """
    from api.cli.progress import progress
    from api.workflows.ingest import ingest_files
    from api.workspace import open_workspace
    from privacy.intake import is_table_url

    settings = chosen(workspace, language)
    ws = open_workspace(settings.workspace, create=True)
    with progress() as report:
        given = [s if is_table_url(s) else Path(s) for s in sources]
        found = ingest_files(ws, given, report, today=datetime.now(UTC).date())
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
    if found["already_taken"]:
        say(
            "这些文件已经接收过：未重复接收。" if zh else "taken in before: nothing was taken twice"
        )
    say(("快照：" if zh else "snapshots: ") + ", ".join(found["snapshots"]))
    reports, aside_rows = ws.root / "ingests", ws.root / "quarantine" / found["quarantine"]
    say(
        f"接收报告：{reports}；隔离的行（行号、列名、原因）：{aside_rows}（均不得外传）"
        if zh
        else f"reports: {reports}; rows set aside, by number, column and reason: {aside_rows} (enclave)"
    )
    return 0


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("ingest")(ingest)
