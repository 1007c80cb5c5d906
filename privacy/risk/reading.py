"""Reading a snapshot's columns as integers: a value becomes its place, and no text is looked at twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from policies.errors import BadInput, ServiceFault
from privacy.contract import PSEUDONYM_FIELD
from privacy.risk.counting import Codes, Counted, count

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

_PARTS = 8
"""Tasks a thread: few enough to open a file seldom, enough for threads to end together."""


@dataclass(frozen=True, slots=True)
class _Task:
    """Row groups that one thread reads at once."""

    path: Path
    groups: range


def count_classes(
    files: Sequence[Path],
    quasi: Sequence[str],
    sensitive: Sequence[str],
    *,
    by_person: bool,
    domains: Mapping[str, Sequence[str]] | None = None,
    threads: int = 2,
) -> Counted:
    """Count persons by class, and by class and sensitive value.

    Parameters
    ----------
    by_person
        Whether a person may have several rows: then a class counts distinct persons, and each person
        stands in the smallest of her classes. Otherwise a row is a person.
    domains
        The order of values of a sensitive category (a ladder of bands, say); a column in it, and a
        column that is no text, is ordered.

    Raises
    ------
    BadInput
        There is no such column, or no quasi-identifier.
    ServiceFault
        The files cannot be read; the reader's message, which could quote a value, is not passed on.
    """
    import pyarrow as pa

    if not quasi:
        raise BadInput("no quasi-identifier", where="risk", todo="name them with --quasi")
    wanted = (*quasi, *sensitive, *((PSEUDONYM_FIELD,) if by_person else ()))
    try:
        chunks = _read(files, wanted, threads)
        orders = domains or {}
        codes = {n: _coded(n, chunks[n], orders.get(n)) for n in (*quasi, *sensitive)}
        person = _places(chunks[PSEUDONYM_FIELD]) if by_person else None
    except (pa.ArrowException, OSError):
        raise ServiceFault(
            "the rows could not be read", where="risk", todo="check the snapshot, then try again"
        ) from None
    return count([codes[n] for n in quasi], [codes[n] for n in sensitive], person)


def _read(
    files: Sequence[Path], wanted: Sequence[str], threads: int
) -> dict[str, list[pa.DictionaryArray]]:
    """Return each wanted column in dictionary-encoded pieces, in the order of the rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = pq.read_schema(files[0]) if files else pa.schema([])
    missing = [c for c in wanted if c not in kinds.names]
    if missing:
        raise BadInput(
            f"no column {', '.join(missing)}",
            where="risk",
            todo=f"stored columns: {', '.join(sorted(kinds.names))}",
        )
    names = list(dict.fromkeys(wanted))
    texts = [n for n in names if _is_text(kinds.field(n).type)]

    def read(task: _Task) -> dict[str, list[pa.DictionaryArray]]:
        with pq.ParquetFile(task.path, read_dictionary=texts) as file:
            table = file.read_row_groups(list(task.groups), columns=names, use_threads=False)
        return {n: _encoded(table[n]) for n in names}

    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(read, _tasks(files, threads)))
    return {n: [piece for part in parts for piece in part[n]] for n in names}


def _tasks(files: Sequence[Path], threads: int) -> list[_Task]:
    import pyarrow.parquet as pq

    sizes = [pq.read_metadata(path).num_row_groups for path in files]
    step = max(1, -(-sum(sizes) // (_PARTS * threads)))
    return [
        _Task(path, range(at, min(at + step, groups)))
        for path, groups in zip(files, sizes, strict=True)
        for at in range(0, groups, step)
    ]


def _encoded(column: pa.ChunkedArray) -> list[pa.DictionaryArray]:
    """Return the pieces of a column with their places in the narrowest type: what is kept is small."""
    import pyarrow as pa

    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    return [
        pa.DictionaryArray.from_arrays(c.indices.cast(_narrow(len(c.dictionary))), c.dictionary)
        for c in column.chunks
    ]


def _narrow(values: int) -> Any:
    import pyarrow as pa

    return pa.uint8() if values < 2**8 else pa.uint16() if values < 2**16 else pa.int32()


def _coded(name: str, pieces: Sequence[pa.DictionaryArray], domain: Sequence[str] | None) -> Codes:
    """Number a column's values in their order, and write each row's number."""
    import pyarrow as pa

    held = _distinct(pieces)
    kind = pieces[0].dictionary.type if pieces else pa.string()
    found = held.to_pylist()
    place = {v: i for i, v in enumerate(domain or ())}
    values = [_text(v) for v in found]
    order = sorted(range(len(found)), key=lambda i: found[i])
    if domain is not None:
        order.sort(key=lambda i: place.get(values[i], len(place)))
    number = np.zeros(len(found) + 1, dtype=_width(len(found)))  # [0]: no value
    number[np.array(order, dtype=np.int64) + 1] = np.arange(1, len(found) + 1)
    text = _is_text(kind) or pa.types.is_boolean(kind)
    return Codes(
        name,
        (None, *(values[i] for i in order)),
        _rows(pieces, held, number),
        domain is not None or not text,
    )


def _places(pieces: Sequence[pa.DictionaryArray]) -> NDArray[np.int64]:
    """Number persons in any order: nobody asks which number is whose."""
    import pyarrow as pa

    if not pieces:
        return np.array([], dtype=np.int64)
    kind = pa.dictionary(pa.int32(), pieces[0].dictionary.type)
    whole = pa.chunked_array([p.cast(kind) for p in pieces]).unify_dictionaries()
    return np.concatenate([c.indices.to_numpy().astype(np.int64) for c in whole.chunks])


def _distinct(pieces: Sequence[pa.DictionaryArray]) -> pa.Array:
    import pyarrow as pa

    dictionaries = [p.dictionary for p in pieces]
    if not dictionaries:
        return pa.array([], pa.string())
    return pa.chunked_array(dictionaries).unique().drop_null()


def _rows(
    pieces: Sequence[pa.DictionaryArray], held: pa.Array, number: NDArray[Any]
) -> NDArray[Any]:
    """Return `number[1 + place in held]` of every row; where there is no value `number[0]`."""
    import pyarrow.compute as pc

    out = np.empty(sum(map(len, pieces)), dtype=number.dtype)
    at = 0
    for piece in pieces:
        own = pc.index_in(piece.dictionary, value_set=held).fill_null(-1).to_numpy() + 1
        of_place = number[own]
        indices = piece.indices
        into = out[at : at + len(piece)]
        places = indices.fill_null(0) if indices.null_count else indices
        if len(of_place):
            np.take(of_place, places.to_numpy(), out=into, mode="clip")
        if indices.null_count:
            into[indices.is_null().to_numpy(zero_copy_only=False)] = number[0]
        at += len(piece)
    return out


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _width(values: int) -> Any:
    return np.uint8 if values < 2**8 else np.uint16 if values < 2**16 else np.int32


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
