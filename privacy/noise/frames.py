"""How the service and the noise worker speak: a length, a JSON head, then arrays of 64-bit integers as bytes."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGEST_HEAD = 65_536
LARGEST_ARRAY = 2**27
"""Integers in one array at most (1 GiB)."""
_LENGTH = struct.Struct("<I")


def write(stream: IO[bytes], head: dict[str, Any], arrays: Sequence[NDArray[np.int64]]) -> None:
    """Write one message; its arrays' shapes go into the head.

    Raises
    ------
    ValueError
        It is larger than a reader accepts.
    """
    if any(a.size > LARGEST_ARRAY for a in arrays):
        raise ValueError("too many integers")
    text = json.dumps(head | {"shapes": [list(a.shape) for a in arrays]}).encode("utf-8")
    if len(text) > LARGEST_HEAD:
        raise ValueError("too long a head")
    stream.write(_LENGTH.pack(len(text)) + text)
    for array in arrays:
        if (
            array.size
        ):  # a view of nothing cannot be cast, and no groups at all is an answer like any other
            stream.write(np.ascontiguousarray(array, dtype="<i8").data.cast("B"))
    stream.flush()


def read_head(stream: IO[bytes]) -> dict[str, Any] | None:
    """Read a message's head; None at the end of the stream.

    Raises
    ------
    ValueError
        The message is broken or larger than allowed.
    """
    prefix = stream.read(_LENGTH.size)
    if not prefix:
        return None
    if len(prefix) < _LENGTH.size:
        raise ValueError("cut short")
    (length,) = _LENGTH.unpack(prefix)
    if length > LARGEST_HEAD:
        raise ValueError("too long a head")
    head = json.loads(_exactly(stream, length))
    if not isinstance(head, dict):
        raise ValueError("no head")
    return head


def read_rows(stream: IO[bytes], rows: int, width: int) -> NDArray[np.int64]:
    """Read the next rows of an array."""
    data = np.frombuffer(_exactly(stream, rows * width * 8), dtype="<i8")
    return data.reshape(rows, width).astype(np.int64, copy=False)


def read_arrays(stream: IO[bytes], head: dict[str, Any]) -> list[NDArray[np.int64]]:
    """Read the arrays that follow a head.

    Raises
    ------
    ValueError
        As in `read_head`.
    """
    found = []
    for shape in head["shapes"]:
        size = int(np.prod(shape, dtype=object))
        if size > LARGEST_ARRAY:
            raise ValueError("too many integers")
        found.append(read_rows(stream, 1, size).reshape(shape))
    return found


def _exactly(stream: IO[bytes], length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise ValueError("cut short")
    return data
