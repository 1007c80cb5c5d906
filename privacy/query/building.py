"""A plan without SQL: for audits, which ask by axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from policies.errors import BadInput
from privacy.contract import Contract
from privacy.query.assembling import assemble
from privacy.query.expressions import Column, OneOf
from privacy.query.figures import count
from privacy.query.plan import Key, Plan
from privacy.query.relations import relation_of


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
    conditions = [OneOf(Column(k, "text"), (v,)) for k, v in sorted((where or {}).items())]
    columns = [*(k.label for k in keys), "count"]
    return assemble(relation_of(contract), keys, [count()], columns, conditions)
