"""Envelopes against securesystemslib and RFC 8032; folders against every changed byte."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

from policies.errors import ProofFailed
from policies.record import (
    Checkpoint,
    Ed25519Signer,
    InclusionProof,
    Statement,
    TrustedKey,
    TrustRoot,
    canonical,
    digest,
    inclusion_proof,
    key_id,
    leaf_hash,
    open_envelope,
    public_pem,
    read_trust,
    root,
    seal,
    sign_checkpoint,
    verify_files,
)
from policies.record.envelope import pre_authentication_encoding

SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
SIGNER = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(SEED), "service")
OTHER = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes(32)), "other")
KEYS = {key_id(SIGNER.public_key): SIGNER.public_key}
ORIGIN = "example.org/log/1"


def _statement(body: bytes = b"{}") -> Statement:
    return Statement({"report.json": digest(body)}, "https://example.org/x/v1", {"verdict": "PASS"})


def test_the_first_vector_of_rfc_8032_is_reproduced() -> None:
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    signature = (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b"
    )
    assert SIGNER.public_key.public_bytes_raw().hex() == public
    assert SIGNER.sign(b"").hex() == signature
    assert "9d61" not in repr(SIGNER)


def test_what_is_signed_is_the_encoding_of_the_dsse_protocol() -> None:
    assert pre_authentication_encoding("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_another_library_verifies_our_envelope() -> None:
    read = Envelope.from_dict(json.loads(seal(_statement(), SIGNER)))
    name = key_id(SIGNER.public_key)
    pem = public_pem(SIGNER.public_key)
    key = SSlibKey(
        name, "ed25519", "ed25519", {"public": SIGNER.public_key.public_bytes_raw().hex()}
    )
    assert set(read.verify([key], 1)) == {name}
    assert pem.startswith("-----BEGIN PUBLIC KEY-----")


def _changed(**change: object) -> bytes:
    return canonical(json.loads(seal(_statement(), SIGNER)) | change)


@pytest.mark.parametrize(
    "envelope",
    [
        seal(_statement(), OTHER),
        _changed(signatures=[]),
        _changed(extra="unsigned"),
        _changed(payloadType="text/plain"),
        _changed(payload=base64.b64encode(_statement(b"other").body()).decode()),
        seal(_statement(), SIGNER) + b"\n",
        b"[]",
        b"\xff",
    ],
)
def test_an_envelope_that_does_not_hold_is_refused(envelope: bytes) -> None:
    with pytest.raises(ProofFailed):
        open_envelope(envelope, KEYS)


def _folder() -> tuple[dict[str, bytes], TrustRoot]:
    body = b'{"verdict": "PASS"}'
    envelope = seal(_statement(body), SIGNER)
    hashes = [leaf_hash(b"before"), leaf_hash(envelope), leaf_hash(b"after")]
    signed = sign_checkpoint(Checkpoint(ORIGIN, 3, root(hashes)), SIGNER)
    proof = InclusionProof(1, tuple(inclusion_proof(hashes, 1)), signed).text()
    files = {
        "report.json": body,
        "report.dsse.json": envelope,
        "report.tlog-proof": proof.encode(),
    }
    trust = TrustRoot(ORIGIN, SIGNER.public_key, (TrustedKey("s", "service", SIGNER.public_key),))
    return files, read_trust(trust.body())


def test_a_whole_folder_holds_and_says_what_was_signed() -> None:
    files, trust = _folder()
    result = verify_files(files, trust=trust, pinned=True)
    assert result.holds
    assert any("verdict PASS" in s["text_en"] for s in result.sentences)


def test_every_changed_byte_is_noticed() -> None:
    files, trust = _folder()
    for name, body in files.items():
        for at in range(len(body)):
            spoilt = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
            assert not verify_files(files | {name: spoilt}, trust=trust, pinned=True).holds, (
                name,
                at,
            )


@pytest.mark.parametrize("gone", [("report.json",), ("report.tlog-proof",), ("report.dsse.json",)])
def test_what_is_missing_does_not_hold(gone: tuple[str, ...]) -> None:
    files, trust = _folder()
    left = {k: v for k, v in files.items() if k not in gone}
    assert not verify_files(left, trust=trust, pinned=True).holds


def test_a_file_that_nothing_names_does_not_hold() -> None:
    files, trust = _folder()
    assert not verify_files(files | {"more.html": b""}, trust=trust, pinned=True).holds


def test_another_logs_proof_does_not_hold() -> None:
    files, trust = _folder()
    elsewhere = TrustRoot("example.org/log/2", trust.log_key, trust.keys)
    assert not verify_files(files, trust=elsewhere, pinned=True).holds
    stranger = TrustRoot(ORIGIN, OTHER.public_key, trust.keys)
    assert not verify_files(files, trust=stranger, pinned=True).holds
