"""What somebody asks, before it is bound to a contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from policies.errors import BadInput
from privacy.answers import Prefer
from privacy.noise import Ask
from privacy.query import BoundsAsked

Mode = Literal["release", "dry-run", "dummy"]
Chooser = Literal["auto", "private"]


@dataclass(frozen=True, slots=True)
class AskedBounds:
    """Contribution bounds as somebody asks for them.

    `rows` is L, or who shall choose it: `auto`, the planner from public information; `private`, a private
    quantile of how many matching rows a person has, paid out of the same loss.
    """

    rows: int | Chooser | None = None
    groups: int | None = None
    clip: Literal["filter", "table"] = "filter"

    @staticmethod
    def typed(rows: str | None, groups: int | None, clip: str) -> AskedBounds:
        """Read the bounds as they were typed.

        Raises
        ------
        BadInput
            Neither a number nor a known word.
        """
        if clip not in ("filter", "table"):
            raise BadInput("is filter or table", where="--clip")
        if rows is None or rows in ("auto", "private"):
            return AskedBounds(rows, groups, clip)  # type: ignore[arg-type]
        if not (rows.isascii() and rows.isdigit() and len(rows) < 6):
            raise BadInput(
                "is a whole number, auto or private",
                where="--rows-per-person",
                todo="for example 2",
            )
        return AskedBounds(int(rows), groups, clip)  # type: ignore[arg-type]

    def numbers(self, rows: int | None = None) -> BoundsAsked:
        """Return the bounds with `rows` in the place of who shall choose them."""
        named = self.rows if isinstance(self.rows, int) else rows
        return BoundsAsked(named, self.groups, self.clip)


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks: the SQL, what for, how exact, within which bounds, and whether to spend.

    `group_size` is a public size of a group, stated by the asker: averages need it to say their error
    beforehand. `prefer` is the table that is shown in `rows`; both are always there.
    """

    sql: str
    purpose: str
    ask: Ask
    researcher: str
    dataset_version: int | None = None
    mode: Mode = "release"
    role: str = "operator"
    bounds: AskedBounds = field(default_factory=AskedBounds)
    group_size: int | None = None
    prefer: Prefer | None = None
