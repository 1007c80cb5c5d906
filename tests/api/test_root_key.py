"""The root key: sealed by a passphrase, from the environment, or open where that is allowed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.keys.custody import Custody
from api.keys.root import is_unsealed, ready_for_people, seal_root
from api.keys.sealing import is_sealed, open_secret, seal_secret
from policies.errors import BadInput, Refused

WORDS = "correct horse battery staple"
VARIABLES = ("COMMONGROUND_ROOT_KEY", "COMMONGROUND_PASSPHRASE", "COMMONGROUND_UNSEALED_ROOT_KEY")


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, "COMMONGROUND_PASSPHRASE_FILE", "COMMONGROUND_KEYS"):
        monkeypatch.delenv(name, raising=False)


def test_a_sealed_key_opens_with_its_passphrase_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMONGROUND_PASSPHRASE", WORDS)
    made = Custody(tmp_path).purpose_key("records")
    body = (tmp_path / "root.key").read_bytes()
    assert is_sealed(body)
    assert (tmp_path / "root.key").stat().st_mode & 0o777 == 0o600
    assert Custody(tmp_path).purpose_key("records") == made
    monkeypatch.setenv("COMMONGROUND_PASSPHRASE", WORDS + "r")
    with pytest.raises(Refused) as caught:
        Custody(tmp_path).purpose_key("records")
    assert "passphrase is wrong" in caught.value.sentence()
    assert WORDS not in caught.value.sentence()
    monkeypatch.delenv("COMMONGROUND_PASSPHRASE")
    with pytest.raises(Refused, match="passphrase of this workspace"):
        Custody(tmp_path).purpose_key("records")


def test_a_passphrase_file_that_others_may_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = tmp_path / "words"
    words.write_text(WORDS + "\n", "utf-8")
    words.chmod(0o644)
    monkeypatch.setenv("COMMONGROUND_PASSPHRASE_FILE", str(words))
    with pytest.raises(Refused, match="read by others"):
        Custody(tmp_path / "keys").purpose_key("records")
    words.chmod(0o600)
    made = Custody(tmp_path / "keys").purpose_key("records")
    monkeypatch.delenv("COMMONGROUND_PASSPHRASE_FILE")
    monkeypatch.setenv("COMMONGROUND_PASSPHRASE", WORDS)
    assert Custody(tmp_path / "keys").purpose_key("records") == made


def test_the_environment_stands_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMONGROUND_ROOT_KEY", "ab" * 32)
    made = Custody(tmp_path).purpose_key("records")
    assert not (tmp_path / "root.key").exists()
    assert Custody(tmp_path).purpose_key("records") == made
    monkeypatch.setenv("COMMONGROUND_ROOT_KEY", "cd" * 32)
    with pytest.raises(Refused, match="another workspace's"):
        Custody(tmp_path).purpose_key("records")
    for wrong in ("ab", "zz" * 32, ""):
        monkeypatch.setenv("COMMONGROUND_ROOT_KEY", wrong)
        with pytest.raises(BadInput, match="64 hex digits"):
            Custody(tmp_path).purpose_key("records")


def test_real_records_are_refused_under_an_open_key_and_taken_after_it_is_sealed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Custody(tmp_path).purpose_key("records")
    assert is_unsealed(tmp_path)
    ready_for_people(tmp_path, synthetic=True)
    with pytest.raises(Refused, match="unsealed"):
        ready_for_people(tmp_path, synthetic=False)
    monkeypatch.setenv("COMMONGROUND_PASSPHRASE", WORDS)
    seal_root(tmp_path)
    ready_for_people(tmp_path, synthetic=False)
    assert Custody(tmp_path).purpose_key("records") == made
    with pytest.raises(Refused, match="no unsealed"):
        seal_root(tmp_path)


def test_a_first_session_of_real_records_needs_a_passphrase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Refused, match="COMMONGROUND_PASSPHRASE"):
        ready_for_people(tmp_path, synthetic=False)
    assert not list(tmp_path.iterdir())
    monkeypatch.setenv("COMMONGROUND_UNSEALED_ROOT_KEY", "yes")
    ready_for_people(tmp_path, synthetic=False)


def test_what_was_sealed_cannot_be_altered_or_opened_as_another_kind() -> None:
    sealed = seal_secret(b"secret", WORDS, "root key")
    assert open_secret(sealed, WORDS, "root key") == b"secret"
    with pytest.raises(BadInput):
        open_secret(sealed, WORDS, "person's key")
    read = json.loads(sealed)
    for change in ({"kdf": {**read["kdf"], "iterations": 2}}, {"nonce": "AAAAAAAAAAAAAAAA"}):
        with pytest.raises(Refused):
            open_secret(json.dumps({**read, **change}).encode(), WORDS, "root key")
    bomb = {**read, "kdf": {**read["kdf"], "memory_kib": 1 << 30}}
    for body in (json.dumps(bomb).encode(), b"{}", b"[]", b"\xff", b""):
        with pytest.raises(BadInput):
            open_secret(body, WORDS, "root key")
    with pytest.raises(BadInput, match="at least 12"):
        seal_secret(b"secret", "short", "root key")
