"""Ours on the query: a whole release, authorised, reserved, counted, drawn, signed, on its tick.

`file` is the workspace. Each repetition asks for a hair less, since the same question again is the
same release and draws no new noise.
"""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path
from typing import Any

from peer_side import Job, Said, serve

SQL = "SELECT grp, count(*) AS n, sum(amount) AS total FROM events GROUP BY 1"
_HAIR = 1e-6


def _start(job: Job) -> Any:
    os.environ.setdefault("COMMONGROUND_UNSEALED_ROOT_KEY", "yes")  # made-up people
    from api.workflows.release import ask
    from api.workspace import open_workspace
    from privacy.noise import Ask
    from tests.benchmarks.peers_query.ours import question

    ws = open_workspace(Path(job.file))
    # an answer from made-up data starts the process that draws, and spends nothing
    ask(ws, question(SQL, Ask(epsilon=job.epsilon), mode="dummy"))
    return ws, ask, question, Ask, count()


def _ask(engine: Any, job: Job) -> Said:
    ws, ask, question, wish, asked = engine
    epsilon = job.epsilon * (1 - _HAIR * next(asked))
    wanted = wish(epsilon=epsilon) if job.noise == "gaussian" else wish(pure_epsilon=epsilon)
    rows = job.bound if job.bound < job.stored else None
    released = ask(ws, question(SQL, wanted, rows=rows))
    place = [released["columns"].index(name) for name in ("grp", "n", "total")]
    answer = {row[place[0]]: (row[place[1]], row[place[2]]) for row in released["rows"]}
    loss = released["privacy"]
    charge = f"ρ {loss['rho']:.4g}; ε {loss['epsilon']:.4g}, δ {loss['delta']:.2g}"
    return Said(answer, charge)


serve("common-ground", _start, _ask)
