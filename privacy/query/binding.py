"""SQL in, plan out. What was typed never goes further than this file."""

from __future__ import annotations

import re

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from policies.errors import BadInput
from privacy.contract import Contract
from privacy.query.building import bounds_of
from privacy.query.conditions import column_name, more_than_name, predicate
from privacy.query.expressions import Column
from privacy.query.plan import Aggregate, Key, Plan, Source
from privacy.query.refusals import EXAMPLE, refuse

MOST_CELLS = 1_000_000
MOST_CHARACTERS = 10_000
_LABEL = re.compile(r"[A-Za-z0-9_ \u4e00-\u9fff]{1,60}")
_UNDERSTOOD = {
    "kind",
    "expressions",
    "from_",
    "from",
    "where",
    "group",
    "hint",
    "distinct",
    "limit",
}


def dataset_named_in(sql: str) -> str:
    """Return the dataset in the query's FROM.

    Raises
    ------
    BadInput
        The text is not one SELECT over one dataset.
    """
    table = _table(_parse(sql))
    return table.name.lower()


def bind(sql: str, contract: Contract) -> Plan:
    """Turn a query of the documented subset into a plan.

    The subset: `SELECT <columns>, count(*) FROM <dataset> [WHERE <condition>] GROUP BY <columns>`,
    grouping by name or by position, over columns with a public domain.

    Raises
    ------
    BadInput
        Anything else, with its position and what to write instead.
    """
    select = _parse(sql)
    _refuse_clauses(select)
    table = _table(select)
    if table.name.lower() != contract.dataset:
        raise refuse(table, "there is no such dataset", f"FROM {contract.dataset}")
    if not contract.queryable():
        raise refuse(table, "nobody can ask about this dataset", "ask about another dataset")
    columns = tuple(_column(e, contract) for e in select.expressions)
    if sum(isinstance(c, Aggregate) for c in columns) != 1:
        raise refuse(select, "a query counts once: exactly one count(*) is selected")
    _check_grouping(select, columns)
    labels = [c.label for c in columns]
    if len(set(labels)) != len(labels):
        raise refuse(select, "two columns of the answer have the same name", "use AS")
    where = select.args.get("where")
    plan = Plan(
        sources=(Source(contract.dataset),),
        population=contract.population.id,
        public_size=contract.population.public_size,
        keys=tuple(c for c in columns if isinstance(c, Key)),
        aggregates=tuple(c for c in columns if isinstance(c, Aggregate)),
        columns=tuple(labels),
        where=None if where is None else predicate(where.this, contract),
        bounds=bounds_of(contract),
    )
    if plan.cells > MOST_CELLS:
        raise refuse(
            select, f"the answer would have more than {MOST_CELLS:,} cells", "group by less"
        )
    return plan


def _parse(sql: str) -> exp.Select:
    if len(sql) > MOST_CHARACTERS:
        raise BadInput(f"is longer than {MOST_CHARACTERS:,} characters", where="query")
    try:
        statements = sqlglot.parse(sql, read="duckdb")
    except SqlglotError as error:
        details = getattr(error, "errors", None) or [{}]
        line, column = details[0].get("line"), details[0].get("col")
        where = f"query line {line}, near column {column}" if line else "query"
        raise BadInput("is not SQL", where=where, todo=f"write for example: {EXAMPLE}") from None
    except RecursionError:
        raise BadInput("is nested too deeply", where="query") from None
    if len(statements) != 1 or not isinstance(statements[0], exp.Select):
        raise BadInput("one SELECT was expected", where="query", todo=f"for example: {EXAMPLE}")
    return statements[0]


def _refuse_clauses(select: exp.Select) -> None:
    for name, value in select.args.items():
        if value and (name not in _UNDERSTOOD or name in ("distinct", "limit", "hint", "kind")):
            node = value[0] if isinstance(value, list) else value
            raise refuse(
                node if isinstance(node, exp.Expression) else select,
                f"{name.rstrip('_').upper()} is not part of the subset yet",
                f"leave it out; for example: {EXAMPLE}",
            )


def _table(select: exp.Select) -> exp.Table:
    source = select.args.get("from_") or select.args.get("from")
    table = None if source is None else source.this
    if not isinstance(table, exp.Table) or table.db or not table.name or more_than_name(table):
        raise refuse(select, "one dataset was expected after FROM, and nothing more")
    return table


def _column(node: exp.Expression, contract: Contract) -> Key | Aggregate:
    bare = node.this if isinstance(node, exp.Alias) else node
    if isinstance(bare, exp.Count):
        if not isinstance(bare.this, exp.Star) or bare.expressions:
            raise refuse(node, "only count(*) is counted so far", "count(*)")
        return Aggregate("count", _label(node, "count"))
    if not isinstance(bare, exp.Column):
        raise refuse(node, "columns and count(*) can be selected")
    field = column_name(bare, contract)
    domain = contract.domain_of(field)
    if domain is None:
        raise refuse(node, "this column has no list of public values to group by")
    return Key(_label(node, field), Column(field, "text"), domain, domain)


def _label(node: exp.Expression, default: str) -> str:
    label = node.alias or default
    if not _LABEL.fullmatch(label):  # labels are signed, shown on terminals and put into pages
        raise refuse(node, "a name after AS has letters, digits, spaces and _ only")
    return label


def _check_grouping(select: exp.Select, columns: tuple[Key | Aggregate, ...]) -> None:
    group = select.args.get("group")
    named: set[str] = set()
    for node in group.expressions if group else ():
        if isinstance(node, exp.Literal) and not node.is_string:
            position = int(node.this) if node.this.isdecimal() and len(node.this) < 5 else 0
            if not 1 <= position <= len(columns):
                raise refuse(node, "GROUP BY names a position that is not selected")
            chosen = columns[position - 1]
        else:
            name = node.name.lower() if isinstance(node, exp.Column) else ""
            matches = [c for c in columns if name in (c.label, _field(c))]
            if not matches:
                raise refuse(node, "GROUP BY names a column that is not selected")
            chosen = matches[0]
        if not isinstance(chosen, Key):
            raise refuse(node, "a count cannot be grouped by")
        named.add(_field(chosen))
    if group and any(v for k, v in group.args.items() if k != "expressions"):
        raise refuse(group, "ROLLUP, CUBE and GROUPING SETS are not part of the subset")
    if named != {_field(c) for c in columns if isinstance(c, Key)}:
        raise refuse(select, "every selected column must be grouped by, and only those")


def _field(c: Key | Aggregate) -> str:
    return c.expression.name if isinstance(c.expression, Column) else ""
