"""A release is replayed, transposed, selected and read again without another draw."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.answers import Layout, layout_from_json, layout_of
from privacy.noise import Ask, Drawn, price
from privacy.query import Aggregate, Bounds, Column, Having, Plan, Selection
from privacy.release import Release, answer, body_of, noise_identity, release_of
from tests.privacy.answered import (
    AGE,
    COUNT,
    DELTA,
    MEAN,
    PLACES,
    SHARE,
    STATUSES,
    TOTAL,
    key,
    plan,
    released,
)

KEYS = (key("place", PLACES), key("status", STATUSES))
CELLS = np.array([500, 20, 300, 0, 7, 90])


def _answered(release: Release, asked: Plan | None = None, **more: object) -> dict[str, object]:
    layout = None if asked is None else layout_of(asked)
    return answer(release, 0.95, (), layout, **more)  # type: ignore[arg-type]


def _read_back(release: Release) -> Release:
    return Release.from_json(json.loads(body_of(release)))


@pytest.mark.parametrize(
    "figures",
    [
        (COUNT,),
        (COUNT, MEAN, TOTAL, SHARE),
        (Aggregate("stddev", "s", AGE, None, 0, 120, sample=False),),
        (Aggregate("sum", "s", AGE, None, 0, 120, Decimal("0.01")),),
        (Aggregate("quantile", "q", AGE, level=Fraction(1, 2), grid=(0, 10, 120)),),
        (Aggregate("top", "t", Column("status", "text"), domain=STATUSES, most=1),),
    ],
)
def test_a_layout_is_read_back_as_it_was_written(figures: tuple[Aggregate, ...]) -> None:
    selection = Selection((Having("n", ">", Decimal("1.5")),), (("n", True),), 3)
    bounds = Bounds(2, 9, 3, 2, "filter", "private")
    layout = layout_of(plan(*figures, keys=KEYS, selection=selection, bounds=bounds))
    written = json.loads(json.dumps(layout.as_json()))
    assert layout_from_json(written) == layout
    assert isinstance(layout, Layout)


def test_a_release_read_back_gives_the_same_bytes_and_the_same_answer() -> None:
    release = released(plan(COUNT, MEAN, keys=KEYS), {"rows": CELLS, "sum": CELLS * -40})
    again = _read_back(release)
    assert body_of(again) == body_of(release)
    assert _answered(again) == _answered(release)


def test_keys_and_figures_exchanged_give_the_same_numbers() -> None:
    first = plan(COUNT, TOTAL, keys=KEYS)
    release = _read_back(released(first, {"rows": CELLS, "sum": CELLS * 30}))
    turned = plan(
        replace(TOTAL, label="years"),
        replace(COUNT, label="people"),
        keys=(key("status", STATUSES, label="s"), key("place", PLACES)),
        columns=("people", "s", "place", "years"),
    )
    assert turned.canonical() == first.canonical()
    rows = {(p, s): (n, t) for p, s, n, t in _answered(release)["rows"]}  # type: ignore[attr-defined]
    seen = _answered(release, turned)
    assert seen["columns"] == ["people", "s", "place", "years"]
    assert {(p, s): (n, t) for n, s, p, t in seen["rows"]} == rows  # type: ignore[attr-defined]
    assert [row[1:3] for row in seen["rows"]][:4] == [  # type: ignore[index]
        ["migrant", "north"], ["migrant", "south"], ["migrant", "east"], ["local", "north"],
    ]  # fmt: skip


def test_the_noise_is_the_same_question_in_whatever_order_figures_are_named() -> None:
    ask = Ask(rho=0.1)
    one, other = plan(COUNT, TOTAL, keys=KEYS), plan(TOTAL, COUNT, keys=KEYS[::-1])
    first, second = (noise_identity(p, price(p, ask, DELTA)) for p in (one, other))
    assert first == second
    wider = plan(COUNT, replace(TOTAL, high=100), keys=KEYS)
    assert noise_identity(wider, price(wider, ask, DELTA)) != first


def test_another_confidence_costs_nothing_and_moves_no_figure() -> None:
    release = released(plan(COUNT, MEAN, keys=KEYS), {"rows": CELLS, "sum": CELLS * -40})
    wide, narrow = answer(release, 0.99), answer(release, 0.5)
    assert wide["rows"] == narrow["rows"]
    assert wide["errors"][0][2] > narrow["errors"][0][2]
    assert wide["errors"][0][3] > narrow["errors"][0][3]


def test_having_order_and_limit_choose_among_noisy_rows_and_say_so() -> None:
    release = released(plan(COUNT, keys=KEYS), {"rows": CELLS}, Ask(rho=5.0))
    chosen = Selection((Having("n", ">=", Decimal(50)),), (("n", True),), 2)
    seen = _answered(release, plan(COUNT, keys=KEYS, selection=chosen))
    assert [row[:2] for row in seen["rows"]] == [["north", "migrant"], ["south", "migrant"]]  # type: ignore[attr-defined]
    assert len(seen["errors"]) == len(seen["unbiased"]) == 2  # type: ignore[arg-type]
    assert [n["note"] for n in seen["notes"]] == ["selected"]  # type: ignore[attr-defined]
    by_key = _answered(
        release, plan(COUNT, keys=KEYS, selection=Selection(order=(("place", False),)))
    )
    assert [row[0] for row in by_key["rows"]] == sorted(PLACES * 2)  # type: ignore[attr-defined]
    assert by_key["notes"] == []  # an order selects nothing


def test_an_undefined_figure_stands_last_and_passes_no_condition() -> None:
    exact = {"rows": [-3, 50, 10, 20, 5, 4], "sum": [1, 50, 100, -20, 5, 4]}
    of = plan(MEAN, keys=KEYS)
    release = released(of, exact, noise=False)
    for descending in (False, True):
        ordered = _answered(
            release, replace(of, selection=Selection(order=(("mean", descending),)))
        )
        assert ordered["rows"][-1][2] is None  # type: ignore[index]
        assert ordered["errors"][-1][2] is None  # type: ignore[index]
        assert "nothing to divide by" in ordered["undefined"]["rows.5.2"]  # type: ignore[index]
    for condition in (Having("mean", ">", Decimal(-1)), Having("mean", "<>", Decimal(7))):
        kept = replace(of, selection=Selection((condition,)))
        assert len(_answered(release, kept)["rows"]) == 5  # type: ignore[arg-type]


def test_found_groups_are_shown_in_the_order_of_their_values() -> None:
    keys = (key("word", (), origin="unknown"), key("status", STATUSES))
    of = plan(COUNT, keys=keys)
    priced = price(of, Ask(rho=0.1), DELTA)
    vectors = {m.statistic: np.array([3, 1, 2]) for m in priced.measured}
    groups = (("c", "local"), ("a", "migrant"), ("a", "local"))
    release = release_of(
        identifier="r", plan=of, priced=priced, drawn=Drawn(vectors, groups=groups), snapshot="s",
        commitment="c", purpose="p", synthetic=True,
    )  # fmt: skip
    seen = _answered(_read_back(release))
    assert seen["rows"] == [["a", "local", 2], ["a", "migrant", 1], ["c", "local", 3]]
    assert seen["privacy"]["atto_delta"] > 0  # type: ignore[index]
    assert "threshold" in [n["note"] for n in seen["notes"]]  # type: ignore[attr-defined]


def test_decimals_are_the_units_and_counts_are_integers() -> None:
    wage = Aggregate("sum", "wages", Column("wage", "whole", 0, 0, 9), None, 0, 9, Decimal("0.01"))
    release = released(plan(COUNT, wage), {"rows": [7], "sum": [123_456_789_012_345]}, noise=False)
    text = json.dumps(_answered(release)["rows"])
    assert text == "[[7, 1234567890123.45]]"


def test_clipped_rows_and_clamped_values_are_said_with_who_chose() -> None:
    private = plan(COUNT, bounds=Bounds(1, 9, 3, 3, "filter", "private"))
    seen = _answered(released(private, {"rows": [7]}))
    assert seen["covers"] == "clipped"
    assert "private quantile" in seen["notes"][0]["en"]  # type: ignore[index]
    assert "3 rows" in seen["notes"][0]["en"]  # type: ignore[index]
    narrow = plan(replace(TOTAL, high=60))
    seen = _answered(released(narrow, {"sum": [7]}))
    assert seen["covers"] == "clipped"
    assert seen["notes"][0]["note"] == "clamped"  # type: ignore[index]
    assert _answered(released(plan(TOTAL), {"sum": [7]}))["covers"] == "true"


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(-40, 60), min_size=1, max_size=6),
    st.lists(st.integers(0, 50), min_size=6, max_size=6),
)
def test_a_consistent_count_is_never_farther_from_any_possible_truth(
    noisy: list[int], truths: list[int]
) -> None:
    of = plan(COUNT, keys=(key("k", [str(i) for i in range(len(noisy))]),))
    seen = _answered(released(of, {"rows": noisy}, noise=False), prefer="consistent")
    assert seen["rows_are"] == "consistent"
    for row, raw, truth in zip(seen["rows"], seen["unbiased"], truths, strict=False):  # type: ignore[call-overload]
        assert isinstance(row[1], int)
        assert row[1] >= 0
        assert abs(row[1] - truth) <= abs(raw[1] - truth)


def test_consistent_figures_are_possible_figures() -> None:
    exact = {
        "rows": [3, 4, 5, 6, 2, 1],
        "sum": [-4000, 9000, 100, 0, -100, 9000],
        "s2": [9, -3, 5, 2, 1, 0],
    }
    release = released(plan(MEAN, TOTAL, SHARE, keys=KEYS), exact, noise=False)
    seen = _answered(release, prefer="consistent")
    for row in seen["rows"]:  # type: ignore[attr-defined]
        assert 0 <= row[2] <= 120
        assert row[3] >= 0
        assert row[4] is None or 0 <= row[4] <= 1


def test_what_sp_800_226_asks_is_stated() -> None:
    release = released(
        plan(COUNT, MEAN, keys=KEYS, bounds=Bounds(2, 5, 5, 5)), {"rows": CELLS, "sum": CELLS}
    )
    privacy = release.as_json()["privacy"]
    assert privacy["unit"] == "person"
    assert privacy["neighbouring"] == "add or remove one person"
    assert privacy["population"] == "test"
    assert privacy["bounds"]["rows_a_pseudonym"] == 5
    assert privacy["bounds"]["values"] == [{"figure": "mean", "low": "0", "high": "120"}]
    assert [m["name"] for m in privacy["mechanisms"]] == ["discrete_gaussian"] * 3
    assert sum(m["rho"] for m in privacy["mechanisms"]) == pytest.approx(privacy["rho"])
    assert any("domains" in p for p in privacy["public"])
