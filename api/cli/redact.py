"""`redact`: text in, text without what identifies a person out."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.options import Json, say, say_json
from policies.errors import BadInput


def redact(
    file: Annotated[str, typer.Argument(help="A text file, a table (--column), or - .")] = "-",
    column: Annotated[list[str] | None, typer.Option("--column", help="Of a CSV table.")] = None,
    json_: Json = False,
    language: Annotated[str, typer.Option("--language", help="zh, en or auto.")] = "auto",
) -> int:
    """Take out what identifies a person: one document a line, or columns of a CSV table.

    Example: echo "王小明，电话13800138000" | commonground redact - --json
    """
    from privacy.recognition import Redactor

    if language not in ("zh", "en", "auto"):
        raise typer.BadParameter("zh, en or auto", param_hint="--language")
    redactor = Redactor()
    if column:
        return _table(file, column, redactor)
    documents = _read(file).splitlines()
    found = redactor.redact_many(documents)
    if json_:
        say_json(
            [
                {
                    "text": r.text,
                    "entities": [
                        {"start": e.start, "end": e.end, "type": e.type, "score": e.score}
                        for e in r.entities
                    ],
                }
                for r in found
            ]
        )
    else:
        for r in found:
            say(r.text)
    return 0


def _read(file: str) -> str:
    try:
        body = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return body.decode("utf-8-sig")
    except FileNotFoundError:
        raise BadInput("there is no such file", where=file) from None
    except (OSError, UnicodeDecodeError):
        raise BadInput("is not UTF-8 text", where=file) from None


def _table(file: str, columns: list[str], redactor: Any) -> int:
    rows = list(csv.DictReader(_read(file).splitlines(keepends=True)))
    head = list(rows[0]) if rows else []
    missing = [c for c in columns if c not in head]
    if missing:
        raise BadInput(f"lacks the column {', '.join(missing)}", where=file)
    for name in columns:
        texts = [row[name] or "" for row in rows]
        for row, r in zip(rows, redactor.redact_many(texts), strict=True):
            row[name] = r.text
    out = csv.DictWriter(sys.stdout, head, lineterminator="\n")
    out.writeheader()
    out.writerows(rows)
    return 0


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("redact")(redact)
