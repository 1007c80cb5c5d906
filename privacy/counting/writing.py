"""Expressions and conditions of a plan as sqlglot trees: every value a placeholder, every operation total."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from sqlglot import exp

from privacy.counting.statement import SOURCES, Lookup
from privacy.query.expressions import (
    Absolute,
    All,
    Any_,
    Arithmetic,
    Binned,
    Case,
    Clamped,
    Coalesce,
    Column,
    Compare,
    Constant,
    DatePart,
    Expression,
    IsNull,
    Mapped,
    Not,
    OneOf,
    Predicate,
    Value,
    interval,
)

Tree = exp.Expression
_OPERATORS: dict[str, type[exp.Expression]] = {
    "=": exp.EQ,
    "<>": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}
_SIGNS: dict[str, type[exp.Expression]] = {
    "+": exp.Add,
    "-": exp.Sub,
    "*": exp.Mul,
    "//": exp.IntDiv,
    "%": exp.Mod,
}
_PARTS = {"year": "YEAR", "quarter": "QUARTER", "month": "MONTH", "day": "DAY", "weekday": "ISODOW"}
_FEW = 8
"""A public table of so many entries is written as CASE; a longer one is joined."""


class Writer:
    """Writes the expressions of one statement, and gathers its parameters and public tables."""

    def __init__(self) -> None:
        self.parameters: dict[str, Value] = {}
        self._names: dict[tuple[type, Value], str] = {}
        self._joined: dict[tuple[Tree, tuple[tuple[Value, Value], ...]], Lookup] = {}

    @property
    def lookups(self) -> tuple[Lookup, ...]:
        """The public tables that stand in `joins`."""
        return tuple(self._joined.values())

    def joins(self) -> list[exp.Join]:
        """Return the joins to the public tables; none of them adds or loses a row."""
        return [
            exp.Join(
                this=exp.to_table(lookup.name),
                side="LEFT",
                on=exp.EQ(this=exp.column("key", lookup.name, quoted=True), expression=of.copy()),
            )
            for (of, _), lookup in self._joined.items()
        ]

    def value(self, value: Value) -> Tree:
        """Return a placeholder for a value; a number has 64 bits."""
        known = self._names.get((type(value), value))
        if known is None:
            known = self._names[type(value), value] = f"v{len(self.parameters)}"
            self.parameters[known] = value
        placeholder = exp.Placeholder(this=known)
        return whole(placeholder) if isinstance(value, int) else placeholder

    def expression(self, e: Expression) -> Tree:
        """Return the tree of an expression."""
        match e:
            case Column(name):
                return exp.column(name, SOURCES[e.source], quoted=True)
            case Constant(value):
                return self.value(value)
            case Arithmetic(sign, left, _):
                return exp.paren(_SIGNS[sign](this=self._inner(left), expression=self._right(e)))
            case Absolute(part):
                return exp.Abs(this=self._inner(part))
            case Clamped(part, low, high):
                return self.clamped(self._inner(part), low, high)
            case DatePart(part, column):
                day = exp.TryCast(this=self.expression(column), to=exp.DataType.build("DATE"))
                return whole(exp.Extract(this=exp.var(_PARTS[part]), expression=day))
            case Mapped(column, table):
                return self.mapped(self.expression(column), table)
            case Binned(part, edges):
                return self.bin(self.expression(part), edges)
            case Case(branches, otherwise):
                last = None if otherwise is None else self._inner(otherwise)
                return case([(self.condition(p), self._inner(x)) for p, x in branches], last)
            case Coalesce(part, other):
                return exp.Coalesce(this=self._inner(part), expressions=[self.expression(other)])

    def _inner(self, e: Expression) -> Tree:
        """Return a part of a larger expression: a stored number stays within its contract's bounds.

        What lies beyond them (intake lets nothing in) counts as the bound: else what `interval`
        promises, that nothing overflows, would depend on data.
        """
        tree = self.expression(e)
        if isinstance(e, Column) and e.low is not None and e.high is not None:
            return self.clamped(whole(tree), e.low, e.high)
        return tree

    def _right(self, e: Arithmetic) -> Tree:
        right = self._inner(e.right)
        if e.sign not in ("//", "%") or not _may_be_zero(e.right):
            return right
        return exp.Nullif(this=right, expression=exp.Literal.number(0))

    def clamped(self, tree: Tree, low: int, high: int) -> Tree:
        """Return the number moved into [low, high]; NULL stays NULL (LEAST would pass over it)."""
        least, most = self.value(low), self.value(high)
        return case(
            [
                (exp.LT(this=tree, expression=least), least.copy()),
                (exp.GT(this=tree.copy(), expression=most), most.copy()),
            ],
            tree.copy(),
        )

    def mapped(self, tree: Tree, table: Sequence[tuple[Value, Value]]) -> Tree:
        """Return what a public table maps the value to; NULL where it is not there."""
        entries = tuple(dict(table).items())
        if len(entries) <= _FEW:
            branches: list[tuple[Tree, Tree]] = [
                (exp.EQ(this=tree.copy(), expression=self.value(k)), self.value(v))
                for k, v in entries
            ]
            return case(branches, None) if branches else exp.Null()
        fresh = Lookup(f"lookup{len(self._joined)}", entries)
        lookup = self._joined.setdefault((tree, entries), fresh)
        return exp.column("value", lookup.name, quoted=True)

    def bin(self, tree: Tree, edges: tuple[int, ...], *, closed: bool = False) -> Tree:
        """Return the number of the bin: by arithmetic where all are equally wide, else by halving.

        `closed`: the last bin holds its upper edge too.
        """
        if len(edges) < 2:
            return exp.cast(exp.Null(), exp.DataType.Type.BIGINT)
        below = exp.LTE if closed else exp.LT
        inside = exp.and_(
            exp.GTE(this=tree.copy(), expression=self.value(edges[0])),
            below(this=tree.copy(), expression=self.value(edges[-1])),
        )
        bins, width = len(edges) - 1, edges[1] - edges[0]
        if any(b - a != width for a, b in pairwise(edges)):
            return case([(inside, self._halved(tree, edges, 0, bins))], None)
        number: Tree = exp.paren(exp.Sub(this=whole(tree.copy()), expression=self.value(edges[0])))
        if width > 1:
            number = exp.paren(exp.IntDiv(this=number, expression=self.value(width)))
        branches = [(inside, number)]
        if closed:
            top = exp.EQ(this=tree.copy(), expression=self.value(edges[-1]))
            branches.insert(0, (top, self.value(bins - 1)))
        return case(branches, None)

    def _halved(self, tree: Tree, edges: tuple[int, ...], first: int, last: int) -> Tree:
        if last - first == 1:
            return self.value(first)
        middle = (first + last) // 2
        lower = exp.LT(this=tree.copy(), expression=self.value(edges[middle]))
        return case(
            [(lower, self._halved(tree, edges, first, middle))],
            self._halved(tree, edges, middle, last),
        )

    def condition(self, p: Predicate) -> Tree:
        """Return the tree of a three-valued condition."""
        match p:
            case Compare(left, operator, right):
                return _OPERATORS[operator](
                    this=self.expression(left), expression=self.expression(right)
                )
            case OneOf(part, values):
                if not values:  # false, or unknown where the part is NULL
                    inner = self.expression(part)
                    return exp.NEQ(this=inner, expression=inner.copy())
                return exp.In(
                    this=self.expression(part), expressions=[self.value(v) for v in values]
                )
            case IsNull(part):
                return exp.Is(this=self.expression(part), expression=exp.Null())
            case Not(part):
                return exp.not_(exp.paren(self.condition(part)))
            case All(parts):
                return _joined(exp.And, [self.condition(q) for q in parts])
            case Any_(parts):
                return _joined(exp.Or, [self.condition(q) for q in parts])


def whole(tree: Tree) -> Tree:
    """Return a number as one of 64 bits: engines multiply two small integers in small ones."""
    return exp.cast(tree, exp.DataType.Type.BIGINT)


def case(branches: Sequence[tuple[Tree, Tree]], otherwise: Tree | None) -> Tree:
    """Return CASE WHEN … END."""
    ifs = [exp.If(this=condition, true=result) for condition, result in branches]
    return exp.Case(ifs=ifs, default=otherwise)


def _joined(kind: type[exp.Connector], parts: list[Tree]) -> Tree:
    """Join conditions as a balanced tree: a thousand parts nest ten deep."""
    if not parts:
        return exp.Boolean(this=kind is exp.And)
    if len(parts) == 1:
        return exp.paren(parts[0])
    half = len(parts) // 2
    return exp.paren(kind(this=_joined(kind, parts[:half]), expression=_joined(kind, parts[half:])))


def _may_be_zero(e: Expression) -> bool:
    try:
        low, high = interval(e)
    except (ValueError, OverflowError):
        return True
    return low <= 0 <= high
