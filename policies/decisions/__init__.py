"""Who may do what, and the grant without which nothing is released."""

from policies.decisions.authorisation import (
    Grant,
    ReleaseRequest,
    StandingLimits,
    authorise_release,
)
from policies.decisions.dual_control import (
    ACTS,
    KINDS,
    STATES,
    TRANSITIONS,
    Act,
    Case,
    Person,
    State,
    after,
    check_grant,
    check_request,
    check_review,
)
from policies.decisions.roles import ACTIONS, ROLES, may, require

__all__ = [
    "ACTIONS",
    "ACTS",
    "KINDS",
    "ROLES",
    "STATES",
    "TRANSITIONS",
    "Act",
    "Case",
    "Grant",
    "Person",
    "ReleaseRequest",
    "StandingLimits",
    "State",
    "after",
    "authorise_release",
    "check_grant",
    "check_request",
    "check_review",
    "may",
    "require",
]
