"""Killed half-way, two at once, and queries meanwhile: everything or nothing, and never a half."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from api.database.cases import case_by_id
from api.database.engine import transaction
from api.database.rewrites import rewrite_by_id
from api.dual_control import check_granted
from api.workflows.keys import request_destruction
from api.workflows.release import Question, ask
from api.workspace import open_workspace
from policies.errors import Refused
from privacy.counting import count
from privacy.noise import Ask
from privacy.query import bind
from privacy.store import locks
from privacy.store.erasure import staged_tokens
from tests.api.custody_people import (
    IDS,
    NOW,
    Office,
    approved,
    at_desk,
    granted_right,
    office,
    take_in,
)

HER = IDS[0]
_CHILD = """
import os, signal, sys
from pathlib import Path
from datetime import datetime, UTC
import {module} as module
from api.keys.person_keys import open_person_key
from api.workflows.keys import destroy_key, rotate_key
from api.workflows.subject import Desk, delete_rows
from api.workspace import open_workspace
root, desk, what, case, her = sys.argv[1:]
ws = open_workspace(Path(root))
olga = open_person_key(Path(desk) / "olga.key", Path(desk) / "words")
real, calls = module.{name}, []
def deadly(*given, **more):
    calls.append(1)
    if len(calls) == {call}:
        if {after}:
            real(*given, **more)
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*given, **more)
module.{name} = deadly
now = datetime(2026, 3, 1, 12, tzinfo=UTC)
if what == "delete":
    delete_rows(ws, Desk(olga, now, Path(desk) / "out"), case, her)
elif what == "rotate":
    rotate_key(ws, "records", now)
else:
    destroy_key(ws, olga, case, now)
