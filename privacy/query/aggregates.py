"""SQL's aggregates become figures: a table of what is understood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from sqlglot import exp

from policies.errors import BadInput
from privacy.query import figures
from privacy.query.plan import Aggregate
from privacy.query.reading import Reader
from privacy.query.refusals import OUTSIDE, outside, refuse, unwrapped


@dataclass(frozen=True, slots=True)
class Figures:
    """Reads aggregates with a reader of row-wise expressions."""

    reader: Reader

    def is_figure(self, node: exp.Expression) -> bool:
        """Tell whether a selected node holds an aggregate anywhere (windows are refused when read)."""
        return any(
            isinstance(part, exp.AggFunc | exp.Window) or _named(part) in NAMED
            for part in node.walk()
        )

    def figure(self, node: exp.Expression) -> Aggregate:
        """Return the figure that a node is.

        Raises
        ------
        BadInput
            It is outside the subset; with its position.
        """
        self.reader.spend(1, node)
        try:
            return self._figure(node)
        except BadInput as error:
            if error.where:
                raise
            raise refuse(node, error.what, error.todo) from None

    def _figure(self, node: exp.Expression) -> Aggregate:
        if isinstance(node, exp.Paren):
            return self.figure(node.this)
        if isinstance(node, exp.Filter):
            where = node.expression.this
            return figures.filtered(self.figure(node.this), self.reader.truth(where).predicate)
        if isinstance(node, exp.Div):
            return figures.ratio(
                self.figure(_times_one(node.this)), self.figure(_or_null(node.expression))
            )
        if isinstance(node, exp.WithinGroup):
            return self._within_group(node)
        named = _named(node)
        if named in NAMED:
            return NAMED[named](self, node)
        rule = RULES.get(type(node))
        if rule is None:
            told = next((part for part in node.walk() if type(part) in OUTSIDE), None)
            if told is not None or isinstance(node, exp.AggFunc):
                raise outside(told or node)
            raise refuse(
                node,
                "a figure is a count, sum, average, … or the ratio of two, and is not reckoned with",
                "select each figure; what is made of noisy figures afterwards is free",
            )
        parts, read = rule
        if any(v for k, v in node.args.items() if k not in parts):
            raise refuse(node, "this is written with more than the subset has", "the plain form")
        return read(self, node)

    def _within_group(self, node: exp.Expression) -> Aggregate:
        inner, order = node.this, node.expression
        if not isinstance(inner, exp.PercentileCont | exp.PercentileDisc) or inner.expression:
            raise outside(node)
        by = order.expressions
        if len(by) != 1 or by[0].args.get("desc") or by[0].args.get("with_fill"):
            raise refuse(order, "one rising order was expected", "quantile(x, 0.9)")
        return figures.quantile(self.reader.value(by[0].this), self.plain(inner.this))

    def plain(self, node: exp.Expression) -> Fraction:
        """Return a number that was typed."""
        found = self.reader.number(node).constant
        if found is None:
            raise refuse(node, "a plain number was expected here", "write for example 0.9")
        return found


def _named(node: exp.Expression) -> str:
    return str(node.this).lower() if isinstance(node, exp.Anonymous) else ""


def _times_one(node: exp.Expression) -> exp.Expression:
    """Return x of `1.0 * x`: a habit of dialects whose division cuts off."""
    bare = unwrapped(node)
    if isinstance(bare, exp.Mul):
        for one, other in ((bare.this, bare.expression), (bare.expression, bare.this)):
            if isinstance(one, exp.Literal) and one.this in ("1", "1.0", "1."):
                return unwrapped(other)
    return bare


def _or_null(node: exp.Expression) -> exp.Expression:
    """Return x of NULLIF(x, 0): a ratio by nothing is NULL in any case."""
    bare = unwrapped(node)
    if isinstance(bare, exp.Nullif) and bare.expression == exp.Literal.number(0):
        return unwrapped(bare.this)
    return bare


def _count(f: Figures, node: exp.Expression) -> Aggregate:
    if node.expressions:
        raise refuse(node, "one column is counted at a time", "count(*), count(column)")
    part = node.this
    if part is None or isinstance(part, exp.Star):
        if part is not None and any(part.args.values()):
            raise refuse(part, "* is written alone", "count(*)")
        return figures.count()
    if isinstance(part, exp.Distinct):
        if len(part.expressions) != 1 or part.args.get("on"):
            raise outside(part)
        found = figures.count(f.reader.value(part.expressions[0]))
        if found.kind != "persons":
            raise outside(part)
        return found
    if isinstance(part, exp.Literal | exp.Boolean):
        f.reader.value(part)
        return figures.count()
    found = figures.count(f.reader.value(part))
    if found.kind == "persons":
        raise refuse(part, "persons are counted once each", "count(DISTINCT person)")
    return found


def _one(make: Callable[..., Aggregate]) -> Callable[[Figures, exp.Expression], Aggregate]:
    def read(f: Figures, node: exp.Expression) -> Aggregate:
        return make(f.reader.value(node.this))

    return read


def _of_whole(make: Callable[..., Aggregate]) -> Callable[[Figures, exp.Expression], Aggregate]:
    def read(f: Figures, node: exp.Expression) -> Aggregate:
        return make(f.reader.value(node.this), sample=False)

    return read


def _quantile(key: str) -> Callable[[Figures, exp.Expression], Aggregate]:
    def read(f: Figures, node: exp.Expression) -> Aggregate:
        level = node.args.get(key)
        if level is None:
            raise BadInput("a quantile has a level", todo="quantile(x, 0.9)")
        return figures.quantile(f.reader.value(node.this), f.plain(level))

    return read


def _median(f: Figures, node: exp.Expression) -> Aggregate:
    return figures.quantile(f.reader.value(node.this), Fraction(1, 2), labelled_as="median")


def _top(f: Figures, node: exp.Expression) -> Aggregate:
    if len(node.expressions) != 2:
        raise BadInput("top takes a column and how many values to name", todo="top(status, 3)")
    return figures.top(f.reader.value(node.expressions[0]), f.reader.whole(node.expressions[1]))


def _mean(f: Figures, node: exp.Expression) -> Aggregate:
    if len(node.expressions) != 1:
        raise BadInput("mean takes a number", todo="avg(x)")
    return figures.average(f.reader.value(node.expressions[0]))


NAMED: dict[str, Callable[[Figures, exp.Expression], Aggregate]] = {
    "top": _top,
    "mean": _mean,
}
"""Aggregates that sqlglot has no name of its own for."""
Rule = tuple[set[str], Callable[[Figures, exp.Expression], Aggregate]]
RULES: dict[type[exp.Expression], Rule] = {
    exp.Count: ({"this", "expressions", "big_int"}, _count),
    exp.Sum: ({"this"}, _one(figures.total)),
    exp.Avg: ({"this"}, _one(figures.average)),
    exp.Variance: ({"this"}, _one(figures.variance)),
    exp.VariancePop: ({"this"}, _of_whole(figures.variance)),
    exp.Stddev: ({"this"}, _one(figures.stddev)),
    exp.StddevSamp: ({"this"}, _one(figures.stddev)),
    exp.StddevPop: ({"this"}, _of_whole(figures.stddev)),
    exp.Median: ({"this"}, _median),
    exp.Quantile: ({"this", "quantile"}, _quantile("quantile")),
    exp.PercentileCont: ({"this", "expression"}, _quantile("expression")),
    exp.PercentileDisc: ({"this", "expression"}, _quantile("expression")),
    exp.Min: ({"this"}, _one(figures.least)),
    exp.Max: ({"this"}, _one(figures.most)),
}
"""Aggregates that are understood: the parts each may have, and how it is read."""
