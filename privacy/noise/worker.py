"""The worker: reads one request a line, draws by OpenDP, answers on a fixed tick of the clock.

It lives in a process of its own, so that an abort inside the library takes down a draw and
not the service. It writes nothing but answers.
"""

from __future__ import annotations

import json
import sys
import time

from privacy.noise.measurements import measurement

TICK_SECONDS = 0.05
"""The time that a draw takes depends on what is drawn (arXiv 2112.05307): answers wait for a tick."""


def draw(mechanism: str, scale: float, cells: list[int]) -> list[int]:
    """Return the cells with noise; integers in, integers out."""
    if mechanism not in ("discrete_gaussian", "discrete_laplace"):
        raise ValueError("unknown mechanism")
    import numpy as np

    made = measurement(mechanism, scale)  # type: ignore[arg-type]
    return [int(x) for x in made(np.array(cells, dtype=np.int64))]


def main() -> None:
    """Serve requests until standard input closes."""
    for line in sys.stdin:
        started = time.monotonic()
        try:
            request = json.loads(line)
            answer: dict[str, object] = {
                "ticket": request["ticket"],
                "cells": draw(request["mechanism"], request["scale"], request["cells"]),
            }
        except Exception as error:
            answer = {"fault": type(error).__name__}  # never the message: it may quote a cell
        elapsed = time.monotonic() - started
        time.sleep(TICK_SECONDS - elapsed % TICK_SECONDS)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
