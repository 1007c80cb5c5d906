"""`user`, `keys` and `subject` as their users type them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from privacy.pseudonyms import Reversible
from tests.api.commands import Ran, run, run_apart
from tests.api.custody_people import IDS, WORDS, Office, office

HER = IDS[0]


class Typing:
    """Commands on one office, in this process."""

    def __init__(self, desk: Office) -> None:
        self.desk = desk
        self.person = desk.desk / "ids.txt"
        self.person.write_text(HER + "\n", "utf-8")

    def __call__(self, *words: Any, by: str = "") -> Ran:
        line = [*words, "--workspace", self.desk.ws.root, "--json"]
        if by:
            line += ["--key-file", self.desk.desk / f"{by}.key"]
            line += ["--passphrase-file", self.desk.desk / "words"]
        ran = run(*line)
        assert HER not in ran.out + ran.err
        return ran


@pytest.fixture
def typed(tmp_path: Path) -> Typing:
    return Typing(office(tmp_path))


COMMANDS = [
    *(f"keys {c}" for c in ("new", "list", "rotate", "seal", "destroy", "approve", "reject")),
    *(f"user {c}" for c in ("add", "list")),
    *(
        f"subject {c}"
        for c in [
            "find",
            "export",
            "correct",
            "delete",
            "object",
            "reveal",
            "list",
            "approve",
            "reject",
            "withdraw",
        ]
    ),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    ran = run(*command.split(), "--help")
    assert ran.code == 0
    assert f"Example: commonground {command}" in " ".join(ran.out.split())


@pytest.mark.parametrize("kind", ["find", "export", "delete", "object"])
def test_a_right_from_request_to_answer(typed: Typing, kind: str, tmp_path: Path) -> None:
    given = ("--person", typed.person)
    opened = typed("subject", kind, *given, "--reason", "letter 7", by="olga")
    assert opened.code == 0
    case = opened.json["request"]
    out = ("--request", case, "--out", tmp_path / "answers")
    early = typed("subject", kind, *given, *out, by="olga")
    assert early.code == 4
    assert typed("subject", "approve", case, by="ana").json["state"] == "approved_once"
    twice = typed("subject", "approve", case, by="ana")
    assert twice.code == 4
    assert "two different people" in twice.err
    assert typed("subject", "approve", case, by="bo").json["state"] == "approved"
    done = typed("subject", kind, *given, *out, by="olga")
    assert done.code == 0, done.err
    assert (tmp_path / "answers" / case / "answer.txt").exists()
    assert run("verify", done.json["record"]).code == 0
    listed = typed("subject", "list").json
    assert [(r["request"], r["state"]) for r in listed] == [(case, "done")]


def test_a_correction_reads_its_value_from_a_file(typed: Typing, tmp_path: Path) -> None:
    value = tmp_path / "value"
    value.write_text("west\n", "utf-8")
    given = ("--person", typed.person, "--value-file", value)
    place = ("--dataset", "homes", "--field", "side", "--reason", "letter 7")
    case = typed("subject", "correct", *given, *place, by="olga").json["request"]
    for name in ("ana", "bo"):
        typed("subject", "approve", case, by=name)
    out = ("--request", case, "--out", tmp_path / "answers")
    assert typed("subject", "correct", *given, *out, by="olga").json["snapshot"] == "homes@2"


def test_a_pseudonym_is_revealed_to_a_file(typed: Typing, tmp_path: Path) -> None:
    key = typed.desk.ws.custody.purpose_key("records")
    file = tmp_path / "pseudonym"
    file.write_text(Reversible(key.for_field("case")).of(["case 17"])[0] + "\n", "utf-8")
    given = ("--pseudonym-file", file)
    case = typed(
        "subject", "reveal", *given, "--field", "case", "--reason", "court order", by="olga"
    ).json["request"]
    out = ("--request", case, "--out", tmp_path / "answers")
    assert typed("subject", "reveal", *given, *out, by="olga").code == 4
    for name in ("ana", "eva"):
        typed("subject", "approve", case, by=name)
    done = typed("subject", "reveal", *given, *out, by="olga")
    assert Path(done.json["file"]).read_text("utf-8") == "case 17\n"
    assert typed("subject", "reveal", *given, *out, by="olga").code == 4


def test_keys_are_listed_rotated_and_destroyed(typed: Typing) -> None:
    assert typed("keys", "rotate", "records").json["version"] == 2
    found = {p["purpose"]: p for p in typed("keys", "list").json["purposes"]}
    assert found["records"]["version"] == 2
    assert typed("keys", "destroy", "records", by="olga").code == 2
    asked = typed("keys", "destroy", "records", "--reason", "the project ended", by="olga").json
    for name in ("ana", "bo"):
        assert typed("keys", "approve", asked["request"], by=name).code == 0
    done = typed("keys", "destroy", "--request", asked["request"], by="olga")
    assert done.code == 0
    assert "not deletion" in done.json["means"]
    assert run("verify", done.json["folder"]).code == 0
    assert typed("keys", "rotate", "records").code == 2
    assert typed("keys", "rotate", "nothing").code == 2


def test_what_is_missing_or_wrong_is_said_and_never_repeated(typed: Typing, tmp_path: Path) -> None:
    assert typed("subject", "find", "--reason", "x", by="olga").code == 2
    assert typed("subject", "find", "--person", "nowhere", "--reason", "x", by="olga").code == 2
    given = ("--person", typed.person)
    assert typed("subject", "find", *given, by="olga").code == 2
    assert typed("subject", "find", *given, "--reason", f"id {HER}", by="olga").code == 2
    assert typed("subject", "find", *given, "--request", "q-none", by="olga").code == 2
    assert typed("subject", "find", *given, "--reason", "letter", by="rita").code == 4
    words = tmp_path / "other"
    words.write_text(WORDS + "?", "utf-8")
    words.chmod(0o600)
    line = ("subject", "find", *given, "--reason", "letter", "--passphrase-file", words)
    ran = run(*line, "--key-file", typed.desk.desk / "olga.key", "--workspace", typed.desk.ws.root)
    assert ran.code == 4
    assert "passphrase is wrong" in ran.err
    assert WORDS not in ran.err


def test_ids_come_by_standard_input_and_messages_in_chinese(typed: Typing) -> None:
    line = ["subject", "find", "--person", "-", "--reason", "来信", "--language", "zh"]
    line += [
        "--workspace",
        str(typed.desk.ws.root),
        "--key-file",
        str(typed.desk.desk / "olga.key"),
    ]
    line += ["--passphrase-file", str(typed.desk.desk / "words")]
    ran = run_apart(*line, stdin=HER + "\n")
    assert ran.code == 0
    assert "答复期限" in ran.out
    assert HER not in ran.out + ran.err
