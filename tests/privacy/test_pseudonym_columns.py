"""Pseudonyms of whole columns are HMAC-SHA-256 as the standard library computes it."""

from __future__ import annotations

import hashlib
import hmac

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.pseudonyms import Pseudonymiser, PurposeKey
from privacy.pseudonyms.columns import pseudonyms_of_column, register_pseudonym
from privacy.pseudonyms.lanes import _K, _START

KEY = PurposeKey("p", 1, bytes(range(32))).for_field("resident_id")


def _expected(key: bytes, values: list[str | None]) -> list[str | None]:
    return [
        None if v is None else hmac.new(key, v.encode(), hashlib.sha256).hexdigest()[:32]
        for v in values
    ]


def test_the_constants_are_those_of_fips_180_4() -> None:
    assert [f"{x:08x}" for x in _START[:3]] == ["6a09e667", "bb67ae85", "3c6ef372"]
    assert [f"{x:08x}" for x in (_K[0], _K[1], _K[63])] == ["428a2f98", "71374491", "c67178f2"]


def test_every_length_around_the_blocks_agrees() -> None:
    values: list[str | None] = ["x" * n for n in range(200)] + ["长" * n for n in range(80)]
    for size in (1, 32, 64):
        key = bytes((i * 7 + 1) % 256 for i in range(size))
        found = pseudonyms_of_column(pa.array(values), key).to_pylist()
        assert found == _expected(key, values)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.none() | st.text(max_size=90), max_size=40), st.integers(0, 10))
def test_any_column_any_slice_agrees(values: list[str | None], start: int) -> None:
    column = pa.array(values, pa.string())
    expected = _expected(bytes(KEY), values)
    assert pseudonyms_of_column(column, KEY).to_pylist() == expected
    assert pseudonyms_of_column(column.slice(start), KEY).to_pylist() == expected[start:]
    chunks = pa.chunked_array([column, column.slice(start)])
    assert pseudonyms_of_column(chunks, KEY).to_pylist() == expected + expected[start:]


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_threads_and_rotations_change_nothing(threads: int) -> None:
    rng = np.random.default_rng(3)
    values = [str(v) for v in rng.integers(0, 10**17, 30_000)]
    key = PurposeKey("p", 3, bytes([3] * 32), (bytes(32), bytes([2] * 32))).for_field("resident_id")
    found = pseudonyms_of_column(pa.array(values, pa.large_string()), key, threads=threads)
    assert found.to_pylist() == Pseudonymiser(key).of(values)


def test_the_engine_calls_it_and_shows_no_key() -> None:
    values = ["11010519491231002X", None, "", "买买提·吐尔逊"] * 5_000
    with duckdb.connect(":memory:") as engine:
        engine.execute("SET threads = 2")
        register_pseudonym(engine, "pseudonym", KEY)
        rows = engine.execute(
            "SELECT pseudonym(v) FROM unnest($values::VARCHAR[]) AS t(v)", {"values": values}
        ).fetchall()
        assert [r[0] for r in rows] == _expected(bytes(KEY), list(values))
        plan = str(engine.execute("EXPLAIN SELECT pseudonym('x')").fetchall())
        assert bytes(KEY).hex() not in plan
