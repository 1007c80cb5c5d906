"""A submission becomes a verdict: files → counts → measures → findings → gate → report, signed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.database.engine import transaction
from api.database.policies import known_policies, policy_in_force
from api.logbook import envelope_and_proof, seal_and_append, trust_root, write_whole
from api.version import code_digest
from audit.findings import AllocationFindings, allocation_findings, public_view
from audit.gate import estimate_from, judge, measure_json, would_pass
from audit.submission import AllocationFiles, Submission, read_allocation
from policies.decisions import require
from policies.errors import BadInput, NotFound, ProofFailed, Refused
from policies.record import Statement, canonical, commitment, digest, open_envelope
from policies.rulebook import Policy, Verdict, read_policy

if TYPE_CHECKING:
    from api.workspace import Workspace

PREDICATE_TYPE = "https://common-ground.example/allocation-audit/v1"
KIND = "allocation-audit"
SEED = 20260101
Render = Callable[[Mapping[str, Any]], str]
"""A report's JSON → its HTML; the caller says how reports look."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A report with all that proves it: name → bytes."""

    report: Mapping[str, Any]
    files: Mapping[str, bytes]

    def write(self, folder: Path) -> None:
        """Write the files into a folder."""
        for name, body in self.files.items():
            write_whole(folder / name, body)


def load_policy(ws: Workspace, named: str) -> Policy:
    """Return a policy by file or by the id of one in force."""
    path = Path(named)
    if path.suffix in (".yaml", ".yml"):
        if not path.is_file():
            raise BadInput("there is no such file", where=named)
        return read_policy(path.read_bytes(), path.name)
    with transaction(ws.engine) as connection:
        return policy_in_force(connection, named)


def standing_of(ws: Workspace, policy: Policy) -> str:
    """Return `in_force` or `trial`: whether the record knows this very text.

    Raises
    ------
    Refused
        Another text goes by the id and version of a policy that is known.
    """
    with transaction(ws.engine) as connection:
        known = known_policies(connection, policy.id)
    if known and policy.digest == known[0].digest:
        return "in_force"
    if any(k.version == policy.version and k.digest != policy.digest for k in known):
        raise Refused(
            "is another text under the id and version of a known policy",
            where=f"policy {policy.id} {policy.version}",
            todo="give it a version or id of its own",
        )
    return "trial"


def audit_allocation(
    ws: Workspace,
    policy: Policy,
    files: AllocationFiles,
    *,
    others: Sequence[Mapping[str, Any]] = (),
    seed: int = SEED,
    synthetic: bool = False,
    role: str = "operator",
) -> dict[str, Any]:
    """Measure and judge one submission; return the enclave's report.

    Parameters
    ----------
    others
        Enclave reports of other arms, for comparison.

    Raises
    ------
    BadInput
        A file cannot be used; file, row and column are named.
    Refused
        The policy passes itself off as another.
    """
    require(role, "submit_audit")
    if policy.kind != "audit":
        raise BadInput("is not a policy for audits", where=policy.id)
    standing = standing_of(ws, policy)
    submission = read_allocation(files, policy.group)
    findings = allocation_findings(submission, policy, seed)
    verdict = judge(policy, findings.estimates, findings.undefined, submission.inputs)
    inputs = {role_: _file_digest(path) for role_, path in sorted(files.given().items())}
    body = _body(policy, submission, findings, verdict, others)
    body["policy"]["standing"] = standing
    identity = canonical(
        {"inputs": inputs, "policy": policy.digest, "seed": seed, "arm": submission.arm}
    )
    # the id is published: a plain digest would let anybody test a guess of the confidential files
    name = commitment(ws.custody.commitment_key(), digest(identity)).removeprefix("hmac-sha256:")
    return {
        "report": f"a-{name[:16]}",
        "kind": KIND,
        "audience": "enclave",
        "synthetic": synthetic,
        **body,
        "inputs": inputs,
        "inputs_held": sorted(submission.inputs),
        "code": code_digest(),
        "seed": seed,
    }


