"""Dual control on the real database: signatures are checked, rows are not believed."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from api.database.engine import transaction
from api.dual_control import carry_out, granted, open_case, review
from api.keys.person_keys import open_person_key
from api.workflows.people import list_people, register_person
from policies.decisions import Case
from policies.errors import BadInput, NotFound, ProofFailed, Refused
from policies.record import Ed25519Signer
from tests.api.custody_people import NOW, PEOPLE, WORDS, Office, office

LATER = NOW + timedelta(days=30)


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    return office(tmp_path, sessions=False)


def _opened(desk: Office, by: str = "olga", kind: str = "delete") -> Case:
    what = {"subject": "hmac-sha256:00"}
    return open_case(desk.ws, desk.keys[by], kind, what, "letter 7", now=NOW, expires=LATER)


def _grant(desk: Office, case: Case, kind: str = "delete") -> Case:
    with transaction(desk.ws.engine) as connection:
        return granted(desk.ws, connection, case.id, kind, desk.keys[case.requester], NOW)


def test_two_people_grant_what_a_third_asked_for_once(desk: Office) -> None:
    case = _opened(desk)
    with pytest.raises(Refused):
        _grant(desk, case)
    assert review(desk.ws, case.id, "approve", desk.keys["ana"], NOW) == "approved_once"
    with pytest.raises(Refused):
        _grant(desk, case)
    assert review(desk.ws, case.id, "approve", desk.keys["bo"], NOW) == "approved"
    assert _grant(desk, case) == case
    with pytest.raises(Refused, match="only who asked"), transaction(desk.ws.engine) as connection:
        granted(desk.ws, connection, case.id, "delete", desk.keys["ana"], NOW)
    with pytest.raises(Refused, match="request to delete"):
        _grant(desk, case, "export")
    with transaction(desk.ws.engine) as connection:
        carry_out(desk.ws, connection, case, desk.keys["olga"], NOW)
    with pytest.raises(Refused, match="done"):
        _grant(desk, case)


def test_the_same_person_twice_the_requester_and_others_are_refused(desk: Office) -> None:
    case = _opened(desk, by="eva")
    review(desk.ws, case.id, "approve", desk.keys["ana"], NOW)
    with pytest.raises(Refused, match="already spoken"):
        review(desk.ws, case.id, "approve", desk.keys["ana"], NOW)
    with pytest.raises(Refused, match="what she asked for"):
        review(desk.ws, case.id, "approve", desk.keys["eva"], NOW)
    for name in ("olga", "rita"):
        with pytest.raises(Refused, match="may not"):
            review(desk.ws, case.id, "approve", desk.keys[name], NOW)
    with pytest.raises(Refused, match="may not"):
        _opened(desk, by="rita")
    with pytest.raises(Refused, match="expired"):
        review(desk.ws, case.id, "approve", desk.keys["bo"], LATER)
    with pytest.raises(Refused, match="only who asked"):
        review(desk.ws, case.id, "withdraw", desk.keys["bo"], NOW)
    assert review(desk.ws, case.id, "reject", desk.keys["bo"], NOW) == "rejected"
    with pytest.raises(Refused):
        review(desk.ws, case.id, "withdraw", desk.keys["eva"], NOW)


def test_one_person_with_two_keys_is_one_person(desk: Office, tmp_path: Path) -> None:
    case = _opened(desk)
    review(desk.ws, case.id, "approve", desk.keys["ana"], NOW)
    other = Ed25519Signer(Ed25519PrivateKey.generate(), "ana")
    with pytest.raises(Refused, match="not the one registered"):
        review(desk.ws, case.id, "approve", other, NOW)
    with pytest.raises(Refused, match="registered already"):
        register_person(
            desk.ws, "ana", "officer", tmp_path / "second.key", words=desk.desk / "words"
        )
    assert not (tmp_path / "second.key").exists()
    renamed = Ed25519Signer(Ed25519PrivateKey.generate(), "stranger")
    with pytest.raises(NotFound):
        review(desk.ws, case.id, "approve", renamed, NOW)


def test_rows_that_an_administrator_writes_grant_nothing(desk: Office) -> None:
    case = _opened(desk)
    review(desk.ws, case.id, "approve", desk.keys["ana"], NOW)
    with desk.ws.engine.begin() as connection:
        connection.execute(text("UPDATE cases SET state = 'approved'"))
    with pytest.raises(Refused, match="1 of 2"):
        _grant(desk, case)
    with desk.ws.engine.begin() as connection:  # ana's leaf passed off as bo's approval
        connection.execute(
            text("INSERT INTO reviews SELECT case_id, 'bo', act, leaf_index FROM reviews")
        )
    with pytest.raises(ProofFailed):
        _grant(desk, case)


def test_an_approval_of_another_case_or_of_a_changed_one_does_not_hold(desk: Office) -> None:
    first, second = _opened(desk), _opened(desk)
    for name in ("ana", "bo"):
        review(desk.ws, first.id, "approve", desk.keys[name], NOW)
    with desk.ws.engine.begin() as connection:
        connection.execute(text("UPDATE cases SET state = 'approved'"))
        connection.execute(text("UPDATE reviews SET case_id = :i"), {"i": second.id})
    with pytest.raises(ProofFailed, match="something else"):
        _grant(desk, second)
    with desk.ws.engine.begin() as connection:
        connection.execute(text("UPDATE reviews SET case_id = :i"), {"i": first.id})
    assert _grant(desk, first) == first
    changed = json.loads(first.body()) | {"what": {"subject": "hmac-sha256:01"}}
    with desk.ws.engine.begin() as connection:
        connection.execute(
            text("UPDATE cases SET body = :b WHERE id = :i"),
            {"b": json.dumps(changed).encode(), "i": first.id},
        )
    with pytest.raises(ProofFailed, match="something else"):
        _grant(desk, first)


def test_nobody_is_led_to_approve_what_its_requester_did_not_sign(desk: Office) -> None:
    case = _opened(desk)
    changed = json.loads(case.body()) | {"what": {"subject": "hmac-sha256:01"}}
    with desk.ws.engine.begin() as connection:
        connection.execute(text("UPDATE cases SET body = :b"), {"b": json.dumps(changed).encode()})
    for act in ("approve", "reject"):
        with pytest.raises(ProofFailed, match="something else"):
            review(desk.ws, case.id, act, desk.keys["bo"], NOW)


def test_a_registration_that_was_swapped_does_not_hold(desk: Office) -> None:
    with desk.ws.engine.begin() as connection:
        leaves = connection.execute(text("SELECT name, leaf_index FROM people")).all()
        ana = next(r.leaf_index for r in leaves if r.name == "ana")
        connection.execute(text("DELETE FROM people WHERE name IN ('ana', 'bo')"))
        connection.execute(text("INSERT INTO people VALUES ('bo', :leaf)"), {"leaf": ana})
    with pytest.raises(ProofFailed, match="somebody else"):
        list_people(desk.ws)


def test_a_persons_key_is_hers_sealed_and_outside(desk: Office, tmp_path: Path) -> None:
    assert {p["name"]: p["role"] for p in list_people(desk.ws)} == PEOPLE
    key = desk.desk / "ana.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert desk.keys["ana"]._key.private_bytes_raw().hex() not in key.read_text("utf-8")
    wrong = tmp_path / "wrong"
    wrong.write_text(WORDS + "!", "utf-8")
    wrong.chmod(0o600)
    with pytest.raises(Refused, match="passphrase is wrong"):
        open_person_key(key, wrong)
    with pytest.raises(Refused, match="does not lie in the workspace"):
        register_person(desk.ws, "new", "officer", desk.ws.root / "new.key", words=wrong)
    with pytest.raises(Refused, match="a file already"):
        register_person(desk.ws, "new", "officer", key, words=wrong)
    for name, role in (("New", "officer"), ("", "officer"), ("new", "service"), ("new", "boss")):
        with pytest.raises(BadInput):
            register_person(desk.ws, name, role, tmp_path / "new.key", words=wrong)
