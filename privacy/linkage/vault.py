"""Spill that nobody can read afterwards: Arrow tables sealed under a key that lives in memory only."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import pyarrow as pa


class Vault:
    """Tables on disk as AES-256-GCM ciphertext; the key is random, of this object, and never written.

    The engine's own encrypted spill is not used: the version that is shipped refuses to write with
    a cipher whose randomness it calls unsafe. A process that is killed leaves ciphertext and
    no key. The part's number is its nonce and is bound to its content, so that parts cannot be
    exchanged.
    """

    def __init__(self, folder: Path) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._cipher = AESGCM(AESGCM.generate_key(256))
        self._parts = 0

    def __repr__(self) -> str:
        return f"Vault({self._parts} parts)"

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
        nonce = self._parts.to_bytes(12, "big")
        sealed = self._cipher.encrypt(nonce, memoryview(sink.getvalue()).cast("B"), nonce)
        (self._folder / f"{self._parts:08d}.sealed").write_bytes(sealed)
        self._parts += 1

    def tables(self) -> Iterator[pa.Table]:
        """Open the tables again, in order."""
        import pyarrow as pa

        for part in range(self._parts):
            nonce = part.to_bytes(12, "big")
            sealed = (self._folder / f"{part:08d}.sealed").read_bytes()
            plain = self._cipher.decrypt(nonce, sealed, nonce)
            yield pa.ipc.open_stream(plain).read_all()

    def close(self) -> None:
        """Remove the parts; the key goes with the object."""
        shutil.rmtree(self._folder, ignore_errors=True)
