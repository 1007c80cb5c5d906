"""Refusing a query: with its position and what to write instead, never with its literals."""

from __future__ import annotations

from sqlglot import exp

from policies.errors import BadInput

EXAMPLE = "SELECT community, status, count(*) FROM residents GROUP BY 1, 2"


def refuse(node: exp.Expression | None, what: str, instead: str = "") -> BadInput:
    """Return the error for a part of a query; its place is that of its first token."""
    return BadInput(what, where=_place(node), todo=instead or f"write for example: {EXAMPLE}")


def _place(node: exp.Expression | None) -> str:
    if node is None:
        return "query"
    found = [
        (part.meta["line"], part.meta["col"])
        for part in node.walk()
        if "line" in part.meta and "col" in part.meta
    ]
    if not found:
        return "query"
    line, column = min(found)
    return f"query line {line}, near column {column}"
