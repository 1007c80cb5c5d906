"""Running a peer's script: time, peak memory of all its processes, answers; and the plain engine."""

from __future__ import annotations

import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from tests.benchmarks.peers_query.peer_side import Job

SQL = "SELECT grp, count(*), sum(amount)::BIGINT FROM read_parquet(?) WHERE rank < ? GROUP BY 1"
_BETWEEN_LOOKS = 0.05
_LAST_WORDS = 300
_NAMED = re.compile(r"[\w.]*(?:Error|Exception)\b.*:")


@dataclass(frozen=True, slots=True)
class Ran:
    """One process of a peer: what it said, its seconds from start to end, its peak memory in MB.

    `error` is empty where it ended well.
    """

    said: Mapping[str, Any]
    answers: tuple[Mapping[str, tuple[float, float]], ...]
    wall_seconds: float
    peak_mb: float | None
    error: str = ""

    @property
    def loading(self) -> float:
        """Median seconds of getting the rows into the peer's own memory."""
        return statistics.median(self.said["load_seconds"])

    @property
    def asking(self) -> float:
        """Median seconds from the file to the answer, imports and the start of an engine excluded."""
        both = zip(self.said["load_seconds"], self.said["query_seconds"], strict=True)
        return statistics.median(map(sum, both))

    @property
    def end_to_end(self) -> float:
        """Seconds of a process that asks once: start, imports, the file, the answer, the end."""
        return (
            self.wall_seconds
            - sum(self.said["load_seconds"] + self.said["query_seconds"])
            + (self.asking)
        )


def run(python: str, script: Path, job: Job, limit: float, folder: Path) -> Ran:
    """Run a script on a job in a process of its own, in `folder`, for `limit` seconds at most."""
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        answers = Path(scratch) / "answers.json"
        told = json.dumps(asdict(job) | {"answers": str(answers)})
        environment = dict(os.environ)
        if python != sys.executable:  # another environment must not find this one's packages
            environment.pop("PYTHONPATH", None)
        begun = time.perf_counter()
        process = subprocess.Popen(
            [python, str(script.resolve()), told],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=scratch, env=environment,
            start_new_session=True,
        )  # fmt: skip
        watch = _Watch(process.pid)
        try:
            out, err = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # a Java machine too
            process.communicate()
            return Ran({}, (), limit, watch.end(), f"no answer within {limit:.0f} s")
        wall, peak = time.perf_counter() - begun, watch.end()
        if process.returncode:
            return Ran({}, (), wall, peak, _last_words(err))
        said = json.loads(out.strip().splitlines()[-1])
        return Ran(said, tuple(json.loads(answers.read_text("utf-8"))), wall, peak)


def _last_words(err: str) -> str:
    """Return the line that names the error, the last of them, or else the last line of all."""
    lines = [line.strip() for line in err.splitlines() if line.strip()] or ["it said nothing"]
    named = [line for line in lines if _NAMED.match(line)]
    return (named or lines)[-1][:_LAST_WORDS]


class _Watch(threading.Thread):
    """Looks at the memory of a process and its children; each shared page is counted once."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self._root, self._peak, self._over = root, 0, threading.Event()
        self.start()

    def run(self) -> None:
        """Look until it is over."""
        while not self._over.wait(_BETWEEN_LOOKS):
            self._peak = max(self._peak, sum(map(_kilobytes, _family(self._root))))

    def end(self) -> float | None:
        """Return the peak in MB; None where the system does not tell."""
        self._over.set()
        self.join()
        return self._peak / 1024 or None


def _family(root: int) -> list[int]:
    found, ahead = [], [root]
    while ahead:
        pid = ahead.pop()
        found.append(pid)
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                ahead += map(int, task.read_text("ascii").split())
            except OSError:
                continue
    return found


def _kilobytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def plain_answer(file: Path, bound: int) -> dict[str, tuple[int, int]]:
    """Return count and sum of amounts by group, exact, of the `bound` rows of smallest rank a person."""
    with duckdb.connect(":memory:") as connection:
        rows = connection.execute(SQL, [str(file), bound]).fetchall()
    return {group: (count, total) for group, count, total in rows}


def plain_seconds(file: Path, times: int = 5) -> float:
    """Return the median seconds of the same query by plain DuckDB over all rows."""
    taken = []
    whole = SQL.replace("WHERE rank < ? ", "")
    for _ in range(times + 1):
        begun = time.perf_counter()
        with duckdb.connect(":memory:") as connection:
            connection.execute(whole, [str(file)]).fetchall()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken[1:])
