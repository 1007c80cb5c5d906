"""How much the recognisers find, and how fast: made-up notes always, real sentences by path."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from privacy.fabrication import full_names, phones, resident_ids
from privacy.recognition import Redactor

Span = tuple[int, int, str]
_KINDS = {"ORG": "ORGANIZATION"}
_ID = re.compile(r"(?<!\d)\d{17}[\dX](?!\d)|(?<!\d)1[3-9]\d{9}(?!\d)")


def _made_up(n: int = 2_000) -> Iterator[tuple[str, list[Span]]]:
    rng = np.random.default_rng(1)
    serial, male = np.arange(n, dtype=np.int64), rng.integers(0, 2, n).astype(bool)
    birth = np.full(n, 19900517, dtype=np.int64)
    ids, names, numbers = resident_ids(serial, birth, male), full_names(rng, male), phones(serial)
    for name, number, identifier in zip(names, numbers, ids, strict=True):
        text, spans = "", []
        for piece, kind in (
            ("联系人：", ""), (str(name), "PERSON"), ("，电话", ""), (str(number), "PHONE_NUMBER"),
            ("，证件号", ""), (str(identifier), "CN_RESIDENT_ID"), ("，已登记。", ""),
        ):  # fmt: skip
            if kind:
                spans.append((len(text), len(text) + len(piece), kind))
            text += piece
        yield text, spans


def _real(path: Path) -> Iterator[tuple[str, list[Span]]]:
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        yield row["text"], [(a, b, _KINDS.get(k, k)) for a, b, k in row["spans"]]


def _measure(title: str, rows: list[tuple[str, list[Span]]]) -> None:
    redactor = Redactor()
    redactor.redact("热身")
    start = time.perf_counter()
    found = [redactor.redact(text).entities for text, _ in rows]
    taken = time.perf_counter() - start
    start = time.perf_counter()
    for text, _ in rows:
        _ID.sub("", text)
    plain = time.perf_counter() - start
    characters = sum(len(t) for t, _ in rows)
    sys.stdout.write(
        f"{title}: {len(rows):,} texts, {characters / taken:,.0f} characters/s, "
        f"{taken / plain:,.0f} times one regular expression\n"
    )
    hit: dict[str, int] = defaultdict(int)
    wanted: dict[str, int] = defaultdict(int)
    given: dict[str, int] = defaultdict(int)
    right: dict[str, int] = defaultdict(int)
    for (_, spans), entities in zip(rows, found, strict=True):
        for a, b, kind in spans:
            wanted[kind] += 1
            hit[kind] += any(e.start < b and a < e.end and e.type == kind for e in entities)
        for e in entities:
            given[e.type] += 1
            right[e.type] += any(e.start < b and a < e.end and e.type == k for a, b, k in spans)
    for kind in sorted(wanted):
        precision = right[kind] / given[kind] if given[kind] else float("nan")
        sys.stdout.write(
            f"  {kind:16s} found {hit[kind] / wanted[kind]:6.1%} of {wanted[kind]:5d}, "
            f"right {precision:6.1%} of {given[kind]}\n"
        )


def main() -> None:
    """Print recall (any overlap) and precision by type."""
    _measure("made-up notes", list(_made_up()))
    data = os.environ.get("COMMONGROUND_DATA")
    path = Path(data or "") / "pii" / "zh_dev.jsonl"
    if data and path.is_file():
        _measure("real sentences", list(_real(path)))
    else:
        sys.stdout.write(
            "real sentences: COMMONGROUND_DATA is absent or holds no pii/zh_dev.jsonl\n"
        )


if __name__ == "__main__":
    main()
