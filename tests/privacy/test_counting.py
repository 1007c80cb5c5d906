"""Exact counts equal those of pandas and of a row-by-row judge, whatever the rows hold."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.errors import ServiceFault
from privacy.counting import count, statement
from privacy.query import bind
from tests.privacy.predicates import CONDITIONS, DOMAINS, Condition, Row
from tests.privacy.small import contract

CONTRACT = contract()
_STRANGE = st.sampled_from(
    ["elsewhere", "", "'; DROP TABLE snapshot; --", "上海", "NULL", "%", "\u202e"]
)
_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            name: st.none() | st.sampled_from(values) | st.sampled_from(values) | _STRANGE
            for name, values in DOMAINS.items()
        }
        | {"age": st.none() | st.integers(0, 120)}
    ),
    max_size=40,
)
_KEYS = st.lists(st.sampled_from(list(DOMAINS)), unique=True, max_size=3)


def _written(folder: Path, rows: list[dict[str, Any]], parts: int = 1) -> list[Path]:
    schema = pa.schema([(n, pa.string()) for n in DOMAINS] + [("age", pa.int64())])
    paths = []
    for i in range(parts):
        table = pa.Table.from_pylist(rows[i::parts], schema=schema)
        paths.append(folder / f"{i}.parquet")
        pq.write_table(table, paths[-1])
    return paths


def _by_pandas(rows: list[Row], keys: list[str]) -> list[int]:
    if not keys:
        return [len(rows)]
    frame = pd.DataFrame(rows, columns=[*DOMAINS, "age"]).astype(dict.fromkeys(keys, "object"))
    whole = [pd.Categorical(frame[k], categories=list(DOMAINS[k])) for k in keys]
    table = pd.crosstab(whole[0], whole[1:] or [np.zeros(len(frame))], dropna=False)
    index = pd.Index(DOMAINS[keys[0]])
    if len(keys) == 1:
        return [int(n) for n in table.sum(axis=1).reindex(index, fill_value=0)]
    columns = pd.MultiIndex.from_product([DOMAINS[k] for k in keys[1:]])
    if len(keys) == 2:
        columns = pd.Index(DOMAINS[keys[1]])
    filled = table.reindex(index=index, columns=columns, fill_value=0)
    return [int(n) for n in filled.to_numpy().reshape(-1)]


@given(rows=_ROWS, keys=_KEYS, condition=st.none() | CONDITIONS, parts=st.integers(1, 3))
@settings(deadline=None, max_examples=120, derandomize=True, database=None)
def test_counts_are_those_of_pandas_over_the_whole_public_domains(
    rows: list[dict[str, Any]], keys: list[str], condition: Condition | None, parts: int
) -> None:
    where = f" WHERE {condition.sql}" if condition else ""
    grouped = f" GROUP BY {', '.join(keys)}" if keys else ""
    columns = "".join(f"{k}, " for k in keys)
    plan = bind(f"SELECT {columns}count(*) FROM residents{where}{grouped}", CONTRACT)
    with tempfile.TemporaryDirectory() as folder:
        cells = count(plan, _written(Path(folder), rows, parts))
    kept = [r for r in rows if condition is None or condition.judge(r) is True]
    assert cells.dtype == np.int64
    assert cells.shape == (plan.cells,)
    assert cells.tolist() == _by_pandas(kept, keys)


def test_the_last_selected_column_varies_fastest(tmp_path: Path) -> None:
    rows = [{"district": "south", "status": "local"}] * 2 + [
        {"district": "east", "status": "migrant"}
    ]
    paths = _written(tmp_path, rows)
    by_district = bind("SELECT district, status, count(*) FROM residents GROUP BY 1, 2", CONTRACT)
    by_status = bind("SELECT status, count(*), district FROM residents GROUP BY 1, 3", CONTRACT)
    assert count(by_district, paths).tolist() == [0, 0, 0, 0, 2, 0, 1, 0, 0]
    assert count(by_status, paths).tolist() == [0, 0, 1, 0, 2, 0, 0, 0, 0]


def test_a_table_without_rows_has_every_cell_and_all_are_zero(tmp_path: Path) -> None:
    plan = bind("SELECT word, income_band, count(*) FROM residents GROUP BY 1, 2", CONTRACT)
    assert count(plan, _written(tmp_path, [])).tolist() == [0] * 12


def test_rows_in_another_order_and_in_other_files_give_the_same_integers(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    rows = [
        {"district": rng.choice(DOMAINS["district"]), "word": rng.choice(DOMAINS["word"])}
        for _ in range(5000)
    ]
    plan = bind("SELECT district, word, count(*) FROM residents GROUP BY 1, 2", CONTRACT)
    whole, shuffled = tmp_path / "whole", tmp_path / "shuffled"
    whole.mkdir()
    shuffled.mkdir()
    one = count(plan, _written(whole, rows), threads=1)
    other = [rows[i] for i in rng.permutation(5000)]
    assert one.tolist() == count(plan, _written(shuffled, other, parts=7)).tolist()
    assert one.sum() == 5000


def test_values_are_bound_as_parameters_and_never_stand_in_the_statement() -> None:
    plan = bind("SELECT count(*) FROM residents WHERE word = 'it''s' AND age < 77", CONTRACT)
    tree, parameters = statement(plan)
    text = tree.sql(dialect="duckdb")
    assert "it" not in text
    assert "77" not in text
    assert sorted(map(str, parameters.values())) == ["77", "it's"]


def test_a_fault_of_the_engine_says_nothing_of_the_rows(tmp_path: Path) -> None:
    plan = bind("SELECT district, count(*) FROM residents GROUP BY 1", CONTRACT)
    broken = tmp_path / "110105199001011234.parquet"
    broken.write_bytes(b"PAR1 this is no Parquet file 110105199001011234")
    with pytest.raises(ServiceFault) as fault:
        count(plan, [broken])
    assert "110105" not in str(fault.value)
    assert fault.value.__cause__ is None