"""
# where the process is killed, and whether the commit was reached
POINTS = [
    ("privacy.store.erasure", "content_commitment", 1, False, False),
    ("privacy.store.erasure", "content_commitment", 2, True, False),
    ("api.rewriting", "add_rewrite", 1, False, False),
    ("api.rewriting", "add_rewrite", 1, True, False),
    ("api.recovery", "swap", 1, False, True),
    ("privacy.store.erasure", "_sync", 4, False, True),
    ("api.recovery", "swap", 1, True, True),
    ("api.recovery", "mark_finished", 1, False, True),
    ("api.recovery", "drop", 1, False, True),
]


def _killed(desk: Office, what: str, case: str, point: tuple[str, str, int, bool, bool]) -> None:
    module, name, call, after, _ = point
    code = _CHILD.format(module=module, name=name, call=call, after=after)
    ran = subprocess.run(
        [sys.executable, "-c", code, str(desk.ws.root), str(desk.desk), what, case, HER],
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == -signal.SIGKILL, ran.stderr.decode()


def _rows(desk: Office) -> dict[str, int]:
    store = desk.again().store
    return {d: pq.read_table(store.snapshot(d).files[0]).num_rows for d in store.datasets()}


def _persons(desk: Office) -> set[str]:
    store = desk.again().store
    return {
        p
        for d in ("homes", "case_notes")
        for p in pq.read_table(store.snapshot(d).files[0])["person"].to_pylist()
    }


@pytest.mark.parametrize("point", POINTS, ids=lambda p: f"{p[1]}-{p[2]}-{p[3]}")
def test_a_deletion_that_is_killed_is_finished_or_undone(
    tmp_path: Path, point: tuple[str, str, int, bool, bool]
) -> None:
    desk = office(tmp_path)
    case = granted_right(desk, "delete", HER)
    whole = _rows(desk)
    _killed(desk, "delete", case, point)
    found = _rows(desk)
    assert not staged_tokens(desk.ws.store)
    if point[4]:
        assert found == {name: n - 1 for name, n in whole.items()}
        with pytest.raises(Refused, match="done"):
            check_granted(desk.ws, case, "delete", desk.keys["olga"], NOW)
    else:
        assert found == whole
        check_granted(desk.ws, case, "delete", desk.keys["olga"], NOW)


@pytest.mark.parametrize("point", POINTS, ids=lambda p: f"{p[1]}-{p[2]}-{p[3]}")
def test_a_rotation_that_is_killed_leaves_one_key_and_one_kind_of_pseudonym(
    tmp_path: Path, point: tuple[str, str, int, bool, bool]
) -> None:
    desk = office(tmp_path)
    before = _persons(desk)
    if point[1] == "_sync":
        point = (*point[:2], 3, *point[3:])  # two snapshots of the purpose are staged
    _killed(desk, "rotate", "-", point)
    after = _persons(desk)
    assert not desk.ws.custody.staged()
    if point[4]:
        assert not after & before
        assert desk.ws.custody.versions("records") == [1, 2]
    else:
        assert after == before
        assert desk.ws.custody.versions("records") == [1]
    case = granted_right(desk, "delete", HER)
    from api.workflows.subject import delete_rows

    delete_rows(desk.again(), at_desk(desk), case, HER)
    assert len(_persons(desk)) == len(before) - 1


@pytest.mark.parametrize("reached", [False, True])
def test_a_destruction_that_is_killed_is_finished_or_undone(tmp_path: Path, reached: bool) -> None:
    desk = office(tmp_path)
    asked = request_destruction(desk.ws, desk.keys["olga"], "records", "the project ended", NOW)
    approved(desk, asked["request"])
    point = ("api.recovery", "swap") if reached else ("api.rewriting", "add_rewrite")
    _killed(desk, "destroy", asked["request"], (*point, 1, False, reached))
    again = desk.again()
    assert again.custody.is_destroyed("records") == reached
    assert again.custody.versions("records") == ([] if reached else [1])


def test_a_workspace_opened_while_one_is_at_work_leaves_it_alone(tmp_path: Path) -> None:
    desk = office(tmp_path)
    (desk.ws.store.root / ".rewrite-live").mkdir()
    with locks.rewriting(desk.ws.store.root):
        open_workspace(desk.ws.root)
        assert staged_tokens(desk.ws.store) == ["live"]
    open_workspace(desk.ws.root)
    assert not staged_tokens(desk.ws.store)
    with transaction(desk.ws.engine) as connection:
        assert rewrite_by_id(connection, "live") is None


def test_two_deletions_at_once_both_happen(tmp_path: Path) -> None:
    from api.workflows.subject import delete_rows

    desk = office(tmp_path)
    cases = {person: granted_right(desk, "delete", person) for person in IDS[:2]}
    faults: list[BaseException] = []

    def act(person: str) -> None:
        try:
            delete_rows(desk.again(), at_desk(desk), cases[person], person)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=act, args=(p,)) for p in cases]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not faults
    assert _rows(desk) == {"homes": 1, "case_notes": 0, "clinics": 1}


def test_a_query_meanwhile_sees_the_old_or_the_new_and_its_commitment(tmp_path: Path) -> None:
    from api.workflows.keys import rotate_key
    from api.workflows.subject import delete_rows

    desk = office(tmp_path)
    case = granted_right(desk, "delete", HER)
    store = desk.ws.store
    seen: set[tuple[str, int]] = set()
    faults: list[BaseException] = []
    ended = threading.Event()

    def look() -> None:
        try:
            while not ended.is_set():
                with locks.reading(store.root):
                    snapshot = store.snapshot("homes")
                    plan = bind("SELECT side, count(*) FROM homes GROUP BY 1", snapshot.contract)
                    exact = count(plan, [snapshot.files], threads=1).vectors["s0"]
                    seen.add((snapshot.commitment, int(exact.sum())))
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=look) for _ in range(3)]
    for t in threads:
        t.start()
    old = store.snapshot("homes").commitment
    delete_rows(desk.ws, at_desk(desk), case, HER)
    middle = store.snapshot("homes").commitment
    for _ in range(3):
        rotate_key(desk.ws, "records", NOW)
    ended.set()
    for t in threads:
        t.join()
    assert not faults
    assert {c for c, n in seen if n == 3} <= {old}
    assert {n for c, n in seen if c != old} == {2}
    assert middle != old


def _in_background(act: Callable[[], object]) -> tuple[threading.Thread, list[BaseException]]:
    faults: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as fault:
            faults.append(fault)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, faults


def test_a_reader_keeps_the_snapshot_that_it_named_until_it_is_done(tmp_path: Path) -> None:
    from api.workflows.subject import delete_rows

    desk = office(tmp_path)
    case = granted_right(desk, "delete", HER)
    with locks.reading(desk.ws.store.root):
        snapshot = desk.ws.store.snapshot("homes")
        thread, faults = _in_background(lambda: delete_rows(desk.ws, at_desk(desk), case, HER))
        for _ in range(600):  # until the deletion is committed and wants to swap
            with transaction(desk.ws.engine) as connection:
                if case_by_id(connection, case).state == "done":
                    break
            time.sleep(0.05)
        time.sleep(0.3)
        assert thread.is_alive()
        assert pq.read_table(snapshot.files[0]).num_rows == 3
        assert desk.ws.store.snapshot("homes").commitment == snapshot.commitment
    thread.join()
    assert not faults
    assert pq.read_table(snapshot.files[0]).num_rows == 2


def test_a_question_waits_while_snapshots_change_places(tmp_path: Path) -> None:
    desk = office(tmp_path)
    sql = "SELECT side, count(*) FROM homes GROUP BY 1"
    question = Question(sql, "planning", Ask(epsilon=0.1), "rita", mode="dry-run")
    ask(desk.ws, question)  # from here on it takes milliseconds
    with locks.swapping(desk.ws.store.root):
        thread, faults = _in_background(lambda: ask(desk.ws, question))
        thread.join(2.0)
        assert thread.is_alive()
    thread.join()
    assert not faults


def test_a_session_waits_while_rows_are_rewritten(tmp_path: Path) -> None:
    desk = office(tmp_path)
    with locks.rewriting(desk.ws.store.root):
        lines = [f"{HER},west,"]
        thread, faults = _in_background(
            lambda: take_in(desk.ws, tmp_path, "homes", "records", lines)
        )
        thread.join(1.0)
        assert thread.is_alive()
        assert desk.ws.store.versions("homes") == [1]
    thread.join()
    assert not faults
    assert desk.ws.store.versions("homes") == [1, 2]
