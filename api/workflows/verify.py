"""Offline verification from files: finds what lies beside what was named, then asks the record."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path

from policies.errors import BadInput, NotFound
from policies.record import TrustRoot, Verification, read_public_key, read_trust, verify_files

ENVELOPE, PROOF, TRUST = ".dsse.json", ".tlog-proof", "trust.json"
_SEARCH_UP = 4


def verify_paths(
    files: Sequence[Path], *, key: Path | None = None, trust: Path | None = None
) -> Verification:
    """Check files against their envelopes, the log and a trust root.

    A folder stands for every file in it; a folder within is named and not looked into. Beside an
    envelope its proof and its subjects are looked for; without `key` and `trust` a `trust.json` in
    a folder above is used, and the result says that it was not pinned.

    Raises
    ------
    BadInput
        A file is not there or no key was found.
    """
    named = _named(files)
    found: dict[str, bytes] = {}
    for path in named:
        _take(found, path)
        envelope = _envelope_of(path, named)
        if envelope is not None:
            _take(found, envelope)
            proof = envelope.with_name(envelope.name.removesuffix(ENVELOPE) + PROOF)
            for beside in (proof, *_subjects(envelope)):
                if beside.is_file():
                    _take(found, beside)
    root = _trust(trust, named) if key is None or trust else None
    public = read_public_key(_read(key), key.name) if key else None
    result = verify_files(found, trust=root, key=public, pinned=bool(key or trust))
    for path in files:
        for inner in sorted(p.name for p in path.iterdir() if p.is_dir()) if path.is_dir() else ():
            result.say(
                True,
                f"{inner}/: not looked into; verify that folder by itself",
                f"{inner}/：未核对；请单独核对该文件夹",
            )
    return result


def _named(files: Sequence[Path]) -> list[Path]:
    named: list[Path] = []
    for path in files:
        if path.is_dir():
            named += sorted(p for p in path.iterdir() if p.is_file() and p.name != TRUST)
        else:
            named.append(path)
    if not named:
        raise BadInput("no file was given", where="verify")
    return named


def _take(found: dict[str, bytes], path: Path) -> None:
    body = _read(path)
    if found.setdefault(path.name, body) != body:
        raise BadInput(
            "two different files have this name", where=path.name, todo="verify one folder a call"
        )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise NotFound("there is no such file", where=str(path)) from None


def _envelope_of(path: Path, named: Sequence[Path]) -> Path | None:
    """Return the envelope itself, or the one beside a report or release that nobody named."""
    if path.name.endswith(ENVELOPE):
        return path
    if any(p.name.endswith(ENVELOPE) and p.parent == path.parent for p in named):
        return None
    stem = path.name.removesuffix(PROOF) if path.name.endswith(PROOF) else path.stem
    beside = path.with_name(stem + ENVELOPE)
    return beside if beside.is_file() else None


def _subjects(envelope: Path) -> list[Path]:
    """Return where the subjects would lie. The statement is not believed yet: names only."""
    try:
        payload = json.loads(base64.b64decode(json.loads(envelope.read_bytes())["payload"]))
        names = [str(s["name"]) for s in payload["subject"]]
    except (ValueError, KeyError, TypeError):
        return []
    return [envelope.with_name(n) for n in names if "/" not in n and n not in ("", ".", "..")]


def _trust(trust: Path | None, named: Sequence[Path]) -> TrustRoot:
    if trust is not None:
        return read_trust(_read(trust), trust.name)
    folder = named[0].resolve().parent
    for above in (folder, *list(folder.parents)[:_SEARCH_UP]):
        if (above / TRUST).is_file():
            return read_trust((above / TRUST).read_bytes(), TRUST)
    raise BadInput(
        "no key to check against",
        where="verify",
        todo="give --trust trust.json or --key key.pub.pem",
    )
