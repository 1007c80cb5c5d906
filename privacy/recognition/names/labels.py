"""The labels of characters: outside, or begin, inside, end or the whole of a span of a kind."""

from __future__ import annotations

from typing import Any

KINDS = ("PERSON", "ADDRESS", "ORGANIZATION", "LOCATION")
LABELS = ("O", *[f"{part}-{kind}" for kind in KINDS for part in "BIES"])
OF_LABEL = {label: i for i, label in enumerate(LABELS)}


def spans_of(labels: Any) -> list[tuple[int, int, str]]:
    """Return (start, end, kind) of each span in a sequence of label numbers; ill-formed ones too.

    A span that is cut short ends where its labels end, so nothing that was labelled is lost.
    """
    found: list[tuple[int, int, str]] = []
    start, kind = -1, -1
    for i, label in enumerate(labels):
        if not label and kind < 0:
            continue
        here, part = divmod(label - 1, 4)
        if kind >= 0 and (label == 0 or here != kind or part in (0, 3)):
            found.append((start, i, KINDS[kind]))
            kind = -1
        if label and kind < 0:
            start, kind = i, here
        if label and part >= 2:
            found.append((start, i + 1, KINDS[kind]))
            kind = -1
    if kind >= 0:
        found.append((start, len(labels), KINDS[kind]))
    return found


def labels_of(n: int, spans: list[tuple[int, int, str]]) -> list[int]:
    """Return the label numbers of n characters with these spans."""
    made = [0] * n
    for start, end, kind in spans:
        base = 1 + 4 * KINDS.index(kind)
        if end - start == 1:
            made[start] = base + 3
            continue
        made[start], made[end - 1] = base, base + 2
        made[start + 1 : end - 1] = [base + 1] * (end - start - 2)
    return made


def allowed() -> Any:
    """Return which label may follow which, an array of bool (from, to)."""
    import numpy as np

    n = len(LABELS)
    may = np.zeros((n, n), bool)
    for x in range(n):
        for y in range(n):
            inside_x = x > 0 and (x - 1) % 4 in (0, 1)
            inside_y = y > 0 and (y - 1) % 4 in (1, 2)
            may[x, y] = (
                ((x - 1) // 4 == (y - 1) // 4)
                if inside_x and inside_y
                else not (inside_x or inside_y)
            )
    return may


def allowed_first() -> Any:
    """Return which label may stand first, an array of bool."""
    import numpy as np

    return np.array([y == 0 or (y - 1) % 4 in (0, 3) for y in range(len(LABELS))])
