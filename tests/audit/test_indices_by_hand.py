"""Tables small enough to work out on paper, and the cases in which an index has no value."""

from __future__ import annotations

from collections.abc import Callable
from math import log, sqrt

import numpy as np
import pytest
from numpy.typing import NDArray

from audit.counts import Counts
from audit.findings import segregation_block
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
    unbiased_correlation_ratio,
)

Index = Callable[[NDArray[np.int64], NDArray[np.int64]], float | None]
TWO_GROUPS: dict[str, Index] = {
    "dissimilarity": dissimilarity,
    "gini": gini,
    "atkinson": atkinson,
    "correlation_ratio": correlation_ratio,
    "unbiased": unbiased_correlation_ratio,
    "theil_h": lambda few, total: theil_h(np.column_stack([few, total - few])),
    "mutual_information": lambda few, total: mutual_information(
        np.column_stack([few, total - few])
    ),
}
# two units of ten: three and one of the minority's four
FEW, TOTAL = np.array([3, 1]), np.array([10, 10])


@pytest.mark.parametrize("name", [n for n in TWO_GROUPS if n != "mutual_information"])
def test_complete_segregation_is_1(name: str) -> None:
    assert TWO_GROUPS[name](np.array([10, 0, 5]), np.array([10, 7, 5])) == pytest.approx(1.0)


@pytest.mark.parametrize("name", [n for n in TWO_GROUPS if n != "unbiased"])
def test_the_same_mix_everywhere_is_0(name: str) -> None:
    assert TWO_GROUPS[name](np.array([2, 4, 10]), np.array([6, 12, 30])) == pytest.approx(0.0)


def test_complete_segregation_of_equal_groups_tells_one_bit() -> None:
    assert mutual_information(np.array([[4, 0], [0, 4]])) == pytest.approx(log(2))
    assert local_information(np.array([[4, 0], [0, 4]])) == pytest.approx([log(2), log(2)])


def test_a_table_worked_out_on_paper() -> None:
    # D = ½(|3/4 − 7/16| + |1/4 − 9/16|); with two units the Gini index is the same
    assert dissimilarity(FEW, TOTAL) == pytest.approx(5 / 16)
    assert gini(FEW, TOTAL) == pytest.approx(5 / 16)
    # xPx = ¾·.3 + ¼·.1 = .25; P = .2
    assert exposure(FEW, FEW, TOTAL) == pytest.approx(0.25)
    assert exposure(FEW, TOTAL - FEW, TOTAL) == pytest.approx(0.75)
    assert correlation_ratio(FEW, TOTAL) == pytest.approx(0.05 / 0.8)
    # oneself left out: ¾·2/9 + ¼·0/9 = 1/6, against 3/19
    assert unbiased_correlation_ratio(FEW, TOTAL) == pytest.approx((1 / 6 - 3 / 19) / (16 / 19))
    inner = 10 * (sqrt(0.7 * 0.3) + sqrt(0.9 * 0.1)) / (0.2 * 20)
    assert atkinson(FEW, TOTAL) == pytest.approx(1 - 0.25 * inner**2)
    assert delta(FEW, np.array([1.0, 3.0])) == pytest.approx(0.5)


def test_three_groups_worked_out_on_paper() -> None:
    # one unit holds all of the third group and nobody else; the others are even
    table = np.array([[2, 2, 0], [2, 2, 0], [0, 0, 4]])
    m = log(3) / 3 + 2 / 3 * log(1.5)
    assert mutual_information(table) == pytest.approx(m)
    assert theil_h(table) == pytest.approx(m / log(3))
    assert local_information(table) == pytest.approx([log(1.5), log(1.5), log(3)])


@pytest.mark.parametrize("name", TWO_GROUPS)
@pytest.mark.parametrize("few", [[0, 0], [10, 10]], ids=["nobody", "everybody"])
def test_an_index_has_no_value_where_a_group_is_absent(name: str, few: list[int]) -> None:
    assert TWO_GROUPS[name](np.array(few), TOTAL) is None


@pytest.mark.parametrize("name", TWO_GROUPS)
def test_an_index_has_no_value_where_nobody_is_counted(name: str) -> None:
    assert TWO_GROUPS[name](np.array([0, 0]), np.array([0, 0])) is None


@pytest.mark.parametrize("name", TWO_GROUPS)
def test_an_empty_unit_does_not_count(name: str) -> None:
    more = TWO_GROUPS[name](np.insert(FEW, 1, 0), np.insert(TOTAL, 1, 0))
    assert more == pytest.approx(TWO_GROUPS[name](FEW, TOTAL))


def test_an_empty_unit_has_no_local_information() -> None:
    assert np.isnan(local_information(np.array([[1, 2], [0, 0], [2, 1]]))).tolist() == [
        False,
        True,
        False,
    ]


def test_exposure_and_delta_have_no_value_without_the_group_or_areas() -> None:
    nobody = np.zeros(2, dtype=np.int64)
    assert exposure(nobody, FEW, TOTAL) is None
    assert delta(nobody, np.array([1.0, 3.0])) is None
    assert delta(FEW, None) is None
    assert delta(FEW, np.array([0.0, 0.0])) is None


def test_nobody_meets_anybody_where_all_of_the_minority_live_alone() -> None:
    assert unbiased_correlation_ratio(np.array([1, 0]), np.array([1, 5])) is None


@pytest.mark.parametrize("b", [0.0, 1.0, -0.5, 2.0])
def test_atkinson_refuses_a_weight_outside_0_and_1(b: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        atkinson(FEW, TOTAL, b)


def test_a_block_says_why_a_figure_is_missing_and_never_writes_0() -> None:
    counts = Counts(np.array([[5, 0], [7, 0]]), ("u", "v"), ("here", "gone"))
    block = segregation_block(counts, "gone", np.random.default_rng(1))
    for name in ("dissimilarity", "gini", "theil_h", "correlation_ratio", "atkinson"):
        assert block["indices"][name] is None
        assert block["undefined"][f"indices.{name}"] == "one of the two groups is absent"
    for name in ("expected_dissimilarity", "beyond_chance", "p_value"):
        assert block["chance"][name] is None
        assert block["undefined"][f"chance.{name}"]
    assert block["unbiased"]["correlation_ratio"] is None
    assert block["undefined"]["unbiased.correlation_ratio"]
    assert block["indices"]["isolation"]["gone"] is None
    assert block["intervals"] == {}


def test_every_missing_figure_of_a_block_has_its_reason() -> None:
    counts = Counts(np.array([[5, 0], [0, 0], [7, 0]]), ("u", "v", "w"), ("here", "gone"))
    block = segregation_block(counts, "gone", np.random.default_rng(1))

    def missing(path: str, node: object) -> list[str]:
        if node is None:
            return [path]
        if isinstance(node, dict):
            return [m for k, v in node.items() for m in missing(f"{path}.{k}" if path else k, v)]
        return []

    named = {part: block[part] for part in ("indices", "chance", "unbiased")}
    silent = [p for p in missing("", named) if p not in block["undefined"]]
    assert not silent
