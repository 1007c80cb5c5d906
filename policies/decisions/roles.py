"""Roles × actions, a table; what is not in it is refused."""

from __future__ import annotations

from policies.errors import Refused

ACTIONS = (
    "ask", "ingest", "submit_audit", "read_enclave_report", "activate_policy", "keep_record",
)  # fmt: skip
"""Ask for a release, take extracts in, hand in a submission, read exact reports, change a policy,
and sign and log as the service."""

ROLES: dict[str, frozenset[str]] = {
    "researcher": frozenset({"ask"}),
    "owner": frozenset({"ask", "submit_audit"}),
    "officer": frozenset({"ask", "read_enclave_report", "activate_policy"}),
    "operator": frozenset({"ask", "ingest", "submit_audit", "read_enclave_report"}),
    "service": frozenset({"keep_record"}),
}
"""The operator at the enclave's keyboard takes extracts in and reads exact reports; but only an
officer changes a policy."""


def may(role: str, action: str) -> bool:
    """Return whether the role may; an unknown role or action may not."""
    return action in ROLES.get(role, frozenset())


def require(role: str, action: str) -> None:
    """Refuse unless the role may.

    Raises
    ------
    Refused
        The table does not allow it.
    """
    if not may(role, action):
        able = ", ".join(sorted(r for r in ROLES if may(r, action))) or "nobody"
        raise Refused(
            f"the role {role} may not {action.replace('_', ' ')}",
            where="roles",
            todo=f"ask for it in a role that may: {able}",
        )
