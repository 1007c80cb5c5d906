"""Made-up rows of a dataset, from its contract alone: to try a question on before it is paid for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from privacy.contract import PSEUDONYM_FIELD, RANK_FIELD, Contract

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_PEOPLE = 200_000
_MISSING = 0.02
_FIRST_DAY, _DAYS = np.datetime64("2016-01-01"), 3650


def made_up_people(public_size: int) -> int:
    """Return how many persons the made-up rows speak of: the public size, up to a bound for time."""
    return min(public_size, MOST_PEOPLE)


def made_up_rows(contract: Contract, people: int, seed: int) -> dict[str, Any]:
    """Return columns of made-up rows, as a snapshot stores them; no data are read.

    Each value is drawn from the contract's public domain or bounds, unevenly, independent of the others. Person i
    has the same pseudonym in each dataset that is made of as many people, so that joins find partners.
    The same contract, number and seed give the same rows.
    """
    rng = np.random.default_rng([seed, len(contract.fields), people])
    rows = _rows_of_each(contract, people, rng)
    person = np.repeat(np.arange(people), rows)
    columns: dict[str, Any] = {PSEUDONYM_FIELD: [f"{i:032x}" for i in person.tolist()]}
    for field in contract.fields:
        if field.stored_name in contract.queryable():
            columns[field.stored_name] = _column(contract, field.stored_name, len(person), rng)
    if contract.rows_per_person > 1:
        starts = np.repeat(np.cumsum(rows) - rows, rows)
        columns[RANK_FIELD] = (np.arange(len(person)) - starts + 1).astype(np.int32)
    return columns


def _rows_of_each(contract: Contract, people: int, rng: np.random.Generator) -> NDArray[np.int64]:
    if contract.rows_per_person == 1:
        return np.ones(people, dtype=np.int64)
    # few have many: each further row is half as likely as the one before
    return np.minimum(rng.geometric(0.5, people), contract.rows_per_person).astype(np.int64)


def _column(contract: Contract, name: str, size: int, rng: np.random.Generator) -> list[Any]:
    field = contract.field(name)
    if field is None:
        raise ValueError("the contract has no such field")
    domain = contract.domain_of(name)
    values: list[Any]
    if domain is not None:
        weights = rng.gamma(2.0, size=len(domain))
        at = rng.choice(len(domain), size, p=weights / weights.sum())
        values = [domain[i] for i in at.tolist()]
    elif field.bounds is not None:
        low, high = field.bounds
        share = rng.beta(1.5, 3.0, size)  # more at the lower end, as incomes and durations are
        values = [low + int(x * (high - low)) for x in share.tolist()]
    elif field.type == "date":
        days = _FIRST_DAY + rng.integers(0, _DAYS, size)
        values = np.datetime_as_string(days).tolist()
    else:
        values = [f"{name}-{i}" for i in rng.integers(1, 50, size).tolist()]
    if field.required:
        return values
    missing = rng.random(size) < _MISSING
    return [None if gone else v for v, gone in zip(values, missing.tolist(), strict=True)]
