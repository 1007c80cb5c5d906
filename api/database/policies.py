"""Policies in force: what was activated with a signature, else what the package ships."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from api.database.tables import accounts, policies_in_force
from policies.errors import NotFound, Refused
from policies.rulebook import Policy, read_policy

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from policies.decisions import StandingLimits

STANDING = "release-standing"


def shipped_policies() -> dict[str, Policy]:
    """Return the policies that the package ships, by id."""
    folder = files("policies") / "rules"
    found = {}
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".yaml"):
            policy = read_policy(entry.read_bytes(), entry.name)
            found[policy.id] = policy
    return found


def policy_in_force(connection: Connection, policy_id: str) -> Policy:
    """Return a policy by id: the activated one, else the shipped one.

    Raises
    ------
    NotFound
        There is no such policy.
    """
    body = connection.scalar(
        select(policies_in_force.c.body).where(policies_in_force.c.id == policy_id)
    )
    if body is not None:
        return read_policy(bytes(body), policy_id)
    shipped = shipped_policies()
    if policy_id not in shipped:
        raise NotFound(
            "there is no such policy",
            where="--policy",
            todo=f"one of {', '.join(shipped)}, or a file",
        )
    return shipped[policy_id]


def known_policies(connection: Connection, policy_id: str) -> list[Policy]:
    """Return the texts known under an id: the one in force first, then the shipped one."""
    shipped = shipped_policies().get(policy_id)
    try:
        current = policy_in_force(connection, policy_id)
    except NotFound:
        return []
    return [current] if shipped in (None, current) else [current, shipped]


def list_policies(connection: Connection) -> list[dict[str, Any]]:
    """Return every policy with its version, digest and whether somebody activated it."""
    active = {r.id: r for r in connection.execute(select(policies_in_force)).all()}
    rows = []
    for policy_id in sorted({*shipped_policies(), *active}):
        policy = policy_in_force(connection, policy_id)
        rows.append(
            {
                "id": policy.id,
                "version": policy.version,
                "kind": policy.kind,
                "digest": policy.digest,
                "activated": policy_id in active,
            }
        )
    return rows


def put_in_force(connection: Connection, policy: Policy, body: bytes, leaf_index: int) -> None:
    """Make a policy the one in force, in the caller's transaction."""
    connection.execute(delete(policies_in_force).where(policies_in_force.c.id == policy.id))
    connection.execute(
        insert(policies_in_force).values(
            id=policy.id,
            version=policy.version,
            digest=policy.digest,
            body=body,
            leaf_index=leaf_index,
        )
    )


def set_caps(connection: Connection, limits: StandingLimits, old: StandingLimits) -> None:
    """Give the open accounts the caps of a new standing policy.

    A δ cap scales with `delta_people`. The database refuses a cap below what is spent.

    Raises
    ------
    Refused
        An account has already spent more than its new cap.
    """
    for row in connection.execute(select(accounts)).all():
        share = limits.researcher_share if row.kind == "researcher" else 1
        was = old.researcher_share if row.kind == "researcher" else 1
        delta = row.cap_atto_delta * was * old.delta_people // (limits.delta_people * share)
        rho = limits.lifetime_nano_rho // share
        spent = row.spent_nano_rho + row.reserved_nano_rho
        if rho < spent or delta < row.spent_atto_delta + row.reserved_atto_delta:
            raise Refused(
                "this account has already spent more than its new cap",
                where=f"account {row.id}",
                todo="a cap cannot be set below what is spent",
            )
        connection.execute(
            update(accounts)
            .where(accounts.c.id == row.id)
            .values(cap_nano_rho=rho, cap_atto_delta=delta)
        )
