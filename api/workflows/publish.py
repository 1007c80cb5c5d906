"""Files leave the workspace: a release or a page with its envelope and its proof beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.database.engine import transaction
from api.database.releases import release_by_id
from api.logbook import TRUST_FILE, envelope_and_proof, seal_and_append, trust_root, write_whole
from policies.record import Statement, digest

if TYPE_CHECKING:
    from api.workspace import Workspace

PREDICATE_TYPE = "https://common-ground.example/publication/v1"


def publish_pages(
    ws: Workspace, folder: Path, stem: str, pages: Mapping[str, bytes], about: Mapping[str, Any]
) -> None:
    """Sign pages in one statement, log it, and write them with envelope and proof.

    Parameters
    ----------
    stem
        The envelope is `<stem>.dsse.json`, the proof `<stem>.tlog-proof`.
    """
    statement = Statement({n: digest(b) for n, b in pages.items()}, PREDICATE_TYPE, dict(about))
    with transaction(ws.engine) as connection:
        leaf = seal_and_append(ws, connection, statement, "publication")
    envelope, proof = envelope_and_proof(ws, leaf)
    for name, body in pages.items():
        write_whole(folder / name, body)
    write_whole(folder / f"{stem}.dsse.json", envelope)
    write_whole(folder / f"{stem}.tlog-proof", proof.encode())


def publish_release(ws: Workspace, release_id: str, folder: Path, page: str) -> None:
    """Write a settled release as it was signed, and its page under a signature of its own."""
    with transaction(ws.engine) as connection:
        stored = release_by_id(connection, release_id)
    publish_pages(ws, folder, "report", {"report.html": page.encode()}, {"release": release_id})
    envelope, proof = envelope_and_proof(ws, stored.leaf_index)
    write_whole(folder / "release.json", stored.body)
    write_whole(folder / "release.dsse.json", envelope)
    write_whole(folder / "release.tlog-proof", proof.encode())


def write_trust(ws: Workspace, folder: Path) -> Path:
    """Write the trust root that a stranger pins."""
    path = folder / TRUST_FILE
    write_whole(path, trust_root(ws).body())
    return path


def open_to_readers(folder: Path, *, closed: Path) -> None:
    """Let everybody read what was published; `closed` and all in it stay the owner's alone."""
    closed.chmod(0o700)
    folder.chmod(0o755)
    for path in sorted(folder.rglob("*")):
        if path != closed and closed not in path.parents:
            path.chmod(0o755 if path.is_dir() else 0o644)
