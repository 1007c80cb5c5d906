"""The measuring of peers: what it is measured on, how errors and failures are told, and a whole table."""

from __future__ import annotations

import math
import os
import re
import sys
from pathlib import Path

import duckdb
import pytest

from tests.benchmarks.peers_query import features, measuring, registry
from tests.benchmarks.peers_query.made_events import LARGEST_AMOUNT, Events, write_events
from tests.benchmarks.peers_query.peer_side import Job
from tests.benchmarks.peers_query.report import Erring

JOB = Job("", 1, 1, 1, ("g",), 1, 1.0, 1e-7, 0.02, "laplace", 1, "")
STANDS = """
import json, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open({mark!r}, "w").write(str(child.pid))
time.sleep(600)
"""
ANSWERS = """
import json, sys
job = json.loads(sys.argv[1])
open(job["answers"], "w").write(json.dumps([{"g": [3, 4]}, {"g": [5, 8]}]))
print("noise of a library")
print(json.dumps({"load_seconds": [1.0, 3.0], "query_seconds": [1.0, 1.0]}))
"""


def _script(folder: Path, text: str) -> Path:
    path = folder / "script.py"
    path.write_text(text, "utf-8")
    return path


def test_every_person_has_the_same_number_of_ranked_rows(tmp_path: Path) -> None:
    file = write_events(Events(150_000, 2, 50), tmp_path)
    ranks = f"SELECT list(rank ORDER BY rank) AS r FROM '{file}' GROUP BY person"
    held = duckdb.sql(f"SELECT count(*), min(r), max(r) FROM ({ranks})").fetchone()
    assert held == (150_000, [0, 1], [0, 1])
    found = duckdb.sql(
        f"SELECT count(DISTINCT grp), min(amount), max(amount), avg(amount) FROM '{file}'"
    ).fetchone()
    assert found is not None
    assert found[:3] == (50, 0, LARGEST_AMOUNT)
    error = LARGEST_AMOUNT / math.sqrt(12) / math.sqrt(300_000)
    assert found[3] == pytest.approx(LARGEST_AMOUNT / 2, abs=6 * error)


def test_the_plain_answer_counts_the_smallest_ranks_only(tmp_path: Path) -> None:
    file = write_events(Events(1_000, 4, 3), tmp_path)
    whole, clipped = measuring.plain_answer(file, 4), measuring.plain_answer(file, 1)
    assert sum(n for n, _ in whole.values()) == 4_000
    assert sum(n for n, _ in clipped.values()) == 1_000


def test_an_answer_is_compared_with_the_truth_over_all_its_repetitions(tmp_path: Path) -> None:
    ran = measuring.run(sys.executable, _script(tmp_path, ANSWERS), JOB, 60, tmp_path)
    assert ran.error == ""
    assert (ran.loading, ran.asking) == (2.0, 3.0)
    erring = Erring.of(ran, {"g": (4, 4), "h": (1, 1)})
    assert (erring.count, erring.total, erring.missing) == (1.0, math.sqrt(8), 2)


def test_a_peer_that_fails_is_told_by_the_line_that_names_its_error(tmp_path: Path) -> None:
    text = 'raise ValueError("no scale was found\\n\\n  and more lines")'
    ran = measuring.run(sys.executable, _script(tmp_path, text), JOB, 60, tmp_path)
    assert ran.error == "ValueError: no scale was found"
    assert Erring.of(ran, {"g": (1, 1)}).error == ran.error


def test_a_peer_that_does_not_answer_is_ended_with_its_children(tmp_path: Path) -> None:
    mark = tmp_path / "child"
    script = _script(tmp_path, STANDS.format(mark=str(mark)))
    ran = measuring.run(sys.executable, script, JOB, 5, tmp_path)
    assert "no answer within 5 s" in ran.error
    child = int(mark.read_text("utf-8"))
    try:
        os.kill(child, 0)
        state = Path(f"/proc/{child}/stat").read_text("ascii").rsplit(")", 1)[1].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        state = "gone"
    assert state in ("gone", "Z")


def test_every_peer_says_of_every_feature_whether_it_has_it_and_why() -> None:
    assert set(features.PEERS) == {p.name for p in registry.PEERS}
    for cells in features.PEERS.values():
        assert set(cells) == set(features.FEATURES)
        assert all(word in ("yes", "partly", "no") and why for word, why in cells.values())


@pytest.mark.parametrize("peer", registry.PEERS, ids=lambda p: p.name)
def test_what_a_peer_needs_is_pinned_and_names_no_address(peer: registry.Peer) -> None:
    lines = peer.requirements.read_text("utf-8").split()
    assert lines
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][A-Za-z0-9.+]*", line) for line in lines)
    assert peer.script.exists()
