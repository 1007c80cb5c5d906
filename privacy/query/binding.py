"""SQL in, plan out. What was typed never goes further than this room."""

from __future__ import annotations

import re
from collections.abc import Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from policies.errors import BadInput
from privacy.contract import Contract
from privacy.query.assembling import BoundsAsked, assemble
from privacy.query.from_clause import Sources, check_clauses, datasets_in
from privacy.query.logic import TRUE
from privacy.query.plan import Plan
from privacy.query.refusals import EXAMPLE, outside, refuse
from privacy.query.relations import Relation
from privacy.query.row_rules import row_reader
from privacy.query.select_clause import Selected
from privacy.query.selecting import selection_of
from privacy.query.spelling import check_signs
from privacy.query.typed import NamesAPerson, nobody

MOST_CHARACTERS = 10_000
MOST_NODES = 4_000
_BEGINNING = re.compile(r"(\s|--.*\n|/\*.*?\*/|\()*(SELECT|WITH|FROM)\b", re.I)


def datasets_named_in(sql: str) -> tuple[str, ...]:
    """Return the datasets that a query asks about, each once, in the order of their names in it.

    Raises
    ------
    BadInput
        The text is not one SELECT over datasets.
    """
    with _bounded():
        return datasets_in(_parse(sql))


def dataset_named_in(sql: str) -> str:
    """Return the dataset whose rows a query of one dataset counts.

    Raises
    ------
    BadInput
        The text is not one SELECT over datasets.
    """
    return datasets_named_in(sql)[0]


def bind(
    sql: str,
    contracts: Contract | Mapping[str, Contract],
    bounds_asked: BoundsAsked | None = None,
    names_a_person: NamesAPerson = nobody,
) -> Plan:
    """Turn a query of the documented subset (LANGUAGE.md) into a plan.

    Parameters
    ----------
    contracts
        The contract of the dataset asked about, or those of all datasets in reach by name.
    bounds_asked
        Contribution bounds narrower than what intake keeps.
    names_a_person
        Tells whether a text reads like a person; such a text is refused where it would enter the plan.

    Raises
    ------
    BadInput
        Anything outside the subset, with its position and what to write instead, never a literal.
    """
    known = {contracts.dataset: contracts} if isinstance(contracts, Contract) else contracts
    with _bounded():
        select = _parse(sql)
        relation = Sources(known, names_a_person).relation(select)
        try:
            return _plan(select, relation, bounds_asked, names_a_person)
        except BadInput as error:
            if error.where:
                raise
            raise refuse(select, error.what, error.todo) from None


def _plan(
    select: exp.Select, relation: Relation, asked: BoundsAsked | None, names_a_person: NamesAPerson
) -> Plan:
    check_clauses(select)
    reader = row_reader(relation, names_a_person)
    where = select.args.get("where")
    condition = TRUE if where is None else reader.truth(where.this).predicate
    chosen = Selected(reader, select, (*relation.where, condition))
    chosen.read()
    keys = [chosen.keys[i] for i in sorted(chosen.keys)]
    return assemble(
        relation,
        keys,
        [chosen.figures[i] for i in sorted(chosen.figures)],
        chosen.columns,
        (condition,),
        asked,
        selection_of(select, reader, keys, chosen.figures),
    )


class _bounded:  # noqa: N801 - read as a statement: with _bounded()
    """Turn a recursion that goes too deep into bad input."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None and issubclass(kind, RecursionError):
            raise BadInput("is nested too deeply", where="query", todo="write it flatter") from None


def _unread(sql: str, error: SqlglotError) -> BadInput:
    """Return what to say of a text that is no SQL: where it stops making sense, and what was missing."""
    found = (getattr(error, "errors", None) or [{}])[0]
    line, column = found.get("line"), found.get("col")
    start = max(1, column - len(found.get("highlight") or " ") + 1) if column else 1
    where = f"query line {line}, near column {start}" if line else "query"
    words = str(found.get("description") or "")
    if words.startswith("Required keyword"):
        return BadInput(
            "this function lacks a part", where=where, todo="for example quantile(x, 0.9)"
        )
    if words.startswith("Expecting )"):
        return BadInput("a bracket is not closed before this", where=where, todo="close it with )")
    if not _BEGINNING.match(sql):
        return BadInput("a question begins with SELECT or WITH", where="query", todo=EXAMPLE)
    return BadInput("is not SQL", where=where, todo=f"write for example: {EXAMPLE}")


def _parse(sql: str) -> exp.Select:
    if len(sql) > MOST_CHARACTERS:
        raise BadInput(
            f"is longer than {MOST_CHARACTERS:,} characters", where="query", todo="ask for less"
        )
    check_signs(sql)
    try:
        statements = sqlglot.parse(sql, read="duckdb")
    except SqlglotError as error:
        raise _unread(sql, error) from None
    if len(statements) != 1 or statements[0] is None:
        raise BadInput("one SELECT was expected", where="query", todo=f"for example: {EXAMPLE}")
    found = statements[0]
    if not isinstance(found, exp.Select):
        if isinstance(found, exp.SetOperation):
            raise outside(found)
        raise refuse(found, "one SELECT was expected")
    if sum(1 for _ in found.walk()) > MOST_NODES:
        raise refuse(found, "this query has too many parts", "ask for less")
    return found
