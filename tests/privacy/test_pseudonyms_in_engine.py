"""Pseudonyms made inside the engine are HMAC-SHA-256 as the standard library computes it."""

from __future__ import annotations

import hmac

import duckdb
import pytest

from privacy.pseudonyms import Pseudonymiser
from privacy.pseudonyms.in_engine import bound_key, pseudonym_sql

# RFC 4231, test case 2
RFC_KEY, RFC_TEXT = b"Jefe", "what do ya want for nothing?"
RFC_TAG = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


def _in_engine(key: bytes, values: list[str | None]) -> list[str | None]:
    with duckdb.connect(":memory:") as engine:
        rows = engine.execute(
            f"SELECT {pseudonym_sql('v')} FROM unnest($values::VARCHAR[]) AS t(v)",
            {"values": values, **bound_key(key)},
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


def test_no_error_shows_the_key() -> None:
    key = b"a key that must not be seen 3141"
    with duckdb.connect(":memory:") as engine, pytest.raises(duckdb.Error) as caught:
        engine.execute(f"SELECT {pseudonym_sql('absent')} FROM range(1)", bound_key(key))
    assert "must not be seen" not in str(caught.value)


def test_a_key_longer_than_a_block_is_refused() -> None:
    with pytest.raises(ValueError):
        bound_key(bytes(65))
