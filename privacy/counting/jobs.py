"""From a plan to the statements that count it: one scan for all vectors that can share it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from policies.errors import BadInput
from privacy.counting.places import places_at
from privacy.counting.relation import PERSON, kept, matching
from privacy.counting.statement import Statement
from privacy.counting.writing import Tree, Writer, whole
from privacy.query import Plan, Statistic, statistics_of
from privacy.query.expressions import LARGEST, Expression, Mapped, Predicate, Value

_ROWS_AT_MOST = 2**32
"""Rows of a source that sums are sure of; beyond them they are still total, by saturation."""
_LEAF = "leaf"
_RAW_AT_MOST = 2**20
"""Cells that keys may be grouped by before a public table maps them, outside of the engine."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A column of whole numbers that an engine adds up by group.

    `rows` (where `expression` is not NULL), `persons`, or the `sum` of (scale·x − shift)^`power` of
    x clamped to [low, high].
    """

    kind: str
    expression: Expression | None = None
    where: Predicate | None = None
    low: int = 0
    high: int = 0
    scale: int = 1
    shift: int = 0
    power: int = 1

    @property
    def magnitude(self) -> int:
        """The largest absolute value that one row adds."""
        if self.kind != "sum":
            return 1
        ends = (self.scale * self.low - self.shift, self.scale * self.high - self.shift)
        return int(max(1, *(abs(e) for e in ends)) ** self.power)


Terms = tuple[tuple[int, Figure], ...]
"""A statistic as Σ coefficient · figure."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A key of a statement: its column, and what its values become outside of the engine.

    `codes` are the values that count, in order; None where they are found. `table` maps what the
    engine gives to them.
    """

    column: str
    codes: tuple[Value, ...] | None
    table: tuple[tuple[Value, Value], ...] | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A statement, the axes of its groups, and which of its columns fill which statistic.

    `terms` by the statistic's name: the coefficients of columns. Where `parents` is there, the
    statistic is the sum over the places of a finer tier. `figures` are the columns f0, f1, … of counts and sums.
    """

    statement: Statement
    axes: tuple[Axis, ...]
    terms: dict[str, tuple[tuple[int, str], ...]]
    figures: tuple[Figure, ...] = ()


def jobs_of(plan: Plan, *, in_order: bool = False) -> tuple[Job, ...]:
    """Return the statements that a plan needs, each with what it fills.

    Counts and sums of all groups share one scan. Each histogram (quantiles of the same values share
    one), the rows a person, and persons at a coarser tier, who do not add up, take one of their own.
    """
    once: list[Statistic] = []
    histograms: dict[tuple[object, ...], list[Statistic]] = {}
    alone: list[Job] = []
    for s in statistics_of(plan):
        if s.kind == "contributions":
            alone.append(_contributions(plan, s))
        elif s.kind == "values":
            of = (s.expression, s.where, s.low, s.high, s.grid, s.domain)
            histograms.setdefault(of, []).append(s)
        elif _persons_of_a_tier(plan, s):
            alone.append(_figures(plan, [s], s.tier, in_order))
        else:
            once.append(s)
    found = [_figures(plan, once, "", in_order)] if once else []
    return (*found, *(_values(plan, same, in_order) for same in histograms.values()), *alone)


def distinct_needed(plan: Plan) -> bool:
    """Tell whether a pseudonym may have several rows that count: else persons are rows."""
    return plan.bounds.rows > 1


def _persons_of_a_tier(plan: Plan, s: Statistic) -> bool:
    finest = next((k.tiers[-1] for k in plan.keys if k.tiers), "")
    return s.kind == "persons" and s.tier != finest and distinct_needed(plan)


def _figures(plan: Plan, statistics: Sequence[Statistic], tier: str, in_order: bool) -> Job:
    """Return the job of counts and sums by group; `tier`: the keys are places of a coarser tier."""
    writer, columns = Writer(), dict[str, Tree]()
    terms = {s.name: terms_of(plan, s) for s in statistics}
    figures = list(dict.fromkeys(f for ts in terms.values() for _, f in ts))
    adds_up = all(f.kind != "persons" for f in figures)
    axes = _axes(plan, writer, columns, tier, raw=adds_up)
    selected, names = [], dict[Figure, str]()
    inputs = _Inputs(writer, columns)
    for i, figure in enumerate(figures):
        names[figure] = f"f{i}"
        selected.append(exp.alias_(_added_up(figure, inputs), f"f{i}"))
    keys = tuple(a.column for a in axes)
    groups = keys
    if (
        tier
    ):  # the rows that count are the same at each tier: groups a person are those of the finest
        groups = tuple(_LEAF if k.tiers else c for k, c in zip(plan.keys, keys, strict=True))
        columns[_LEAF] = next(writer.expression(k.expression) for k in plan.keys if k.tiers)
    tree = kept(plan, writer, columns, groups, in_order=in_order)
    outer = exp.select(*(exp.column(k) for k in keys), *selected).from_(tree.subquery("counted"))
    if keys:
        outer = outer.group_by(*(exp.column(k) for k in keys))
    statement = Statement(outer, writer.parameters, (*keys, *names.values()), writer.lookups)
    filled = {name: tuple((c, names[f]) for c, f in ts) for name, ts in terms.items()}
    return Job(statement, axes, filled, tuple(figures))


