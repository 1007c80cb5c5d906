"""The Python builder: a question put together step by step, which gives the plan that its SQL gives.

>>> question(contract).where(field("age") >= 60).group_by("community", bins("age", 10)).measure(
...     count(), mean("wage")
... ).plan()
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from policies.errors import BadInput
from privacy.contract import Contract
from privacy.query import figures, grouping
from privacy.query.assembling import BoundsAsked, assemble, with_label
from privacy.query.expressions import Operator, Predicate
from privacy.query.plan import Aggregate, Having, Key, Plan, Selection
from privacy.query.relations import Relation, joined, relation_of
from privacy.query.select_clause import label_of
from privacy.query.terms import (
    Scope,
    Term,
    bins,
    case,
    concat,
    field,
    greatest,
    least,
    truth,
)
from privacy.query.typed import NamesAPerson, Typed, nobody, public_number


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure to ask for; `/` of two is their ratio."""

    read: Callable[[Scope], Aggregate]
    label: str = ""
    conditions: tuple[Term, ...] = ()

    def named(self, label: str) -> Measure:
        """Return the same figure under a name."""
        return replace(self, label=label)

    def only(self, condition: Term) -> Measure:
        """Return the figure of the rows that match, as SQL's FILTER."""
        return replace(self, conditions=(*self.conditions, condition))

    def __truediv__(self, other: Measure) -> Measure:
        return Measure(lambda s: figures.ratio(self.figure(s), other.figure(s)))

    def figure(self, scope: Scope) -> Aggregate:
        """Return the figure over a question's columns."""
        found = self.read(scope)
        for condition in self.conditions:
            found = figures.filtered(found, truth(condition, scope))
        return found


@dataclass(frozen=True, slots=True)
class Groups:
    """A way of grouping that is no plain expression: by tiers, or by values found with a threshold."""

    of: Term
    way: str


def question(contract: Contract, names_a_person: NamesAPerson = nobody) -> Question:
    """Return a question about a dataset, still without figures."""
    return Question(relation_of(contract), names_a_person)


@dataclass(frozen=True, slots=True)
class Question:
    """A question in the making; each step returns another one, none changes one."""

    relation: Relation
    names_a_person: NamesAPerson = nobody
    conditions: tuple[Term, ...] = ()
    groups: tuple[Term | Groups, ...] = ()
    measures: tuple[Measure, ...] = ()
    asked: BoundsAsked | None = None
    selection: Selection = dataclasses.field(default_factory=Selection)

    def join(self, contract: Contract, *, left: bool = False) -> Question:
        """Return the question over rows beside their person's row in another dataset."""
        return replace(self, relation=joined(self.relation, relation_of(contract), left))

    def where(self, condition: Term) -> Question:
        """Return the question about the rows that match (and match what was asked before)."""
        return replace(self, conditions=(*self.conditions, condition))

    def group_by(self, *groups: str | Term | Groups) -> Question:
        """Return the question by groups: columns by name, expressions, bins, tiers, unknown ones."""
        made = tuple(field(g) if isinstance(g, str) else g for g in groups)
        return replace(self, groups=(*self.groups, *made))

    def measure(self, *measures: Measure) -> Question:
        """Return the question with more figures."""
        return replace(self, measures=(*self.measures, *measures))

    def bounded(self, asked: BoundsAsked) -> Question:
        """Return the question with contribution bounds of its own."""
        return replace(self, asked=asked)

    def having(self, label: str, operator: Operator, value: int | Decimal) -> Question:
        """Return the question with a condition on a noisy figure, by its label."""
        more = Having(label, operator, Decimal(value))
        return replace(
            self, selection=replace(self.selection, having=(*self.selection.having, more))
        )

    def order_by(self, label: str, *, descending: bool = False) -> Question:
        """Return the question with its answer in order."""
        order = (*self.selection.order, (label, descending))
        return replace(self, selection=replace(self.selection, order=order))

    def limit(self, rows: int) -> Question:
        """Return the question with the first rows of its answer only."""
        return replace(self, selection=replace(self.selection, limit=rows))

    def plan(self) -> Plan:
        """Return the typed plan.

        Raises
        ------
        BadInput
            The parts do not fit together or the contract.
        """
        scope = Scope(self.relation, self.names_a_person)
        try:
            where = [truth(c, scope) for c in self.conditions]
            used: dict[str, int] = {}
            keys = [self._key(g, scope, (*self.relation.where, *where), used) for g in self.groups]
            made = [(m, m.figure(scope)) for m in self.measures]
            named = [with_label(a, self._label(m.label, a.label, used)) for m, a in made]
            columns = [*(k.label for k in keys), *(a.label for a in named)]
            self._check_selection(columns)
            return assemble(self.relation, keys, named, columns, where, self.asked, self.selection)
        except BadInput as error:
            raise BadInput(error.what, where=error.where or "question", todo=error.todo) from None

    def _key(
        self, group: Term | Groups, scope: Scope, where: tuple[Predicate, ...], used: dict[str, int]
    ) -> Key:
        inner = group.of if isinstance(group, Groups) else group
        value: Typed = inner.read(scope)
        label = self._label("", inner.label or "group", used)
        if isinstance(group, Term):
            return grouping.key(value, label, where)
        if group.way == "tiers":
            return grouping.tiers(value, label, self.relation.contracts)
        return grouping.discovered(value, label)

    def _label(self, asked: str, default: str, used: dict[str, int]) -> str:
        if asked:
            return label_of(asked, self.names_a_person)
        label_of(default, self.names_a_person)
        n = used[default] = used.get(default, 0) + 1
        return default if n == 1 else f"{default}_{n}"

    def _check_selection(self, columns: list[str]) -> None:
        named = [h.label for h in self.selection.having] + [x for x, _ in self.selection.order]
        if not set(named) <= set(columns):
            raise BadInput(
                "HAVING and ORDER BY name columns of the answer", todo="use their labels"
            )
        for condition in self.selection.having:
            public_number(Fraction(condition.value), self.names_a_person)
        if self.selection.limit is not None and self.selection.limit < 0:
            raise BadInput("LIMIT is a whole number")


