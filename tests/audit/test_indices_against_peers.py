"""Every index equals what PySAL, SciPy or scikit-learn says of the same table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from audit.segregation import (
    atkinson,
    correlation_ratio,
    delta,
    dissimilarity,
    exposure,
    gini,
    local_information,
    mutual_information,
    theil_h,
)
from tests.audit import peers

Table = NDArray[np.int64]
OURS = {
    "dissimilarity": dissimilarity,
    "gini": gini,
    "atkinson": atkinson,
    "correlation_ratio": correlation_ratio,
    "isolation": lambda few, total: exposure(few, few, total),
    "exposure": lambda few, total: exposure(few, total - few, total),
    "entropy": lambda few, total: theil_h(np.column_stack([few, total - few])),
}


def tables(groups: int) -> st.SearchStrategy[Table]:
    """Units × groups, every unit and every group with somebody in it."""
    shape = st.tuples(st.integers(2, 12), st.just(groups))
    numbers = st.one_of(st.integers(0, 9), st.integers(0, 5_000))
    whole = arrays(np.int64, shape, elements=numbers)
    return whole.filter(lambda t: bool((t.sum(axis=0) > 0).all() and (t.sum(axis=1) > 0).all()))


@pytest.mark.parametrize("name", OURS)
@settings(max_examples=40, deadline=None, derandomize=True)
@given(table=tables(2))
def test_a_two_group_index_is_pysals(name: str, table: Table) -> None:
    few, total = table[:, 0], table.sum(axis=1)
    assert OURS[name](few, total) == pytest.approx(peers.TWO_GROUPS[name]((few, total)), abs=1e-9)


@pytest.mark.parametrize("b", [0.1, 0.5, 0.9])
def test_atkinson_is_pysals_at_every_weight(b: float) -> None:
    rng = np.random.default_rng(3)
    few, rest = rng.integers(0, 60, 40), rng.integers(1, 90, 40)
    theirs = peers.atkinson((few, few + rest), b)
    assert atkinson(few, few + rest, b) == pytest.approx(theirs, abs=1e-9)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(table=tables(2), seed=st.integers(0, 999))
def test_delta_is_pysals(table: Table, seed: int) -> None:
    area = np.random.default_rng(seed).uniform(0.5, 9, len(table))
    pair = (table[:, 0], table.sum(axis=1))
    assert delta(pair[0], area) == pytest.approx(peers.delta(pair, area), abs=1e-9)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(table=st.integers(2, 6).flatmap(tables))
def test_h_is_pysals_and_m_is_scikit_learns(table: Table) -> None:
    assert mutual_information(table) == pytest.approx(peers.mutual_information(table), abs=1e-9)
    assert theil_h(table) == pytest.approx(peers.theil_h(table), abs=1e-9)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(table=st.integers(2, 6).flatmap(tables))
def test_local_information_is_scipys_relative_entropy_and_adds_up_to_m(table: Table) -> None:
    local = local_information(table)
    assert local == pytest.approx(peers.local_information(table), abs=1e-9)
    weighted = float((table.sum(axis=1) / table.sum() * local).sum())
    assert mutual_information(table) == pytest.approx(weighted, abs=1e-9)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(table=tables(2), times=st.integers(2, 7))
def test_a_two_group_index_lies_between_0_and_1_and_knows_no_order_or_scale(
    table: Table, times: int
) -> None:
    few, total = table[:, 0], table.sum(axis=1)
    back = np.arange(len(few))[::-1]
    for name, index in OURS.items():
        value = index(few, total)
        assert value is not None
        assert -1e-12 <= value <= 1 + 1e-12, name
        assert index(few[back], total[back]) == pytest.approx(value, abs=1e-9)
        assert index(few * times, total * times) == pytest.approx(value, abs=1e-9)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(table=tables(2))
def test_what_is_the_same_for_both_groups_does_not_depend_on_which_is_named(table: Table) -> None:
    few, total = table[:, 0], table.sum(axis=1)
    assume(few.sum() != total.sum() - few.sum())
    for name in ("dissimilarity", "gini", "correlation_ratio", "entropy"):
        assert OURS[name](total - few, total) == pytest.approx(OURS[name](few, total), abs=1e-9)
