"""The decision on a release: from requester, purpose, loss and policy; never from a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from policies.decisions.roles import require
from policies.errors import Refused, ServiceFault

if TYPE_CHECKING:
    from policies.rulebook import Policy

NANO = 1_000_000_000
HIGHEST_LIFETIME_RHO = 4
"""No policy goes beyond: ρ = 4 is ε ≈ 18 at δ = 10⁻⁶, more than any census has spent."""


@dataclass(frozen=True, slots=True)
class StandingLimits:
    """The numbers of the standing release policy, in integers."""

    policy_id: str
    policy_digest: str
    lifetime_nano_rho: int
    delta_people: int
    researcher_share: int
    single_query_nano_rho: int

    @staticmethod
    def of(policy: Policy) -> StandingLimits:
        """Read the limits out of a policy of kind release.

        Raises
        ------
        ServiceFault
            A number is missing or not positive: no default stands in for it.
        """
        s = policy.settings
        try:
            limits = StandingLimits(
                policy.id,
                policy.digest,
                round(float(s["lifetime_rho"]) * NANO),
                int(s["delta_people"]),
                int(s["researcher_share"]),
                round(float(s["single_query_rho"]) * NANO),
            )
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise ServiceFault("the release policy lacks a number", where=policy.id) from error
        numbers = (
            limits.lifetime_nano_rho,
            limits.delta_people,
            limits.researcher_share,
            limits.single_query_nano_rho,
        )
        if min(numbers) <= 0:
            raise ServiceFault("the release policy's numbers are above 0", where=policy.id)
        if (
            limits.lifetime_nano_rho > HIGHEST_LIFETIME_RHO * NANO
            or limits.single_query_nano_rho * limits.researcher_share > limits.lifetime_nano_rho
        ):
            raise Refused(
                f"a lifetime cap is at most ρ = {HIGHEST_LIFETIME_RHO}, and a single question's at "
                "most a researcher's share of it",
                where=f"policy {policy.id}",
                todo="ask for less; no signature raises these two",
            )
        return limits


@dataclass(frozen=True, slots=True)
class ReleaseRequest:
    """What a decision on a release may know."""

    requester: str
    role: str
    dataset: str
    purpose: str
    allowed_purposes: tuple[str, ...]
    contract_expires: date
    nano_rho: int


@dataclass(frozen=True, slots=True)
class Grant:
    """The permission that reservation and draw ask for; made here and nowhere else."""

    requester: str
    role: str
    purpose: str
    nano_rho: int
    policy_id: str
    policy_digest: str

    def as_json(self) -> dict[str, Any]:
        """Return the decision as it is signed with the release."""
        return {
            "requester": self.requester,
            "role": self.role,
            "purpose": self.purpose,
            "policy": {"id": self.policy_id, "digest": self.policy_digest},
        }


def authorise_release(request: ReleaseRequest, limits: StandingLimits, today: date) -> Grant:
    """Decide on a release under the standing policy.

    Raises
    ------
    Refused
        The role may not ask, the purpose is not the contract's, the contract has expired, or the
        loss is above what one question may spend without reviewers.
    """
    require(request.role, "ask")
    if request.purpose not in request.allowed_purposes:
        raise Refused(
            "the contract does not allow this purpose (PIPL Art. 6)",
            where=f"dataset {request.dataset}",
            todo=f"allowed purposes: {', '.join(request.allowed_purposes)}",
        )
    if request.contract_expires < today:
        raise Refused(
            "the contract has expired (PIPL Art. 19); nothing was spent",
            where=f"dataset {request.dataset}",
            todo="ask the data-protection officer for a new contract",
        )
    if request.nano_rho > limits.single_query_nano_rho:
        raise Refused(
            f"this question needs ρ = {request.nano_rho / NANO:.6g}, and one question may spend "
            f"{limits.single_query_nano_rho / NANO:.6g} without reviewers; nothing was spent",
            where=f"policy {limits.policy_id}",
            todo="ask for a smaller --epsilon, a larger --accuracy, or a coarser question",
        )
    return Grant(
        request.requester,
        request.role,
        request.purpose,
        request.nano_rho,
        limits.policy_id,
        limits.policy_digest,
    )
