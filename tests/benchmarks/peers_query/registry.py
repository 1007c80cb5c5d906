"""The peers: what each is, the noises that it has, and its own environment, made once."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.peers_query.peer_side import Noise

HERE = Path(__file__).parent
LAST_WORDS = 300


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer: its name in files, in the table, and the noises that it offers on this query.

    `share` is the part of the rows that it is timed on; below 1 its times are extrapolated and
    marked so, for an engine that would need a quarter of an hour a run.
    """

    name: str
    title: str
    noises: tuple[Noise, ...] = ("laplace", "gaussian")
    share: float = 1.0

    @property
    def script(self) -> Path:
        """What is run in its environment."""
        return HERE / f"ask_{self.name}.py"

    @property
    def requirements(self) -> Path:
        """Its packages, pinned."""
        return HERE / "requirements" / f"{self.name}.txt"


OURS = Peer("ours", "Common Ground")
PEERS = (
    Peer("opendp", "OpenDP Polars"),
    Peer("diffprivlib", "diffprivlib", noises=("laplace",)),
    Peer("smartnoise", "smartnoise-sql"),
    Peer("tumult", "Tumult Analytics"),
    Peer("pipelinedp", "PipelineDP", share=0.1),
)


@dataclass(frozen=True, slots=True)
class Installed:
    """The outcome of an installation: the interpreter to run, or the command that failed and its error."""

    python: str
    command: str
    error: str = ""


def install(peer: Peer, folder: Path) -> Installed:
    """Make the peer's own environment, once a list of requirements; a failure is told and not raised."""
    if peer is OURS:
        return Installed(sys.executable, "this environment")
    place = folder / peer.name
    python, stamp = place / "bin" / "python", place / "installed"
    wanted = hashlib.sha256(peer.requirements.read_bytes()).hexdigest()
    steps = (
        [sys.executable, "-m", "venv", "--clear", str(place)],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
         "-r", str(peer.requirements)],
    )  # fmt: skip
    shown = f"pip install -r requirements/{peer.name}.txt"
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return Installed(str(python), shown)
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, check=False)
        if done.returncode:
            errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
            last = " ".join(errors) or done.stderr.strip() or f"exit code {done.returncode}"
            python_is = f"Python {sys.version_info.major}.{sys.version_info.minor}"
            return Installed("", f"{shown} ({python_is})", last[-LAST_WORDS:])
    stamp.write_text(wanted, "utf-8")
    return Installed(str(python), shown)
