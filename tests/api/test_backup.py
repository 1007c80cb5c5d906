"""A back-up is a whole workspace without its keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.workflows.backup import back_up
from api.workflows.subject import find_rows
from api.workspace import open_workspace
from policies.errors import Refused
from tests.api.commands import run
from tests.api.custody_people import IDS, NOW, at_desk, granted_right, office


def test_a_copy_is_whole_has_no_keys_and_works_with_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = office(tmp_path)
    case = granted_right(desk, "find", IDS[0])
    secret = [p.read_bytes() for p in desk.ws.custody.root.rglob("*") if p.is_file()]
    assert secret
    target = tmp_path / "copy"
    assert run("backup", target, "--workspace", desk.ws.root, "--json").json["folder"] == str(
        target
    )
    bodies = [p.read_bytes() for p in target.rglob("*") if p.is_file()]
    assert not [s for s in secret for b in bodies if s and s in b]
    assert not list(target.rglob("*.key"))
    monkeypatch.setenv("COMMONGROUND_KEYS", str(desk.ws.custody.root))
    copy = open_workspace(target)
    found = find_rows(copy, at_desk(desk), case, IDS[0])
    assert {s["snapshot"] for s in found["snapshots"]} == {"homes@1", "case_notes@1", "clinics@1"}


def test_a_copy_never_replaces_anything_and_leaves_no_half(tmp_path: Path) -> None:
    desk = office(tmp_path)
    taken = tmp_path / "taken"
    taken.mkdir()
    for target in (taken, desk.ws.root / "inside", desk.ws.root):
        with pytest.raises(Refused):
            back_up(desk.ws, target, NOW)
    (desk.ws.root / "records").mkdir(exist_ok=True)
    (desk.ws.root / "records" / "dangling").symlink_to(tmp_path / "nowhere")
    with pytest.raises(OSError):
        back_up(desk.ws, tmp_path / "half", NOW)
    assert not list(tmp_path.glob("*half*"))
    assert not list(tmp_path.glob(".half*"))
