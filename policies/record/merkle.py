"""The Merkle tree of RFC 6962 (§2.1): leaf hashes in, roots and inclusion proofs out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from policies.errors import ProofFailed


def leaf_hash(body: bytes) -> bytes:
    """Return SHA-256(0x00 ‖ body) (RFC 6962 §2.1)."""
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 ‖ left ‖ right) (RFC 6962 §2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the tree hash of the leaf hashes; of none, SHA-256 of nothing (RFC 6962 §2.1)."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        level = _parents(level)
    return level[0]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of leaf `index`, nearest sibling first (RFC 6962 §2.1.1)."""
    if not 0 <= index < len(leaves):
        raise ProofFailed("the log has no such leaf", where="log")
    path = []
    level, position = list(leaves), index
    while len(level) > 1:
        sibling = position ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        level, position = _parents(level), position // 2
    return path


def root_from_proof(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Return the root that an audit path leads to (RFC 9162 §2.1.3.2).

    Raises
    ------
    ProofFailed
        The path is too short or too long for a tree of this size, or the index lies outside.
    """
    if not 0 <= index < size:
        raise ProofFailed("the proof speaks of a leaf outside the log", where="proof")
    node, position, last = leaf, index, size - 1
    for sibling in path:
        if last == 0:
            raise ProofFailed("the proof is longer than the log is high", where="proof")
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise ProofFailed("the proof is shorter than the log is high", where="proof")
    return node


def _parents(level: list[bytes]) -> list[bytes]:
    pairs = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    # a lone last node rises unhashed: the left-heavy tree of RFC 6962, level by level
    return [*pairs, level[-1]] if len(level) % 2 else pairs
