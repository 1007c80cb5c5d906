"""The main job on the synthetic city: extracts in, private figures and audited allocations out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api.answering.question import AskedBounds, Question
from api.database.ledger import balances
from api.demo.contract_files import POPULATION
from api.demo.housing import SENSITIVITY_ARMS, VERDICT_ARMS
from api.demo.linkage_truth import linkage_against_truth
from api.demo.search import Known, scan
from api.demo.whole_city import make_city
from api.logbook import write_whole
from api.reports import (
    errors_in_words,
    render_allocation,
    render_demo_index,
    render_linkage,
    render_release,
    render_risk,
)
from api.workflows.audit_allocation import (
    audit_allocation,
    load_policy,
    public_report,
    sign_report,
    with_arms,
)
from api.workflows.ingest import ingest_files
from api.workflows.link import newest_linkage, write_linkage
from api.workflows.publish import open_to_readers, publish_pages, publish_release, write_trust
from api.workflows.release import ask, ask_for_counts
from api.workflows.risk import RiskAsk, measure_risk, sign_risk
from api.workspace import Workspace, open_workspace
from audit.counts import CountRequest
from audit.submission import AllocationFiles
from policies.errors import BadInput
from policies.rulebook import Policy
from privacy.noise import Ask

Progress = Callable[[str, int, int], None]
POLICY = "housing-allocation"
RELEASED: tuple[tuple[str, int | None], ...] = (
    ("by_community", None), ("three_tiers", None), ("response_hours", 2),
)  # fmt: skip
"""Questions of the city's folder that the demo asks, and how many rows of a person count (None: all)."""
LINKED, RISK_K = "residents", 20
EPSILON = 0.5
RESEARCHER = "demo"
_MARKER = ".commonground-demo"
_COUNTED = {"lottery": "community_after_lottery", "model_argmax": "community_after_argmax"}
"""Arms whose outcome for everybody is in the enclave as an extract, and its column."""


def run_demo(out: Path, *, people: int, seed: int, progress: Progress) -> dict[str, Any]:
    """Run the main job into the folder `out`.

    A folder that an earlier demo made is replaced: all in it was made up.

    Raises
    ------
    BadInput
        The folder holds something else.
    """
    _clear(out)
    city, enclave = out / "enclave" / "city", out / "enclave"
    made = make_city(city, people=people, seed=seed, progress=progress)
    ws = open_workspace(enclave / "workspace", create=True)
    intake = _ingest(ws, city, progress)
    progress("releases", 0, 3)
    released = [_asked(ws, city, name, rows) for name, rows in RELEASED]
    reports = _audits(ws, city, seed, progress)
    counts = _private_counts(ws, progress)
    _write_audits(ws, enclave, out, reports, counts)
    released += list({r["release"]: r for arm in counts.values() for r in arm}.values())
    for answer in released:
        publish_release(
            ws, answer["release"], out / "releases" / answer["release"], render_release(answer)
        )
    linkage = _enclave_reports(ws, city, enclave, intake)
    progress("search for identifiers", 0, 1)
    found = scan(ws.root, Known.of_city(city))
    write_whole(enclave / "scan.json", _json(found.as_json() | {"audience": "enclave"}))
    progress("search for identifiers", 1, 1)
    summary = _summary(ws, made, reports, released)
    _write_pages(ws, out, summary, intake, linkage, found.as_json())
    write_trust(ws, out)
    open_to_readers(out, closed=enclave)
    return {
        **summary,
        "people": made["people"],
        "records": made["records"],
        "identifiers_found": found.total,
        "report": str(out / "index.html"),
    }


def _asked(ws: Workspace, city: Path, name: str, rows: int | None) -> dict[str, Any]:
    """Ask a question of the city's folder."""
    sql = (city / "queries" / f"{name}.sql").read_text("utf-8")
    bounds = AskedBounds(rows)
    return ask(
        ws, Question(sql, "housing-planning", Ask(epsilon=EPSILON), RESEARCHER, bounds=bounds)
    )


def _enclave_reports(
    ws: Workspace, city: Path, enclave: Path, intake: Mapping[str, Any]
) -> dict[str, Any]:
    """Write the linkage and the risk report; return linkage beside the truth."""
    write_linkage(enclave / "linkage", newest_linkage(ws), render_linkage)
    linkage = linkage_against_truth(city, intake["linkage"])
    write_whole(enclave / "linkage" / "truth.json", _json(linkage | {"audience": "enclave"}))
    risk = measure_risk(ws, RiskAsk(LINKED, sensitive=("income_band",), k=RISK_K))
    sign_risk(ws, risk, render_risk, enclave / "risk")
    return linkage


def _clear(out: Path) -> None:
    if out.exists() and any(out.iterdir()):
        if not (out / _MARKER).exists():
            raise BadInput("is not empty", where=str(out), todo="give --out a folder of its own")
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / _MARKER).write_text(
        "made by `commonground demo`; a new run replaces this folder\n", "utf-8"
    )


