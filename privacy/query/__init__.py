"""A question as data: a subset of SQL, or axes, becomes a typed plan. Nothing here touches data."""

from privacy.query.assembling import BoundsAsked, bounds_of
from privacy.query.binding import bind, dataset_named_in, datasets_named_in
from privacy.query.building import count_plan
from privacy.query.expressions import All, Any_, Column, Compare, Constant, IsNull, Not, OneOf
from privacy.query.plan import Aggregate, Bounds, Having, Key, Plan, Selection, Source
from privacy.query.sensitivity import Sensitivity
from privacy.query.statistics import Statistic, statistics_of

__all__ = [
    "Aggregate",
    "All",
    "Any_",
    "Bounds",
    "BoundsAsked",
    "Column",
    "Compare",
    "Constant",
    "Having",
    "IsNull",
    "Key",
    "Not",
    "OneOf",
    "Plan",
    "Selection",
    "Sensitivity",
    "Source",
    "Statistic",
    "bind",
    "bounds_of",
    "count_plan",
    "dataset_named_in",
    "datasets_named_in",
    "statistics_of",
]
