"""FROM, JOIN and WITH: which datasets are asked about, and the layers of columns and rows above them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlglot import exp

from policies.errors import BadInput
from privacy.contract import Contract
from privacy.contract.model import PSEUDONYM_FIELD
from privacy.query.expressions import Predicate
from privacy.query.logic import TRUE
from privacy.query.refusals import CLAUSES, OUTSIDE, outside, refuse, unwrapped
from privacy.query.relations import Relation, joined, relation_of
from privacy.query.row_rules import row_reader
from privacy.query.typed import NamesAPerson, Typed

_UNDERSTOOD = {
    "expressions", "from_", "from", "joins", "with_", "with", "where", "group", "having", "order", "limit",
}  # fmt: skip
_OF_A_LAYER = {"expressions", "from_", "from", "joins", "with_", "with", "where"}
MOST_LAYERS = 20


def check_clauses(select: exp.Expression, understood: set[str] = _UNDERSTOOD) -> None:
    """Refuse what a SELECT has beside the clauses that are understood.

    Raises
    ------
    BadInput
        With the clause's position.
    """
    for name, value in select.args.items():
        if not value or name in understood:
            continue
        node = value[0] if isinstance(value, list) else value
        at = node if isinstance(node, exp.Expression) else select
        if name in _UNDERSTOOD:
            raise refuse(at, *OUTSIDE[exp.CTE])
        what, instead = CLAUSES.get(
            name, (f"{name.rstrip('_').upper()} is not part of the subset", "leave it out")
        )
        raise refuse(at, what, instead)


def source_of(select: exp.Expression) -> exp.Expression:
    """Return what stands after FROM."""
    source = select.args.get("from_") or select.args.get("from")
    if source is None:
        raise refuse(select, "a dataset was expected after FROM", "FROM residents")
    found: exp.Expression = source.this
    return found


def datasets_in(select: exp.Select) -> tuple[str, ...]:
    """Return the names of the datasets that a query asks about, layers apart, each once."""
    found: dict[str, None] = {}
    _collect(select, {}, found, 0)
    return tuple(found)


def _collect(
    select: exp.Expression, layers: Mapping[str, exp.Expression], found: dict[str, None], depth: int
) -> None:
    if depth > MOST_LAYERS:
        raise refuse(select, f"more than {MOST_LAYERS} layers", "fewer layers")
    known = {**layers, **_named_layers(select)}
    for node in (source_of(select), *(j.this for j in select.args.get("joins") or ())):
        if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Select):
            _collect(node.this, known, found, depth + 1)
        elif isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
            name = node.name.lower()
            if name in known:
                _collect(
                    known[name], {k: v for k, v in known.items() if k != name}, found, depth + 1
                )
            else:
                found[name] = None
        else:
            raise (
                outside(node)
                if type(node) in OUTSIDE
                else refuse(node, "a dataset was expected here", "FROM residents")
            )


def _named_layers(select: exp.Expression) -> dict[str, exp.Expression]:
    clause = select.args.get("with_") or select.args.get("with")
    if clause is None:
        return {}
    if clause.args.get("recursive") or clause.args.get("search"):
        raise refuse(clause, "a layer cannot speak of itself", "WITH without RECURSIVE")
    found: dict[str, exp.Expression] = {}
    for layer in clause.expressions:
        name = layer.alias.lower()
        if not isinstance(layer.this, exp.Select):
            raise outside(layer.this)
        if name in found or layer.args["alias"].args.get("columns"):
            raise refuse(
                layer,
                "a layer is named once, and its columns inside",
                "WITH a AS (SELECT x AS y …)",
            )
        found[name] = layer.this
    return found


@dataclass(slots=True)
class Sources:
    """Turns FROM into a relation over the contracts in reach."""

    contracts: Mapping[str, Contract]
    names_a_person: NamesAPerson
    work: int = 0
    _depth: int = 0
    _layers: dict[str, exp.Expression] = field(default_factory=dict)

    def relation(self, select: exp.Expression) -> Relation:
        """Return the rows and columns that a SELECT chooses from.

        Raises
        ------
        BadInput
            With its position.
        """
        if self._depth > MOST_LAYERS:
            raise refuse(select, f"more than {MOST_LAYERS} layers", "fewer layers")
        before = self._layers
        named = _named_layers(select)
        self._layers = {**before, **named}
        self._depth += 1
        found = self._table(source_of(select))
        for join in select.args.get("joins") or ():
            found = self._join(found, join)
        for layer in named.values():
            self._check_unused(layer)
        self._layers = before
        self._depth -= 1
        return found

    def _check_unused(self, layer: exp.Expression) -> None:
        """Read a layer though nobody may use it: what is typed is understood, or refused."""
        own = {k: v for k, v in self._layers.items() if v is not layer}
        Sources(self.contracts, self.names_a_person, self.work, self._depth, own).layer(layer)

    def layer(self, select: exp.Expression) -> Relation:
        """Return the relation of a layer: columns and rows chosen from one below.

        Raises
        ------
        BadInput
            The layer counts, sorts or groups.
        """
        check_clauses(select, _OF_A_LAYER)
        below = self.relation(select)
        reader = row_reader(below, self.names_a_person, self.work)
        columns: dict[tuple[str, str], Typed] = {}
        for node in select.expressions:
            if isinstance(node, exp.Star) and not any(node.args.values()):
                for (_, name), value in below.columns.items():
                    self._add(node, columns, name, value)
                continue
            if any(isinstance(part, exp.AggFunc) for part in node.walk()):
                raise refuse(node, *OUTSIDE[exp.CTE])
            bare = unwrapped(node)
            name = (node.alias or (bare.name if isinstance(bare, exp.Column) else "")).lower()
            if not name:
                raise refuse(node, "a column of a layer has a name", "age // 10 AS decade")
            self._add(node, columns, name, reader.value(bare))
        where = select.args.get("where")
        kept: tuple[Predicate, ...] = below.where
        if where is not None:
            kept = (*kept, reader.truth(where.this).predicate)
        self.work = reader.work
        return replace(below, columns=columns, where=tuple(p for p in kept if p != TRUE))

    @staticmethod
    def _add(
        node: exp.Expression, columns: dict[tuple[str, str], Typed], name: str, value: Typed
    ) -> None:
        if ("", name) in columns:
            if name == PSEUDONYM_FIELD:
                return
            raise refuse(node, "two columns of a layer have the same name", "use AS")
        columns["", name] = value

    def _table(self, node: exp.Expression) -> Relation:
        if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Select):
            _only(node, {"this", "alias"})
            found = self.layer(node.this)
            return found.named(_alias(node) or "layer")
        if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
            raise (
                outside(node)
                if type(node) in OUTSIDE
                else refuse(
                    node, "one dataset was expected after FROM, and nothing more", "FROM residents"
                )
            )
        _only(node, {"this", "alias", "joins"})
        if node.args.get("joins"):
            raise refuse(
                node,
                "tables are joined one after the other",
                "FROM events JOIN residents USING (person)",
            )
        name = node.name.lower()
        if name in self._layers:
            own = self._layers
            self._layers = {k: v for k, v in own.items() if k != name}
            found = self.layer(own[name])
            self._layers = own
        elif name in self.contracts and self.contracts[name].dataset == name:
            try:
                found = relation_of(self.contracts[name])
            except BadInput as error:
                raise refuse(node, error.what, error.todo) from None
        else:
            names = ", ".join(self.contracts)
            raise refuse(node, "there is no such dataset", f"FROM {names}")
        return found.named(_alias(node) or name)

    def _join(self, left: Relation, join: exp.Expression) -> Relation:
        side = str(join.args.get("side") or "").upper()
        kind = str(join.args.get("kind") or "").upper()
        condition = join.args.get("on")
        using = [i.name.lower() for i in join.args.get("using") or ()]
        if (
            side not in ("", "LEFT")
            or kind not in ("", "INNER", "OUTER")
            or (kind == "OUTER" and not side)
        ):
            raise refuse(
                join, "tables are joined by JOIN or LEFT JOIN", "JOIN residents USING (person)"
            )
        if any(v for k, v in join.args.items() if k not in ("this", "side", "kind", "on", "using")):
            raise refuse(join, "a plain join was expected", "JOIN residents USING (person)")
        right = self._table(join.this)
        if using != [PSEUDONYM_FIELD] and not (not using and _on_person(condition, left, right)):
            raise refuse(
                join,
                "tables are joined on the person, and on nothing else",
                "JOIN residents USING (person)",
            )
        try:
            return joined(left, right, side == "LEFT")
        except BadInput as error:
            raise refuse(join, error.what, error.todo) from None


def _on_person(condition: exp.Expression | None, left: Relation, right: Relation) -> bool:
    bare = None if condition is None else unwrapped(condition)
    if not isinstance(bare, exp.EQ):
        return False
    tables = []
    for side in (unwrapped(bare.this), unwrapped(bare.expression)):
        if not isinstance(side, exp.Column) or side.name.lower() != PSEUDONYM_FIELD:
            return False
        tables.append(side.text("table").lower())
    names = ({t for t, _ in left.columns}, {t for t, _ in right.columns})
    one, other = tables
    return (one in names[0] and other in names[1]) or (one in names[1] and other in names[0])


def _alias(node: exp.Expression) -> str:
    alias = node.args.get("alias")
    if alias is not None and alias.args.get("columns"):
        raise refuse(node, "columns are named inside the layer", "(SELECT x AS y …) AS r")
    return "" if alias is None else alias.name.lower()


def _only(node: exp.Expression, parts: set[str]) -> None:
    extra = next((k for k, v in node.args.items() if v and k not in parts), None)
    if extra is not None:
        what, instead = CLAUSES.get(
            extra, ("one dataset was expected after FROM, and nothing more", "FROM residents")
        )
        raise refuse(node, what, instead)
