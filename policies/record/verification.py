"""Offline verification of files: bytes in, sentences out, in both languages.

In order: the envelope's signature by a known key; the envelope's place in the log; the digest
of each file that the statement names and that was given. A file that no statement names
fails: silence is not proof. Which key is trusted is the caller's affair; whether it was pinned
is said in the result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from policies.errors import ProofFailed
from policies.record.canonical import digest
from policies.record.checkpoint import check_inclusion, read_proof
from policies.record.envelope import Opened, key_id, open_envelope
from policies.record.merkle import leaf_hash
from policies.record.trust import TrustRoot

ENVELOPE = ".dsse.json"
PROOF = ".tlog-proof"


@dataclass(slots=True)
class Verification:
    """What was checked, sentence by sentence, and whether all of it holds."""

    pinned: bool
    sentences: list[dict[str, Any]] = field(default_factory=list)

    def say(self, ok: bool, english: str, chinese: str) -> None:
        """Add one sentence."""
        self.sentences.append({"ok": ok, "text_en": english, "text_zh": chinese})

    @property
    def holds(self) -> bool:
        """True when something was checked and nothing failed."""
        return bool(self.sentences) and all(s["ok"] for s in self.sentences)

    def as_json(self) -> dict[str, Any]:
        """Return the result for `--json`."""
        return {"holds": self.holds, "pinned": self.pinned, "sentences": self.sentences}


def verify_files(
    files: Mapping[str, bytes],
    *,
    trust: TrustRoot | None = None,
    key: Ed25519PublicKey | None = None,
    pinned: bool,
) -> Verification:
    """Verify envelopes, proofs and the files that they speak of.

    Parameters
    ----------
    files
        File name → bytes. `X.dsse.json` is an envelope and `X.tlog-proof` its proof.
    trust, key
        The keys to believe: a trust root, or one public key (then the log is not checked).
    pinned
        Whether these keys came from outside the files.
    """
    result = Verification(pinned)
    keys = dict(trust.by_id()) if trust else {}
    if key is not None:
        keys[key_id(key)] = key
    named: set[str] = set()
    envelopes = [n for n in files if n.endswith(ENVELOPE)]
    if not envelopes:
        result.say(
            False, "no envelope was given: nothing here is signed", "未提供签名信封：没有任何签名"
        )
    for name in sorted(n for n in files if n.endswith(PROOF)):
        if name.removesuffix(PROOF) + ENVELOPE not in files:
            result.say(False, f"{name}: its envelope is missing", f"{name}：缺少对应的签名信封")
    for name in sorted(envelopes):
        opened = _check_signature(result, name, files[name], keys, trust)
        if opened is not None:
            named |= _check_subjects(result, name, opened, files)
        _check_log(result, name, files, trust)
    for name in sorted(files):
        if not name.endswith((ENVELOPE, PROOF)) and name not in named:
            result.say(
                False,
                f"{name}: no envelope given here names it",
                f"{name}：没有任何签名信封提及该文件",
            )
    if pinned:
        result.say(True, "the keys were pinned", "密钥已由您指定")
    else:
        result.say(
            True,
            "UNPINNED: the keys lay beside the files; this shows that nothing was changed since, "
            "not who signed. Give --trust or --key",
            "未指定密钥：密钥与文件同处一地，只能说明文件未被改动，不能说明由谁签署。请使用 --trust 或 --key",
        )
    return result


def _check_signature(
    result: Verification,
    name: str,
    body: bytes,
    keys: Mapping[str, Ed25519PublicKey],
    trust: TrustRoot | None,
) -> Opened | None:
    try:
        opened = open_envelope(body, keys)
    except ProofFailed as error:
        result.say(False, f"{name}: {error.what}", f"{name}：签名无效（{error.what}）")
        return None
    holders = ", ".join(
        trust.holder(k) if trust else "the given key / 所给密钥" for k in opened.key_ids
    )
    result.say(True, f"{name}: signed by {holders}", f"{name}：由 {holders} 签署")
    said = _said(opened)
    result.say(True, f"{name}: says {said}", f"{name}：所述内容：{said}")
    return opened


def _said(opened: Opened) -> str:
    """Return what was signed, in short: a verdict on another arm must not pass for this one's."""
    kind = "/".join(opened.statement.predicate_type.rsplit("/", 2)[-2:])
    parts = [kind]
    for name, value in sorted(opened.statement.predicate.items()):
        if name == "policy" and isinstance(value, dict):
            parts.append("policy " + " ".join(str(value[k]) for k in sorted(value)))
        elif isinstance(value, (str, bool)):
            parts.append(f"{name} {value}")
    return ", ".join(parts)


def _check_subjects(
    result: Verification, name: str, opened: Opened, files: Mapping[str, bytes]
) -> set[str]:
    for subject, expected in sorted(opened.statement.subjects.items()):
        if subject not in files:
            continue
        ok = digest(files[subject]) == expected
        result.say(
            ok,
            f"{subject}: {'is' if ok else 'is NOT'} the file that {name} speaks of",
            f"{subject}：{'与' if ok else '不与'} {name} 所述文件一致",
        )
    missing = sorted(set(opened.statement.subjects) - set(files))
    if len(missing) == len(opened.statement.subjects):
        result.say(
            False,
            f"{name}: none of the files that it speaks of was given",
            f"{name}：未提供其所述的任何文件",
        )
    elif missing:
        names = ", ".join(missing)
        result.say(True, f"not given and not checked: {names}", f"未提供、未核对：{names}")
    return set(opened.statement.subjects)


def _check_log(
    result: Verification, name: str, files: Mapping[str, bytes], trust: TrustRoot | None
) -> None:
    proof_name = name.removesuffix(ENVELOPE) + PROOF
    if trust is None:
        result.say(True, "the log was not checked: give --trust", "未核对日志：请使用 --trust")
        return
    if proof_name not in files:
        result.say(False, f"{proof_name}: missing", f"{proof_name}：缺失")
        return
    try:
        text = files[proof_name].decode()
        proof = read_proof(text)
        if proof.text() != text:
            raise ProofFailed("is not in its canonical form", where="proof")
        point = check_inclusion(proof, leaf_hash(files[name]), trust.origin, trust.log_key)
    except (ProofFailed, UnicodeDecodeError) as error:
        what = error.what if isinstance(error, ProofFailed) else "is not text"
        result.say(False, f"{proof_name}: {what}", f"{proof_name}：包含证明无效（{what}）")
        return
    result.say(
        True,
        f"{name}: entry {proof.index} of the log of {point.size}",
        f"{name}：日志共 {point.size} 条，此为第 {proof.index} 条",
    )
