"""What every peer's script shares: the job it is given, the clock, the answer it writes.

Only the standard library: this file runs in each peer's own environment.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

Noise = Literal["laplace", "gaussian"]
Answer = dict[str, tuple[float, float]]
"""Group → (count, sum of amounts), as the peer released them."""


@dataclass(frozen=True, slots=True)
class Job:
    """The one query: count and sum of `amount` by `grp`, the person protected.

    `epsilon` and `delta` are for count and sum together; `rho` is the zCDP loss that implies them
    (by OpenDP's conversion), for peers that account in zCDP. `rows` is the public size of the table,
    `stored` the most rows that a person has in it, `bound` the most that may be counted, `groups` the
    public groups.
    """

    file: str
    rows: int
    stored: int
    bound: int
    groups: tuple[str, ...]
    largest_amount: int
    epsilon: float
    delta: float
    rho: float
    noise: Noise
    repeats: int
    answers: str


@dataclass(frozen=True, slots=True)
class Said:
    """One answer, the loss that the peer itself states for it, and what it took to get the data in."""

    answer: Answer
    charge: str
    load_seconds: float = 0.0


def serve(package: str, start: Callable[[Job], Any], ask: Callable[[Any, Job], Said]) -> None:
    """Run the job of the command line and write what was measured as the last line.

    `start` imports the peer and begins what runs once a process; `ask` answers the query from the
    file. Loading the data into the peer's own memory is told apart from the query where a peer has
    such a step.
    """
    found = json.loads(sys.argv[1])
    job = Job(**{**found, "groups": tuple(found["groups"])})
    begun = time.perf_counter()
    session = start(job)
    started = time.perf_counter() - begun
    said, seconds = [], []
    for _ in range(job.repeats):
        begun = time.perf_counter()
        said.append(ask(session, job))
        seconds.append(time.perf_counter() - begun - said[-1].load_seconds)
    Path(job.answers).write_text(json.dumps([s.answer for s in said]), "utf-8")
    measured = {
        "version": version(package),
        "python": ".".join(map(str, sys.version_info[:2])),
        "start_seconds": started,
        "load_seconds": [s.load_seconds for s in said],
        "query_seconds": seconds,
        "charge": said[-1].charge,
    }
    sys.stdout.write("\n" + json.dumps(measured) + "\n")
