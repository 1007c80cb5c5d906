"""A question is bound, priced and authorised: all that may be known before the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from api.answering.choosing import RowsChoice, choice_for
from api.answering.question import Question
from api.database.engine import transaction
from api.database.policies import STANDING, policy_in_force
from policies.decisions import Grant, ReleaseRequest, StandingLimits, authorise_release
from policies.record import canonical, digest
from privacy.accounting import AccountSpec, Caps, Charge, accounts_for
from privacy.answers import planned, with_public_rows, with_rows
from privacy.noise import Ask, Priced, price
from privacy.query import Plan
from privacy.release import noise_identity

if TYPE_CHECKING:
    from api.workspace import Workspace
    from privacy.store import Snapshot


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question that may be answered, and what its answer is charged to."""

    plan: Plan
    snapshots: tuple[Snapshot, ...]
    priced: Priced
    grant: Grant
    accounts: tuple[AccountSpec, ...]
    question: Question
    delta: float
    choice: RowsChoice | None = None

    @property
    def charge(self) -> Charge:
        """What is reserved before anything is counted."""
        return self.priced.charge if self.choice is None else self.choice.charge

    @property
    def confidence(self) -> float:
        """Confidence that the asker wants intervals at."""
        return self.question.ask.confidence

    @property
    def idempotency_key(self) -> str:
        """The same figures asked again: same plan, snapshots, contracts, mechanism and requested loss.

        Who asks, labels, order and confidence are not part of it.
        """
        return digest(
            canonical(
                {
                    "plan": self.plan.canonical(),
                    "snapshots": [s.commitment for s in self.snapshots],
                    "contracts": [digest(canonical(s.contract.as_json())) for s in self.snapshots],
                    "noise": noise_identity(self.plan, self.priced),
                    "choice": None if self.choice is None else self.choice.canonical(),
                }
            )
        )


def prepare(
    ws: Workspace, plan: Plan, snapshots: Sequence[Snapshot], question: Question
) -> Prepared:
    """Price a plan and decide on it.

    Raises
    ------
    BadInput
        So exact or so coarse an answer cannot be priced.
    Refused
        By role, purpose, expiry or policy; nothing was spent.
    """
    now = datetime.now(UTC)
    delta = min(s.contract.delta for s in snapshots)
    plan, wish, choice = _planned(plan, snapshots, question, delta)
    priced = price(plan, wish, delta)
    charge = priced.charge if choice is None else choice.charge
    with transaction(ws.engine) as connection:
        limits = StandingLimits.of(policy_in_force(connection, STANDING))
    grants = [
        authorise_release(
            ReleaseRequest(
                question.researcher, question.role, s.dataset, question.purpose,
                s.contract.purposes, s.last_day, charge.nano_rho,
            ),
            limits,
            date(now.year, now.month, now.day),
        )
        for s in snapshots
    ]  # fmt: skip
    caps = Caps(limits.lifetime_nano_rho, limits.delta_people, limits.researcher_share)
    accounts = _accounts(plan, snapshots, question, now.year, caps)
    return Prepared(plan, tuple(snapshots), priced, grants[0], accounts, question, delta, choice)


def _planned(
    plan: Plan, snapshots: Sequence[Snapshot], question: Question, delta: float
) -> tuple[Plan, Ask, RowsChoice | None]:
    """Choose what the asker left to the planner: rows of a person, shares of the loss, the least budget."""
    choice, wish = None, question.ask
    if plan.bounds.stored > 1 and question.bounds.rows == "auto":
        published = snapshots[0].contract.expected_rows
        loss = wish
        if wish.accuracy is not None:  # at the loss that one row a person would need
            _, loss = planned(with_rows(plan, 1, "public"), wish, delta, question.group_size)
        plan = with_public_rows(plan, loss, delta, published, question.group_size)
    elif plan.bounds.stored > 1 and question.bounds.rows == "private":
        choice = choice_for(plan, wish, delta, question.group_size, question.bounds.clip)
        wish = choice.rest
    plan, wish = planned(plan, wish, delta, question.group_size)
    return plan, wish, choice


def _accounts(
    plan: Plan, snapshots: Sequence[Snapshot], question: Question, year: int, caps: Caps
) -> tuple[AccountSpec, ...]:
    """Return the accounts of every dataset that the question reads, each once, parents first."""
    found: dict[str, AccountSpec] = {}
    for snapshot in snapshots:
        for spec in accounts_for(
            population=plan.population,
            public_size=plan.public_size,
            dataset=snapshot.dataset,
            purpose=question.purpose,
            researcher=question.researcher,
            year=year,
            caps=caps,
        ):
            found.setdefault(spec.id, spec)
    return tuple(found.values())
