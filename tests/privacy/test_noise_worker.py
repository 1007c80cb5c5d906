"""The worker may die, be forked, be lied to: no figure leaves without its noise, none in a message."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from policies.errors import ServiceFault
from privacy.accounting import Charge
from privacy.noise import Ask, NoiseProcess, Priced, frames, price
from privacy.noise.drawing import THREADS, in_threads
from privacy.query.exact import ExactCounts
from tests.privacy.noise_plans import COUNT, exact, plan, worker

SECRET = 123_456_789
ROOT = Path(__file__).resolve().parents[2]


def _question(groups: int = 50, rho: float = 0.001) -> tuple[Priced, ExactCounts]:
    wanted = plan(COUNT, groups=groups)
    return price(wanted, Ask(rho=rho), 1e-6), exact(wanted, {"s0": [SECRET] * groups})


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGABRT])
def test_a_death_between_draws_is_survived_and_noise_stays(how: signal.Signals) -> None:
    priced, figures = _question()
    with worker() as process:
        process.draw(priced, figures)
        assert process.pid is not None
        os.kill(process.pid, how)
        try:
            drawn = process.draw(priced, figures)
        except ServiceFault:
            drawn = process.draw(priced, figures)
        assert len(set(drawn.vectors["s0"].tolist())) > 10


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGABRT])
def test_a_death_in_the_midst_of_a_draw_is_a_fault_and_the_next_draw_works(
    how: signal.Signals,
) -> None:
    priced, figures = _question(groups=400_000)
    small, few = _question()
    with worker() as process:
        process.draw(small, few)
        killer = threading.Timer(0.3, os.kill, (process.pid, how))
        killer.start()
        with pytest.raises(ServiceFault) as fault:
            process.draw(priced, figures)
        killer.join()
        assert str(SECRET) not in str(fault.value)
        assert fault.value.__cause__ is None
        assert len(set(process.draw(small, few).vectors["s0"].tolist())) > 10


def test_an_interrupted_draw_leaves_no_answer_for_the_next() -> None:
    priced, figures = _question(groups=100_000)
    small, few = _question()

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        with worker() as process:
            process.draw(small, few)
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            with pytest.raises(KeyboardInterrupt):
                process.draw(priced, figures)
            assert len(process.draw(small, few).vectors["s0"]) == 50
    finally:
        signal.signal(signal.SIGALRM, before)


def test_a_fork_draws_fresh_noise_from_a_worker_of_its_own() -> None:
    priced, figures = _question()
    with worker() as process:
        process.draw(priced, figures)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                drawn = process.draw(priced, figures).vectors["s0"]
                os.write(writing, drawn.tobytes() + (process.pid or 0).to_bytes(8, "little"))
                process.close()
            finally:
                os._exit(0)
        ours = process.draw(priced, figures).vectors["s0"]
        pid = process.pid
        os.waitpid(child, 0)
        data = os.read(reading, 10_000)
        theirs = np.frombuffer(data[:-8], dtype=np.int64)
        assert len(theirs) == 50
        assert int.from_bytes(data[-8:], "little") != pid
        assert (ours != theirs).mean() > 0.8
        # the child's close left the parent's worker alone
        process.draw(priced, figures)
        assert process.pid == pid


def test_a_forked_sampler_shares_no_state_with_its_twin() -> None:
    """Two forks of one process that has drawn before: a seed kept in memory would draw the same twice."""
    script = (
        "import os, sys\n"
        "import numpy as np\n"
        "from privacy.noise.measurements import Measurement\n"
        "made = Measurement('discrete_gaussian', 1000.0, 1.0).made()\n"
        "cells = np.zeros(20, dtype=np.int64)\n"
        "made(cells)\n"
        "for _ in range(3):\n"
        "    if os.fork() == 0:\n"
        "        print(made(cells), flush=True)\n"
        "        os._exit(0)\n"
        "    os.wait()\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    lines = run.stdout.splitlines()
    assert len(lines) == 3
    assert len(set(lines)) == 3


def test_two_threads_get_their_own_answers() -> None:
    with worker() as process:
        found: dict[int, list[int]] = {}

        def ask(groups: int) -> None:
            priced, figures = _question(groups=groups)
            found[groups] = [len(process.draw(priced, figures).vectors["s0"]) for _ in range(20)]

        threads = [threading.Thread(target=ask, args=(n,)) for n in (3, 7, 11)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
    assert found == {3: [3] * 20, 7: [7] * 20, 11: [11] * 20}


def test_the_worker_draws_nothing_beyond_its_charge() -> None:
    """A scale that was tampered with on the way, half the noise: the worker asks OpenDP's map again."""
    priced, figures = _question()
    (measured,) = priced.measured
    halved = replace(priced, measured=(replace(measured, scale=measured.scale / 2),))
    cheaper = replace(measured, charge=Charge(measured.charge.nano_rho - 1))
    with worker() as process:
        for wrong in (halved, replace(priced, measured=(cheaper,))):
            with pytest.raises(ServiceFault):
                process.draw(wrong, figures)
        process.draw(priced, figures)


