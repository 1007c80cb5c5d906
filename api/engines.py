"""Which engine counts for a workspace, and where copies of its snapshots may lie."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from api.settings import ENGINES, EngineChoice, engine_choice
from policies.errors import BadInput, ServiceFault

if TYPE_CHECKING:
    from privacy.counting.engines.hosts import Host

_PLACES = "engine-copies.json"
"""Addresses of the servers that were given copies; without passwords."""


def engine_of(root: Path, choice: EngineChoice | None = None) -> Host:
    """Return what counts for the workspace at `root`, ready; called before anything is reserved.

    A server that keeps copies is noted in the workspace first: who is erased is erased there too,
    also when another engine has been chosen since.

    Raises
    ------
    BadInput
        The settings name no engine or no address of it.
    ServiceFault
        The engine is not installed or cannot be reached.
    """
    choice = choice or engine_choice()
    host = _host(root.resolve(), choice)
    host.ready()
    if choice.name == "postgres":
        _note(root, choice.url)
    return host


def forget_copies(root: Path, commitments: Iterable[str]) -> None:
    """Remove the copies of snapshots of all other commitments, on every server that was given any.

    Raises
    ------
    ServiceFault
        A server cannot be reached. Nothing may be called erased before it is.
    """
    kept = tuple(commitments)
    for url in _noted(root):
        try:
            _host(root.resolve(), EngineChoice("postgres", url)).keep_only(kept)
        except ServiceFault as fault:
            raise ServiceFault(
                f"copies of rewritten or removed snapshots may remain: {fault.what}",
                where=fault.where,
                todo=f"{fault.todo}; if that database was destroyed, take it out of "
                f"{root / _PLACES}; then open the workspace again",
            ) from None


@lru_cache(maxsize=16)
def _host(root: Path, choice: EngineChoice) -> Host:
    if choice.name == "duckdb":
        from privacy.counting.engines.embedded import EmbeddedHost

        return EmbeddedHost()
    if choice.name == "postgres":
        from privacy.counting.engines.postgres import PostgresHost

        return PostgresHost.at(choice.url)
    if choice.name == "spark":
        from privacy.counting.engines.spark import DEFAULT_MASTER, SparkHost

        return SparkHost(choice.url or DEFAULT_MASTER, root / "spark")
    raise BadInput(
        "there is no such engine", where="COMMONGROUND_ENGINE", todo=f"one of {', '.join(ENGINES)}"
    )


def _noted(root: Path) -> list[str]:
    path = root / _PLACES
    return list(json.loads(path.read_text("utf-8"))) if path.exists() else []


def _note(root: Path, url: str) -> None:
    if url in _noted(root):
        return
    with (root / f".{_PLACES}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        draft = root / f".{_PLACES}"
        draft.write_text(json.dumps([*_noted(root), url], indent=1) + "\n", "utf-8")
        draft.replace(root / _PLACES)
