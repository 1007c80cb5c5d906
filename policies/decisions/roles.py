"""Roles × actions, a table; what is not in it is refused."""

from __future__ import annotations

from policies.errors import Refused

ACTIONS = (
    "ask", "ingest", "submit_audit", "read_enclave_report", "activate_policy", "keep_record",
    "register_person", "rotate_key", "request_subject", "approve_subject", "request_key_destruction",
    "approve_key_destruction", "design_survey",
)  # fmt: skip
"""Ask for a release, take extracts in, hand in a submission, read exact reports, change a policy,
sign and log as the service; register a person's key, rotate a purpose's key; ask for and approve
what concerns one data subject, and the destruction of a key; publish a survey, which allots ε for life."""

ROLES: dict[str, frozenset[str]] = {
    "researcher": frozenset({"ask"}),
    "owner": frozenset({"ask", "submit_audit"}),
    "officer": frozenset(
        {
            "ask", "read_enclave_report", "activate_policy", "request_subject", "approve_subject",
            "request_key_destruction", "approve_key_destruction", "design_survey",
        }
    ),
    "custodian": frozenset({"approve_subject", "request_key_destruction", "approve_key_destruction"}),
    "operator": frozenset(
        {
            "ask", "ingest", "submit_audit", "read_enclave_report", "register_person", "rotate_key",
            "request_subject", "request_key_destruction",
        }
    ),
    "service": frozenset({"keep_record"}),
}  # fmt: skip
"""The operator at the enclave's keyboard takes extracts in and reads exact reports, and carries
requests; but only an officer changes a policy, and only officers and custodians approve what
touches a person or ends a key. Nobody approves what she asked for, whatever the role."""


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
