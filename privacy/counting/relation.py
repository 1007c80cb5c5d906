"""The rows that an answer counts: joined, filtered, clipped to the contribution bounds."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from privacy.contract import PSEUDONYM_FIELD, RANK_FIELD
from privacy.counting.statement import ROW_NUMBER, SOURCES
from privacy.counting.writing import Tree, Writer
from privacy.query import Plan

PERSON, RANK = "person", "rank"
_PLACE, _FIRST, _NTH, _EARLIER = "place", "first_rank", "nth_group", "earlier"
_RUN = "run"


def matching(plan: Plan, writer: Writer, columns: Mapping[str, Tree]) -> exp.Select:
    """Return the SELECT of `columns` of the rows that match the plan's condition, none clipped."""
    where = [] if plan.where is None else [writer.condition(plan.where)]
    if plan.bounds.clip == "table":
        rank = exp.column(RANK_FIELD, SOURCES[0], quoted=True)
        where.append(exp.LTE(this=rank, expression=writer.value(plan.bounds.rows)))
    selected: list[Tree] = [exp.alias_(tree, name) for name, tree in columns.items()]
    tree = exp.select(*(selected or [exp.alias_(exp.Literal.number(1), "one")]))
    tree = tree.from_(exp.to_table(SOURCES[0]))
    if len(plan.sources) > 1:
        person = [exp.column(PSEUDONYM_FIELD, s, quoted=True) for s in SOURCES]
        same = exp.EQ(this=person[0], expression=person[1])
        tree = tree.join(
            exp.to_table(SOURCES[1]), on=same, join_type=plan.sources[1].join or "inner"
        )
    for join in writer.joins():
        tree = tree.join(join)
    return tree.where(*where) if where else tree


def kept(
    plan: Plan,
    writer: Writer,
    columns: Mapping[str, Tree],
    keys: tuple[str, ...],
    *,
    in_order: bool = False,
) -> exp.Select:
    """Return the SELECT of `columns` of the rows that count, at most L of G groups a pseudonym.

    Under `filter` they are the L smallest stored ranks among a pseudonym's matching rows; then
    those of the G groups whose smallest rank is smallest. Either rule looks at one pseudonym only.
    `keys` are the columns that make a group. `in_order`: the rows stand as intake lays them out (`Engine.laid_out`),
    so that a row's number less its rank is one number a pseudonym, and a row is among the first L where the
    matching row L before it has another number: no window over a partition, and no pseudonym is read.
    """
    bounds = plan.bounds
    by_filter, by_group = bounds.clip == "filter", bounds.groups < bounds.rows and bool(keys)
    if not by_filter and not by_group:
        return matching(plan, writer, columns)
    if by_filter and in_order and not by_group:
        return _first_of_runs(plan, writer, columns)
    whole = dict(columns)
    whole.setdefault(PERSON, exp.column(PSEUDONYM_FIELD, SOURCES[0], quoted=True))
    whole.setdefault(RANK, exp.column(RANK_FIELD, SOURCES[0], quoted=True))
    tree = matching(plan, writer, whole)
    names = list(whole)
    if by_filter:
        place = exp.Window(this=exp.RowNumber(), partition_by=[exp.column(PERSON)], order=_by(RANK))
        tree = _limited(tree, names, _PLACE, place, writer.value(bounds.rows))
    if by_group:
        first = exp.Window(
            this=exp.Min(this=exp.column(RANK)),
            partition_by=[exp.column(PERSON), *(exp.column(k) for k in keys)],
        )
        tree = _selected(names, tree, first_rank=first)
        nth = exp.Window(this=exp.DenseRank(), partition_by=[exp.column(PERSON)], order=_by(_FIRST))
        tree = _limited(tree, names, _NTH, nth, writer.value(bounds.groups))
    return tree


def _first_of_runs(plan: Plan, writer: Writer, columns: Mapping[str, Tree]) -> exp.Select:
    number = exp.column(ROW_NUMBER, SOURCES[0], quoted=True)
    run = exp.Sub(this=number, expression=exp.column(RANK_FIELD, SOURCES[0], quoted=True))
    rows = matching(plan, writer, {**columns, _RUN: run})
    earlier = exp.Window(
        this=exp.Lag(this=exp.column(_RUN), offset=exp.Literal.number(plan.bounds.rows))
    )
    names = list(columns)
    other = exp.NullSafeNEQ(this=exp.column(_EARLIER), expression=exp.column(_RUN))
    return _selected(names, _selected([*names, _RUN], rows, **{_EARLIER: earlier})).where(other)


def may_be_in_order(plan: Plan) -> bool:
    """Tell whether a plan's clipping can use the order that rows are laid out in: one scan, no join."""
    bounds = plan.bounds
    by_group = bounds.groups < bounds.rows and bool(plan.keys)
    return bounds.clip == "filter" and not by_group and len(plan.sources) == 1


def _by(name: str) -> exp.Order:
    return exp.Order(expressions=[exp.Ordered(this=exp.column(name), nulls_first=False)])


def _selected(names: list[str], of: exp.Select, **more: Tree) -> exp.Select:
    extra = [exp.alias_(tree, name) for name, tree in more.items()]
    inner = of.subquery("matched")
    chosen: list[Tree] = [*(exp.column(n) for n in names), *extra]
    return exp.select(*(chosen or [exp.alias_(exp.Literal.number(1), "one")])).from_(inner)


def _limited(tree: exp.Select, names: list[str], name: str, window: Tree, most: Tree) -> exp.Select:
    ranked = _selected(names, tree, **{name: window})
    condition = exp.LTE(this=exp.column(name), expression=most)
    return _selected(names, ranked).where(condition)
