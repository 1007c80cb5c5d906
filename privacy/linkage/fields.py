"""Which field of a contract says what about a person: by type and domain, never by looking at data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from privacy.contract import Contract

_SEXES = frozenset({"男", "女", "male", "female", "m", "f", "unknown"})
_STATUSES = frozenset({"migrant", "local"})


@dataclass(frozen=True, slots=True)
class PersonFields:
    """The names, in an extract, of what tells persons apart; None where the contract has no such field."""

    resident_id: str | None = None
    name: str | None = None
    phone: str | None = None
    address: str | None = None
    birth: str | None = None
    sex: str | None = None
    updated: str | None = None
    registered: str | None = None
    actual: str | None = None
    status: str | None = None

    def named(self) -> dict[str, str]:
        """Return what is there: our name → the extract's."""
        pairs = ((key, getattr(self, key)) for key in self.__slots__)
        return {key: name for key, name in pairs if name is not None}


def person_fields(contract: Contract, linked: Contract | None = None) -> PersonFields:
    """Map a contract's fields.

    Parameters
    ----------
    linked
        The contract of the linked table: its `differs_from` names which columns hold registered
        and actual residence. Without it neither is known.

    Notes
    -----
    Of several fields of a type the first is the person's own (a guardian's name or phone comes after);
    an address is the person's where it is called `address` or says `actual`; a date is the
    birth where it becomes an age band, the update where it becomes days.
    """
    registered, actual = _residence(contract, linked)
    return PersonFields(
        resident_id=_first(contract, "resident_id"),
        name=_first(contract, "person_name"),
        phone=_first(contract, "phone"),
        address=next(
            (
                f.name
                for f in contract.fields
                if f.type == "address" and (f.name == "address" or "actual" in f.name)
            ),
            None,
        ),
        birth=next(
            (
                f.name
                for f in contract.fields
                if f.type == "date" and (f.to == "age_band" or "birth" in f.name)
            ),
            None,
        ),
        sex=_category(contract, lambda d: d <= _SEXES),
        updated=next(
            (
                f.name
                for f in contract.fields
                if f.type == "date" and f.to == "days" and f.reference_date is not None
            ),
            None,
        ),
        registered=registered,
        actual=actual,
        status=_category(contract, lambda d: d >= _STATUSES),
    )


def _first(contract: Contract, kind: str) -> str | None:
    return next((f.name for f in contract.fields if f.type == kind), None)


def _category(contract: Contract, holds: Callable[[frozenset[str]], bool]) -> str | None:
    for f in contract.fields:
        if f.type == "category" and f.domain is not None:
            domain = frozenset(v.lower() for v in contract.domains[f.domain])
            if domain and holds(domain):
                return f.name
    return None


def _residence(contract: Contract, linked: Contract | None) -> tuple[str | None, str | None]:
    if linked is None:
        return None, None
    sources = {x.name: x for x in linked.links}
    own = {f.stored_name: f.name for f in contract.fields}
    for x in linked.links:
        if x.differs_from is not None and x.differs_from in sources:
            other = sources[x.differs_from]
            registered = own.get(x.source_field) if contract.dataset in x.precedence else None
            actual = own.get(other.source_field) if contract.dataset in other.precedence else None
            return registered, actual
    return None, None
