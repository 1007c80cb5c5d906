"""Rotation and destruction of a purpose's key, and reversible pseudonyms, on a real workspace."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from api.workflows.keys import destroy_key, list_keys, new_key, request_destruction, rotate_key
from api.workflows.subject import (
    delete_rows,
    find_rows,
    object_to_sessions,
    request_reveal,
    reveal,
)
from api.workflows.verify import verify_paths
from policies.errors import BadInput, NotFound, Refused
from privacy.pseudonyms import Reversible
from privacy.store.erasure import rekeyed, stage, swap
from privacy.subjects import ids_in, pseudonyms_of
from tests.api.custody_people import (
    IDS,
    NOW,
    Office,
    approved,
    at_desk,
    granted_right,
    office,
    rows,
    take_in,
)


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    return office(tmp_path)


def _persons(desk: Office, dataset: str, version: int | None = None) -> list[str]:
    table = pq.read_table(desk.ws.store.snapshot(dataset, version).files[0])
    return list(table["person"].to_pylist())


def _of(desk: Office, person: str, purpose: str) -> frozenset[str]:
    return pseudonyms_of(ids_in(person), [desk.ws.custody.purpose_key(purpose)]).of(purpose)


def test_one_persons_pseudonyms_for_two_purposes_are_not_the_same(desk: Office) -> None:
    assert not set(_persons(desk, "homes")) & set(_persons(desk, "clinics"))
    assert set(_persons(desk, "homes")) >= set(_persons(desk, "case_notes"))


def test_rotation_changes_what_is_stored_and_later_sessions_meet_it(
    desk: Office, tmp_path: Path
) -> None:
    old, other = _persons(desk, "homes"), _persons(desk, "clinics")
    sides = dict(
        zip(old, pq.read_table(desk.ws.store.snapshot("homes").files[0])["side"], strict=True)
    )
    for version in (2, 3):
        before = _persons(desk, "homes", 1)
        done = rotate_key(desk.ws, "records", NOW)
        assert done["version"] == version
        new = _persons(desk, "homes", 1)
        assert not set(new) & set(before)
        assert new == sorted(new)  # still laid out by person
        assert set(_persons(desk, "case_notes")) <= set(new)
        assert _persons(desk, "clinics") == other
        assert verify_paths(
            [Path(done["folder"])], trust=desk.ws.root / "records" / "trust.json"
        ).holds
        take_in(desk.again(), tmp_path, "homes", "records", [f"{i},west," for i in IDS])
        assert set(_persons(desk, "homes")) == set(new)
    assert sorted(sides.values(), key=str) == sorted(
        pq.read_table(desk.ws.store.snapshot("homes", 1).files[0])["side"], key=str
    )
    case = granted_right(desk, "find", IDS[0])
    found = find_rows(desk.again(), at_desk(desk), case, IDS[0])["snapshots"]
    assert {s["snapshot"] for s in found} >= {"homes@1", "clinics@1", "case_notes@1"}


def test_who_was_left_out_stays_left_out_after_a_rotation(desk: Office, tmp_path: Path) -> None:
    object_to_sessions(desk.ws, at_desk(desk), granted_right(desk, "object", IDS[0]), IDS[0])
    rotate_key(desk.ws, "records", NOW)
    take_in(desk.again(), tmp_path, "homes", "records", rows("homes"))
    assert not set(_persons(desk, "homes")) & _of(desk, IDS[0], "records")
    assert len(_persons(desk, "homes")) == 2


def test_a_destroyed_key_unlinks_for_good_and_proves_it(desk: Office, tmp_path: Path) -> None:
    mine = _of(desk, IDS[0], "records")
    assert mine & set(_persons(desk, "homes"))
    asked = request_destruction(desk.ws, desk.keys["olga"], "records", "the project ended", NOW)
    with pytest.raises(Refused):
        destroy_key(desk.ws, desk.keys["olga"], asked["request"], NOW)
    approved(desk, asked["request"])
    done = destroy_key(desk.ws, desk.keys["olga"], asked["request"], NOW)
    assert "not deletion" in done["means"]
    assert done["fingerprints"] == asked["fingerprints"]
    folder = Path(done["folder"])
    result = verify_paths([folder], trust=folder.parent / "trust.json")
    assert result.holds
    assert json.loads((folder / "record.json").read_text("utf-8"))["purpose"] == "records"
    assert not list((desk.ws.custody.root / "purposes").glob("records.v*"))
    assert set(_persons(desk, "homes")) & mine  # the rows stay: it is not deletion
    again = desk.again()
    for act in (
        lambda: again.custody.purpose_key("records"),
        lambda: new_key(again, "records"),
        lambda: rotate_key(again, "records", NOW),
        lambda: take_in(again, tmp_path, "homes", "records", rows("homes")),
    ):
        with pytest.raises((Refused, NotFound)):
            act()
    assert not again.custody.staged()
    case = granted_right(desk, "delete", IDS[0])
    letter = Path(delete_rows(again, at_desk(desk), case, IDS[0])["answer"]).read_text("utf-8")
    assert "records" in letter.rsplit("destroyed", 1)[1]
    assert {p["purpose"]: p["destroyed"] for p in list_keys(again)["purposes"]} == {
        "records": True,
        "health": False,
    }


def test_a_key_rotated_since_the_approval_is_not_destroyed_by_it(desk: Office) -> None:
    asked = request_destruction(desk.ws, desk.keys["ana"], "records", "the project ended", NOW)
    from api.dual_control import review

    for name in ("bo", "eva"):
        review(desk.ws, asked["request"], "approve", desk.keys[name], NOW)
    rotate_key(desk.ws, "records", NOW)
    with pytest.raises(Refused, match="rotated since"):
        destroy_key(desk.ws, desk.keys["ana"], asked["request"], NOW)
    assert desk.ws.custody.versions("records") == [1, 2]


def test_a_key_is_made_once(desk: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMMONGROUND_UNSEALED_ROOT_KEY")
    with pytest.raises(Refused, match="unsealed"):
        new_key(desk.ws, "tax")
    monkeypatch.setenv("COMMONGROUND_UNSEALED_ROOT_KEY", "yes")
    new_key(desk.ws, "tax")
    with pytest.raises(Refused, match="already"):
        new_key(desk.ws, "tax")
    for name in ("", "../x", "A", ".x"):
        with pytest.raises(BadInput):
            new_key(desk.ws, name)
    with pytest.raises(NotFound):
        rotate_key(desk.ws, "nothing", NOW)
    with pytest.raises(Refused, match="may not"):
        rotate_key(desk.ws, "tax", NOW, acting="researcher")


def test_a_reversible_pseudonym_is_revealed_once_to_who_was_granted_it(desk: Office) -> None:
    own = Reversible(desk.ws.custody.purpose_key("records").for_field("case"))
    pseudonym, other = own.of(["案件-17", "案件-18"])
    out = at_desk(desk)

    def ask(days: int = 1) -> str:
        asked = request_reveal(
            desk.ws, desk.keys["olga"], pseudonym, "records", "case", "court order", NOW, days=days
        )
        return str(asked["request"])

    case = ask()
    with pytest.raises(Refused):
        reveal(desk.ws, out, case, pseudonym)
    approved(desk, case)
    with pytest.raises(Refused, match="another pseudonym"):
        reveal(desk.ws, out, case, other)
    with pytest.raises(Refused, match="expired"):
        reveal(desk.ws, replace(out, now=NOW + timedelta(days=1)), case, pseudonym)
    done = reveal(desk.ws, out, case, pseudonym)
    assert Path(done["file"]).read_text("utf-8") == "案件-17\n"
    assert "案件-17" not in json.dumps(done)
    with pytest.raises(Refused, match="done"):
        reveal(desk.ws, out, case, pseudonym)
    with pytest.raises(BadInput):
        ask(days=8)
    assert verify_paths([Path(done["record"])], trust=desk.ws.root / "records" / "trust.json").holds


def test_columns_of_bytes_and_reversible_columns_are_rekeyed_too(desk: Office) -> None:
    snapshot = desk.ws.store.snapshot("homes")
    table = pq.read_table(snapshot.files[0])
    raw = pa.array([bytes.fromhex(p) for p in table["person"].to_pylist()], pa.binary())
    pq.write_table(table.set_column(0, "person", raw), snapshot.files[0])

    def flip(values: list[str]) -> list[str]:
        return ["".join("fedcba9876543210"[int(c, 16)] for c in v) for v in values]

    change = rekeyed("records", lambda _s, v: flip(list(v)), lambda _f, v: list(v))
    stage(desk.ws.store, "t", b"k", change)
    swap(desk.ws.store, "t")
    found = [p.hex() for p in _persons(desk, "homes")]  # type: ignore[attr-defined]
    assert sorted(found) == sorted(flip(table["person"].to_pylist()))
