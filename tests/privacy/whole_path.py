"""Two neighbouring towns as Parquet files, and the whole path over them: bind, price, count, draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from api.answering.choosing import bounds_chosen, choice_for, of_both
from privacy.contract import Contract, contract_from_json
from privacy.counting import count
from privacy.noise import Ask, Drawn, NoiseProcess, Priced, price
from privacy.query import BoundsAsked, Plan, bind
from privacy.query.exact import ExactCounts

K, STORED, DELTA = 2, 4, 1e-6
PLACES = tuple(f"44030{d}00{s}001" for d in (3, 4) for s in (1, 2))
DAY, LONE = "2020-01-01", "2020-02-02"
_OTHERS = 60


def contract_of(dataset: str, fields: list[dict[str, Any]], **more: Any) -> Contract:
    """A contract of the two towns; `more` replaces keys of its document."""
    return contract_from_json(
        {
            "contract": 1,
            "dataset": dataset,
            "title": {"en": dataset, "zh": dataset},
            "synthetic": True,
            "population": {"id": "town", "public_size": 1_000},
            "privacy_unit": "person",
            "person_key": "pid",
            "most_pseudonyms": K,
            "delta": DELTA,
            "purposes": ["planning"],
            "legal_basis": "PIPL Art. 13(1)(3)",
            "expires": "2099-12-31",
            "domains": {"kinds": ["a", "b", "c"], "places": list(PLACES), "groups": ["x", "y"]},
            "fields": [
                {"name": "pid", "role": "direct_identifier", "type": "identifier",
                 "action": "pseudonym", "required": True},
                *fields,
            ],
        }
        | more
    )  # fmt: skip


def _text(name: str, domain: str) -> dict[str, Any]:
    return {
        "name": name,
        "role": "attribute",
        "type": "category",
        "action": "keep",
        "domain": domain,
    }


_VISITS = [
    _text("kind", "kinds"),
    _text("place", "places"),
    {"name": "hours", "role": "measure", "type": "integer", "action": "keep", "bounds": [0, 10]},
    {"name": "day", "role": "attribute", "type": "date", "action": "keep"},
]


def contracts(**more: Any) -> dict[str, Contract]:
    """The contracts of events (four a pseudonym, two pseudonyms a person) and of their persons."""
    people = contract_of("people", [_text("group", "groups")])
    return {
        "visits": contract_of("visits", _VISITS, rows_per_person=STORED, **more),
        "people": people,
    }


def _rows(persons: Mapping[str, list[tuple[str, str, int, str]]]) -> pa.Table:
    found: dict[str, list[Any]] = {
        n: [] for n in ("person", "rank", "kind", "place", "hours", "day")
    }
    for person in sorted(persons):
        for rank, row in enumerate(persons[person], 1):
            for name, value in zip(found, (person, rank, *row), strict=True):
                found[name].append(value)
    return pa.table(found | {"rank": pa.array(found["rank"], pa.int32())})


@dataclass
class Towns:
    """Town 1 has the person, town 0 has not (or, of shared rows, has her rows changed)."""

    folder: Path
    contracts: dict[str, Contract] = field(default_factory=contracts)
    files: list[dict[str, list[Path]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        rng = np.random.default_rng(3)
        others = {}
        for i in range(_OTHERS):
            rows = [
                (
                    "abc"[int(rng.integers(3))],
                    PLACES[int(rng.integers(4))],
                    int(rng.integers(11)),
                    DAY,
                )
                for _ in range(int(rng.integers(1, STORED + 1)))
            ]
            others[f"p{i:03}"] = rows
        hers = [("a", PLACES[0], 10, DAY)] * (STORED - 1) + [("a", PLACES[0], 10, LONE)]
        shared = self.contracts["visits"].shared_rows
        changed = [("b", PLACES[3], 0, DAY)] * STORED
        groups = {p: "xy"[i % 2] for i, p in enumerate(others)}
        for here in (0, 1):
            held = hers if here else changed if shared else None
            mine = {} if held is None else {f"p{i:03}x": held for i in range(K)}
            known = groups | dict.fromkeys(mine, "x")
            folder = self.folder / str(here)
            folder.mkdir(parents=True)
            pq.write_table(_rows(others | mine), folder / "visits.parquet")
            people = {"person": sorted(known), "group": [known[p] for p in sorted(known)]}
            pq.write_table(pa.table(people), folder / "people.parquet")
            self.files.append({n: [folder / f"{n}.parquet"] for n in ("visits", "people")})

    def count(self, here: int, plan: Plan) -> ExactCounts:
        """Count a plan in one of the towns."""
        return count(plan, [self.files[here][s.dataset] for s in plan.sources])


class Remembering:
    """The same towns, each plan counted once: an engine gives the same integers every time."""

    def __init__(self, towns: Towns) -> None:
        self.contracts = towns.contracts
        self._towns = towns
        self._known: dict[tuple[int, Plan], ExactCounts] = {}

    def count(self, here: int, plan: Plan) -> ExactCounts:
        """Count a plan in one of the towns, or say what was counted."""
        if (here, plan) not in self._known:
            self._known[here, plan] = self._towns.count(here, plan)
        return self._known[here, plan]


@dataclass(frozen=True)
class Asked:
    """A question of one kind, as somebody asks it."""

    sql: str
    bounds: BoundsAsked = field(default_factory=BoundsAsked)
    ask: Ask = field(default_factory=lambda: Ask(rho=1.5))
    private: bool = False


@dataclass(frozen=True)
class Answered:
    """What one run gives."""

    plan: Plan
    priced: Priced
    drawn: Drawn


def run(towns: Towns | Remembering, here: int, asked: Asked, noise: NoiseProcess) -> Answered:
    """Go the whole path once: nothing is kept from an earlier run."""
    plan = bind(asked.sql, towns.contracts, asked.bounds)
    if not asked.private:
        priced = price(plan, asked.ask, DELTA)
        return Answered(plan, priced, noise.draw(priced, towns.count(here, plan)))
    choice = choice_for(plan, asked.ask, DELTA)
    first = noise.draw(choice.priced, towns.count(here, choice.plan))
    plan = replace(plan, bounds=bounds_chosen(choice, first, asked.bounds))
    figures = price(plan, choice.rest, DELTA)
    drawn = noise.draw(figures, towns.count(here, plan))
    return Answered(plan, of_both(choice, figures), drawn)


class Judge:
    """Turns what was drawn into a small integer: which of the two towns it speaks for, and what was chosen.

    The sign of the likelihood ratio is taken of noisy vectors (normal noise of the stated scale): no event of these
    tells the towns better apart. Places that noisy max chose are kept as they are.
    """

    def __init__(self, towns: Towns | Remembering) -> None:
        self._towns = towns
        self._exact: dict[int, tuple[ExactCounts, ExactCounts]] = {}

    def outcome(self, a: Answered) -> int:
        """Return the outcome of a run."""
        known = self._exact.get(a.plan.bounds.rows)
        if known is None:
            known = (self._towns.count(0, a.plan), self._towns.count(1, a.plan))
            self._exact[a.plan.bounds.rows] = known
        ratio = sum(
            self._ratio(a, m.statistic, m.scale, known)
            for m in a.priced.measured
            if m.choice is None
        )
        found = int(ratio > 0)
        for places in a.drawn.choices.values():
            for place in places.reshape(-1)[:3]:
                found = found * 16 + int(place) + 1
        return found * 8 + a.plan.bounds.rows

    def _ratio(
        self, a: Answered, name: str, scale: float, known: tuple[ExactCounts, ExactCounts]
    ) -> float:
        noisy = a.drawn.vectors[name]
        zero, one = (_on(groups_of(a), e, name) for e in known)
        return float(((one - zero) * (2 * noisy - one - zero)).sum() / scale**2)


def groups_of(a: Answered) -> tuple[Any, ...] | None:
    """The groups that were found, where they were unknown."""
    return a.drawn.groups


def _on(groups: tuple[Any, ...] | None, exact: ExactCounts, name: str) -> NDArray[np.float64]:
    vector = exact.vectors[name].astype(np.float64)
    if groups is None or exact.groups is None:
        return vector
    place = {g: i for i, g in enumerate(exact.groups)}
    return np.array([vector[place[g]] if g in place else 0.0 for g in groups])
