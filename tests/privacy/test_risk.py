"""Risk measures against pycanon, definitions written out, closed forms and simulation."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycanon import anonymity

from policies.errors import BadInput
from privacy.risk import (
    MODES,
    Atoms,
    Cells,
    Classes,
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

QUASI = ["age_band", "sex", "place"]


def _table(seed: int, rows: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "age_band": rng.choice(["0-17", "18-44", "45+"], rows),
            "sex": rng.choice(["男", "女"], rows),
            "place": rng.choice(["a", "b", "c"], rows, p=[0.6, 0.3, 0.1]),
            "illness": rng.choice(["none", "sight", "hearing", "heart"], rows),
            "income": rng.integers(0, 9, rows),
        }
    )


def _stored(table: pd.DataFrame, folder: Path) -> list[Path]:
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), folder / "rows.parquet")
    return [folder / "rows.parquet"]


@pytest.mark.parametrize("seed", range(6))
def test_k_l_and_t_agree_with_pycanon(seed: int, tmp_path: Path) -> None:
    table = _table(seed)
    found = count_classes(_stored(table, tmp_path), QUASI, ["illness", "income"], by_person=False)
    assert found.classes.k == anonymity.k_anonymity(table, QUASI)
    for s in found.sensitive:
        ours = diversity(s.cells)
        assert ours is not None
        assert ours.distinct == anonymity.l_diversity(table, QUASI, [s.name])
        # pycanon truncates exp(entropy) to an integer
        theirs = anonymity.entropy_l_diversity(table, QUASI, [s.name])
        assert theirs <= ours.entropy + 1e-9 < theirs + 1 + 1e-6
        t = t_ordered(s.cells) if s.ordered else t_equal(s.cells)
        assert t == pytest.approx(anonymity.t_closeness(table, QUASI, [s.name]))


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), min_size=1, max_size=80),
    st.integers(2, 4),
)
@settings(max_examples=150, deadline=None)
def test_diversity_and_closeness_follow_their_definitions(
    rows: list[tuple[int, int]],
    l: int,  # noqa: E741 — the paper's letter
) -> None:
    counts = Counter(rows)
    keys = sorted(counts)
    group, value = (np.array([k[i] for k in keys]) for i in (0, 1))
    cells = Cells.of(group, value, np.array([counts[k] for k in keys]))
    found = diversity(cells, l)
    assert found is not None
    values = sorted({v for _, v in rows})
    overall = Counter(v for _, v in rows)
    by_class = {g: Counter(v for h, v in rows if h == g) for g in {g for g, _ in rows}}
    # recursive (c, l): r1 < c (r_l + … + r_m), r1 the most frequent
    ratios = []
    for held in by_class.values():
        r = sorted(held.values(), reverse=True)
        ratios.append(r[0] / sum(r[l - 1 :]) if len(r) >= l else None)
    expected = None if None in ratios else max(x for x in ratios if x is not None)
    assert found.c == (None if expected is None else pytest.approx(expected))
    equal, ordered = [], []
    for held in by_class.values():
        n = sum(held.values())
        gap = [held[v] / n - overall[v] / len(rows) for v in values]
        equal.append(sum(map(abs, gap)) / 2)
        ordered.append(sum(map(abs, np.cumsum(gap))))
    assert t_equal(cells) == pytest.approx(max(equal), abs=1e-9)
    if len(values) > 1:
        assert t_ordered(cells) == pytest.approx(max(ordered) / (len(values) - 1), abs=1e-9)
    else:
        assert t_ordered(cells) is None


def test_recursive_diversity_equals_pycanons_only_where_values_are_equally_frequent() -> None:
    # pycanon sorts a class's counts upwards: its r1 is the rarest value, the paper's the most frequent
    even = pd.DataFrame({"q": ["x"] * 6 + ["y"] * 6, "s": ["a", "b", "c"] * 4})
    uneven = pd.DataFrame({"q": ["x"] * 6, "s": ["a", "a", "a", "a", "b", "c"]})
    for table, same in ((even, True), (uneven, False)):
        counts = table.groupby(["q", "s"]).size().reset_index(name="n")
        cells = Cells.of(
            counts["q"].factorize()[0], counts["s"].factorize()[0], counts["n"].to_numpy()
        )
        c, l_found = anonymity.recursive_c_l_diversity(table, ["q"], ["s"])
        ours = diversity(cells, l_found)
        assert ours is not None
        assert ours.c is not None
        assert (int(ours.c) + 1 == int(c)) is same


def test_risks_by_hand() -> None:
    # classes of 1, 1, 2 and 6 persons: Dankar and El Emam's θ = 1 / f
    classes = Classes.of(np.array([1, 1, 2, 6]))
    found = classes.prosecutor(0.2)
    assert found is not None
    assert (found.maximum, found.share_at_risk) == (1.0, 0.4)
    assert found.average == pytest.approx(4 / 10)  # classes / persons
    assert (classes.k, classes.uniques, classes.below(5)) == (1, 2, 4)
    exact = Classes.of(np.array([5, 5])).prosecutor(0.2)
    assert exact is not None
    assert exact.share_at_risk == 0  # 1/5 is not above 0.2


def test_nobody_is_undefined_and_not_zero() -> None:
    nobody = Classes.of(np.array([], dtype=np.int64))
    none = Cells.of(*(np.array([], dtype=np.int64),) * 3)
    assert nobody.k is None
    assert nobody.prosecutor(0.2) is None
    assert diversity(none) is None
    assert t_equal(none) is None
    assert t_ordered(none) is None
    graded = grade(nobody, MODES[0], direct_identifiers=False, free_text=False)
    assert graded.grade is None
    assert population_uniques(nobody, 100) is None


def test_a_person_with_several_rows_is_as_exposed_as_by_the_rarest(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "person": ["p", "p", "p", "q", "r", "r"],
            "place": ["a", "a", "b", "a", "a", "c"],
            "illness": ["x", "x", "y", "x", "y", "y"],
        }
    )
    found = count_classes(_stored(table, tmp_path), ["place"], ["illness"], by_person=True)
    # a holds p, q, r; b only p; c only r: p and r are alone somewhere, q is one of three
    assert found.rows == 6
    assert found.classes.total == 3
    assert found.classes.uniques == 2
    assert found.classes.below(3) == 2
    assert found.sensitive[0].cells.persons.tolist() == [2, 1, 1, 1]


def test_empty_values_are_a_class_and_no_sensitive_value(tmp_path: Path) -> None:
    table = pd.DataFrame({"place": ["a", None, None], "illness": ["x", None, "y"]})
    found = count_classes(_stored(table, tmp_path), ["place"], ["illness"], by_person=False)
    assert found.classes.sizes.tolist() == [1, 2]
    assert found.sensitive[0].without == 1
    assert found.sensitive[0].cells.values == 2


def test_many_columns_that_do_not_fit_one_key(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    names = [f"c{i}" for i in range(24)]
    table = pd.DataFrame({n: rng.integers(0, 30, 300).astype(str) for n in names})
    table = pd.concat([table, table.head(40)], ignore_index=True)
    table["s"] = rng.choice(["u", "v"], len(table))
    found = count_classes(_stored(table, tmp_path), names, ["s"], by_person=False)
    assert found.classes.k == anonymity.k_anonymity(table, names)
    assert found.classes.count == len(table.drop_duplicates(names))
    assert t_equal(found.sensitive[0].cells) == pytest.approx(
        anonymity.t_closeness(table, names, ["s"])
    )


@pytest.mark.parametrize("dense", [0, 2**24])
@pytest.mark.parametrize("by_person", [False, True])
def test_pieces_of_files_are_counted_as_pandas_counts_the_whole(
    dense: int, by_person: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Every row group has a dictionary of its own, in its own order, with gaps."""
    monkeypatch.setattr("privacy.risk.counting._DENSE", dense)
    rng = np.random.default_rng(17)
    table = _table(9, 900)
    table.loc[rng.random(900) < 0.1, "place"] = None
    table.loc[rng.random(900) < 0.2, "illness"] = None
    table["person"] = [f"p{i}" for i in rng.integers(0, 250, 900)] if by_person else range(900)
    for name, part in (("1", table[:500]), ("2", table[500:])):
        stored = pa.Table.from_pandas(part, preserve_index=False)
        pq.write_table(stored, tmp_path / f"{name}.parquet", row_group_size=37)
    found = count_classes(
        sorted(tmp_path.glob("*.parquet")), QUASI, ["illness", "income"], by_person=by_person
    )
    counts = table.groupby(QUASI, dropna=False)["person"].nunique()
    sizes, classes = np.unique(counts, return_counts=True)
    assert found.classes.sizes.tolist() == sizes.tolist()
    assert found.classes.classes.tolist() == classes.tolist()
    smallest = table.merge(counts.rename("n").reset_index()).groupby("person")["n"].min()
    assert [found.classes.below(k) for k in (2, 5, 30)] == [
        int((smallest < k).sum()) for k in (2, 5, 30)
    ]
    for s in found.sensitive:
        cells = table.groupby([*QUASI, s.name], dropna=False)["person"].nunique().reset_index()
        known = cells.dropna(subset=[s.name])["person"]
        assert sorted(s.cells.persons.tolist()) == sorted(known.tolist())
        assert s.without == table.loc[table[s.name].isna(), "person"].nunique()
        assert t_equal(s.cells) == pytest.approx(
            t_equal(Cells.of(*_cells_of(table, s.name))), abs=1e-12
        )


