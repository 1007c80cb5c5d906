"""No person changes a statistic by more than its sensitivity says, and some person changes it by that much.

Everything that one person can hold is tried out on small tables, by a count written here from the definitions.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.query import BoundsAsked, Plan, Statistic, bind, statistics_of
from tests.privacy.city import bills

CELLS = 3


@dataclass(frozen=True)
class Row:
    """A stored row: its cell, its value (None: NULL), and whether it meets the question's condition."""

    cell: int
    value: int | None
    matches: bool = True


Table = dict[str, tuple[Row, ...]]
"""Rows by pseudonym, in the order of their stored ranks."""
Change = tuple[int, int, int, int]


def kept(rows: Sequence[Row], plan: Plan) -> list[Row]:
    """Clip after the filter: the first L matching rows, of those the ones in the first G groups."""
    first = [r for r in rows if r.matches][: plan.bounds.rows]
    groups = list(dict.fromkeys(r.cell for r in first))[: plan.bounds.groups]
    return [r for r in first if r.cell in groups]


def counted(table: Table, plan: Plan, s: Statistic, cells: int) -> list[int]:
    """Count a statistic from its definition."""
    vector = [0] * (plan.bounds.stored if s.kind == "contributions" else cells)
    for rows in table.values():
        mine = kept(rows, plan)
        if s.kind == "persons":
            for cell in {r.cell for r in mine}:
                vector[cell] += 1
        elif s.kind == "contributions":
            if mine:
                vector[len(mine) - 1] += 1
        else:
            for r in mine:
                vector[r.cell] += _worth(r, s)
    return vector


def _worth(row: Row, s: Statistic) -> int:
    if s.kind == "rows":
        return 1 if s.expression is None or row.value is not None else 0
    if row.value is None:
        return 0
    x = s.scale * min(max(row.value, s.low), s.high) - s.shift
    return x if s.kind == "sum" else x * x


def change(one: list[int], other: list[int]) -> Change:
    """Return l0, l1, l2² and linf of the difference."""
    d = [abs(a - b) for a, b in zip(one, other, strict=True)]
    return sum(x > 0 for x in d), sum(d), sum(x * x for x in d), max(d)


def holdings(
    pseudonyms: int, rows: int, values: Sequence[int | None], cells: int
) -> Iterator[Table]:
    """Everything that one person may hold: up to `rows` rows under each of some pseudonyms."""
    kinds = [Row(c, v) for c in range(cells) for v in values] + [Row(0, values[0], False)]
    each = [held for n in range(rows + 1) for held in itertools.product(kinds, repeat=n)]
    for several in itertools.product(each, repeat=pseudonyms):
        yield {f"p{i}": held for i, held in enumerate(several)}


def plan_of(figures: str, k: int, stored: int, asked: BoundsAsked | None, shared: bool) -> Plan:
    contract = bills(most_pseudonyms=k, rows_per_person=stored, shared_rows=shared)
    sql = f"SELECT kind, {figures} FROM bills GROUP BY kind"
    return bind(sql, contract, asked)


FIGURES = "count(*), count(DISTINCT person), sum(amount), variance(amount)"
SHAPES = [  # K, stored rows, L, G
    (1, 1, None, None),
    (2, 1, None, None),
    (1, 2, None, None),
    (1, 3, None, None),
    (1, 3, 2, None),
    (1, 3, 2, 1),
    (1, 3, None, 1),
    (2, 2, 1, None),
]


def _most(changes: Iterator[Change]) -> Change:
    found = (0, 0, 0, 0)
    for c in changes:
        found = (max(found[0], c[0]), max(found[1], c[1]), max(found[2], c[2]), max(found[3], c[3]))
    return found


def _stated(s: Statistic) -> Change:
    return s.sensitivity.l0, s.sensitivity.l1, s.sensitivity.l2_squared, s.sensitivity.linf


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_adding_a_person_changes_a_statistic_by_exactly_its_sensitivity_at_most(
    shape: tuple[int, int, int | None, int | None],
) -> None:
    k, stored, rows, groups = shape
    plan = plan_of(FIGURES, k, stored, BoundsAsked(rows, groups), shared=False)
    assert {s.kind for s in statistics_of(plan)} == {"rows", "persons", "sum", "squares"}
    for s in statistics_of(plan):
        values = [s.low, s.high] if s.kind in ("sum", "squares") else [0]
        nothing = [0] * CELLS
        tried = (
            change(counted(table, plan, s, CELLS), nothing)
            for table in holdings(k, stored, values, CELLS)
        )
        assert _most(tried) == _stated(s), s.kind


