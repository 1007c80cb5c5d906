"""What post-processing has to know of a question: keys, figures, columns, bounds; all public, all JSON.

A layout names statistics and keys by what they are and not by the order in which one asker wrote them, so
that another asker's layout can be laid over the same stored figures.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from privacy.answers.feasible import Within, clamped, within_of
from privacy.query.canonical import canonical_expression, canonical_predicate
from privacy.query.expressions import Binned, Value
from privacy.query.plan import (
    Aggregate,
    ChosenBy,
    Clip,
    Having,
    Key,
    Kind,
    Origin,
    Plan,
    Selection,
)
from privacy.query.statistics import Statistic, identity_of, needs_of, statistics_of


@dataclass(frozen=True, slots=True)
class ShownKey:
    """A key as it is shown: `identity` tells what it groups by, whatever it is called."""

    label: str
    identity: str
    domain: tuple[Value, ...]
    origin: Origin
    tiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """One column of figures and the statistics that it comes from.

    Parameters
    ----------
    needs
        Identities of the statistics, in the order of `privacy.query.statistics.needs_of`.
    low, high
        Bounds that values are clamped to, in units of `unit`.
    within
        The least and the largest value that the figure can have, in its own units; None: no bound.
    edges
        Of `top` over bins: the edges that the places in `domain` stand for.
    clamped
        Whether values may have been moved into [low, high] (its figure is then of clamped values).
    """

    kind: Kind
    label: str
    needs: tuple[str, ...]
    unit: Decimal = Decimal(1)
    low: int = 0
    high: int = 0
    within: Within = (None, None)
    level: Fraction | None = None
    labelled_as: str = ""
    sample: bool = True
    grid: tuple[int, ...] = ()
    domain: tuple[Value, ...] = ()
    most: int = 0
    clamped: bool = False
    parts: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """How noisy statistics become a table.

    `clips`, `rows`, `groups`, `clip` and `chosen_by` say what one person could contribute and who chose it.
    """

    keys: tuple[ShownKey, ...]
    figures: tuple[Figure, ...]
    columns: tuple[str, ...]
    clips: bool = False
    rows: int = 1
    groups: int = 1
    clip: Clip = "none"
    chosen_by: ChosenBy = "contract"
    selection: Selection = dataclasses.field(default_factory=Selection)

    def as_json(self) -> dict[str, Any]:
        """Return the layout as JSON (read back by `layout_from_json`)."""
        return {
            "keys": [_sparse(k) for k in self.keys],
            "figures": [_sparse(f) for f in self.figures],
            "columns": list(self.columns),
            "bounds": [self.clips, self.rows, self.groups, self.clip, self.chosen_by],
            "having": [[h.label, h.operator, str(h.value)] for h in self.selection.having],
            "order": [list(o) for o in self.selection.order],
            "limit": self.selection.limit,
        }


def layout_of(plan: Plan) -> Layout:
    """Return the layout of a plan."""
    bounds = plan.bounds
    return Layout(
        keys=tuple(
            ShownKey(k.label, key_identity(k), k.domain, k.origin, k.tiers) for k in plan.keys
        ),
        figures=tuple(_figure(a) for a in plan.aggregates),
        columns=plan.columns,
        clips=bounds.clips,
        rows=bounds.rows,
        groups=bounds.groups,
        clip=bounds.clip,
        chosen_by=bounds.chosen_by,
        selection=plan.selection,
    )


def layout_from_json(document: Mapping[str, Any]) -> Layout:
    """Read a layout back."""
    clips, rows, groups, clip, chosen_by = document["bounds"]
    return Layout(
        keys=tuple(
            ShownKey(
                k["label"],
                k["identity"],
                tuple(k.get("domain", ())),
                k["origin"],
                tuple(k.get("tiers", ())),
            )
            for k in document["keys"]
        ),
        figures=tuple(_figure_from(f) for f in document["figures"]),
        columns=tuple(document["columns"]),
        clips=clips,
        rows=rows,
        groups=groups,
        clip=clip,
        chosen_by=chosen_by,
        selection=Selection(
            tuple(Having(a, b, Decimal(c)) for a, b, c in document["having"]),
            tuple((label, descending) for label, descending in document["order"]),
            document["limit"],
        ),
    )


def key_identity(k: Key) -> str:
    """Return what a key groups by, as a short digest."""
    codes = [] if k.origin == "contract" else list(k.codes)
    return _digest([canonical_expression(k.expression), codes, k.origin, list(k.tiers)])


def statistic_identity(s: Statistic) -> str:
    """Return what a statistic measures, as a short digest and its tier: the same for every asker."""
    found = _identity(identity_of(s))
    mark = f"{found}!" if s.finds_groups else found
    return f"{mark}@{s.tier}" if s.tier else mark


def identities_of(plan: Plan) -> dict[str, str]:
    """Return the identity of each of the plan's statistics, by name."""
    return {s.name: statistic_identity(s) for s in statistics_of(plan)}


def _identity(need: Sequence[Any]) -> str:
    kind, expression, where, *numbers, level, most = need
    return _digest(
        [
            kind,
            None if expression is None else canonical_expression(expression),
            None if where is None else canonical_predicate(where),
            *(list(n) if isinstance(n, tuple) else n for n in numbers),
            None if level is None else str(level),
            most,
        ]
    )


def _digest(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _figure(a: Aggregate) -> Figure:
    return Figure(
        kind=a.kind,
        label=a.label,
        needs=tuple(_identity(n) for n in needs_of(a)),
        unit=a.unit,
        low=a.low,
        high=a.high,
        within=within_of(a),
        level=a.level,
        labelled_as=a.labelled_as,
        sample=a.sample,
        grid=a.grid or (a.expression.edges if isinstance(a.expression, Binned) else ()),
        domain=a.domain,
        most=a.most,
        clamped=clamped(a),
        parts=tuple(_figure(p) for p in a.parts),
    )


def _sparse(noun: ShownKey | Figure) -> dict[str, Any]:
    """Return a dataclass as JSON without what is at its default."""
    written: dict[str, Any] = {}
    for f in dataclasses.fields(noun):
        value = getattr(noun, f.name)
        if f.default is not dataclasses.MISSING and value == f.default:
            continue
        if f.name == "parts":
            written["parts"] = [_sparse(p) for p in value]
        elif isinstance(value, Decimal | Fraction):
            written[f.name] = str(value)
        else:
            written[f.name] = list(value) if isinstance(value, tuple) else value
    return written


def _figure_from(document: Mapping[str, Any]) -> Figure:
    values = dict(document)
    for name in ("needs", "within", "grid", "domain"):
        if name in values:
            values[name] = tuple(values[name])
    if "unit" in values:
        values["unit"] = Decimal(values["unit"])
    if "level" in values:
        values["level"] = Fraction(values["level"])
    if "parts" in values:
        values["parts"] = tuple(_figure_from(p) for p in values["parts"])
    return Figure(**values)
