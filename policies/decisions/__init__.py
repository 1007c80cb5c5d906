"""Who may do what, and the grant without which nothing is released."""

from policies.decisions.authorisation import (
    Grant,
    ReleaseRequest,
    StandingLimits,
    authorise_release,
)
from policies.decisions.roles import ACTIONS, ROLES, may, require

__all__ = [
    "ACTIONS",
    "ROLES",
    "Grant",
    "ReleaseRequest",
    "StandingLimits",
    "authorise_release",
    "may",
    "require",
]
