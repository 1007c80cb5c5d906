"""A plan without SQL: for audits, which ask by axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from policies.errors import BadInput
from privacy.contract import Contract
from privacy.query.expressions import All, Column, OneOf
from privacy.query.plan import Aggregate, Bounds, Key, Plan, Source


def bounds_of(contract: Contract) -> Bounds:
    """Return the contribution bounds that intake holds: nothing is clipped."""
    rows = contract.rows_per_person
    return Bounds(contract.most_pseudonyms, rows, rows, rows)


def count_plan(
    contract: Contract, axes: Sequence[str], where: Mapping[str, str] | None = None
) -> Plan:
    """Return the plan that counts people by `axes`, of those with the values in `where`.

    Raises
    ------
    BadInput
        An axis or a value that the contract does not allow.
    """
    allowed = contract.queryable()
    if not allowed:
        raise BadInput("nobody can ask about this dataset", where=contract.dataset)
    keys = []
    for name in (*axes, *(where or {})):
        domain = contract.domain_of(name)
        if name not in allowed or domain is None:
            raise BadInput("is not a column to count by", where=f"{contract.dataset}.{name}")
        if where and name in where and where[name] not in domain:
            raise BadInput("this is not a value of it", where=f"{contract.dataset}.{name}")
        if name in axes:
            keys.append(Key(name, Column(name, "text"), domain, domain))
    conditions = tuple(OneOf(Column(k, "text"), (v,)) for k, v in sorted((where or {}).items()))
    return Plan(
        sources=(Source(contract.dataset),),
        population=contract.population.id,
        public_size=contract.population.public_size,
        keys=tuple(keys),
        aggregates=(Aggregate("count", "count"),),
        columns=(*(k.label for k in keys), "count"),
        where=All(conditions) if conditions else None,
        bounds=bounds_of(contract),
    )
