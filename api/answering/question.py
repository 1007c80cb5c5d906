"""What somebody asks, before it is bound to a contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from privacy.noise import Ask
from privacy.query import AskedBounds

Mode = Literal["release", "dry-run", "dummy"]
Table = Literal["unbiased", "consistent"]


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
    prefer: Table | None = None
