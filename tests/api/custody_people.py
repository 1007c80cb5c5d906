"""Five people with keys of their own on a small workspace, for tests of dual control."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from api.dual_control import review
from api.keys.person_keys import open_person_key
from api.workflows.ingest import ingest_files
from api.workflows.people import register_person
from api.workflows.subject import Desk, request_right
from api.workspace import Workspace, open_workspace
from policies.record import Ed25519Signer

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = date(2026, 3, 1)
PEOPLE = {
    "olga": "operator",
    "ana": "officer",
    "bo": "custodian",
    "eva": "officer",
    "rita": "researcher",
}
WORDS = "five words nobody would guess"
IDS = ("11010519491231002X", "440524188001010014", "110101199003070134")
"""The worked examples of GB 11643 and two more that pass its check; nobody's."""


@dataclass(frozen=True)
class Office:
    """A workspace and the people around it."""

    ws: Workspace
    desk: Path
    keys: dict[str, Ed25519Signer]

    def again(self) -> Workspace:
        """The workspace as a process that starts now sees it."""
        return open_workspace(self.ws.root)


def office(folder: Path, *, sessions: bool = True) -> Office:
    """Make a workspace with people (and two small sessions of two purposes)."""
    ws = open_workspace(folder / "workspace", create=True)
    desk = folder / "desk"
    desk.mkdir()
    words = desk / "words"
    words.write_text(WORDS, "utf-8")
    words.chmod(0o600)
    for name, role in PEOPLE.items():
        register_person(ws, name, role, desk / f"{name}.key", words=words)
    keys = {name: open_person_key(desk / f"{name}.key", words) for name in PEOPLE}
    if sessions:
        for dataset, purpose in (("homes", "records"), ("clinics", "health")):
            take_in(ws, folder, dataset, purpose, rows(dataset))
    return Office(ws, desk, keys)


def rows(dataset: str) -> list[str]:
    """Rows of a small extract: three persons; the first has a note in `homes`."""
    if dataset == "homes":
        return [f"{IDS[0]},east,to be called", f"{IDS[1]},west,", f"{IDS[2]},east,"]
    return [f"{IDS[0]},west,", f"{IDS[2]},east,"]


def take_in(
    ws: Workspace,
    folder: Path,
    dataset: str,
    purpose: str,
    lines: list[str],
    key: str = "resident_id",
    kind: str = "resident_id",
) -> str:
    """Run one session of an extract keyed by `key`; return the id of its first snapshot."""
    contract = folder / f"{dataset}.yaml"
    contract.write_text(
        f"""contract: 1
dataset: {dataset}
title: {{en: {dataset}, zh: {dataset}}}
synthetic: true
population: {{id: {purpose}-people, public_size: 1000}}
privacy_unit: person
person_key: {key}
most_pseudonyms: 1
pseudonym_purpose: {purpose}
delta: 1.0e-6
purposes: [planning]
legal_basis: test
expires: 2099-01-01
source: {{format: csv, encoding: utf-8}}
domains: {{side: [east, west, unknown]}}
fields:
  - {{name: {key}, role: direct_identifier, type: {kind}, action: pseudonym, required: true}}
  - {{name: side, role: quasi_identifier, type: category, domain: side, action: keep, required: true}}
  - {{name: remark, role: free_text, type: text, action: redact}}
""",
        "utf-8",
    )
    extract = folder / f"{dataset}.csv"
    extract.write_text(f"{key},side,remark\n" + "\n".join(lines) + "\n", "utf-8")
    report = ingest_files(ws, [contract, extract], lambda *_: None, today=TODAY)
    return str(report["snapshots"][0])


def approved(office: Office, case_id: str, now: datetime = NOW) -> None:
    """Let two people approve a request."""
    for name in ("ana", "bo"):
        review(office.ws, case_id, "approve", office.keys[name], now)


def granted_right(office: Office, kind: str, ids: str, **more: str) -> str:
    """Open a request of a data subject by olga and have it approved; return its id."""
    opened = request_right(office.ws, office.keys["olga"], kind, ids, "letter 7", NOW, **more)
    approved(office, opened["request"])
    return str(opened["request"])


def at_desk(office: Office) -> Desk:
    """Olga's desk."""
    return Desk(office.keys["olga"], NOW, office.desk / "out")
