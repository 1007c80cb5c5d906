"""Pseudonyms made inside the engine are HMAC-SHA-256 as the standard library computes it."""

from __future__ import annotations

import hmac

import duckdb
import pyarrow as pa
import pytest

from privacy.contract import PseudonymHash
from privacy.pseudonyms import (
    Pseudonymiser,
    pseudonyms_of_column,
    register_pseudonym,
)

# RFC 4231, test case 2
RFC_KEY, RFC_TEXT = b"Jefe", "what do ya want for nothing?"
RFC_TAG = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


def _in_engine(
    key: bytes, values: list[str | None], hash_name: PseudonymHash = "sha256"
) -> list[str | None]:
    with duckdb.connect(":memory:") as engine:
        register_pseudonym(engine, "pseudonym", key, hash_name)
        rows = engine.execute(
            "SELECT pseudonym(v) FROM unnest($values::VARCHAR[]) AS t(v)", {"values": values}
        ).fetchall()
    return [row[0] for row in rows]


def test_the_published_example_is_met() -> None:
    assert _in_engine(RFC_KEY, [RFC_TEXT]) == [RFC_TAG[:32]]


@pytest.mark.parametrize("size", [1, 31, 32, 63, 64])
def test_engine_library_and_batches_agree(size: int) -> None:
    key = bytes(range(size))
    values = ["", "x", "11010519491231002X", "买买提·吐尔逊", "\n\\x00'\"", "长" * 500]
    expected = [hmac.new(key, v.encode(), "sha256").hexdigest()[:32] for v in values]
    assert _in_engine(key, list(values)) == expected
    assert Pseudonymiser(key).of(values) == expected


def test_nothing_has_no_pseudonym() -> None:
    assert _in_engine(b"k", [None]) == [None]


def test_the_engine_makes_them_by_sm3_too() -> None:
    values = ["11010519491231002X", None, ""]
    expected = Pseudonymiser(b"key", "sm3").of(["11010519491231002X", ""])
    assert _in_engine(b"key", list(values), "sm3") == [expected[0], None, expected[1]]


def test_no_error_and_no_plan_shows_the_key() -> None:
    key = b"a key that must not be seen 3141"
    with duckdb.connect(":memory:") as engine:
        register_pseudonym(engine, "pseudonym", key)
        plan = engine.execute("EXPLAIN SELECT pseudonym('v') FROM range(1)").fetchall()
        functions = engine.execute("SELECT * FROM duckdb_functions()").fetchall()
        with pytest.raises(duckdb.Error) as caught:
            engine.execute("SELECT pseudonym(absent) FROM range(1)")
    assert "must not be seen" not in f"{plan} {functions} {caught.value}"


def test_a_key_longer_than_a_block_is_refused() -> None:
    with pytest.raises(ValueError):
        pseudonyms_of_column(pa.array(["v"]), bytes(65))
