"""Rights of the person on a real workspace: found, exported, corrected, deleted, left out; recorded."""

from __future__ import annotations

import base64
import json
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from api.workflows.release import Question, ask
from api.workflows.subject import (
    correct_rows,
    delete_rows,
    export_rows,
    find_rows,
    object_to_sessions,
    request_right,
)
from api.workflows.verify import verify_paths
from policies.errors import BadInput, NotFound, Refused
from privacy.noise import Ask
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

HER = IDS[0]
QUERY = "SELECT side, count(*) FROM {0} GROUP BY 1"


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    return office(tmp_path)


def _ask(desk: Office, dataset: str) -> dict[str, object]:
    question = Question(QUERY.format(dataset), "planning", Ask(epsilon=0.1), "rita")
    return ask(desk.again(), question)


def _pseudonyms(desk: Office) -> set[str]:
    keys = [desk.ws.custody.purpose_key(p) for p in desk.ws.custody.purposes()]
    return set().union(*pseudonyms_of(ids_in(HER), keys).all().values())


def _everything(root: Path) -> bytes:
    """Every byte of the workspace but its keys, Parquet decoded."""
    body = b""
    for path in sorted(root.rglob("*")):
        if path.is_file() and "keys" not in path.parts:
            body += path.read_bytes()
            if path.suffix == ".parquet":
                table = pq.read_table(path).to_pydict()
                body += repr(table).encode()
    return body


def _traces(desk: Office) -> set[str]:
    body = _everything(desk.ws.root)
    found = set()
    for p in _pseudonyms(desk):
        raw = bytes.fromhex(p)
        forms = (p.encode(), p.upper().encode(), raw, base64.b64encode(raw), p.encode("utf-16-le"))
        found |= {p for form in forms if form in body}
    return found


def test_find_counts_and_tells_no_more(desk: Office) -> None:
    case = granted_right(desk, "find", HER)
    found = find_rows(desk.ws, at_desk(desk), case, HER)
    counts = {s["snapshot"]: s["rows"] for s in found["snapshots"]}
    assert counts == {"homes@1": 1, "case_notes@1": 1, "clinics@1": 1}
    letter = Path(found["answer"]).read_text("utf-8")
    assert "homes" in letter
    assert HER not in letter + json.dumps(found)
    with pytest.raises(Refused, match="done"):
        find_rows(desk.ws, at_desk(desk), case, HER)


def test_export_gives_her_own_rows_and_names_the_notes(desk: Office) -> None:
    case = granted_right(desk, "export", HER)
    done = export_rows(desk.ws, at_desk(desk), case, HER)
    file = Path(done["export"])
    assert file.stat().st_mode & 0o777 == 0o600
    found = {e["dataset"]: e for e in json.loads(file.read_text("utf-8"))["datasets"]}
    assert found["homes"]["rows"] == [{"side": "east"}]
    assert found["clinics"]["rows"] == [{"side": "west"}]
    assert found["case_notes"] == {
        "dataset": "case_notes",
        "version": 1,
        "notes_withheld": 1,
        "ask_department": {"homes": 1},
    }
    assert "to be called" not in file.read_text("utf-8")
    assert not _pseudonyms(desk) & set(file.read_text("utf-8").split('"'))
    assert "homes" in Path(done["answer"]).read_text("utf-8")


def test_a_correction_makes_a_new_version_within_the_domain(desk: Office) -> None:
    more = {"dataset": "homes", "field": "side", "value": "west"}
    case = granted_right(desk, "correct", HER, **more)
    with pytest.raises(Refused, match="not the one that was approved"):
        correct_rows(desk.ws, at_desk(desk), case, HER, "unknown")
    with pytest.raises(Refused, match="not the ones that were approved"):
        correct_rows(desk.ws, at_desk(desk), case, IDS[1], "west")
    assert correct_rows(desk.ws, at_desk(desk), case, HER, "west")["snapshot"] == "homes@2"
    sides = [
        sorted(pq.read_table(desk.ws.store.snapshot("homes", v).files[0])["side"].to_pylist())
        for v in (1, 2)
    ]
    assert sides == [["east", "east", "west"], ["east", "west", "west"]]
    wrong = granted_right(desk, "correct", HER, **(more | {"value": "north"}))
    with pytest.raises(BadInput, match="domain"):
        correct_rows(desk.ws, at_desk(desk), wrong, HER, "north")
    absent = granted_right(desk, "correct", IDS[1], dataset="clinics", field="side", value="east")
    with pytest.raises(NotFound, match="no row"):
        correct_rows(desk.ws, at_desk(desk), absent, IDS[1], "east")
    assert desk.ws.store.versions("homes") == [1, 2]
    assert desk.ws.store.versions("clinics") == [1]


