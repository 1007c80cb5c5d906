"""What a question speaks of: the columns of one dataset, of two joined on the person, or of a layer above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from policies.errors import BadInput
from privacy.contract import Contract
from privacy.contract.model import PSEUDONYM_FIELD
from privacy.query.expressions import Column, Predicate
from privacy.query.moving import moved, moved_condition
from privacy.query.plan import Source
from privacy.query.spelling import nearest
from privacy.query.typed import Bins, Day, Number, Person, Text, Truth, Typed


@dataclass(frozen=True, slots=True)
class Relation:
    """Rows and their columns.

    Parameters
    ----------
    contracts, sources
        One or two datasets; the rows counted are those of the first.
    columns
        Typed values by (name of the table, name of the column); several tables may have a name.
    where
        What the layers below keep.
    """

    contracts: tuple[Contract, ...]
    sources: tuple[Source, ...]
    columns: Mapping[tuple[str, str], Typed]
    where: tuple[Predicate, ...] = ()

    def key(self, name: str, table: str = "") -> tuple[str, str]:
        """Return which column a name means.

        Raises
        ------
        BadInput
            None or several; identifying columns are as if they were not there, but said so.
        """
        found = [k for k in self.columns if k[1] == name and table in ("", k[0])]
        if len(found) > 1 and name == PSEUDONYM_FIELD:
            return found[0]
        if len(found) == 1:
            return found[0]
        names = ", ".join(dict.fromkeys(column for _, column in self.columns))
        if found:
            tables = " or ".join(f"{t}.{name}" for t, _ in found)
            raise BadInput("two tables have this column", todo=f"write {tables}")
        known = any(c.field(name) is not None for c in self.contracts)
        close = "" if known else nearest(name, (column for _, column in self.columns))
        raise BadInput(
            "this column cannot be asked about" if known else "there is no such column",
            todo=(f"did you mean {close}? " if close else "") + f"columns: {names}",
        )

    def column(self, name: str, table: str = "") -> Typed:
        """Return the value of a column."""
        return self.columns[self.key(name, table)]

    def named(self, name: str) -> Relation:
        """Return the same rows under another name of the table."""
        return replace(self, columns={(name, c): v for (_, c), v in self.columns.items()})


def relation_of(contract: Contract, name: str = "") -> Relation:
    """Return the rows of a dataset.

    Raises
    ------
    BadInput
        Nobody may ask about it.
    """
    allowed = contract.queryable()
    if not allowed:
        raise BadInput("nobody can ask about this dataset", todo="ask about another dataset")
    table = name or contract.dataset
    columns: dict[tuple[str, str], Typed] = {(table, f): column_of(contract, f) for f in allowed}
    columns[table, PSEUDONYM_FIELD] = Person()
    return Relation((contract,), (Source(contract.dataset),), columns)


def column_of(contract: Contract, field: str) -> Typed:
    """Return the typed value of a stored field that may be asked about."""
    found = contract.field(field)
    if found is not None and found.action == "keep":
        if found.type in ("integer", "decimal"):
            low, high = found.bounds or (0, 0)
            unit = Fraction(1) if found.resolution is None else Fraction(found.resolution)
            return Number(Column(field, "whole", low=low, high=high), unit)
        if found.type == "date":
            return Day(Column(field, "day"))
    return Text(Column(field, "text"), contract.domain_of(field))


def joined(left: Relation, right: Relation, left_join: bool) -> Relation:
    """Return the rows of one dataset beside its persons' rows in a table of one row a person.

    Of an inner join either may stand first; the rows of the one with more a person are counted.

    Raises
    ------
    BadInput
        They do not speak of the same persons under the same pseudonyms, or one person could meet
        several rows on the right: a row would then be counted more often than its bound says.
    """
    if len(left.contracts) + len(right.contracts) != 2:
        raise BadInput("two datasets can be joined, and not more", todo="join one table of persons")
    if not left_join and _order(right.contracts[0]) < _order(left.contracts[0]):
        left, right = right, left
    one, other = left.contracts[0], right.contracts[0]
    wrong = next((what for broken, what in _faults(one, other) if broken), None)
    if wrong:
        raise BadInput(
            wrong, todo="FROM events JOIN residents USING (person), residents with one row a person"
        )
    if left_join and (right.where or not all(_plain(v) for v in right.columns.values())):
        raise BadInput(
            "a LEFT JOIN takes the table on its right as it is, without a layer",
            todo="put the condition or expression above the join",
        )
    second: dict[tuple[str, str], Typed] = {k: _moved(v) for k, v in right.columns.items()}
    twice = set(left.columns) & set(second)
    if twice:
        raise BadInput("two tables have the same name", todo="name one: JOIN residents AS r")
    return Relation(
        (one, other),
        (left.sources[0], Source(other.dataset, "left" if left_join else "inner")),
        {**left.columns, **second},
        (*left.where, *(moved_condition(p) for p in right.where)),
    )


def _plain(value: Typed) -> bool:
    """Tell whether a value is NULL where no row is met, as the columns of a left join are."""
    return isinstance(value, Person) or (
        isinstance(value, Number | Text | Day) and isinstance(value.expression, Column)
    )


def _order(contract: Contract) -> tuple[int, str]:
    return (-contract.rows_per_person, contract.dataset)


def _faults(one: Contract, other: Contract) -> Sequence[tuple[bool, str]]:
    return (
        (one.dataset == other.dataset, "a dataset is joined to itself"),
        (other.rows_per_person != 1, "the table that is joined has more than one row a person"),
        ("row" in (one.person_key, other.person_key),
         "a table whose rows carry no key of a person (person_key: row) cannot be joined"),
        (one.population != other.population, "the two speak of different populations"),
        (one.pseudonym_purpose != other.pseudonym_purpose or one.pseudonym_hash != other.pseudonym_hash,
         "the two give a person different pseudonyms (pseudonym_purpose, pseudonym_hash)"),
    )  # fmt: skip


def _moved(value: Typed) -> Typed:
    match value:
        case Number(expression) | Text(expression):
            return replace(value, expression=moved(expression))
        case Bins(number, expression):
            inner = replace(number, expression=moved(number.expression))
            return replace(value, number=inner, expression=moved(expression))
        case Day(Column() as column):
            return Day(replace(column, source=1))
        case Truth(predicate):
            return Truth(moved_condition(predicate))
    return value