def with_arms(report: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a report that also shows the measures of other arms of the same city."""
    own = {report["arm"]: report["arms"][report["arm"]]} if report["arm"] else dict(report["arms"])
    rest = {o["arm"]: o["arms"][o["arm"]] for o in others if o["arm"] != report["arm"]}
    return {**report, "arms": own | rest}


def signed_report(ws: Workspace, path: Path) -> dict[str, Any]:
    """Return an enclave report that this workspace's record signed, from its `report.json`.

    Raises
    ------
    BadInput
        There is no such file or no envelope beside it.
    ProofFailed
        The envelope does not hold, or speaks of another file or of something else.
    """
    envelope = path.with_name(path.name.removesuffix(".json") + ".dsse.json")
    for needed in (path, envelope):
        if not needed.is_file():
            raise BadInput(
                "there is no such file", where=str(needed),
                todo="name the report.json of an audit, with its envelope beside it",
            )  # fmt: skip
    body = path.read_bytes()
    statement = open_envelope(envelope.read_bytes(), trust_root(ws).by_id()).statement
    if (
        statement.predicate_type != PREDICATE_TYPE
        or statement.predicate.get("audience") != "enclave"
        or statement.subjects.get("report.json") != digest(body)
    ):
        raise ProofFailed("its envelope speaks of something else", where=path.name)
    found: dict[str, Any] = json.loads(body)
    return found


def rejudge(ws: Workspace, policy: Policy, report: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Judge the measures of an enclave report by another policy; nothing is measured anew.

    Raises
    ------
    BadInput
        The report lacks what a verdict needs.
    """
    standing = standing_of(ws, policy)
    try:
        estimates = {
            name: None if found is None else estimate_from(name, found)
            for name, found in report["measures"].items()
        }
        verdict = judge(policy, estimates, report["undefined"], report["inputs_held"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput("is not an enclave report of an allocation audit", where=where) from error
    judged = verdict.as_json()
    judged["policy"]["standing"] = standing
    return judged


def _body(
    policy: Policy,
    s: Submission,
    f: AllocationFindings,
    verdict: Verdict,
    others: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    measures = {name: measure_json(policy, e) for name, e in f.estimates.items()}
    this_arm = {
        s.arm or "this": {"verdict": verdict.word, **{k: _short(m) for k, m in measures.items()}}
    }
    return {
        "arm": s.arm,
        "estimand": "each measure names its own",
        "minority": s.minority,
        "groups": list(s.groups),
        "homes": [p.homes for p in s.placements],
        "persons": sum(s.placements[0].persons),
        **verdict.as_json(),
        "measures": measures,
        "segregation": f.segregation,
        "rates": f.rates,
        "quality": f.quality,
        "waiting": f.waiting,
        "arms": this_arm | {o["arm"]: o["arms"][o["arm"]] for o in others if o["arm"] != s.arm},
        "what_would_pass": would_pass(policy, verdict, f.estimates),
        "forewarning": list(f.forewarning),
        "by_place": [dict(row) for row in f.by_place],
        "places": _places(s),
        "undefined": dict(f.undefined),
    }


def _short(measure: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if measure is None else {k: measure[k] for k in ("estimate", "interval")}


def _places(s: Submission) -> list[dict[str, Any]]:
    """Return what is public of each place, from the units file: name, district, position."""
    if s.units is None:
        return []
    frame = s.units.assign(
        place=s.units["community"] if "community" in s.units else s.units["unit"]
    )
    keep = [c for c in ("place", "community_name", "district", "street", "x", "y") if c in frame]
    rows = frame[keep].drop_duplicates("place").to_dict("records")
    return [{str(k): v for k, v in row.items()} for row in rows]


def _file_digest(path: Path) -> str:
    with path.open("rb") as body:
        return f"sha256:{hashlib.file_digest(body, 'sha256').hexdigest()}"


def sign_report(ws: Workspace, report: Mapping[str, Any], render: Render) -> Signed:
    """Sign a report and its page as one statement, append it to the log, and give its proof.

    The envelope of an enclave report speaks of confidential files: it stays there too.
    """
    body = json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False).encode()
    page = render(report).encode()
    subjects = {"report.json": digest(body), "report.html": digest(page)}
    predicate: dict[str, Any] = {
        "report": report["report"],
        "audience": report["audience"],
        "arm": report["arm"],
        "synthetic": report["synthetic"],
        "verdict": report["verdict"],
        "policy": {k: report["policy"][k] for k in ("id", "version", "digest", "standing")},
        "code": report["code"],
    }
    with transaction(ws.engine) as connection:
        leaf = seal_and_append(
            ws, connection, Statement(subjects, PREDICATE_TYPE, predicate), report["audience"]
        )
    envelope, proof = envelope_and_proof(ws, leaf)
    return Signed(
        report,
        {
            "report.json": body,
            "report.html": page,
            "report.dsse.json": envelope,
            "report.tlog-proof": proof.encode(),
        },
    )


def public_report(
    ws: Workspace, enclave: Mapping[str, Any], releases: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the public view of an enclave report, with keyed commitments for its digests."""
    key = ws.custody.commitment_key()
    whole = digest(canonical(json.loads(json.dumps(enclave))))
    commitments = {role: commitment(key, value) for role, value in enclave["inputs"].items()}
    return public_view(
        enclave, commitments | {"enclave_report": commitment(key, whole)}, releases
    ) | {"places": enclave["places"]}


def find_report(ws: Workspace, report_id: str) -> dict[str, Any]:
    """Return a stored enclave report by its id.

    Raises
    ------
    NotFound
        There is no such report.
    """
    path = ws.audits / report_id / "report.json"
    if not re.fullmatch(r"a-[0-9a-f]{16}", report_id) or not path.is_file():
        raise NotFound("there is no such report", where="audits")
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found
