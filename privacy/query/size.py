"""How large an expression is, written out: parts that stand in it twice count twice.

Layers and choices repeat their parts, so that a short text can mean an endless expression; the size is
reckoned on the parts as they are shared, in time that does not grow with the repetition.
"""

from __future__ import annotations

import dataclasses

Known = dict[int, tuple[object, int]]
"""Sizes by identity; the object beside keeps its identity from being given to another."""


def size_of(part: object, known: Known) -> int:
    """Return the number of parts of an expression, a condition or a typed value."""
    if isinstance(part, tuple):
        if not part or isinstance(part[0], str | int):
            return 1 + len(part) // 100
        if isinstance(part[0], tuple) and isinstance(part[0][0], str):
            return 1 + len(part) // 100
        return sum(size_of(inner, known) for inner in part)
    if not dataclasses.is_dataclass(part):
        return 0
    found = known.get(id(part))
    if found is None:
        inner = (size_of(getattr(part, f.name), known) for f in dataclasses.fields(part))
        found = known[id(part)] = (part, 1 + sum(inner))
    return found[1]
