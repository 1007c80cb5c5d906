"""Exact counts are those of pandas, whatever stands in the rows."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.counting import count
from privacy.query import All, Compare, CountColumn, KeyColumn, Not, OneOf, Plan

A, B = ("x", "y'", "深圳"), ("1", "2")
rows = st.lists(
    st.tuples(
        st.sampled_from([*A, None, 'other"', ""]), st.sampled_from([*B, None]),
        st.integers(-5, 5) | st.none(),
    ),
    min_size=1, max_size=40,
)  # fmt: skip


@settings(deadline=None, max_examples=40)
@given(rows, st.integers(-5, 5), st.sets(st.sampled_from(A), min_size=1))
def test_counts_are_those_of_pandas(
    data: list[tuple[str | None, str | None, int | None]], low: int, some: set[str]
) -> None:
    frame = pd.DataFrame(data, columns=["a", "b", "n"]).astype({"n": "Int64"})
    columns = (KeyColumn("a", "a", A), KeyColumn("b", "b", B), CountColumn("count"))
    where = All((Compare("n", ">=", low), Not(OneOf("a", tuple(sorted(some))))))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        frame.to_parquet(path)
        every = count(Plan("d", "p", 1, columns, None, 1), [path])
        part = count(Plan("d", "p", 1, columns, where, 1), [path])
    kept = frame[(frame["n"] >= low).fillna(False) & frame["a"].notna() & ~frame["a"].isin(some)]
    for cells, rows_ in ((every, frame), (part, kept)):
        expected = [int(((rows_["a"] == a) & (rows_["b"] == b)).sum()) for a in A for b in B]
        assert cells.tolist() == expected
        assert cells.dtype == "int64"
