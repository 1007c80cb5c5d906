"""Running a command line as a user does, in a process of its own or in this one."""

from __future__ import annotations

import contextlib
import html
import io
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Ran:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as one JSON document."""
        return json.loads(self.out)


def run(*arguments: str | Path) -> Ran:
    """Run a command in this process."""
    from api.cli.main import run as run_line

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run_line([str(a) for a in arguments])
    assert "Traceback" not in err.getvalue()
    return Ran(code, out.getvalue(), err.getvalue())


def run_apart(*arguments: str | Path, stdin: str = "") -> Ran:
    """Run a command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", "from api.cli.main import main; main()", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return Ran(done.returncode, done.stdout, done.stderr)


def in_english_only(page: str, reasons: Mapping[str, str]) -> set[str]:
    """Return the reasons that a page of both languages says in English in its Chinese part, or not at all."""
    parts = {
        language: html.unescape(text)
        for language, text in re.findall(
            r'<main class="in-(zh|en)"[^>]*>(.*?)</main>', page, flags=re.DOTALL
        )
    }
    assert reasons
    return {r for r in reasons.values() if r in parts["zh"] or r not in parts["en"]}