def _values(plan: Plan, same: Sequence[Statistic], in_order: bool) -> Job:
    """Return the job of a histogram by group: by bin of a grid, or by value of a domain."""
    s = same[0]
    writer, columns = Writer(), dict[str, Tree]()
    axes = _axes(plan, writer, columns, "", raw=True)
    if s.expression is None:
        raise BadInput("a quantile or a ranking is of an expression", where="question")
    value = writer.expression(s.expression)
    if s.grid:
        columns["value"] = writer.bin(
            writer.clamped(value, s.grid[0], s.grid[-1]), s.grid, closed=True
        )
        last = Axis("value", tuple(range(len(s.grid) - 1)))
    else:
        columns["value"] = value
        last = Axis("value", s.domain)
    if s.where is not None:
        columns["condition"] = writer.condition(s.where)
    keys = tuple(a.column for a in axes)
    tree = kept(plan, writer, columns, keys, in_order=in_order)
    grouped = (*keys, "value")
    outer = exp.select(
        *(exp.column(k) for k in grouped), exp.alias_(whole(exp.Count(this=exp.Star())), "f0")
    ).from_(tree.subquery("counted"))
    if s.where is not None:
        outer = outer.where(exp.column("condition"))
    outer = outer.group_by(*(exp.column(k) for k in grouped))
    statement = Statement(outer, writer.parameters, (*grouped, "f0"), writer.lookups)
    return Job(statement, (*axes, last), {t.name: ((1, "f0"),) for t in same})


def _contributions(plan: Plan, s: Statistic) -> Job:
    """Return the job that counts pseudonyms by their number of matching rows."""
    from privacy.contract import PSEUDONYM_FIELD
    from privacy.counting.statement import SOURCES

    writer = Writer()
    person: dict[str, Tree] = {PERSON: exp.column(PSEUDONYM_FIELD, SOURCES[0], quoted=True)}
    rows = exp.select(
        exp.alias_(writer.clamped(exp.Count(this=exp.Star()), 1, plan.bounds.stored), "contributed")
    ).from_(matching(plan, writer, person).subquery("counted"))
    rows = rows.group_by(exp.column(PERSON))
    outer = (
        exp.select(
            exp.alias_(whole(exp.column("contributed")), "contributed"),
            exp.alias_(whole(exp.Count(this=exp.Star())), "f0"),
        )
        .from_(rows.subquery("persons"))
        .group_by(exp.column("contributed"))
    )
    statement = Statement(outer, writer.parameters, ("contributed", "f0"), writer.lookups)
    axis = Axis("contributed", tuple(range(1, plan.bounds.stored + 1)))
    return Job(statement, (axis,), {s.name: ((1, "f0"),)})


def _axes(
    plan: Plan, writer: Writer, columns: dict[str, Tree], tier: str, *, raw: bool
) -> tuple[Axis, ...]:
    raw = raw and plan.bounds.groups == plan.bounds.rows and _few_raw_cells(plan)
    axes = []
    for i, key in enumerate(plan.keys):
        name, e = f"k{i}", key.expression
        codes = None if key.origin == "unknown" else key.codes
        table = None
        if tier and key.tiers:
            tree = writer.expression(e)
            places, parents = places_at(key, tier)
            entries = tuple(zip(key.codes, (places[p] for p in parents), strict=True))
            columns[name], codes = writer.mapped(tree, entries), places
        elif raw and isinstance(e, Mapped):
            columns[name], table = writer.expression(e.column), e.table
        else:
            columns[name] = writer.expression(e)
        axes.append(Axis(name, codes, table))
    return tuple(axes)


