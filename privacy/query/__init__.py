"""A question as data: a subset of SQL, or axes, becomes a typed plan. Nothing here touches data."""

from privacy.query.binding import bind, dataset_named_in
from privacy.query.building import count_plan
from privacy.query.plan import (
    All,
    Any_,
    Compare,
    CountColumn,
    IsNull,
    KeyColumn,
    Not,
    OneOf,
    Plan,
    Predicate,
)

__all__ = [
    "All",
    "Any_",
    "Compare",
    "CountColumn",
    "IsNull",
    "KeyColumn",
    "Not",
    "OneOf",
    "Plan",
    "Predicate",
    "bind",
    "count_plan",
    "dataset_named_in",
]
