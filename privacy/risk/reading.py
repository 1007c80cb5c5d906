"""Counting a snapshot's classes by DuckDB: each value becomes an integer, all columns one key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from policies.errors import BadInput, ServiceFault
from privacy.contract import PSEUDONYM_FIELD
from privacy.risk.classes import Classes
from privacy.risk.coarsening import Atoms, classes_of
from privacy.risk.diversity import Cells

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

_SPAN = 2**62


@dataclass(frozen=True, slots=True)
class Column:
    """A quasi-identifier and its values; `values[0]` is None: no value, which is a class of its own."""

    name: str
    values: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Sensitive:
    """A sensitive attribute by class; those without a value are in no cell, and are counted."""

    name: str
    cells: Cells
    without: int
    ordered: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """What a snapshot holds: classes, rows for the search, and the sensitive attributes."""

    rows: int
    classes: Classes
    columns: tuple[Column, ...]
    atoms: Atoms
    sensitive: tuple[Sensitive, ...]


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
        The engine failed; its message, which could quote a value, is not passed on.
    """
    import duckdb

    if not quasi:
        raise BadInput("no quasi-identifier", where="risk", todo="name them with --quasi")
    try:
        with duckdb.connect(":memory:") as connection:
            connection.execute(f"SET threads = {int(threads)}")
            relation = connection.read_parquet([str(path) for path in files])
            missing = [c for c in (*quasi, *sensitive) if c not in relation.columns]
            if missing:
                raise BadInput(
                    f"no column {', '.join(missing)}",
                    where="risk",
                    todo=f"stored columns: {', '.join(sorted(relation.columns))}",
                )
            connection.register("stored", relation)
            return _count(connection, tuple(quasi), tuple(sensitive), by_person, domains or {})
    except duckdb.Error:
        raise ServiceFault(
            "the rows could not be counted", where="risk", todo="check the snapshot, then try again"
        ) from None


def _count(
    connection: DuckDBPyConnection,
    quasi: tuple[str, ...],
    sensitive: tuple[str, ...],
    by_person: bool,
    domains: Mapping[str, Sequence[str]],
) -> Counted:
    columns = [
        Column(name, (None, *_enumerate(connection, f"q{i}", name, domains.get(name))[0]))
        for i, name in enumerate(quasi)
    ]
    kinds = [
        _enumerate(connection, f"s{i}", name, domains.get(name)) for i, name in enumerate(sensitive)
    ]
    keys = _pack([len(c.values) for c in columns])
    parts = [
        " + ".join(f"{_code(quasi[i], f'q{i}')}::BIGINT * {scale}" for i, scale in key)
        + f" AS k{j}"
        for j, key in enumerate(keys)
    ]
    parts += [f"{_code(name, f's{i}')} AS s{i}" for i, name in enumerate(sensitive)]
    if by_person:
        parts.append(f"hash({_quoted(PSEUDONYM_FIELD)}) AS person")
    connection.execute(f"CREATE TEMP TABLE coded AS SELECT {', '.join(parts)} FROM stored")
    key = ", ".join(f"k{j}" for j in range(len(keys)))
    rows = int(_one(connection, "SELECT count(*) FROM coded"))
    if by_person:
        read = _fetch(connection, f"SELECT DISTINCT {key}, person FROM coded")
        _, person = np.unique(read["person"], return_inverse=True)
        atoms = Atoms(_unpack(read, keys, columns), np.ones(len(person), np.int64), person)
    else:
        read = _fetch(connection, f"SELECT {key}, count(*) AS n FROM coded GROUP BY {key}")
        atoms = Atoms(_unpack(read, keys, columns), read["n"].astype(np.int64))
    group = _single(read, len(keys))
    classes = (
        classes_of(group, atoms.persons, atoms.person) if by_person else Classes.of(atoms.persons)
    )
    counted = "count(DISTINCT person)" if by_person else "count(*)"
    found = tuple(
        _sensitive(connection, name, i, key, len(keys), counted, len(kinds[i][0]), kinds[i][1])
        for i, name in enumerate(sensitive)
    )
    return Counted(rows, classes, tuple(columns), atoms, found)


