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

from privacy.recognition import Entity, Redactor
from tests.benchmarks.notes_to_find import notes

Span = tuple[int, int, str]
_KINDS = {"ORG": "ORGANIZATION"}
_ID = re.compile(r"(?<!\d)\d{17}[\dX](?!\d)|(?<!\d)1[3-9]\d{9}(?!\d)")


def _made_up(n: int = 3_000) -> Iterator[tuple[str, list[Span]]]:
    for text, gold in notes(5, n):
        yield text, [(g.start, g.end, g.type) for g in gold]


def _by_kind(n: int = 3_000) -> None:
    """Print how often a person is found exactly, by kind of name."""
    wanted: dict[str, int] = defaultdict(int)
    hit: dict[str, int] = defaultdict(int)
    redactor = Redactor()
    for text, gold in notes(5, n):
        found = {(e.start, e.end) for e in redactor.analyse(text) if e.type == "PERSON"}
        for g in gold:
            if g.kind:
                wanted[g.kind] += 1
                hit[g.kind] += (g.start, g.end) in found
    for kind, total in sorted(wanted.items()):
        sys.stdout.write(
            f"  persons, {kind:16s} found exactly {hit[kind] / total:6.1%} of {total}\n"
        )


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
            f"right {precision:6.1%} of {given[kind]:5d}, exact spans {_exact(rows, found, kind)}\n"
        )


def _exact(rows: list[tuple[str, list[Span]]], found: list[tuple[Entity, ...]], kind: str) -> str:
    """Return F1 and F2 of exact spans (van Rijsbergen 1979: F2 weighs recall four times)."""
    right = wanted = given = 0
    for (_, spans), entities in zip(rows, found, strict=True):
        want = {(a, b) for a, b, k in spans if k == kind}
        got = {(e.start, e.end) for e in entities if e.type == kind}
        right, wanted, given = right + len(want & got), wanted + len(want), given + len(got)
    f1, f2 = 2 * right / (wanted + given), 5 * right / (4 * wanted + given)
    return f"F1 {f1:.3f} F2 {f2:.3f}"


def main() -> None:
    """Print recall (any overlap) and precision by type."""
    _measure("made-up notes", list(_made_up()))
    _by_kind()
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