def count(of: str | Term | None = None) -> Measure:
    """Return count(*), or the count of rows where `of` is not NULL."""
    if of is None:
        return Measure(lambda _: figures.count())
    return _measure(figures.count, of)


def persons() -> Measure:
    """Return count(DISTINCT person)."""
    return Measure(lambda _: figures.persons())


def total(of: str | Term) -> Measure:
    """Return the sum."""
    return _measure(figures.total, of)


def mean(of: str | Term) -> Measure:
    """Return the average."""
    return _measure(figures.average, of)


def variance(of: str | Term, *, sample: bool = True) -> Measure:
    """Return the variance."""
    return _measure(lambda x: figures.variance(x, sample), of)


def stddev(of: str | Term, *, sample: bool = True) -> Measure:
    """Return the standard deviation."""
    return _measure(lambda x: figures.stddev(x, sample), of)


def quantile(of: str | Term, level: Decimal | Fraction | str) -> Measure:
    """Return a quantile; of bins, one of their lower edges."""
    return _measure(lambda x: figures.quantile(x, Fraction(level)), of)


def median(of: str | Term) -> Measure:
    """Return the median."""
    return _measure(lambda x: figures.quantile(x, Fraction(1, 2), labelled_as="median"), of)


def lowest(of: str | Term) -> Measure:
    """Return min, as the labelled quantile that it is."""
    return _measure(figures.least, of)


def highest(of: str | Term) -> Measure:
    """Return max, as the labelled quantile that it is."""
    return _measure(figures.most, of)


def top(of: str | Term, n: int) -> Measure:
    """Return the n commonest public values."""
    return _measure(lambda x: figures.top(x, n), of)


def tiers(of: str | Term) -> Groups:
    """Return groups by every tier of a place."""
    return Groups(_term(of), "tiers")


def discover(of: str | Term) -> Groups:
    """Return groups that are found with a threshold."""
    return Groups(_term(of), "discover")


def _term(of: str | Term) -> Term:
    return field(of) if isinstance(of, str) else of


def _measure(make: Callable[[Typed], Aggregate], of: str | Term) -> Measure:
    x = _term(of)
    return Measure(lambda s: make(x.read(s)))


__all__ = [
    "Groups",
    "Measure",
    "Question",
    "Term",
    "bins",
    "case",
    "concat",
    "count",
    "discover",
    "field",
    "greatest",
    "highest",
    "least",
    "lowest",
    "mean",
    "median",
    "persons",
    "quantile",
    "question",
    "stddev",
    "tiers",
    "top",
    "total",
    "variance",
]