def test_a_deleted_person_is_in_no_byte_of_the_workspace(desk: Office, tmp_path: Path) -> None:
    take_in(desk.ws, tmp_path, "homes", "records", [*rows("homes"), ""])
    correct = granted_right(desk, "correct", HER, dataset="homes", field="side", value="west")
    correct_rows(desk.ws, at_desk(desk), correct, HER, "west")
    left = desk.ws.store.root / ".session-killed"  # the parts of a session that was killed
    left.mkdir()
    (left / "part").write_text(" ".join(_pseudonyms(desk)), "utf-8")
    assert _traces(desk)  # the search finds her while she is there
    before = {s: desk.ws.store.snapshot(s).commitment for s in ("homes", "clinics")}
    done = delete_rows(desk.ws, at_desk(desk), granted_right(desk, "delete", HER), HER)
    assert not _traces(desk)
    assert HER.encode() not in _everything(desk.ws.root)
    counts = {
        (d, v): pq.read_table(desk.ws.store.snapshot(d, v).files[0]).num_rows
        for d in desk.ws.store.datasets()
        for v in desk.ws.store.versions(d)
    }
    assert counts == {("homes", 1): 2, ("homes", 2): 2, ("case_notes", 1): 0, ("clinics", 1): 1}
    folder = Path(done["record"])
    record = json.loads((folder / "record.json").read_text("utf-8"))
    renewed = {r["snapshot"]: (r["before"], r["after"]) for r in record["snapshots"]}
    assert renewed["homes@2"] == (before["homes"], desk.ws.store.snapshot("homes").commitment)
    assert renewed["clinics@1"] == (before["clinics"], desk.ws.store.snapshot("clinics").commitment)
    assert record["backups_until"] == (NOW.date() + timedelta(days=30)).isoformat()
    trust = folder.parent / "trust.json"
    assert verify_paths([folder], trust=trust).holds
    (folder / "record.json").write_text("{}", "utf-8")
    assert not verify_paths([folder], trust=trust).holds


def test_the_answer_says_what_stays_and_until_when_in_both_languages(desk: Office) -> None:
    done = delete_rows(desk.ws, at_desk(desk), granted_right(desk, "delete", HER), HER)
    letter = Path(done["answer"]).read_text("utf-8")
    for said in (
        "2026-03-31",
        "已经发布的统计结果不撤回",
        "不予退还",
        "stay",
        "not given back",
        "encrypted",
    ):
        assert said in letter
    assert (Path(done["answer"]).stat().st_mode & 0o777) == 0o600


@pytest.mark.parametrize("kind", ["delete", "object"])
def test_later_sessions_leave_her_out(desk: Office, tmp_path: Path, kind: str) -> None:
    act = delete_rows if kind == "delete" else object_to_sessions
    act(desk.ws, at_desk(desk), granted_right(desk, kind, HER), HER)
    assert desk.ws.store.snapshot("homes").version == 1
    stored = pq.read_table(desk.ws.store.snapshot("homes", 1).files[0]).num_rows
    assert stored == (2 if kind == "delete" else 3)
    more = f"{IDS[1]},east,"
    take_in(desk.again(), tmp_path, "homes", "records", [f"{HER},east,", more])
    assert pq.read_table(desk.ws.store.snapshot("homes", 2).files[0]).num_rows == 1
    if kind == "delete":
        assert not _traces(desk)


def test_a_deletion_opens_no_free_draw_and_leaves_the_ledger_whole(desk: Office) -> None:
    from api.database.ledger import balances

    released = _ask(desk, "homes")
    alone = granted_right(desk, "delete", IDS[1])  # she is in homes, not in clinics
    other = _ask(desk, "clinics")
    spent = balances(desk.ws.engine)
    delete_rows(desk.ws, at_desk(desk), alone, IDS[1])
    assert balances(desk.ws.engine) == spent  # nothing comes back
    again = _ask(desk, "clinics")
    assert again["replayed"]
    assert again["release"] == other["release"]
    new = _ask(desk, "homes")
    assert not new["replayed"]
    assert new["release"] != released["release"]
    paid = {b["account"]: b["spent"]["rho"] for b in balances(desk.ws.engine)}
    was = {b["account"]: b["spent"]["rho"] for b in spent}
    assert all(paid[a] == pytest.approx(2 * was[a]) for a in was if "records" in a)
    assert all(paid[a] == was[a] for a in was if "health" in a)
    assert _ask(desk, "homes")["release"] == new["release"]


