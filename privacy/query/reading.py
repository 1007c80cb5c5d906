"""Reading row-wise SQL: every node by a rule of a table, with its position, and counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from policies.errors import BadInput
from privacy.query.refusals import OUTSIDE, outside, refuse
from privacy.query.relations import Relation
from privacy.query.size import Known, size_of
from privacy.query.typed import Literal, NamesAPerson, Number, Text, Truth, Typed, wanted

MOST_WORK = 8_000
"""Nodes read and public values gone through by the thousand: what bounds the time of reading."""
MOST_SIZE = 4_000
"""How large an expression may be, written out."""


@dataclass(slots=True)
class Reader:
    """Reads expressions over the columns of a relation; counts what they cost."""

    relation: Relation
    names_a_person: NamesAPerson
    rules: Mapping[type[exp.Expression], Rule]
    work: int = 0
    sizes: Known = field(default_factory=dict)

    def value(self, node: exp.Expression) -> Typed:
        """Return the typed value of a node.

        Raises
        ------
        BadInput
            It is outside the subset, or its parts do not fit together; with its position.
        """
        self.spend(1, node)
        rule = self.rules.get(type(node))
        if rule is None:
            if isinstance(node, exp.AggFunc) and type(node) not in OUTSIDE:
                raise refuse(
                    node,
                    "figures are made of the rows that were chosen, and cannot stand here",
                    "HAVING count(*) >= 100; WHERE speaks of rows",
                )
            raise outside(node)
        parts, read = rule
        extra = next((k for k, v in node.args.items() if v and k not in parts), None)
        if extra is not None:
            raise refuse(node, "this is written with more than the subset has", "the plain form")
        try:
            found = read(self, node)
        except BadInput as error:
            if error.where:
                raise
            raise refuse(node, error.what, error.todo) from None
        if size_of(found, self.sizes) > MOST_SIZE:
            raise refuse(node, "this expression is too large, written out", "ask for less")
        return found

    def spend(self, work: int, node: exp.Expression) -> None:
        """Count the work of reading.

        Raises
        ------
        BadInput
            The question is too large.
        """
        self.work += work
        if self.work > MOST_WORK:
            raise refuse(node, "this question is too large", "ask for less")

    def number(self, node: exp.Expression) -> Number:
        """Return a number; anything else is refused."""
        value = self.value(node)
        if not isinstance(value, Number):
            raise _unfit(node, value, Number)
        return value

    def text(self, node: exp.Expression) -> Text:
        """Return a text with public values."""
        value = self.value(node)
        if isinstance(value, Literal):
            raise refuse(node, "a column of texts was expected here", "name a column")
        if not isinstance(value, Text):
            raise _unfit(node, value, Text)
        self.spend(len(value.domain or ()) // 1000, node)
        return value

    def truth(self, node: exp.Expression) -> Truth:
        """Return a condition."""
        value = self.value(node)
        if not isinstance(value, Truth):
            raise _unfit(node, value, Truth)
        return value

    def literal(self, node: exp.Expression) -> str:
        """Return a text that was typed."""
        if not isinstance(node, exp.Literal) or not node.is_string:
            raise refuse(node, "a text in quotes was expected here", "write 'text'")
        return str(node.this)

    def whole(self, node: exp.Expression) -> int:
        """Return a small whole number that was typed."""
        value = self.number(node).constant
        if value is None or value.denominator != 1 or abs(value) > 10_000:
            raise refuse(node, "a plain whole number was expected here", "write for example 2")
        return int(value)


def _unfit(node: exp.Expression, value: Typed, kind: type) -> BadInput:
    return refuse(node, wanted(value, kind).what)


Read = Callable[[Reader, exp.Expression], Typed]
Rule = tuple[set[str], Read]
"""The parts that a node may have, and how it is read."""
