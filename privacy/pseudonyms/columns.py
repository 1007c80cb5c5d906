"""Pseudonyms of whole columns: Arrow in, Arrow out, on several threads; and the same inside DuckDB."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from privacy.contract import PseudonymHash
from privacy.pseudonyms.keys import links_of
from privacy.pseudonyms.pseudonymiser import Pseudonymiser

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_LEAST_ROWS_A_THREAD = 4096


def pseudonyms_of_column(
    values: pa.Array | pa.ChunkedArray,
    field_key: bytes,
    *,
    hash_name: PseudonymHash = "sha256",
    threads: int = 2,
) -> pa.Array:
    """Return the pseudonym (32 hex digits) of each text; null stays null.

    It equals `Pseudonymiser.of` of the same key, rotated or not. Texts together take at most 2 GB.
    Under SM3 it is that loop, at the rate of its own, on one thread.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if hash_name != "sha256":
        texts = values.to_pylist()
        made_one = iter(Pseudonymiser(field_key, hash_name).of(t for t in texts if t is not None))
        return pa.array([None if t is None else next(made_one) for t in texts], pa.string())

    whole = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks)
    whole = whole.cast(pa.string())
    _, places, body = whole.buffers()
    n = len(whole)
    offsets = np.zeros(1, np.int64)
    if n:
        found = np.frombuffer(places, np.int32)[whole.offset : whole.offset + n + 1]
        offsets = found.astype(np.int64)
    data = (
        np.frombuffer(body, np.uint8) if body is not None and body.size else np.zeros(1, np.uint8)
    )
    text = _through(links_of(field_key), data, offsets, threads)
    ends = pa.py_buffer(np.arange(0, 32 * n + 1, 32, dtype=np.int32))
    made = pa.Array.from_buffers(pa.string(), n, [None, ends, pa.py_buffer(text)])
    return pc.if_else(whole.is_valid(), made, None) if whole.null_count else made


def register_pseudonym(
    connection: Any, name: str, field_key: bytes, hash_name: PseudonymHash = "sha256"
) -> None:
    """Give a DuckDB connection the function `name(text)`: the engine calls it batch by batch.

    The key is bound to the function and stands in no SQL text, plan, log or error.
    """
    import duckdb

    text = duckdb.sqltype("VARCHAR")
    connection.create_function(
        name,
        # the engine has threads of its own
        lambda values: pseudonyms_of_column(values, field_key, hash_name=hash_name, threads=1),
        [text],
        text,
        type="arrow",
        null_handling="special",
        side_effects=False,
    )


def _through(
    links: tuple[bytes, ...], data: NDArray[np.uint8], offsets: NDArray[np.int64], threads: int
) -> NDArray[np.uint8]:
    from privacy.pseudonyms.lanes import TAG_BYTES, hmac_tags, write_hex

    n = len(offsets) - 1
    text = np.empty((n, 2 * TAG_BYTES), np.uint8)
    parts = max(1, min(threads, n // _LEAST_ROWS_A_THREAD))
    cuts = [n * i // parts for i in range(parts + 1)]

    def make(part: int) -> None:
        low, high = cuts[part], cuts[part + 1]
        tags = np.empty((high - low, TAG_BYTES), np.uint8)
        hmac_tags(links[0], data, offsets[low : high + 1], tags)
        for link in links[1:]:
            message = tags.reshape(-1).copy()
            hmac_tags(link, message, np.arange(0, len(message) + 1, TAG_BYTES), tags)
        write_hex(tags, text[low:high])

    if parts == 1:
        make(0)
    else:
        with ThreadPoolExecutor(parts) as pool:
            list(pool.map(make, range(parts)))
    return text
