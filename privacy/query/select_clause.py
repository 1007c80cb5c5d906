"""SELECT and GROUP BY: which columns of the answer are groups, which are figures, and their labels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from policies.errors import BadInput
from privacy.query import grouping
from privacy.query.aggregates import Figures
from privacy.query.assembling import with_label
from privacy.query.expressions import Predicate
from privacy.query.plan import Aggregate, Key
from privacy.query.reading import Reader
from privacy.query.refusals import outside, refuse, unwrapped
from privacy.query.typed import NamesAPerson, Typed, public_text

_LABEL = re.compile(r"[A-Za-z0-9_ \u4e00-\u9fff]{1,60}")
SPECIAL = ("tiers", "discover")
TIER_COLUMN = "tier"
"""The column of an answer by TIERS that says which tier a row is of; it stands there by itself."""


@dataclass(frozen=True, slots=True)
class _Grouped:
    """Something to group by: its value, the way of finding its groups, and where it was written."""

    node: exp.Expression
    value: Typed
    way: str = ""


@dataclass(slots=True)
class Selected:
    """The columns of an answer, by their position in SELECT; keys that are not selected come before."""

    reader: Reader
    select: exp.Expression
    where: Sequence[Predicate]
    figures: dict[int, Aggregate] = field(default_factory=dict)
    keys: dict[int, Key] = field(default_factory=dict)
    _labels: dict[str, int] = field(default_factory=dict)

    def read(self) -> None:
        """Read SELECT and GROUP BY.

        Raises
        ------
        BadInput
            Something is selected that is neither a figure nor grouped by.
        """
        plain: dict[int, exp.Expression] = {}
        reading = Figures(self.reader)
        for i, node in enumerate(self.select.expressions):
            if node.is_star and not isinstance(unwrapped(node), exp.Count):
                raise refuse(node, "a question selects groups and figures, not rows", "count(*)")
            if reading.is_figure(node):
                figure = reading.figure(unwrapped(node))
                self.figures[i] = with_label(figure, self._label(node, figure.label))
            else:
                plain[i] = node
        self._group(plain)

    @property
    def columns(self) -> list[str]:
        """Labels in the order of the answer."""
        found: dict[int, Key | Aggregate] = {**self.keys, **self.figures}
        return [found[i].label for i in sorted(found)]

    def _group(self, plain: dict[int, exp.Expression]) -> None:
        group = self.select.args.get("group")
        items = [] if group is None else self._items(group)
        tier_asked = [
            i
            for i, n in plain.items()
            if _name(unwrapped(n)) == TIER_COLUMN and any(map(_way, items))
        ]
        for i in tier_asked:
            if ("", TIER_COLUMN) not in {("", c) for _, c in self.reader.relation.columns}:
                del plain[i]
        selected = {i: self._value(unwrapped(n)) for i, n in plain.items()}
        before = -1
        for item in items:
            at, way = self._match(item, plain, selected)
            if at is None:
                if not way:
                    raise refuse(
                        item, "GROUP BY names a column that is not selected", "select it too"
                    )
                self.keys[before] = self._key(self._value(item), item)
                before -= 1
            elif at not in self.keys:
                found = selected[at]
                self.keys[at] = self._key(
                    _Grouped(found.node, found.value, way or found.way), plain[at]
                )
        for i, node in plain.items():
            if i not in self.keys:
                raise refuse(
                    node,
                    "every selected column must be grouped by, and only those",
                    "GROUP BY it too, or leave it out",
                )

    def _items(self, group: exp.Expression) -> list[exp.Expression]:
        for name, value in group.args.items():
            if value and name != "expressions":
                first = value[0] if isinstance(value, list) else group
                if first is not group and isinstance(first, exp.Expression):
                    raise outside(first)
                raise refuse(group, "GROUP BY names its columns one by one", "GROUP BY 1, 2")
        return list(group.expressions)

    def _match(
        self, item: exp.Expression, plain: dict[int, exp.Expression], selected: dict[int, _Grouped]
    ) -> tuple[int | None, str]:
        """Return which selected column a part of GROUP BY means, and how its groups are found."""
        if isinstance(item, exp.Literal) and not item.is_string:
            digits = str(item.this)
            position = int(digits) if digits.isdecimal() and len(digits) < 5 else 0
            if not 1 <= position <= len(self.select.expressions):
                raise refuse(item, "GROUP BY names a position that is not selected", "GROUP BY 1")
            if position - 1 in self.figures:
                raise refuse(item, "a figure cannot be grouped by", "name a column")
            return position - 1, ""
        if isinstance(item, exp.Literal | exp.Boolean | exp.Null):
            raise refuse(item, "a plain value makes no groups", "name a column")
        name = _name(item)
        if name:
            for i, node in plain.items():
                if node.alias.lower() == name:
                    return i, ""
            if any(f.label.lower() == name for f in self.figures.values()):
                raise refuse(item, "a figure cannot be grouped by", "name a column")
        found = self._value(item)
        for i, other in selected.items():
            if other.value == found.value:
                return i, found.way
        inner = _name(item.expressions[0]) if found.way and item.expressions else ""
        for i, node in plain.items():
            if inner and node.alias.lower() == inner:
                return i, found.way
        return None, found.way

    def _value(self, node: exp.Expression) -> _Grouped:
        way = _way(node)
        if not way:
            return _Grouped(node, self.reader.value(node))
        if len(node.expressions) != 1:
            raise refuse(
                node, f"{way.upper()} takes one column", f"GROUP BY {way.upper()}(community)"
            )
        return _Grouped(node, self.reader.value(node.expressions[0]), way)

    def _key(self, grouped: _Grouped, node: exp.Expression) -> Key:
        label = self._label(node, _default(unwrapped(node)))
        try:
            if grouped.way == "tiers":
                return grouping.tiers(grouped.value, label, self.reader.relation.contracts)
            if grouped.way == "discover":
                return grouping.discovered(grouped.value, label)
            return grouping.key(grouped.value, label, self.where)
        except BadInput as error:
            if error.where:
                raise
            raise refuse(grouped.node, error.what, error.todo) from None

    def _label(self, node: exp.Expression, default: str) -> str:
        if not node.alias:
            n = self._labels[default] = self._labels.get(default, 0) + 1
            return default if n == 1 else f"{default}_{n}"
        try:
            return label_of(node.alias, self.reader.names_a_person)
        except BadInput as error:
            raise refuse(node, error.what, error.todo) from None


def label_of(label: str, names_a_person: NamesAPerson) -> str:
    """Return a name after AS: it is signed, shown on terminals and put into pages and a public register.

    Raises
    ------
    BadInput
        It has other signs than letters, digits, spaces and _, or reads like a person.
    """
    if not _LABEL.fullmatch(label):
        raise BadInput(
            "the name of a column of the answer has letters, digits, spaces and _ only",
            todo="AS people",
        )
    return public_text(label, names_a_person)


def _way(node: exp.Expression) -> str:
    name = str(node.this).lower() if isinstance(node, exp.Anonymous) else ""
    return name if name in SPECIAL else ""


def _name(node: exp.Expression) -> str:
    return node.name.lower() if isinstance(node, exp.Column) and not node.table else ""


def _default(node: exp.Expression) -> str:
    """Return the label of an expression without AS: its column's name, or the word for what it does."""
    if isinstance(node, exp.Column):
        return node.name.lower()
    if isinstance(node, exp.Anonymous):
        columns = list(node.find_all(exp.Column))
        return columns[0].name.lower() if columns else "group"
    return str(node.key)