@pytest.mark.parametrize(
    "shape", [(1, 1, None, None), (2, 1, None, None), (1, 2, None, None), (1, 2, 1, None), (1, 2, None, 1)],
    ids=str,
)  # fmt: skip
def test_changing_shared_rows_changes_a_statistic_by_exactly_its_sensitivity_at_most(
    shape: tuple[int, int, int | None, int | None],
) -> None:
    """A household's row stays, and says something else: every before is held against every after."""
    k, stored, rows, groups = shape
    plan = plan_of(FIGURES, k, stored, BoundsAsked(rows, groups), shared=True)
    for s in statistics_of(plan):
        values: list[int | None] = [s.low, s.high] if s.kind in ("sum", "squares") else [0]
        if s.kind == "squares":
            values = [s.low, (s.low + s.high) // 2]
        vectors = {
            tuple(counted(table, plan, s, CELLS)) for table in holdings(k, stored, values, CELLS)
        }
        tried = (change(list(a), list(b)) for a, b in itertools.product(vectors, repeat=2))
        found, stated = _most(tried), _stated(s)
        assert all(f <= t for f, t in zip(found, stated, strict=True)), s.kind
        assert found[1:] == stated[1:] or s.kind == "persons", (s.kind, found, stated)


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize(("k", "stored"), [(1, 3), (2, 2)])
def test_a_person_moves_the_count_of_contributions_by_no_more_than_its_sensitivity(
    k: int, stored: int, shared: bool
) -> None:
    from privacy.query.sensitivity import of_contributions

    plan = plan_of("count(*)", k, stored, None, shared)
    asked = statistics_of(plan)[0]
    contributions = Statistic("c", "contributions", of_contributions(plan.bounds), asked.weight)
    vectors = {tuple(counted(t, plan, contributions, CELLS)) for t in holdings(k, stored, [0], 1)}
    others = vectors if shared else {(0,) * stored}
    tried = (change(list(a), list(b)) for a in vectors for b in others)
    assert _most(tried) == _stated(contributions)


def test_an_answer_of_one_cell_is_changed_in_one_cell() -> None:
    for figures, kind in (("count(*)", "rows"), ("count(DISTINCT person)", "persons")):
        contract = bills(most_pseudonyms=2, rows_per_person=3, shared_rows=False)
        plan = bind(f"SELECT {figures} FROM bills", contract)
        (s,) = statistics_of(plan)
        tried = (change(counted(t, plan, s, 1), [0]) for t in holdings(2, 3, [0], 1))
        assert s.kind == kind
        assert _most(tried) == _stated(s)


_VALUES = st.one_of(st.none(), st.integers(-300, 1300))
_ROWS = st.builds(Row, st.integers(0, CELLS - 1), _VALUES, st.booleans())


@given(
    others=st.lists(st.lists(_ROWS, max_size=4), max_size=5),
    mine=st.lists(st.lists(_ROWS, max_size=4), min_size=2, max_size=2),
    before=st.lists(st.lists(_ROWS, max_size=4), min_size=2, max_size=2),
    rows=st.integers(1, 4),
    groups=st.integers(1, 4),
    shared=st.booleans(),
)
@settings(deadline=None, max_examples=300, derandomize=True, database=None)
def test_on_random_tables_no_person_passes_the_sensitivity(
    others: list[list[Row]],
    mine: list[list[Row]],
    before: list[list[Row]],
    rows: int,
    groups: int,
    shared: bool,
) -> None:
    plan = plan_of(FIGURES, 2, 4, BoundsAsked(rows, groups), shared)
    rest = {f"other{i}": tuple(r) for i, r in enumerate(others)}
    with_me = rest | {f"me{i}": tuple(r) for i, r in enumerate(mine)}
    was = rest | ({f"me{i}": tuple(r) for i, r in enumerate(before)} if shared else {})
    for s in statistics_of(plan):
        found = change(counted(with_me, plan, s, CELLS), counted(was, plan, s, CELLS))
        assert all(f <= t for f, t in zip(found, _stated(s), strict=True)), s.kind