def _few_raw_cells(plan: Plan) -> bool:
    cells = 1
    for k in plan.keys:
        mapped = isinstance(k.expression, Mapped)
        cells *= len(k.expression.table) + 1 if mapped else max(1, len(k.codes))  # type: ignore[union-attr]
    return cells <= _RAW_AT_MOST


def terms_of(plan: Plan, s: Statistic) -> Terms:
    """Return the figures that a statistic is made of.

    Σ (scale·x − shift) is scale · Σ x − shift · n and so on, which lets statistics share columns;
    where that could pass 64 bits, the engine adds up the centred values themselves.
    """
    if s.kind == "rows":
        return ((1, Figure("rows", s.expression, s.where)),)
    if s.kind == "persons":
        return ((1, Figure("persons" if distinct_needed(plan) else "rows", None, s.where)),)
    x, where = s.expression, s.where
    if x is None:
        raise BadInput("a sum is of an expression", where="question")
    rows = Figure("rows", x, where)
    total = Figure("sum", x, where, s.low, s.high)
    if s.kind == "sum":
        terms: Terms = ((s.scale, total), (-s.shift, rows))
        direct = Figure("sum", x, where, s.low, s.high, s.scale, s.shift)
    else:
        squares = Figure("sum", x, where, s.low, s.high, power=2)
        terms = ((s.scale**2, squares), (-2 * s.scale * s.shift, total), (s.shift**2, rows))
        direct = Figure("sum", x, where, s.low, s.high, s.scale, s.shift, power=2)
    terms = tuple((c, f) for c, f in terms if c)
    if sum(abs(c) * f.magnitude for c, f in terms) * _ROWS_AT_MOST <= LARGEST:
        return terms
    if direct.magnitude > LARGEST:
        raise BadInput("a number of one row could pass 2^62", where="question")
    return ((1, direct),)


class _Inputs:
    """The columns that figures add up, each written once."""

    def __init__(self, writer: Writer, columns: dict[str, Tree]) -> None:
        self.writer = writer
        self._columns = columns
        self._known: dict[object, str] = {}

    def person(self) -> Tree:
        """Return the column of pseudonyms."""
        from privacy.contract import PSEUDONYM_FIELD
        from privacy.counting.statement import SOURCES

        self._columns[PERSON] = exp.column(PSEUDONYM_FIELD, SOURCES[0], quoted=True)
        return exp.column(PERSON)

    def value(self, e: Expression) -> Tree:
        """Return the column of an expression."""
        return self._column(("x", e), lambda: self.writer.expression(e))

    def clamped(self, e: Expression, low: int, high: int) -> Tree:
        """Return the column of an expression moved into [low, high]."""
        return self._column(
            ("c", e, low, high),
            lambda: self.writer.clamped(whole(self.writer.expression(e)), low, high),
        )

    def condition(self, p: Predicate) -> Tree:
        """Return the column of a condition."""
        return self._column(("p", p), lambda: self.writer.condition(p))

    def _column(self, key: object, write: object) -> Tree:
        name = self._known.get(key)
        if name is None:
            name = self._known[key] = f"x{len(self._known)}"
            self._columns[name] = write()  # type: ignore[operator]
        return exp.column(name)


def _added_up(f: Figure, inputs: _Inputs) -> Tree:
    """Return the aggregate of a figure, of 64 bits: a total beyond them is the nearest that fits."""
    if f.kind == "rows":
        part: Tree = exp.Star() if f.expression is None else inputs.value(f.expression)
        aggregate: Tree = exp.Count(this=part)
    elif f.kind == "persons":
        aggregate = exp.Count(this=exp.Distinct(expressions=[inputs.person()]))
    else:
        x = inputs.clamped(_expression(f), f.low, f.high)
        if f.scale != 1:
            x = exp.Mul(this=x, expression=inputs.writer.value(f.scale))
        if f.shift:
            x = exp.paren(exp.Sub(this=x, expression=inputs.writer.value(f.shift)))
        if f.power == 2:
            x = exp.Mul(this=x, expression=x.copy())
        aggregate = exp.Sum(this=x)
    if f.where is not None:
        aggregate = exp.Filter(this=aggregate, expression=exp.Where(this=inputs.condition(f.where)))
    if f.magnitude * _ROWS_AT_MOST <= LARGEST:
        return whole(aggregate)
    most = exp.Literal.number(2**63 - 1)
    least = exp.Neg(this=most.copy())
    return whole(
        exp.Least(this=exp.Greatest(this=aggregate, expressions=[least]), expressions=[most])
    )


def _expression(f: Figure) -> Expression:
    if f.expression is None:
        raise BadInput("a sum is of an expression", where="question")
    return f.expression
