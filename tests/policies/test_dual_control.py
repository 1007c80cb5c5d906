"""Dual control as a table: which act leads where, who may, when, and how often."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from policies.decisions import (
    ACTS,
    KINDS,
    ROLES,
    STATES,
    TRANSITIONS,
    Case,
    Person,
    after,
    check_grant,
    check_request,
    check_review,
    may,
)
from policies.errors import BadInput, Refused

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CASE = Case("q-1", "delete", {"subject": "x"}, "letter 7", "olga", NOW, NOW + timedelta(days=30))
OLGA = Person("olga", "operator", "k0")
ANA = Person("ana", "officer", "k1")
BO = Person("bo", "custodian", "k2")


@pytest.mark.parametrize(("state", "act"), list(product(STATES, ACTS)))
def test_every_act_in_every_state_follows_the_table(state: str, act: str) -> None:
    if (state, act) in TRANSITIONS:
        assert after(state, act) == TRANSITIONS[state, act]  # type: ignore[arg-type]
    else:
        with pytest.raises(Refused):
            after(state, act)  # type: ignore[arg-type]


def test_done_is_reached_by_two_approvals_only_and_left_by_nothing() -> None:
    paths = [("requested", ())]
    reaching = []
    for _ in range(5):
        paths = [
            (new, (*acts, act))
            for state, acts in paths
            for (at, act), new in TRANSITIONS.items()
            if at == state
        ]
        reaching += [acts for state, acts in paths if state == "done"]
    assert reaching == [("approve", "approve", "carry_out")]
    ends = {"rejected", "withdrawn", "done"}
    assert not [key for key in TRANSITIONS if key[0] in ends]


@pytest.mark.parametrize(("role", "kind"), list(product([*ROLES, "stranger"], KINDS)))
def test_who_asks_and_who_approves_is_the_roles_table(role: str, kind: str) -> None:
    case = replace(CASE, kind=kind)
    asks, approves = f"request_{KINDS[kind]}", f"approve_{KINDS[kind]}"
    for allowed, act in (
        (may(role, asks), lambda: check_request(case, Person("olga", role, "k"))),
        (may(role, approves), lambda: check_review(case, Person("ana", role, "k"), [], NOW)),
    ):
        if allowed:
            act()
        else:
            with pytest.raises(Refused):
                act()


def test_nobody_outside_officers_and_custodians_approves() -> None:
    for kind in set(KINDS.values()):
        assert {r for r in ROLES if may(r, f"approve_{kind}")} == {"officer", "custodian"}


def test_two_different_people_neither_of_whom_asked() -> None:
    check_grant(CASE, "approved", [ANA, BO], NOW)
    same_key = Person("eva", "officer", "k1")
    second_key = replace(ANA, key_id="k9")
    herself = Person("olga", "officer", "k0")
    for approvers in ([], [ANA], [ANA, ANA], [ANA, second_key], [ANA, same_key], [ANA, herself]):
        with pytest.raises(Refused):
            check_grant(CASE, "approved", approvers, NOW)


def test_a_state_that_somebody_wrote_grants_nothing() -> None:
    for state in STATES:
        if state != "approved":
            with pytest.raises(Refused):
                check_grant(CASE, state, [ANA, BO], NOW)
    with pytest.raises(Refused, match="1 of 2"):
        check_grant(CASE, "approved", [ANA], NOW)


def test_expiry_holds_at_its_very_moment() -> None:
    last = CASE.expires - timedelta(microseconds=1)
    check_review(CASE, ANA, [], last)
    check_grant(CASE, "approved", [ANA, BO], last)
    for act in (
        lambda: check_review(CASE, ANA, [], CASE.expires),
        lambda: check_grant(CASE, "approved", [ANA, BO], CASE.expires),
    ):
        with pytest.raises(Refused, match="expired"):
            act()


@pytest.mark.parametrize(
    "reason",
    [
        "",
        "  ",
        "x" * 501,
        "her id is 110105 1949 1231 002X",
        "电话１３８００１３８０００",
        "1-3-8-0-0-1-3",
    ],
)
def test_a_reason_is_given_and_holds_no_persons_number(reason: str) -> None:
    with pytest.raises(BadInput):
        replace(CASE, reason=reason)


def test_any_change_of_a_case_changes_what_is_signed() -> None:
    changed = [
        replace(CASE, kind="export"), replace(CASE, what={"subject": "y"}), replace(CASE, id="q-2"),
        replace(CASE, reason="letter 8"), replace(CASE, requester="eva"),
        replace(CASE, expires=NOW + timedelta(days=31)), replace(CASE, opened=NOW - timedelta(days=1)),
    ]  # fmt: skip
    assert len({c.digest for c in (CASE, *changed)}) == 8
