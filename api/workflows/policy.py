"""A policy comes into force: tried on its own examples, signed by an officer, logged, in one step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.database.engine import transaction
from api.database.policies import STANDING, known_policies, policy_in_force, put_in_force, set_caps
from api.logbook import OFFICER, seal_and_append
from audit.inference import Estimate
from policies.decisions import StandingLimits, require
from policies.errors import BadInput, Refused
from policies.record import Statement, digest
from policies.rulebook import Fact, Policy, evaluate, read_policy

if TYPE_CHECKING:
    from api.workspace import Workspace

PREDICATE_TYPE = "https://common-ground.example/policy-activation/v1"


def try_policy(policy: Policy) -> list[dict[str, Any]]:
    """Run a policy's own examples; each says which verdict it expects and which came out."""
    results = []
    for example in policy.examples:
        facts = {}
        for measure, given in example["facts"].items():
            e = Estimate(measure, given["estimand"], given["estimate"], given.get("se"))
            facts[measure] = Fact(
                measure, e.estimand, e.value, e.bounds(policy.z_pass), e.bounds(policy.z_fail)
            )
        found = evaluate(policy, facts, example["inputs"]).word
        results.append(
            {
                "example": example["name"],
                "expected": example["verdict"],
                "found": found,
                "ok": found == example["verdict"],
            }
        )
    return results


def activate_policy(
    ws: Workspace, body: bytes, where: str, role: str = "officer"
) -> dict[str, Any]:
    """Put a policy in force, signed with the officer's key; caps of accounts follow at once.

    Raises
    ------
    BadInput
        The policy cannot be read, or one of its own examples comes out otherwise.
    Refused
        The role may not, or a cap would fall below what is spent.
    """
    require(role, "activate_policy")
    policy = read_policy(body, where)
    wrong = [r["example"] for r in try_policy(policy) if not r["ok"]]
    if wrong:
        raise BadInput(f"an example comes out otherwise: {wrong[0]}", where=where)
    statement = Statement(
        {"policy.yaml": digest(body)},
        PREDICATE_TYPE,
        {"policy": {"id": policy.id, "version": policy.version, "digest": policy.digest}},
    )
    with transaction(ws.engine) as connection:
        for known in known_policies(connection, policy.id):
            if known.version == policy.version and known.digest != policy.digest:
                raise Refused(
                    "another text has this id and version",
                    where=f"policy {policy.id} {policy.version}",
                    todo="give the new text a new version",
                )
        if policy.id == STANDING:
            old = StandingLimits.of(policy_in_force(connection, STANDING))
            set_caps(connection, StandingLimits.of(policy), old)
        leaf = seal_and_append(ws, connection, statement, "policy", ws.custody.signer(OFFICER))
        put_in_force(connection, policy, body, leaf)
    return {"id": policy.id, "version": policy.version, "digest": policy.digest, "leaf": leaf}
