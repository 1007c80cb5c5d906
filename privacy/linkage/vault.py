"""Spill that nobody can read afterwards: Arrow tables sealed under a key that lives in memory only."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import pyarrow as pa


class Vault:
    """Tables on disk as AES-256-GCM ciphertext; the key is random, of this object, and never written.

    The file has no name: it goes with the process, whatever ends it. What a disk still holds then
    is ciphertext whose key is gone. The part's number is its nonce and is bound to its content, so
    that parts cannot be exchanged.

    Notes
    -----
    The engine's own encrypted spill is not used: the version that is shipped refuses to write with a
    cipher whose randomness it calls unsafe.
    """

    def __init__(self, folder: Path) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115
        self._cipher = AESGCM(AESGCM.generate_key(256))
        self._parts: list[tuple[int, int]] = []

    def __repr__(self) -> str:
        return f"Vault({len(self._parts)} parts)"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def put(self, table: pa.Table) -> None:
        """Seal one table."""
        import pyarrow as pa

        sink = pa.BufferOutputStream()
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
            writer.write_table(table)
        nonce = len(self._parts).to_bytes(12, "big")
        sealed = self._cipher.encrypt(nonce, memoryview(sink.getvalue()).cast("B"), nonce)
        start = self._file.seek(0, 2)
        self._file.write(sealed)
        self._parts.append((start, len(sealed)))

    def tables(self) -> Iterator[pa.Table]:
        """Open the tables again, in order."""
        import pyarrow as pa

        for part, (start, length) in enumerate(self._parts):
            nonce = part.to_bytes(12, "big")
            self._file.seek(start)
            plain = self._cipher.decrypt(nonce, self._file.read(length), nonce)
            yield pa.ipc.open_stream(plain).read_all()

    def close(self) -> None:
        """Give the file back; the key goes with the object."""
        self._file.close()
