"""Answers leave on a tick of the clock, so that their time tells nothing about a person's data."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def leaving_on_a_tick(seconds: float) -> Iterator[None]:
    """Let what happens inside end at a whole number of ticks after it began, however it ends.

    `seconds` is chosen from public sizes before anything is counted (arXiv 2112.05307). Work that overruns
    waits for the next tick: that it did is visible, and named in SECURITY.md.
    """
    began = time.monotonic()
    try:
        yield
    finally:
        elapsed = time.monotonic() - began
        time.sleep(seconds - elapsed % seconds)
