"""Policies judge by intervals, roles deny by default, and the standing limits hold to the last nano."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.database.policies import shipped_policies
from api.workflows.policy import try_policy
from policies.decisions import ReleaseRequest, StandingLimits, authorise_release, may
from policies.decisions.roles import ACTIONS, ROLES
from policies.errors import BadInput, CommonGroundError, Refused, ServiceFault
from policies.rulebook import Fact, Policy, evaluate, read_policy

INPUTS = {"moves", "units", "stock", "reruns"}
RULES = files("policies") / "rules"
ONE_OFF = (RULES / "housing-one-off.yaml").read_text("utf-8")


def _fact(measure: str, value: float, se: float, policy: Policy) -> Fact:
    def around(z: float) -> tuple[float, float]:
        return value - z * se, value + z * se

    return Fact(measure, "the_mechanism", value, around(policy.z_pass), around(policy.z_fail))


def test_every_shipped_policy_meets_its_own_examples() -> None:
    shipped = shipped_policies()
    assert len(shipped) >= 3
    for policy in shipped.values():
        assert all(r["ok"] for r in try_policy(policy)), policy.id


@settings(deadline=None, max_examples=200)
@given(st.floats(-0.5, 0.5), st.floats(0, 0.3), st.floats(0.0001, 0.1))
def test_a_worse_estimate_never_has_a_better_verdict(value: float, step: float, se: float) -> None:
    policy = read_policy(ONE_OFF)
    order = ("PASS", "INSUFFICIENT", "FAIL")
    words = [
        evaluate(policy, {"steering_gap": _fact("steering_gap", v, se, policy)}, INPUTS)
        .rules[0]
        .verdict
        for v in (value, value + step)
    ]
    assert order.index(words[0]) <= order.index(words[1])


def test_what_is_missing_or_undefined_does_not_pass() -> None:
    policy = read_policy(ONE_OFF)
    good = {m: _fact(m, 0.0, 0.001, policy) for m in ("steering_gap", "sorting_excess")}
    assert evaluate(policy, good, INPUTS).word == "PASS"
    assert evaluate(policy, good, {"moves"}).word == "INSUFFICIENT"
    for name in good:
        undefined = good | {name: Fact(name, "", None, None, None, "nobody was placed")}
        assert evaluate(policy, undefined, INPUTS).word == "INSUFFICIENT"
        assert evaluate(policy, {k: v for k, v in good.items() if k != name}, INPUTS).word != "PASS"
        bad = good | {name: _fact(name, 0.5, 0.001, policy)}
        assert evaluate(policy, bad, INPUTS).word == "FAIL"
    census = good | {"steering_gap": Fact("steering_gap", "this_allocation", 0, (0, 0), (0, 0))}
    assert evaluate(policy, census, INPUTS).word == "INSUFFICIENT"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("family: 8", "family: 1"),
        ("z_pass: 1.96", "z_pass: -99"),
        ("z_fail: 2.73", "z_fail: 1.0"),
        ("margin: 0.025", "margin: -1"),
        ("margin: 0.025", "margin: .nan"),
        ("limit: 0,", "limit: .inf,"),
        ("measure: steering_gap", "measure: kindness"),
        ("id: sorting", "id: steering"),
        ("policy: 1\n", "policy: 2\n"),
        ("kind: audit\n", ""),
        ("kind: audit", "kind: audit\nsurprise: 1"),
        ("rules:", "rules: 3\nnote:"),
    ],
)
def test_a_faulty_policy_is_refused(old: str, new: str) -> None:
    assert old in ONE_OFF
    with pytest.raises(BadInput):
        read_policy(ONE_OFF.replace(old, new, 1))


@pytest.mark.parametrize("text", ["", "[", "3", "\x00", "!!python/object/apply:os.system [ls]"])
def test_what_is_not_a_policy_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read_policy(text)


def test_roles_deny_by_default() -> None:
    for role in (*ROLES, "stranger", ""):
        for action in (*ACTIONS, "anything"):
            assert may(role, action) == (action in ROLES.get(role, ()))
    assert [r for r in ROLES if may(r, "activate_policy")] == ["officer"]


LIMITS = StandingLimits.of(shipped_policies()["release-standing"])


def _request(**change: Any) -> ReleaseRequest:
    basis: dict[str, Any] = {
        "requester": "ada", "role": "researcher", "dataset": "d", "purpose": "planning",
        "allowed_purposes": ("planning",), "contract_expires": date(2030, 1, 1), "nano_rho": 10_000_000,
    }  # fmt: skip
    return ReleaseRequest(**(basis | change))


def test_limits_hold_at_their_very_edge() -> None:
    today = date(2030, 1, 1)
    assert authorise_release(_request(), LIMITS, today).nano_rho == 10_000_000
    for change in (
        {"nano_rho": 10_000_001},
        {"purpose": "advertising"},
        {"role": "service"},
        {"contract_expires": date(2029, 12, 31)},
    ):
        with pytest.raises(Refused):
            authorise_release(_request(**change), LIMITS, today)


@pytest.mark.parametrize("value", ["0", "-1", ".nan", ".inf", "x", "1.0e+6"])
@pytest.mark.parametrize("name", ["lifetime_rho", "single_query_rho", "researcher_share"])
def test_no_policy_sets_limits_without_bound(name: str, value: str) -> None:
    lines = (RULES / "release-standing.yaml").read_text("utf-8").splitlines()
    text = "\n".join(
        f"  {name}: {value}" if line.strip().startswith(name) else line for line in lines
    )
    if name == "researcher_share" and value == "1.0e+6":
        text = text.replace("single_query_rho: 0.01", "single_query_rho: 0.0101")
    with pytest.raises((BadInput, Refused, ServiceFault)):
        StandingLimits.of(read_policy(text))


def test_errors_carry_the_promised_exit_codes() -> None:
    codes = {c.__name__: c.exit_code for c in CommonGroundError.__subclasses__()}
    assert codes == {"BadInput": 2, "Refused": 4, "ProofFailed": 1, "ServiceFault": 5}
    assert (
        BadInput("is wrong", where="row 3", todo="mend it").sentence()
        == "row 3: is wrong — mend it"
    )