def _ingest(ws: Workspace, city: Path, progress: Progress) -> dict[str, Any]:
    contracts, extracts = city / "contracts", city / "extracts"
    today = datetime.now(UTC).date()
    moved = [contracts / "housing_moves.yaml", extracts / "housing_moves.parquet"]
    linked = [
        p
        for p in (*sorted(contracts.glob("*.yaml")), *sorted(extracts.iterdir()))
        if p.stem != "housing_moves"
    ]
    report = ingest_files(ws, linked, progress, today=today)
    events = [city / "events" / f"service_requests.{kind}" for kind in ("yaml", "parquet")]
    for apart in (moved, events):
        ingest_files(ws, apart, lambda *_: None, today=today)
    return report


def _files(city: Path, arm: str) -> AllocationFiles:
    folder = city / "allocations" / arm
    return AllocationFiles(
        folder / "moves.csv", city / "allocations" / "units.csv", folder / "stock.csv"
    )


def _audits(ws: Workspace, city: Path, seed: int, progress: Progress) -> list[dict[str, Any]]:
    """Audit every arm; return the enclave reports of the verdict arms, each with all arms in it."""
    policy: Policy = load_policy(ws, POLICY)
    arms = [a.name for a in (*VERDICT_ARMS, *SENSITIVITY_ARMS)]
    reports = []
    for done, arm in enumerate(arms):
        progress("audits", done, len(arms))
        reports.append(audit_allocation(ws, policy, _files(city, arm), seed=seed, synthetic=True))
    progress("audits", len(arms), len(arms))
    return [with_arms(r, reports) for r in reports[: len(VERDICT_ARMS)]]


def _private_counts(ws: Workspace, progress: Progress) -> dict[str, list[dict[str, Any]]]:
    """Ask for private counts before and after, arm by arm; what was asked before is not paid twice."""
    found: dict[str, list[dict[str, Any]]] = {}
    for arm in VERDICT_ARMS:
        columns = ["community_before"] + ([_COUNTED[arm.name]] if arm.name in _COUNTED else [])
        found[arm.name] = [
            ask_for_counts(
                ws,
                CountRequest("housing_moves", (column, "status"), "allocation-audit", EPSILON),
                RESEARCHER,
            )
            for column in columns
        ]
    progress("releases", 3, 3)
    return found


def _write_audits(
    ws: Workspace,
    enclave: Path,
    out: Path,
    reports: Sequence[Mapping[str, Any]],
    counts: Mapping[str, Sequence[Mapping[str, Any]]],
) -> None:
    for report in reports:
        arm = report["arm"]
        sign_report(ws, report, render_allocation).write(enclave / "audits" / arm)
        public = public_report(ws, report, counts[arm])
        sign_report(ws, public, render_allocation).write(out / "audits" / arm)


def _summary(
    ws: Workspace,
    made: Mapping[str, Any],
    reports: Sequence[Mapping[str, Any]],
    released: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    whole = next(b for b in balances(ws.engine, POPULATION) if b["account"] == POPULATION)
    return {
        "synthetic": True,
        "audience": "public",
        "public_size": round(made["people"], -3),
        "seed": made["seed"],
        "verdicts": {r["arm"]: r["verdict"] for r in reports},
        "releases": [
            {
                "release": r["release"],
                "columns": r["columns"],
                "figures": len(r["rows"]) * (len(r["columns"]) - len(r["key_columns"])),
                "errors": errors_in_words(r),
            }
            for r in released
        ],
        "budget_share": (whole["spent"]["rho"] + whole["reserved"]["rho"]) / whole["cap"]["rho"],
    }


def _write_pages(
    ws: Workspace,
    out: Path,
    summary: Mapping[str, Any],
    intake: Mapping[str, Any],
    linkage: Mapping[str, Any],
    found: Mapping[str, Any],
) -> None:
    index = render_demo_index({**summary, "up": ""}).encode()
    publish_pages(ws, out, "index", {"index.html": index}, {"page": "index"})
    exact = {
        **summary,
        "audience": "enclave",
        "up": "../",
        "identifiers_found": found["identifiers_found"],
        "search": found,
        "intake": {
            "read": sum(f["rows_read"] for f in intake["files"]),
            "stored": sum(f["rows_stored"] for f in intake["files"]),
            "quarantined": sum(f["rows_quarantined"] for f in intake["files"]),
            "without_id": sum(f["rows_without_usable_id"] for f in intake["files"]),
            "redacted": sum(f["redacted_texts"] for f in intake["files"]),
        },
        "linkage": _linkage_rows(linkage),
    }
    write_whole(out / "enclave" / "index.html", render_demo_index(exact).encode())


def _linkage_rows(linkage: Mapping[str, Any]) -> list[dict[str, Any]]:
    found, truth = linkage["linked"], linkage["truth"]
    return [
        {
            "en": "records beyond the first of a person",
            "zh": "同一人第一条之外的记录",
            "found": f"{found['duplicated']:.1%}",
            "truth": f"{truth['duplicate_share']:.1%}",
        },
        {
            "en": "persons with a record",
            "zh": "有记录的人数",
            "found": f"{found['persons']:,}",
            "truth": f"{truth['persons_with_a_record']:,}",
        },
        {
            "en": "registered elsewhere than they live",
            "zh": "户籍登记与实际居住不一致",
            "found": f"{found['registered_elsewhere']:.1%}",
            "truth": f"{truth['registered_elsewhere']:.1%}",
        },
    ]


def _json(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode()
