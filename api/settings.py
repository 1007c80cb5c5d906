"""Settings that come from outside: options first, then the environment, then defaults."""

from __future__ import annotations

import getpass
import locale
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Language = Literal["zh", "en"]

DEFAULT_WORKSPACE = Path("workspace")
ENGINES = ("duckdb", "postgres", "spark")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the workspace is, in which language to speak, and for whom we act."""

    workspace: Path
    language: Language
    researcher: str


def settings(
    workspace: Path | None = None, language: str | None = None, researcher: str | None = None
) -> Settings:
    """Settle the settings from options, environment and defaults, in this order."""
    folder = workspace or Path(os.environ.get("COMMONGROUND_WORKSPACE", DEFAULT_WORKSPACE))
    return Settings(
        workspace=folder,
        language=_language(language),
        researcher=researcher or os.environ.get("COMMONGROUND_USER") or _login(),
    )


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """Which engine counts (one of `ENGINES`), and the address of its server or master."""

    name: str = "duckdb"
    url: str = field(default="", repr=False)


def engine_choice() -> EngineChoice:
    """Return the engine by `COMMONGROUND_ENGINE` and `COMMONGROUND_ENGINE_URL`; DuckDB where neither is."""
    name = os.environ.get("COMMONGROUND_ENGINE") or EngineChoice().name
    return EngineChoice(name.lower(), os.environ.get("COMMONGROUND_ENGINE_URL", ""))


def keys_folder(workspace: Path) -> Path:
    """Return where the keys lie: `COMMONGROUND_KEYS`, so that a back-up never holds both, or inside."""
    elsewhere = os.environ.get("COMMONGROUND_KEYS")
    return Path(elsewhere) if elsewhere else workspace / "keys"


def _language(asked: str | None) -> Language:
    spoken = asked or locale.getlocale()[0] or ""
    return "zh" if spoken.lower().startswith(("zh", "chinese")) else "en"


def _login() -> str:
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        return "researcher"
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in name.lower()) or "researcher"
