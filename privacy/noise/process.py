"""The caller's side of the noise worker: starts it, asks it, survives its death."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from policies.errors import ServiceFault
from privacy.noise import frames
from privacy.noise.drawn import Drawn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from privacy.noise.measured import Measured, Priced
    from privacy.query.exact import ExactCounts


class NoiseProcess:
    """One worker process, started at the first draw and anew after a death; safe for threads and forks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = os.getpid()

    def start(self) -> None:
        """Start the worker now, so that a later draw does not wait for it."""
        self._own()
        with self._lock:
            self._running()

    def draw(self, priced: Priced, exact: ExactCounts) -> Drawn:
        """Return the statistics with the priced noise.

        Where groups are unknown, those that pass the threshold come sorted by their codes, and the other statistics are
        measured on them alone: for every set of groups that could have been found these measurements have the loss that was
        priced, so that both compose adaptively (Bun & Steinke 2016, Lemma 2.3).

        Raises
        ------
        ServiceFault
            The worker died or refused; what was reserved stays spent.
        """
        self._own()
        with self._lock:
            try:
                return self._drawn(priced, exact)
            except (OSError, ValueError, KeyError, TypeError):
                self._stop()
                raise _fault() from None
            except BaseException:  # interrupted half-way: what the worker still answers is lost
                self._stop()
                raise

    def _drawn(self, priced: Priced, exact: ExactCounts) -> Drawn:
        vectors: dict[str, NDArray[np.int64]] = {}
        choices: dict[str, NDArray[np.int64]] = {}
        kept: NDArray[np.int64] | None = None
        finding = next((m for m in priced.measured if m.threshold is not None), None)
        if finding is not None:
            if exact.groups is None:
                raise ValueError("no groups were counted")
            groups = exact.groups
            found, counts = self._asked(finding, exact.vectors[finding.statistic])
            by_code = sorted(range(len(found)), key=lambda i: _order(groups, int(found[i])))
            kept = found[by_code]
            vectors[finding.statistic] = counts[by_code]
        for m in priced.measured:
            if m is finding:
                continue
            cells = exact.vectors[m.statistic]
            (answer,) = self._asked(m, cells if kept is None else cells[kept])
            (vectors if m.choice is None else choices)[m.statistic] = answer
        if kept is None:
            return Drawn(vectors, choices)
        return Drawn(vectors, choices, tuple(groups[int(i)] for i in kept))

    def _asked(self, m: Measured, cells: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        wide = m.choice.candidates if m.choice else 1
        rows = np.ascontiguousarray(cells, dtype=np.int64).reshape(-1, wide)
        level = m.choice.level if m.choice else None
        ticket = secrets.token_hex(8)  # an answer to an earlier request is not this one's
        head = {
            "ticket": ticket,
            "measurements": [asdict(x) for x in m.measurements()],
            "charge": [m.charge.nano_rho, m.charge.atto_delta],
            "level": None if level is None else [level.numerator, level.denominator],
            "shift": m.choice.shift if m.choice else 0,
        }
        process = self._running()
        if process.stdin is None or process.stdout is None:
            raise BrokenPipeError
        frames.write(process.stdin, head, [rows])
        answer = frames.read_head(process.stdout)
        if answer is None or answer.get("ticket") != ticket:
            raise ValueError("no answer")
        found = frames.read_arrays(process.stdout, answer)
        if m.threshold is None and len(found[0]) != len(rows):
            raise ValueError("another number of groups")
        return found

    @property
    def pid(self) -> int | None:
        """Process id of the worker, or None before the first draw."""
        return self._process.pid if self._process else None

    def close(self) -> None:
        """Stop the worker."""
        self._own()
        with self._lock:
            self._stop()

    def _own(self) -> None:
        """After a fork, leave the worker to the parent: two that read one pipe would mix their answers."""
        if self._owner != os.getpid():
            self._lock = threading.Lock()  # the parent's may have been held when it forked
            self._process = None
            self._owner = os.getpid()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._stop()
            self._process = subprocess.Popen(
                # -P and an absolute path: no module is taken from the folder that the command happens to run in
                [sys.executable, "-P", "-m", "privacy.noise.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=os.environ | {"PYTHONPATH": str(_root())},
            )
        return self._process

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _root() -> Path:
    return Path(__file__).resolve().parents[2]


def _order(groups: tuple[tuple[str | int, ...], ...], i: int) -> list[tuple[str, str | int]]:
    """Return what found groups are sorted by: never the engine's order, which depends on data."""
    return [(type(code).__name__, code) for code in groups[i]]


def _fault() -> ServiceFault:
    return ServiceFault(
        "the noise could not be drawn; nothing was released and what was reserved stays spent",
        where="noise worker",
        todo="ask again",
    )