def _sensitive(
    connection: DuckDBPyConnection,
    name: str,
    place: int,
    key: str,
    keys: int,
    counted: str,
    values: int,
    ordered: bool,
) -> Sensitive:
    grouped = f"SELECT {key}, s{place} AS value, {counted} AS n FROM coded"
    read = _fetch(
        connection,
        f"{grouped} WHERE s{place} > 0 GROUP BY {key}, s{place} ORDER BY {key}, s{place}",
    )
    without = _one(connection, f"SELECT {counted} FROM coded WHERE s{place} = 0")
    changes = np.zeros(max(len(read["n"]) - 1, 0), dtype=bool)
    for j in range(keys):
        changes |= np.diff(read[f"k{j}"]) != 0
    group = np.r_[0, np.cumsum(changes)][: len(read["n"])].astype(np.int64)
    cells = Cells(group, read["value"].astype(np.int64) - 1, read["n"].astype(np.int64), values)
    return Sensitive(name, cells, int(without), ordered)


def _enumerate(
    connection: DuckDBPyConnection, kind: str, name: str, domain: Sequence[str] | None
) -> tuple[list[str], bool]:
    """Make an ENUM of a column's values in their order; return them, and whether they have one."""
    import pyarrow as pa

    column = _quoted(name)
    values = [
        str(v)
        for (v,) in connection.execute(
            f"SELECT CAST(v AS VARCHAR) FROM (SELECT DISTINCT {column} AS v FROM stored) "
            "WHERE v IS NOT NULL ORDER BY v"
        ).fetchall()
    ]
    text = _one(connection, f"SELECT typeof(ANY_VALUE({column})) FROM stored") in (
        "VARCHAR",
        "BOOLEAN",
    )
    if domain is not None:
        place = {v: i for i, v in enumerate(domain)}
        values.sort(key=lambda v: place.get(v, len(place)))
    listed = pa.table({"v": pa.array(values or [""], pa.string())})
    connection.register("listed", listed)
    connection.execute(f"CREATE TYPE {kind} AS ENUM (SELECT v FROM listed)")
    connection.unregister("listed")
    return values, not text or domain is not None


def _code(name: str, kind: str) -> str:
    """Return SQL of a value's code: 0 where there is none, else its place from 1."""
    return f"COALESCE(enum_code(CAST({_quoted(name)} AS VARCHAR)::{kind})::INTEGER + 1, 0)"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _pack(widths: Sequence[int]) -> list[list[tuple[int, int]]]:
    """Share columns out among keys of 62 bits; return per key (column, factor)."""
    keys: list[list[tuple[int, int]]] = [[]]
    span = 1
    for i, width in enumerate(widths):
        if span * width > _SPAN and keys[-1]:
            keys.append([])
            span = 1
        keys[-1].append((i, span))
        span *= width
    return keys


def _unpack(
    read: Mapping[str, NDArray[Any]],
    keys: Sequence[Sequence[tuple[int, int]]],
    columns: Sequence[Column],
) -> NDArray[np.int64]:
    codes = np.empty((len(read["k0"]), len(columns)), dtype=np.int64)
    for j, key in enumerate(keys):
        for i, scale in key:
            codes[:, i] = read[f"k{j}"] // scale % len(columns[i].values)
    return codes


def _single(read: Mapping[str, NDArray[Any]], keys: int) -> NDArray[np.int64]:
    """Return one integer a class; several keys are numbered first, so that their product fits."""
    group = read["k0"].astype(np.int64)
    for j in range(1, keys):
        _, first = np.unique(group, return_inverse=True)
        _, second = np.unique(read[f"k{j}"], return_inverse=True)
        group = first * (int(second.max()) + 1 if len(second) else 1) + second
    return np.asarray(group, dtype=np.int64)


def _fetch(connection: DuckDBPyConnection, sql: str) -> dict[str, NDArray[Any]]:
    return {k: np.asarray(v) for k, v in connection.execute(sql).fetchnumpy().items()}


def _one(connection: DuckDBPyConnection, sql: str) -> Any:
    row = connection.execute(sql).fetchone()
    return None if row is None else row[0]
