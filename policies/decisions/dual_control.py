"""Dual control: what two people must approve, neither of whom asked for it. A pure state machine.

What is approved is a `Case`: who asks for what, why and until when. Its digest is what people sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from unicodedata import normalize

from policies.decisions.roles import require
from policies.errors import BadInput, Refused
from policies.record import canonical, digest

APPROVERS = 2
State = Literal["requested", "approved_once", "approved", "rejected", "withdrawn", "done"]
Act = Literal["approve", "reject", "withdraw", "carry_out"]
STATES: tuple[State, ...] = (
    "requested", "approved_once", "approved", "rejected", "withdrawn", "done",
)  # fmt: skip
ACTS: tuple[Act, ...] = ("approve", "reject", "withdraw", "carry_out")
TRANSITIONS: dict[tuple[State, Act], State] = {
    ("requested", "approve"): "approved_once",
    ("approved_once", "approve"): "approved",
    ("requested", "reject"): "rejected",
    ("approved_once", "reject"): "rejected",
    ("approved", "reject"): "rejected",
    ("requested", "withdraw"): "withdrawn",
    ("approved_once", "withdraw"): "withdrawn",
    ("approved", "withdraw"): "withdrawn",
    ("approved", "carry_out"): "done",
}
"""What is not in the table is refused: nothing leaves `rejected`, `withdrawn` or `done`."""

KINDS = {
    "find": "subject", "export": "subject", "correct": "subject", "delete": "subject",
    "object": "subject", "reveal": "subject", "destroy_key": "key_destruction",
}  # fmt: skip
"""What may be asked for, and the pair of actions (request_…, approve_…) that it takes."""

_LONG_NUMBER = re.compile(r"[0-9]{7,}")
_SEPARATORS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs: her name, her role and the id of her own key."""

    name: str
    role: str
    key_id: str


@dataclass(frozen=True, slots=True)
class Case:
    """Exactly what is asked for.

    Parameters
    ----------
    what
        The parameters of the act, as JSON; a data subject stands in it as a keyed commitment.
    expires
        After this moment nothing is approved and nothing is carried out.
    """

    id: str
    kind: str
    what: dict[str, Any]
    reason: str
    requester: str
    opened: datetime
    expires: datetime

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BadInput(f"a request is one of {', '.join(KINDS)}", where="request")
        if not self.reason.strip() or len(self.reason) > 500:
            raise BadInput("a request needs a reason of 1 to 500 characters", where="--reason")
        if _LONG_NUMBER.search(_SEPARATORS.sub("", normalize("NFKC", self.reason))):
            raise BadInput(
                "a reason holds no number that could be a person's",
                where="--reason",
                todo="say why in words; refer to the letter by a short number",
            )
        if not self.opened < self.expires:
            raise BadInput("a request expires after it was opened", where="request")

    def body(self) -> bytes:
        """Return the canonical bytes that people sign the digest of."""
        return canonical(
            {
                "case": 1,
                "id": self.id,
                "kind": self.kind,
                "what": self.what,
                "reason": self.reason,
                "requester": self.requester,
                "opened": self.opened.isoformat(),
                "expires": self.expires.isoformat(),
            }
        )

    @property
    def digest(self) -> str:
        """Digest of the body."""
        return digest(self.body())

    @staticmethod
    def from_json(read: dict[str, Any]) -> Case:
        """Read a case back from its body."""
        return Case(
            read["id"], read["kind"], read["what"], read["reason"], read["requester"],
            datetime.fromisoformat(read["opened"]), datetime.fromisoformat(read["expires"]),
        )  # fmt: skip


def after(state: State, act: Act) -> State:
    """Return the state that an act leads to.

    Raises
    ------
    Refused
        The table does not allow the act in this state.
    """
    if (state, act) not in TRANSITIONS:
        raise Refused(
            f"a request that is {state.replace('_', ' ')} cannot be {_PAST[act]}", where="request"
        )
    return TRANSITIONS[state, act]


_PAST = {
    "approve": "approved", "reject": "rejected", "withdraw": "withdrawn", "carry_out": "carried out",
}  # fmt: skip


def check_request(case: Case, by: Person) -> None:
    """Refuse a request by somebody whose role may not ask for it."""
    require(by.role, f"request_{KINDS[case.kind]}")
    if by.name != case.requester:
        raise Refused("a request is made in one's own name", where="request")


def check_review(case: Case, by: Person, earlier: Iterable[Person], now: datetime) -> None:
    """Refuse an approval or rejection by the wrong person, twice by one, or too late.

    Raises
    ------
    Refused
        With the reason.
    """
    require(by.role, f"approve_{KINDS[case.kind]}")
    _check_time(case, now)
    if by.name == case.requester:
        raise Refused(
            "nobody approves what she asked for",
            where=f"request {case.id}",
            todo="two other people are needed",
        )
    for before in earlier:
        if before.name == by.name or before.key_id == by.key_id:
            raise Refused(
                "this person has already spoken on this request; two different people are needed",
                where=f"request {case.id}",
                todo="ask another person",
            )


def check_grant(case: Case, state: State, approvers: Iterable[Person], now: datetime) -> None:
    """Refuse to carry out what two different people have not approved, or too late.

    `approvers` are those whose signatures over this very case were verified just now: the state is
    a row that somebody could write, a signature is not.
    """
    after(state, "carry_out")
    _check_time(case, now)
    counted: list[Person] = []
    for person in approvers:
        check_review(case, person, counted, now)
        counted.append(person)
    if len(counted) < APPROVERS:
        raise Refused(
            f"{len(counted)} of {APPROVERS} needed signatures hold",
            where=f"request {case.id}",
            todo="ask two different people to approve",
        )


def _check_time(case: Case, now: datetime) -> None:
    if now >= case.expires:
        raise Refused(
            f"the request expired at {case.expires:%Y-%m-%d %H:%M} UTC",
            where=f"request {case.id}",
            todo="open a new request",
        )
