"""A stored dataset becomes a report of re-identification risk: exact, signed, for the enclave."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from api.database.engine import transaction
from api.logbook import envelope_and_proof, seal_and_append, write_whole
from api.version import code_digest
from policies.errors import BadInput
from policies.record import Statement, digest
from privacy.risk import (
    MODES,
    Advice,
    Classes,
    Counted,
    Ladder,
    Mode,
    Node,
    Sensitive,
    Target,
    advise,
    count_classes,
    diversity,
    grade,
    ladder,
    population_uniques,
    t_equal,
    t_ordered,
)
from privacy.store import locks

if TYPE_CHECKING:
    from pathlib import Path

    from api.workspace import Workspace
    from privacy.contract import Contract

PREDICATE_TYPE = "https://common-ground.example/risk/v1"
CENSUS = 0.95
"""From this share of the population's public size on, the data are taken for the whole of it."""


@dataclass(frozen=True, slots=True)
class RiskAsk:
    """What `risk` was asked; columns default to the contract's roles, the threshold to 1 / k."""

    dataset: str
    version: int | None = None
    quasi: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    k: int = 5
    threshold: float | None = None
    most_left_out: float = 0.01

    def __post_init__(self) -> None:
        if self.k < 2:
            raise BadInput("k is at least 2", where="--k")
        if self.threshold is not None and not 0 < self.threshold <= 1:
            raise BadInput("a threshold is above 0 and at most 1", where="--threshold")
        if not 0 <= self.most_left_out < 1:
            raise BadInput("a share is at least 0 and below 1", where="--leave-out")

    @property
    def line(self) -> float:
        """The largest risk that is accepted."""
        return 1 / self.k if self.threshold is None else self.threshold


def measure_risk(ws: Workspace, ask: RiskAsk) -> dict[str, Any]:
    """Return the report of a dataset's newest (or named) snapshot.

    Raises
    ------
    NotFound
        There is no such dataset.
    BadInput
        There is no such column, or no quasi-identifier at all.
    """
    with locks.reading(ws.store.root):  # what is named is what is counted
        snapshot = ws.store.snapshot(ask.dataset, ask.version)
        contract = snapshot.contract
        quasi, sensitive = _columns(contract, ask)
        counted = count_classes(
            snapshot.files,
            quasi,
            sensitive,
            by_person=contract.rows_per_person > 1,
            domains={c: d for c in (*quasi, *sensitive) if (d := contract.domain_of(c))},
        )
    ladders = [ladder(c.name, c.values) for c in counted.columns]
    advice = advise(counted.atoms, ladders, Target(ask.k, ask.most_left_out))
    undefined: dict[str, str] = {}
    free_text = [f.stored_name for f in contract.fields if f.action == "redact"]
    return {
        "kind": "risk",
        "audience": "enclave",
        "estimand": "this_dataset",
        "synthetic": contract.synthetic,
        "dataset": snapshot.id,
        "rows": counted.rows,
        "persons": counted.classes.total,
        "unit": "person: distinct persons a class, each in the smallest of her classes"
        if contract.rows_per_person > 1
        else "person: one row each",
        "quasi": list(quasi),
        "sensitive": list(sensitive),
        "free_text": free_text,
        "target": {"k": ask.k, "threshold": ask.line, "most_left_out": ask.most_left_out},
        "classes": _classes(counted.classes, ask.k, undefined),
        "risks": _risks(counted.classes, ask.line, contract.population.public_size, undefined),
        "attributes": _attributes(counted.sensitive, undefined),
        "grades": [
            asdict(grade(counted.classes, m, direct_identifiers=False, free_text=bool(free_text)))
            for m in (Mode("chosen", ask.line), *MODES)
        ],
        "coarsening": _coarsening(counted, ladders, advice, undefined),
        "undefined": undefined,
        "code": code_digest(),
        "inputs": {"snapshot": snapshot.commitment},
    }


