"""HAVING, ORDER BY and LIMIT: what is done to the noisy table, by the labels of its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from sqlglot import exp

from privacy.query.aggregates import Figures
from privacy.query.binning import decimal
from privacy.query.expressions import Operator
from privacy.query.logic import EXCHANGED
from privacy.query.plan import Aggregate, Having, Key, Selection
from privacy.query.reading import Reader
from privacy.query.refusals import refuse, unwrapped

_OPERATORS: dict[type[exp.Expression], Operator] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
}  # fmt: skip
MOST_ROWS = 1_000_000


def selection_of(
    select: exp.Expression, reader: Reader, keys: Sequence[Key], figures: Mapping[int, Aggregate]
) -> Selection:
    """Return what a query does to the noisy table.

    Raises
    ------
    BadInput
        It names something that is not selected, or does more than compare figures with numbers.
    """
    found = _Named(reader, keys, list(figures.values()), list(select.expressions))
    having = select.args.get("having")
    order = select.args.get("order")
    limit = select.args.get("limit")
    return Selection(
        () if having is None else tuple(_conditions(having.this, found)),
        () if order is None else tuple(_ordered(o, found) for o in order.expressions),
        None if limit is None else _most(limit, reader),
    )


class _Named:
    """Finds the column of the answer that a node means."""

    def __init__(
        self,
        reader: Reader,
        keys: Sequence[Key],
        figures: Sequence[Aggregate],
        selected: Sequence[exp.Expression],
    ) -> None:
        self.reader, self.keys, self.figures, self.selected = reader, keys, figures, selected

    def label(self, node: exp.Expression) -> str:
        """Return the label of a figure or key, by name, by expression or by position."""
        name = node.name.lower() if isinstance(node, exp.Column) and not node.table else ""
        columns: list[Key | Aggregate] = [*self.figures, *self.keys]
        for x in columns:
            if name and (x.label.lower() == name or x.label.lower().startswith(f"{name} (")):
                return x.label
        reading = Figures(self.reader)
        if reading.is_figure(node):
            wanted = _unlabelled(reading.figure(node))
            for figure in self.figures:
                if _unlabelled(figure) == wanted:
                    return figure.label
            raise refuse(node, "this figure is not selected", "select it too, and name it with AS")
        value = self.reader.value(node)
        for key in self.keys:
            if getattr(value, "expression", None) == key.expression:
                return key.label
        raise refuse(node, "this is no column of the answer", "name a selected column")


def _unlabelled(a: Aggregate) -> Aggregate:
    return replace(a, label="", labelled_as="", parts=tuple(map(_unlabelled, a.parts)))


def _conditions(node: exp.Expression, found: _Named) -> list[Having]:
    bare = unwrapped(node)
    if isinstance(bare, exp.And):
        return _conditions(bare.this, found) + _conditions(bare.expression, found)
    if isinstance(bare, exp.Between) and not bare.args.get("symmetric"):
        label = _figure(bare.this, found)
        return [
            Having(label, ">=", decimal(_number(bare.args["low"], found))),
            Having(label, "<=", decimal(_number(bare.args["high"], found))),
        ]
    operator = _OPERATORS.get(type(bare))
    if operator is None:
        raise refuse(
            node,
            "HAVING compares noisy figures with numbers, joined by AND",
            "HAVING count(*) >= 100 AND avg(age) < 40; conditions on rows belong to WHERE",
        )
    if _is_number(bare.this):
        return [
            Having(
                _figure(bare.expression, found),
                EXCHANGED[operator],
                decimal(_number(bare.this, found)),
            )
        ]
    return [Having(_figure(bare.this, found), operator, decimal(_number(bare.expression, found)))]


def _is_number(node: exp.Expression) -> bool:
    bare = node.this if isinstance(node, exp.Neg) else node
    return isinstance(bare, exp.Literal)


def _figure(node: exp.Expression, found: _Named) -> str:
    label = found.label(node)
    if label not in {f.label for f in found.figures}:
        raise refuse(node, "HAVING speaks of figures", "conditions on rows belong to WHERE")
    return label


def _number(node: exp.Expression, found: _Named) -> Fraction:
    value = found.reader.number(node).constant
    if value is None:
        raise refuse(node, "a figure is compared with a plain number", "HAVING count(*) >= 100")
    return value


def _ordered(node: exp.Expression, found: _Named) -> tuple[str, bool]:
    by = node.this
    if node.args.get("with_fill"):
        raise refuse(node, "WITH FILL is not part of the subset", "leave it out")
    descending = bool(node.args.get("desc"))
    if isinstance(by, exp.Literal) and not by.is_string:
        position = int(by.this) if by.this.isdecimal() and len(by.this) < 5 else 0
        if not 1 <= position <= len(found.selected):
            raise refuse(by, "ORDER BY names a position that is not selected", "ORDER BY 2 DESC")
        chosen = found.selected[position - 1]
        if chosen.alias:
            return found.label(exp.column(chosen.alias)), descending
        by = chosen
    return found.label(by), descending


def _most(limit: exp.Expression, reader: Reader) -> int:
    node = limit.expression if isinstance(limit, exp.Limit) else limit.args.get("count")
    extra = {
        k
        for k, v in limit.args.items()
        if v and k not in ("expression", "count", "direction", "limit_options")
    }
    options = limit.args.get("limit_options")
    percent = options is not None and (options.args.get("percent") or options.args.get("with_ties"))
    value = None if node is None else reader.value(node)
    number = getattr(value, "constant", None)
    if (
        extra
        or percent
        or number is None
        or number.denominator != 1
        or not 0 <= number <= MOST_ROWS
    ):
        raise refuse(limit, "LIMIT takes a plain whole number", "LIMIT 10")
    return int(number)
