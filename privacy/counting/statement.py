"""A statement: a sqlglot tree that no engine owns, with its typed parameters and public tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp

    from privacy.query.expressions import Value

SOURCES = ("source0", "source1")
"""Names under which an engine knows the rows of a plan's sources."""

ROW_NUMBER = "file_row_number"
"""Column that an engine gives beside where the rows are laid out in order: a row's number in its file."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """A public table that stands beside the rows: what a text or number is mapped to.

    An engine makes it known under its name, with the columns `key` and `value`, each of text or of
    64-bit integers. No key stands twice and nothing is NULL.
    """

    name: str
    entries: tuple[tuple[Value, Value], ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One question to an engine, built from the typed plan alone.

    Parameters
    ----------
    tree
        A SELECT over `SOURCES` and the lookups; every value that the plan names is a placeholder
        (`exp.Placeholder(this=name)`) bound from `parameters`, never text of the statement.
    columns
        The names of the columns of its answer.
    """

    tree: exp.Select
    parameters: Mapping[str, Value]
    columns: tuple[str, ...]
    lookups: tuple[Lookup, ...] = field(default=())
