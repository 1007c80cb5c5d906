"""Redaction in several processes: batches go out and come back in order, only a few at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from typing import Any

from privacy.recognition.known.known_values import KnownValue
from privacy.recognition.redactor import Redacted, Redactor

Row = tuple[str, Sequence[KnownValue], str]
_BATCH = 400
_AHEAD = 3
"""Batches waiting for each process: enough to keep it busy, few enough to bound memory."""
_redactor: Redactor | None = None


def in_processes(
    settings: tuple[Any, ...], rows: Iterable[Row], processes: int
) -> Iterator[Redacted]:
    """Yield what a redactor with these settings makes of each row, in order.

    Each process is started afresh, not forked: the model's library and a caller's threads do not
    survive a fork. Settings, the key among them, go over the pipe that starts it, to no disk.
    """
    source = iter(rows)
    waiting: deque[Future[list[Redacted]]] = deque()
    with ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=_start, initargs=settings
    ) as pool:
        try:
            while True:
                while len(waiting) < processes * _AHEAD and (batch := list(islice(source, _BATCH))):
                    waiting.append(pool.submit(_work, batch))
                if not waiting:
                    return
                yield from waiting.popleft().result()
        finally:
            for left in waiting:
                left.cancel()


def _start(*settings: Any) -> None:
    global _redactor
    _redactor = Redactor(*settings)


def _work(batch: list[Row]) -> list[Redacted]:
    if _redactor is None:
        raise RuntimeError("a worker without settings")
    return [_redactor.redact(*row) for row in batch]
