"""The caller's side of the noise worker: starts it, asks it, survives its death."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import numpy as np

from policies.errors import ServiceFault
from privacy.noise.drawn import Drawn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from privacy.noise.pricing import Measured, Priced
    from privacy.query.exact import ExactCounts


class NoiseProcess:
    """One worker process, started at the first draw and anew after a death; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def draw(self, priced: Priced, exact: ExactCounts) -> Drawn:
        """Return the statistics with the priced noise.

        Raises
        ------
        ServiceFault
            The worker died or refused; what was reserved stays spent.
        """
        return Drawn(
            {
                m.statistic: np.array(self._vector(m, exact.vectors[m.statistic]), dtype=np.int64)
                for m in priced.measured
            }
        )

    def _vector(self, m: Measured, cells: NDArray[np.int64]) -> list[int]:
        ticket = secrets.token_hex(
            8
        )  # an answer to an earlier, interrupted request is not this one's
        request = {
            "ticket": ticket,
            "mechanism": m.mechanism,
            "scale": m.scale,
            "cells": [int(c) for c in cells],
        }
        with self._lock:
            process = self._running()
            try:
                if process.stdin is None or process.stdout is None:
                    raise BrokenPipeError
                process.stdin.write(json.dumps(request) + "\n")
                process.stdin.flush()
                line = process.stdout.readline()
                answer = json.loads(line)
            except (OSError, ValueError):
                self._stop()
                raise _fault() from None
            except BaseException:  # interrupted half-way: what the worker still answers is lost
                self._stop()
                raise
        if answer.get("ticket") != ticket or len(answer.get("cells", ())) != len(cells):
            self.close()
            raise _fault()
        return [int(c) for c in answer["cells"]]

    @property
    def pid(self) -> int | None:
        """Process id of the worker, or None before the first draw."""
        return self._process.pid if self._process else None

    def close(self) -> None:
        """Stop the worker."""
        with self._lock:
            self._stop()

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self._stop()
            self._process = subprocess.Popen(
                # -P: no module is taken from the folder that the command happens to run in
                [sys.executable, "-P", "-m", "privacy.noise.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        return self._process

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _fault() -> ServiceFault:
    return ServiceFault(
        "the noise could not be drawn; nothing was released and what was reserved stays spent",
        where="noise worker",
        todo="ask again",
    )