def test_the_threshold_cannot_be_lowered_on_the_way() -> None:
    wanted = plan(COUNT, groups=None)
    priced = price(wanted, Ask(rho=0.01), 1e-6)
    finding = priced.of("groups")
    assert finding.threshold is not None
    lower = replace(finding, threshold=finding.threshold - 1)
    figures = exact(wanted, {"groups": [1], "s0": [1]}, ["x"])
    tampered = replace(priced, measured=(lower, *priced.measured[1:]))
    with worker() as process, pytest.raises(ServiceFault):
        process.draw(tampered, figures)


def test_a_request_too_large_is_refused_before_it_is_sent() -> None:
    stream = BytesIO()
    huge = np.broadcast_to(np.int64(0), (2**27 + 1, 1))
    with pytest.raises(ValueError, match="too many"):
        frames.write(stream, {}, [huge])
    with pytest.raises(ValueError, match="too long"):
        frames.write(stream, {"x": "y" * 70_000}, [])
    assert stream.getvalue() == b""


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00",
        b"\xff\xff\xff\xff",
        b"\x02\x00\x00\x00[]",
        b"\x10\x00\x00\x00{}",
        b"\x05\x00\x00\x00\xff\xfe\x00\x00\x00",
        b'\x0e\x00\x00\x00{"ticket": 12}',
    ],
)
def test_what_is_no_request_ends_the_worker_without_a_word(sent: bytes) -> None:
    run = subprocess.run(
        [sys.executable, "-P", "-m", "privacy.noise.worker"], input=sent, capture_output=True,
        check=False, env=os.environ | {"PYTHONPATH": str(ROOT)}, timeout=60,
    )  # fmt: skip
    assert run.returncode == 1
    assert run.stderr == b""
    head = frames.read_head(BytesIO(run.stdout))
    assert head is not None
    assert set(head) == {"fault", "shapes"}
    assert head["fault"].isidentifier()


def test_no_fault_quotes_a_figure() -> None:
    priced, figures = _question(groups=3)
    broken = ExactCounts({"s0": np.array([SECRET, SECRET])})  # a cell too few is an answer too few
    with worker() as process:
        assert len(process.draw(priced, figures).vectors["s0"]) == 3
        for wrong in (ExactCounts({}), ExactCounts({"s0": np.array([["x"]])})):
            with pytest.raises(ServiceFault) as fault:
                process.draw(priced, wrong)
            assert str(SECRET) not in repr(fault.value)
        assert str(SECRET) not in repr(broken)


def test_the_worker_takes_no_code_from_the_folder_it_runs_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evil = tmp_path / "privacy" / "noise"
    evil.mkdir(parents=True)
    ran = tmp_path / "ran"
    for name in (evil.parent / "__init__.py", tmp_path / "opendp.py", tmp_path / "numpy.py"):
        name.write_text(f"open({str(ran)!r}, 'w').close()\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", "")  # an empty entry would be this folder
    priced, figures = _question()
    with worker() as process:
        assert len(set(process.draw(priced, figures).vectors["s0"].tolist())) > 10
    assert not ran.exists()


def test_a_worker_whose_service_is_gone_ends() -> None:
    process = NoiseProcess()
    process.start()
    assert process.pid is not None
    inner = process._process
    assert inner is not None
    assert inner.stdin is not None
    inner.stdin.close()
    assert inner.wait(timeout=60) == 0


def test_a_large_table_is_never_whole_in_the_worker() -> None:
    """Blocks are read as they are drawn: at most a few lie in memory."""
    (made,) = _question()[0].measured[0].measurements()
    read = drawn = 0
    ahead = []

    def blocks() -> Iterator[NDArray[np.int64]]:
        nonlocal read
        for _ in range(40):
            read += 1
            ahead.append(read - drawn)
            yield np.zeros((10, 1), dtype=np.int64)

    for _ in in_threads(lambda block: np.array(made.made()(block.reshape(-1))), blocks()):
        drawn += 1
    assert drawn == 40
    assert max(ahead) <= 2 * THREADS + 1


def test_an_abort_leaves_no_core_file_with_figures_in_it() -> None:
    priced, figures = _question()
    with worker() as process:
        process.draw(priced, figures)
        limits = Path(f"/proc/{process.pid}/limits").read_text("ascii").splitlines()
    (core,) = (line.split() for line in limits if line.startswith("Max core file size"))
    assert core[4:6] == ["0", "0"]


def test_time_is_not_the_workers_to_tell() -> None:
    """No sleep and no clock in the room: an answer leaves on the tick of the workflow above."""
    for path in sorted((ROOT / "privacy" / "noise").glob("*.py")):
        assert "import time" not in path.read_text("utf-8")
