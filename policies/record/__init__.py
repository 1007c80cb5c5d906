"""The record: canonical JSON, statements, signatures, Merkle log, trust root, verification.

Bytes in, errors out: nothing here reads a file or a clock.
"""

from policies.record.canonical import canonical, commitment, digest
from policies.record.checkpoint import (
    Checkpoint,
    InclusionProof,
    check_inclusion,
    read_proof,
    sign_checkpoint,
)
from policies.record.envelope import (
    Ed25519Signer,
    Opened,
    Signer,
    Statement,
    key_id,
    open_envelope,
    public_pem,
    seal,
)
from policies.record.merkle import inclusion_proof, leaf_hash, root
from policies.record.trust import TrustedKey, TrustRoot, read_public_key, read_trust
from policies.record.verification import Verification, verify_files

__all__ = [
    "Checkpoint",
    "Ed25519Signer",
    "InclusionProof",
    "Opened",
    "Signer",
    "Statement",
    "TrustRoot",
    "TrustedKey",
    "Verification",
    "canonical",
    "check_inclusion",
    "commitment",
    "digest",
    "inclusion_proof",
    "key_id",
    "leaf_hash",
    "open_envelope",
    "public_pem",
    "read_proof",
    "read_public_key",
    "read_trust",
    "root",
    "seal",
    "sign_checkpoint",
    "verify_files",
]
