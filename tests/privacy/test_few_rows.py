"""Tables without a row, with one person, and of names in any script: the same shapes, and answers of integers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from privacy.counting import count
from privacy.noise import price
from privacy.query import bind, statistics_of
from tests.privacy.noise_plans import worker
from tests.privacy.test_whole_path_games import QUESTIONS
from tests.privacy.whole_path import DELTA, Towns


def _written(towns: Towns, folder: Path, most: int) -> dict[str, list[Path]]:
    """Write the first rows of the tables of the town with the person; 0: none."""
    found = {}
    for name, (path,) in towns.files[1].items():
        folder.mkdir(exist_ok=True)
        found[name] = [folder / f"{name}.parquet"]
        pq.write_table(pq.read_table(path).slice(0, most), found[name][0])
    return found


@pytest.mark.parametrize("rows", [0, 1])
def test_every_kind_of_question_is_answered_over_no_row_and_over_one(
    rows: int, tmp_path: Path
) -> None:
    towns = Towns(tmp_path / "towns")
    files = _written(towns, tmp_path / str(rows), rows)
    with worker() as noise:
        for asked in QUESTIONS.values():
            plan = bind(asked.sql, towns.contracts, asked.bounds)
            exact = count(plan, [files[s.dataset] for s in plan.sources])
            priced = price(plan, asked.ask, DELTA)
            drawn = noise.draw(priced, exact)
            whole = count(plan, [towns.files[1][s.dataset] for s in plan.sources])
            for s in statistics_of(plan):
                found = drawn.vectors.get(s.name, drawn.choices.get(s.name))
                assert found is not None
                assert found.dtype == np.int64
                if not plan.unknown_groups:
                    assert exact.vectors[s.name].shape == whole.vectors[s.name].shape


def test_a_table_of_null_alone_counts_nothing(tmp_path: Path) -> None:
    towns = Towns(tmp_path / "towns")
    path = tmp_path / "null.parquet"
    whole = pq.read_table(towns.files[1]["visits"][0])
    empty = {n: pa.nulls(len(whole), whole[n].type) for n in ("kind", "place", "hours", "day")}
    pq.write_table(pa.table({"person": whole["person"], "rank": whole["rank"], **empty}), path)
    plan = bind("SELECT kind, count(*), sum(hours) FROM visits GROUP BY kind", towns.contracts)
    assert not any(v.any() for v in count(plan, [[path]]).vectors.values())