def _cells_of(table: pd.DataFrame, sensitive: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    known = table.dropna(subset=[sensitive])
    counts = known.groupby([*QUASI, sensitive], dropna=False)["person"].nunique().reset_index()
    group = counts.groupby(QUASI, dropna=False).ngroup().to_numpy()
    return group, counts[sensitive].factorize()[0], counts["person"].to_numpy()


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="nope"):
        count_classes(_stored(_table(0), tmp_path), ["nope"], [], by_person=False)
    with pytest.raises(BadInput, match="--quasi"):
        count_classes(_stored(_table(0), tmp_path), [], [], by_person=False)


def test_zayatz_finds_the_uniques_of_a_drawn_population() -> None:
    rng = np.random.default_rng(11)
    population = np.repeat(np.arange(6000), rng.geometric(0.35, 6000))
    sizes = np.bincount(population)
    truth, guess = [], []
    for _ in range(20):
        sample = rng.choice(population, len(population) // 2, replace=False)
        values, counts = np.unique(sample, return_counts=True)
        alone = values[counts == 1]
        truth.append(float((sizes[alone] == 1).mean()))
        guess.append(population_uniques(Classes.of(counts), len(population)))
    # the estimator takes the sample's sizes for the population's: biased, here by less than 0.15
    assert abs(np.mean(guess) - np.mean(truth)) < 0.15
    assert population_uniques(Classes.of(np.array([1, 2])), 3) == 1.0
    assert population_uniques(Classes.of(np.array([1, 2])), 31) is None


def test_grades_turn_at_the_lines() -> None:
    twenty, nineteen = Classes.of(np.array([20, 40])), Classes.of(np.array([19, 40]))
    public = MODES[0]
    assert grade(twenty, public, direct_identifiers=False, free_text=False).grade == 3
    assert grade(nineteen, public, direct_identifiers=False, free_text=False).grade == 2
    assert grade(twenty, public, direct_identifiers=False, free_text=True).grade == 2
    assert grade(twenty, public, direct_identifiers=True, free_text=False).grade == 1


def test_ladders_join_bands_and_drop_tiers() -> None:
    bands = ladder("age", [None, "0-17", "18-29", "30-44", "45-59", "60+", "unknown"])
    assert bands.names == ("as it is", "2 joined", "4 joined", "left out")
    assert bands.maps[1].tolist() == [0, 1, 1, 3, 3, 5, 6]
    places = ladder("place", ["440305002010", "440305002011", "440305003001", "440306002001"])
    assert places.names == ("as it is", "street", "district", "left out")
    assert [len(np.unique(m)) for m in places.maps] == [4, 3, 2, 1]
    assert ladder("sex", ["男", "女"]).names == ("as it is", "left out")


@pytest.mark.parametrize("seed", range(5))
def test_the_advice_loses_least_and_keeps_its_promise(seed: int, tmp_path: Path) -> None:
    table = _table(seed, 200)
    found = count_classes(_stored(table, tmp_path), QUASI, [], by_person=False)
    ladders = [ladder(c.name, c.values) for c in found.columns]
    target = Target(12, 0.05)
    advice = advise(found.atoms, ladders, target)
    assert advice.exhaustive
    assert advice.best is not None
    # coarsened outside, by the ladders' own words, and measured by pycanon's classes
    coarse = table[QUASI].copy()
    for column, steps, level in zip(found.columns, ladders, advice.best.levels, strict=True):
        code = {v: i for i, v in enumerate(column.values)}
        coarse[column.name] = [str(steps.maps[level][code[v]]) for v in table[column.name]]
    sizes = coarse.groupby(QUASI)[QUASI[0]].transform("size")
    assert (sizes < 12).mean() == pytest.approx(advice.best.share_below)
    assert advice.best.share_below <= 0.05
    assert advice.best.k == anonymity.k_anonymity(coarse, QUASI)


def test_the_greedy_search_ends_where_no_column_can_be_finer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    table = _table(3, 200)
    found = count_classes(_stored(table, tmp_path), QUASI, [], by_person=False)
    ladders = [ladder(c.name, c.values) for c in found.columns]
    target = Target(12, 0.0)
    best = advise(found.atoms, ladders, target).best
    monkeypatch.setattr("privacy.risk.coarsening.MOST_NODES", 0)
    greedy = advise(found.atoms, ladders, target)
    assert not greedy.exhaustive
    assert best is not None
    assert greedy.best is not None
    assert greedy.best.share_below == 0
    assert best.loss <= greedy.best.loss <= best.loss + 0.35


def test_entropy_loss_by_hand() -> None:
    # two columns of one bit each, four people all different: leaving one out loses half of the bits
    codes = np.array(list(itertools.product([0, 1], [0, 1])))
    atoms = Atoms(codes, np.ones(4, dtype=np.int64))
    advice = advise(atoms, [ladder("a", ["x", "y"]), ladder("b", ["x", "y"])], Target(2, 0.0))
    assert advice.best is not None
    assert advice.best.loss == pytest.approx(0.5)
    assert advice.best.k == 2
    assert advice.best.discernibility == 2.0
    # four people cannot be five alike
    assert advise(atoms, [ladder("a", ["x", "y"])] * 2, Target(5, 0.0)).best is None
