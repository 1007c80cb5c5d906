"""Checkpoints and inclusion proofs as text: C2SP signed-note, tlog-checkpoint, tlog-proof@v1."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from policies.errors import ProofFailed
from policies.record.envelope import Signer
from policies.record.merkle import root_from_proof

_ED25519 = b"\x01"  # signed-note signature type
_PROOF_HEADER = "c2sp.org/tlog-proof@v1"
_DASH = "— "


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: its origin (name), size and root hash."""

    origin: str
    size: int
    root: bytes

    def note(self) -> str:
        """Return the note's text, ending in a newline (C2SP tlog-checkpoint)."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """Where a leaf stands in the log of a signed checkpoint."""

    index: int
    path: tuple[bytes, ...]
    signed_checkpoint: str

    def text(self) -> str:
        """Return the proof as a `.tlog-proof` file (C2SP tlog-proof@v1)."""
        hashes = "".join(base64.b64encode(h).decode() + "\n" for h in self.path)
        return f"{_PROOF_HEADER}\nindex {self.index}\n{hashes}\n{self.signed_checkpoint}"


def _note_key_id(name: str, key: Ed25519PublicKey) -> bytes:
    raw = key.public_bytes_raw()
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + raw).digest()[:4]


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> str:
    """Return the checkpoint as a signed note; the key's name is the log's origin."""
    note = checkpoint.note()
    signature = _note_key_id(checkpoint.origin, signer.public_key) + signer.sign(note.encode())
    return f"{note}\n{_DASH}{checkpoint.origin} {base64.b64encode(signature).decode()}\n"


def open_checkpoint(signed: str, origin: str, key: Ed25519PublicKey) -> Checkpoint:
    """Verify a signed note by the log's key and return its checkpoint.

    Raises
    ------
    ProofFailed
        Another log's checkpoint, no signature by this key, or one that does not hold.
    """
    text, gap, signatures = signed.partition("\n\n")
    note = text + "\n"
    lines = text.split("\n")
    if not signatures.endswith("\n"):
        raise ProofFailed("is not a signed note", where="proof")
    if not gap or len(lines) < 3 or lines[0] != origin or not lines[1].isdecimal():
        raise ProofFailed("is not a checkpoint of this log", where="proof")
    wanted = _note_key_id(origin, key)
    for line in signatures.removesuffix("\n").split("\n"):
        name, _, encoded = line.removeprefix(_DASH).rpartition(" ")
        try:
            blob = base64.b64decode(encoded, validate=True)
            if name == origin and blob[:4] == wanted:
                key.verify(blob[4:], note.encode())
                return Checkpoint(origin, int(lines[1]), base64.b64decode(lines[2], validate=True))
        except (binascii.Error, InvalidSignature) as error:
            raise ProofFailed("the checkpoint's signature does not hold", where="proof") from error
    raise ProofFailed("the log's key did not sign this checkpoint", where="proof")


def read_proof(text: str) -> InclusionProof:
    """Read a `.tlog-proof` file.

    Raises
    ------
    ProofFailed
        The text is not a tlog-proof@v1.
    """
    head, gap, signed = text.partition("\n\n")
    lines = head.split("\n")
    try:
        if not gap or lines[0] != _PROOF_HEADER or not lines[1].startswith("index "):
            raise ProofFailed("is not a tlog-proof@v1", where="proof")
        path = tuple(base64.b64decode(line, validate=True) for line in lines[2:])
        return InclusionProof(int(lines[1].removeprefix("index ")), path, signed)
    except (ValueError, IndexError, binascii.Error) as error:
        raise ProofFailed("is not a tlog-proof@v1", where="proof") from error


def check_inclusion(
    proof: InclusionProof, leaf: bytes, origin: str, key: Ed25519PublicKey
) -> Checkpoint:
    """Check that the leaf stands in the log that the proof's checkpoint signs; return it.

    Raises
    ------
    ProofFailed
        The checkpoint or the path does not hold.
    """
    checkpoint = open_checkpoint(proof.signed_checkpoint, origin, key)
    if root_from_proof(leaf, proof.index, checkpoint.size, proof.path) != checkpoint.root:
        raise ProofFailed("the inclusion proof does not lead to the log's root", where="proof")
    return checkpoint