def _columns(contract: Contract, ask: RiskAsk) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Settle the columns: the options, else the roles; a sensitive attribute is no quasi-identifier."""
    kept = [f for f in contract.fields if f.action in ("keep", "coarsen")]
    sensitive = ask.sensitive or tuple(f.stored_name for f in kept if f.role == "sensitive")
    quasi = ask.quasi or tuple(
        f.stored_name
        for f in kept
        if f.role == "quasi_identifier" and f.stored_name not in sensitive
    )
    known = {f.stored_name for f in kept}
    for option, names in (("--quasi", quasi), ("--sensitive", sensitive)):
        wrong = [n for n in names if n not in known]
        if wrong:
            raise BadInput(
                f"the dataset has no column {', '.join(wrong)} to measure",
                where=option,
                todo=f"one of {', '.join(sorted(known))}",
            )
        if len(set(names)) != len(names):
            raise BadInput("a column is named twice", where=option)
    if set(quasi) & set(sensitive):
        raise BadInput("a column is both quasi-identifier and sensitive", where="--quasi")
    if not quasi:
        raise BadInput(
            "the contract names no quasi-identifier", where=ask.dataset, todo="name some: --quasi"
        )
    return quasi, sensitive


def _none(undefined: dict[str, str], path: str, reason: str) -> None:
    """Write down why a figure is null."""
    undefined[path] = reason


def _classes(classes: Classes, k: int, undefined: dict[str, str]) -> dict[str, Any]:
    total = classes.total
    if not total:
        _none(undefined, "classes.k", "nobody is in the dataset")
    return {
        "k": classes.k,
        "classes": classes.count,
        "below": classes.below(k),
        "share_below": classes.below(k) / total if total else None,
        "uniques": classes.uniques,
        "share_unique": classes.uniques / total if total else None,
        "histogram": classes.histogram(),
    }


def _risks(
    classes: Classes, line: float, population: int, undefined: dict[str, str]
) -> dict[str, Any]:
    """Return the three risks of El Emam & Dankar with their denominators; unknown is null.

    Journalist and marketer need F_j, the size of a class in the population from which an intruder draws.
    Where the data are the population F_j = f_j. Else only F_j ≥ f_j is known: the prosecutor's risks are
    upper bounds.
    """
    found = classes.prosecutor(line)
    fraction = min(1.0, classes.total / population)
    census = fraction >= CENSUS
    prosecutor = asdict(found) if found else None
    if not found:
        _none(undefined, "risks.prosecutor", "nobody is in the dataset")
    journalist = prosecutor if census else None
    if found and not census:
        reason = "sizes of classes in the population are unknown; the prosecutor's risk is the bound above"
        undefined["risks.journalist"] = undefined["risks.marketer"] = reason
    chance = population_uniques(classes, population)
    if chance is None:
        _none(
            undefined,
            "risks.population_uniques",
            "nobody is unique in the dataset"
            if not classes.uniques
            else "the dataset holds less than a tenth of the population: no estimator is honest",
        )
    return {
        "threshold": line,
        "prosecutor": prosecutor,
        "journalist": journalist,
        "marketer": {"average": found.average} if found and census else None,
        "upper_bounds": prosecutor,
        "sampling_fraction": fraction,
        "public_size": population,
        "population_uniques": None
        if chance is None
        else {
            "estimator": "Zayatz 1991 (Dankar et al. 2012, eq. 4)",
            "probability": chance,
            "persons": chance * classes.uniques,
        },
    }


def _attributes(
    found: Sequence[Sensitive], undefined: dict[str, str]
) -> dict[str, dict[str, Any]] | None:
    if not found:
        _none(undefined, "attributes", "the contract names no sensitive attribute: use --sensitive")
        return None
    return {s.name: _attribute(s, undefined) for s in found}


def _attribute(s: Sensitive, undefined: dict[str, str]) -> dict[str, Any]:
    found = diversity(s.cells)
    path = f"attributes.{s.name}"
    ordered = t_ordered(s.cells) if s.ordered else None
    if found is None:
        _none(undefined, path, "nobody has a value")
    elif found.c is None:
        _none(undefined, f"{path}.recursive.c", "a class holds fewer than 2 values")
    if ordered is None:
        _none(
            undefined,
            f"{path}.t_ordered",
            "fewer than two values occur" if s.ordered else "its values have no order",
        )
    return {
        "values": s.cells.values,
        "without_value": s.without,
        "distinct_l": found.distinct if found else None,
        "entropy_l": found.entropy if found else None,
        "recursive": {"l": 2, "c": found.c if found else None},
        "share_in_classes_of_one_value": found.short if found else None,
        "t_equal": t_equal(s.cells),
        "t_ordered": ordered,
    }


def _coarsening(
    counted: Counted, ladders: Sequence[Ladder], advice: Advice, undefined: dict[str, str]
) -> dict[str, Any]:
    def row(node: Node) -> dict[str, Any]:
        return {
            "levels": {
                x.column: x.names[level]
                for x, level in zip(ladders, node.levels, strict=True)
                if level
            },
            "k": node.k,
            "share_below": node.share_below if counted.classes.total else None,
            "column_loss": node.column_loss,
            "loss": node.loss,
            "discernibility": node.discernibility,
        }

    if advice.best is None or not counted.classes.total:
        _none(undefined, "coarsening.best", "no combination reaches the target")
    return {
        "now": row(advice.start),
        "steps": [row(n) for n in advice.steps],
        "best": row(advice.best) if advice.best and counted.classes.total else None,
        "tried": advice.tried,
        "exhaustive": advice.exhaustive,
    }


def sign_risk(
    ws: Workspace,
    report: Mapping[str, Any],
    render: Callable[[Mapping[str, Any]], str],
    out: Path | None = None,
) -> Path:
    """Sign and log a report and its page; write both with their proof; return the folder."""
    body = json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False).encode()
    page = render(report).encode()
    name = f"k-{digest(body).removeprefix('sha256:')[:16]}"
    statement = Statement(
        {"report.json": digest(body), "report.html": digest(page)},
        PREDICATE_TYPE,
        {"report": name, "audience": report["audience"], "code": report["code"]},
    )
    with transaction(ws.engine) as connection:
        leaf = seal_and_append(ws, connection, statement, "risk")
    envelope, proof = envelope_and_proof(ws, leaf)
    folder = out or ws.root / "risk" / name
    for file, content in (
        ("report.json", body),
        ("report.html", page),
        ("report.dsse.json", envelope),
        ("report.tlog-proof", proof.encode()),
    ):
        write_whole(folder / file, content)
        (folder / file).chmod(0o600)
    return folder