def test_what_is_not_a_persons_id_is_refused_without_repeating_it(desk: Office) -> None:
    for text in ("", "\n \n", "440301199001010010", "x", f"{HER}\n12345", "\n".join(IDS) * 30):
        with pytest.raises(BadInput) as caught:
            request_right(desk.ws, desk.keys["olga"], "find", text, "letter", NOW)
        for part in text.split():
            assert part == "x" or part not in caught.value.sentence()
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in HER)
    assert ids_in(f"\ufeff{full_width}\r\n{HER}\n") == (HER,)
    for days in (0, 31):
        with pytest.raises(BadInput):
            request_right(desk.ws, desk.keys["olga"], "find", HER, "letter", NOW, days=days)


def test_several_ids_of_one_person_go_together(desk: Office) -> None:
    both = f"{IDS[0]}\n{IDS[1]}"
    case = granted_right(desk, "delete", both)
    with pytest.raises(Refused, match="not the ones"):
        delete_rows(desk.ws, at_desk(desk), case, IDS[0])
    delete_rows(desk.ws, at_desk(desk), case, f"{IDS[1]}\n{IDS[0]}\n")
    assert pq.read_table(desk.ws.store.snapshot("homes").files[0]).num_rows == 1


def test_no_request_runs_after_its_deadline_or_unapproved(desk: Office) -> None:
    opened = request_right(desk.ws, desk.keys["olga"], "delete", HER, "letter 7", NOW, days=3)
    assert opened["deadline"].startswith(date(2026, 3, 4).isoformat())
    with pytest.raises(Refused):
        delete_rows(desk.ws, at_desk(desk), opened["request"], HER)
    approved(desk, opened["request"])
    from dataclasses import replace

    late = replace(at_desk(desk), now=NOW + timedelta(days=3))
    with pytest.raises(Refused, match="expired"):
        delete_rows(desk.ws, late, opened["request"], HER)
    with pytest.raises(Refused, match="only who asked"):
        delete_rows(
            desk.ws, replace(at_desk(desk), signer=desk.keys["ana"]), opened["request"], HER
        )
    assert pq.read_table(desk.ws.store.snapshot("homes").files[0]).num_rows == 3
    case_row = _everything(desk.ws.root)
    assert HER.encode() not in case_row


@pytest.mark.parametrize("kind", ["delete", "object"])
def test_a_purpose_that_comes_later_leaves_her_out_too(
    desk: Office, tmp_path: Path, kind: str
) -> None:
    act = delete_rows if kind == "delete" else object_to_sessions
    act(desk.ws, at_desk(desk), granted_right(desk, kind, HER), HER)
    take_in(desk.again(), tmp_path, "homes_of_schools", "schooling", [*rows("homes"), "x,east,"])
    snapshot = desk.ws.store.snapshot("homes_of_schools")
    assert pq.read_table(snapshot.files[0]).num_rows == 2
    assert not _traces(desk) or kind == "object"


def test_the_answer_names_datasets_that_an_id_does_not_open(desk: Office, tmp_path: Path) -> None:
    take_in(desk.ws, tmp_path, "visits", "health", ["C-7,east,"], key="card", kind="identifier")
    for kind, act in (("find", find_rows), ("export", export_rows), ("delete", delete_rows)):
        done = act(desk.ws, at_desk(desk), granted_right(desk, kind, HER), HER)
        letter = Path(done["answer"]).read_text("utf-8")
        named = [line for line in letter.splitlines() if "visits" in line]
        assert len(named) == 2
        assert "无法查找" in named[0]
        assert "could not be searched" in named[1]
        assert not any("homes" in line or "case_notes" in line for line in named)
    assert pq.read_table(desk.ws.store.snapshot("visits").files[0]).num_rows == 1


def test_a_record_cut_off_from_its_envelope_gets_it_at_the_next_opening(desk: Office) -> None:
    done = find_rows(desk.ws, at_desk(desk), granted_right(desk, "find", HER), HER)
    folder = Path(done["record"])
    whole = {p.name: p.read_bytes() for p in folder.iterdir()}
    for name in ("record.dsse.json", "record.tlog-proof"):
        (folder / name).unlink()
    never = folder.parent / "q-never-committed"  # a crash before the commit leaves such a one
    never.mkdir()
    (never / "record.json").write_text('{"record": "subject-find"}', "utf-8")
    desk.again()
    assert (folder / "record.dsse.json").read_bytes() == whole["record.dsse.json"]
    assert verify_paths([folder], trust=folder.parent / "trust.json").holds
    assert [p.name for p in never.iterdir()] == ["record.json"]
