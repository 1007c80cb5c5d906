"""The options that every command takes, and how a command speaks."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from api.settings import Settings, settings

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
WorkspaceOption = Annotated[
    Path | None,
    typer.Option("--workspace", help="The workspace; default ./workspace.", show_default=False),
]
LanguageOption = Annotated[
    str | None,
    typer.Option("--language", help="zh or en; default from the locale.", show_default=False),
]
ResearcherOption = Annotated[
    str | None,
    typer.Option("--researcher", help="Whose account pays; default: you.", show_default=False),
]


def chosen(
    workspace: Path | None = None, language: str | None = None, researcher: str | None = None
) -> Settings:
    """Settle the options of one call; an unknown language is a usage error."""
    if language not in (None, "zh", "en"):
        raise typer.BadParameter("zh or en", param_hint="--language")
    return settings(workspace, language, researcher)


def say(text: str = "") -> None:
    """Print one line of the answer on standard output."""
    sys.stdout.write(text + "\n")


def tell(text: str) -> None:
    """Print a message or progress on standard error."""
    sys.stderr.write(text + "\n")


def say_json(document: Any) -> None:
    """Print one JSON document, the only thing on standard output; NaN is a fault of ours."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def tell_if_unsealed(keys: Path, language: str) -> None:
    """Say loudly that a root key lies open beside what it protects."""
    from api.keys.root import is_unsealed

    if is_unsealed(keys):
        tell(
            "!! 根密钥未加密封存：仅限合成数据。请运行 commonground keys seal"
            if language == "zh"
            else "!! the root key is UNSEALED: for made-up data only; run `commonground keys seal`"
        )
