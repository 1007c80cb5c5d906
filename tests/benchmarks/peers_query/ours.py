"""The same events in a workspace of ours: taken in by a contract, asked about under a policy of its own."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import yaml

from tests.benchmarks.peers_query.made_events import LARGEST_AMOUNT, Events, write_extract

if TYPE_CHECKING:
    from api.answering.question import Mode, Question
    from privacy.noise import Ask

PURPOSE = "benchmark"
_POLICY = """\
policy: 1
id: release-standing
version: "benchmark"
kind: release
title: {en: "Room for the repetitions of a benchmark on made-up people", zh: "基准测试（虚构人口）"}
sources: [plan §5.4]
settings: {lifetime_rho: 4.0, delta_people: 10, researcher_share: 1, single_query_rho: 4.0}
"""
PROBES = {
    "unknown": "SELECT DISCOVER(town) AS place, count(*) FROM visits GROUP BY 1",
    "quantiles": "SELECT grp, median(amount) FROM visits GROUP BY 1",
    "joins": "SELECT sex, count(*) FROM visits JOIN visitors USING (person) GROUP BY 1",
}
"""A question for each feature that a question can show; it is priced and bound, and spends nothing."""
FILTERED = "SELECT grp, count(*) AS n FROM visits WHERE amount > 500 GROUP BY 1"


_Field = dict[str, Any]
_PERSON: _Field = {
    "name": "person", "role": "direct_identifier", "type": "identifier", "action": "pseudonym",
    "required": True,
}  # fmt: skip
_AMOUNT: _Field = {
    "name": "amount", "role": "attribute", "type": "integer", "action": "keep",
    "bounds": [0, LARGEST_AMOUNT],
}  # fmt: skip
_TOWN: _Field = {"name": "town", "role": "attribute", "type": "text", "action": "keep"}
_PEOPLE = 1_000


def _category(name: str) -> _Field:
    return {
        "name": name,
        "role": "attribute",
        "type": "category",
        "action": "keep",
        "domain": name,
    }


def _contract(
    dataset: str, events: Events, delta: float, domains: dict[str, list[str]], *fields: _Field
) -> dict[str, Any]:
    """Return a contract: a person has at most as many rows as the events give her."""
    return {
        "fields": [_PERSON, *map(_category, domains), *fields],
        "domains": domains,
        "rows_per_person": events.rows_a_person,
        "contract": 1,
        "dataset": dataset,
        "title": {"en": f"{dataset} (synthetic)", "zh": f"{dataset}（合成数据）"},
        "synthetic": True,
        "population": {"id": "made-up", "public_size": events.persons},
        "privacy_unit": "person",
        "person_key": "person",
        "most_pseudonyms": 1,
        "delta": delta,
        "purposes": [PURPOSE],
        "legal_basis": "none: made-up people",
        "expires": "2099-12-31",
        "source": {"format": "parquet"},
    }


def workspace_of(events: Events, delta: float, folder: Path) -> Path:
    """Take the events in, once, and return the workspace; a half-made one is made again."""
    contract = _contract("events", events, delta, {"grp": events.labels()}, _AMOUNT)
    extract = write_extract(events, folder)
    return _taken_in(folder, events.name, [(contract, extract)])


def probing_workspace(folder: Path) -> Path:
    """Take in a small table of events and one of their people: what the probes ask about."""
    events, persons = Events(_PEOPLE, 2, 2), Events(_PEOPLE, 1, 2)
    visits = pq.read_table(write_extract(events, folder))
    visits = visits.append_column("town", visits["grp"])
    visitors = pq.read_table(write_extract(persons, folder)).rename_columns(["person", "sex", "x"])
    files = folder / "visits.parquet", folder / "visitors.parquet"
    for file, table in zip(files, (visits, visitors.drop_columns(["x"])), strict=True):
        pq.write_table(table, file)
    contracts = (
        _contract("visits", events, 1e-6, {"grp": events.labels()}, _AMOUNT, _TOWN),
        _contract("visitors", persons, 1e-6, {"sex": persons.labels()}),
    )
    return _taken_in(folder, "probing", list(zip(contracts, files, strict=True)))


def _taken_in(folder: Path, name: str, extracts: list[tuple[dict[str, Any], Path]]) -> Path:
    from api.workflows.ingest import ingest_files
    from api.workflows.policy import activate_policy
    from api.workspace import open_workspace

    os.environ.setdefault("COMMONGROUND_UNSEALED_ROOT_KEY", "yes")  # made-up people
    root, half = folder / f"{name}.workspace", folder / f"{name}.workspace.half"
    if not root.exists():
        shutil.rmtree(half, ignore_errors=True)
        ws = open_workspace(half, create=True)
        sources = []
        for document, extract in extracts:
            sources += [folder / f"{document['dataset']}.yaml", extract]
            sources[-2].write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
        ingest_files(ws, sources, lambda *_: None, today=datetime.now(UTC).date())
        activate_policy(ws, _POLICY.encode(), "release-standing.yaml")
        ws.engine.dispose()
        half.rename(root)
    return root


def a_copy(workspace: Path, folder: Path) -> Path:
    """Return a copy to spend from: its lifetime cap is as little restored as any other's."""
    copy = folder / "spending.workspace"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(workspace, copy)
    return copy


def question(sql: str, wish: Ask, *, rows: int | None = None, mode: Mode = "release") -> Question:
    """Return a question; `rows` asks for a narrower bound than the one that intake holds."""
    from api.answering.question import AskedBounds, Question

    return Question(sql, PURPOSE, wish, "bench", mode=mode, bounds=AskedBounds(rows))


def probe(workspace: Path) -> dict[str, str]:
    """Return by feature what stands against it: empty where the question is taken or the answer shows it."""
    from api.workflows.release import ask
    from api.workspace import open_workspace
    from privacy.noise import Ask

    found = {}
    ws, wish = open_workspace(workspace), Ask(rho=0.001)
    asked = {name: (sql, None) for name, sql in PROBES.items()} | {"clipping": (FILTERED, 1)}
    for feature, (sql, rows) in asked.items():
        try:
            ask(ws, question(sql, wish, rows=rows, mode="dry-run"))
            found[feature] = ""
        except Exception as error:  # whatever stands against it is said in the table
            found[feature] = f"{type(error).__name__}: {error}"
    nobody = FILTERED.replace("> 500", "< 0")
    once, again = (
        ask(open_workspace(workspace), question(nobody, Ask(rho=r))) for r in (0.001, 0.002)
    )
    ws.engine.dispose()
    shown = {
        "person": once["privacy"]["unit"] == "person",
        "dense": len(once["rows"]) == len(Events(_PEOPLE, 2, 2).labels()),
        "intervals": all(row[1] is not None for row in once["errors"]),
        "integers": all(isinstance(row[1], int) for row in once["rows"]),
        "zcdp": once["privacy"]["rho"] > 0,
        "durable": once["accounts"][0]["after"] == again["accounts"][0]["before"],
        "sql": True,
        "signed": "leaf" in once,
    }
    return found | {k: "" if ok else "the answer does not show it" for k, ok in shown.items()}
