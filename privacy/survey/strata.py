"""Groups and tiers of those who answer: known from the batch a token came from, never asked of a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from policies.errors import BadInput
from privacy.survey.reading import known, whole

TIERS = ("district", "street", "community")
MOST_TOKENS = 1_000_000
_MOST_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class Stratum:
    """One batch of tokens: the group and the place whose people it is handed out to; empty is not told.

    A place is a path: a community has its street, a street its district.
    """

    group: str = ""
    district: str = ""
    street: str = ""
    community: str = ""

    def __post_init__(self) -> None:
        values = [getattr(self, f.name) for f in fields(self)]
        if not all(isinstance(v, str) and len(v) <= _MOST_CHARACTERS for v in values):
            raise BadInput("names of groups and places are short text", where="strata")
        path = [bool(self.district), bool(self.street), bool(self.community)]
        if path != sorted(path, reverse=True):
            raise BadInput("a community needs its street, a street its district", where="strata")

    def place(self, tier: str) -> tuple[str, ...]:
        """Return the path of the place down to a tier; empty where it is not told."""
        path = tuple(getattr(self, t) for t in TIERS[: TIERS.index(tier) + 1])
        return path if path[-1] else ()

    def as_json(self) -> dict[str, str]:
        """Return what is told of the batch."""
        return {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name)}


def read_strata(rows: Iterable[Mapping[str, Any]], each: int) -> dict[Stratum, int]:
    """Return how many tokens each batch gets: its own `tokens`, else `each`; no rows make one batch.

    Raises
    ------
    BadInput
        An unknown key, a stratum twice, or a number of tokens out of range.
    """
    found: dict[Stratum, int] = {}
    names = {f.name for f in fields(Stratum)}
    for i, row in enumerate(rows):
        where = f"strata, row {i + 1}"
        known(row, names | {"tokens"}, where, needs=set())
        stratum = Stratum(**{k: row[k] for k in row if k in names})
        if stratum in found:
            raise BadInput("this stratum stands there twice", where=where)
        found[stratum] = whole(row.get("tokens", each), f"{where}, tokens")
    found = found or {Stratum(): each}
    if min(found.values()) < 0 or sum(found.values()) > MOST_TOKENS:
        raise BadInput(f"from 0 to {MOST_TOKENS:,} tokens in all", where="--tokens")
    return found


def cells_of(by: str, stratum: Stratum) -> list[str]:
    """Return the cells of a breakdown that a stratum counts into.

    Parameters
    ----------
    by
        `all`, `group`, one of the tiers, or `tier`: every tier, each place under its whole path. A stratum
        that does not tell its group or place counts under `—` there (in `tier`: at no tier).
    """
    if by == "all":
        return ["all"]
    if by == "group":
        return [stratum.group or "—"]
    if by in TIERS:
        return [" / ".join(stratum.place(by)) or "—"]
    return [" / ".join(stratum.place(t)) for t in TIERS if stratum.place(t)]
