"""Whole `ingest` commands at the same time, and sessions that a change of keys interrupts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from privacy.contract import to_odcs
from privacy.intake import ingest
from privacy.intake import session as module
from privacy.intake.journal import Entry, FileJournal
from privacy.pseudonyms import Pseudonymiser, PurposeKey
from privacy.store import Store, locks
from privacy.store.erasure import forget_unfinished
from tests.intake.extracts import as_csv, contract, resident_id, rows, session, stored

_COMMAND = "from api.cli.main import main; main()"


def _at_once(root: Path, calls: Sequence[Sequence[Path]]) -> list[dict[str, Any]]:
    """Begin several commands at the same moment and return what they say; all end well."""
    begun = [
        subprocess.Popen(
            [sys.executable, "-c", _COMMAND, "ingest", *map(str, paths), "--workspace", str(root),
             "--json"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            cwd=Path(__file__).parents[2],
            env=os.environ | {"COMMONGROUND_UNSEALED_ROOT_KEY": "yes"},
        )
        for paths in calls
    ]  # fmt: skip
    ended = [(*p.communicate(timeout=200), p.returncode) for p in begun]
    assert [code for _, _, code in ended] == [0] * len(calls), [err[-500:] for _, err, _ in ended]
    return [json.loads(out) for out, _, _ in ended]


def _written(folder: Path) -> Path:
    path = folder / "visits.yaml"
    made = contract(rows_per_person=8).as_json()
    path.write_text(yaml.safe_dump(to_odcs(made), allow_unicode=True), "utf-8")
    return path


def test_the_same_extract_twice_at_once_is_taken_once(tmp_path: Path) -> None:
    extract, root = tmp_path / "a.csv", tmp_path / "ws"
    extract.write_text(as_csv(rows(30_000, people=10_000)), "utf-8")
    said = _at_once(root, [[_written(tmp_path), extract]] * 2)
    assert sorted(r["already_taken"] for r in said) == [False, True]
    assert [r["snapshots"] for r in said] == [["visits@1"]] * 2
    assert Store(root / "store").versions("visits") == [1]
    assert stored(root).groupby("person").size().tolist() == [3] * 10_000


def test_two_extracts_of_one_dataset_at_once_are_both_whole(tmp_path: Path) -> None:
    root, sizes = tmp_path / "ws", (20_000, 21_000)
    paths = [tmp_path / f"{n}.csv" for n in sizes]
    for path, n in zip(paths, sizes, strict=True):
        path.write_text(as_csv(rows(n, people=n // 2)), "utf-8")
    said = _at_once(root, [[_written(tmp_path), path] for path in paths])
    assert sorted(s for r in said for s in r["snapshots"]) == ["visits@1", "visits@2"]
    store = Store(root / "store")
    people = []
    for report, n in zip(said, sizes, strict=True):
        _, _, version = report["snapshots"][0].partition("@")
        frame = stored_version(store, int(version))
        assert frame.groupby("person").size().tolist() == [2] * (n // 2)
        people.append(set(frame["person"]))
    assert people[0] < people[1]  # one key, made once: the same person has the same pseudonym
    assert not store.open_sessions()


def stored_version(store: Store, version: int) -> Any:
    """A version as a pandas frame."""
    import pandas as pd

    return pd.read_parquet(store.snapshot("visits", version).files[0])


class _Stops(FileJournal):
    """A journal on a machine that stops after the second batch."""

    def add(self, entry: Entry) -> None:
        """Keep an entry, or stop."""
        super().add(entry)
        if len(self.entries()) == 2:
            raise KeyboardInterrupt


@pytest.mark.parametrize("key", [
    PurposeKey("records", 2, b"n" * 32, (bytes(32),)),
    PurposeKey("records", 1, b"n" * 32),
], ids=["rotated", "another key of the same version"])  # fmt: skip
def test_pseudonyms_of_two_keys_never_meet_in_a_session(
    key: PurposeKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from privacy.intake.readers import delimited

    monkeypatch.setattr(delimited, "BLOCK_BYTES", 4096)
    path = tmp_path / "a.csv"
    path.write_text(as_csv(rows(600)), "utf-8")
    begun = session(tmp_path, [(contract(), [path])], journal=_Stops)
    with pytest.raises(KeyboardInterrupt):
        ingest(begun)
    left = Store(tmp_path / "store").open_sessions()
    assert len(list(left[0].glob("visits/*.arrow"))) == 2
    # even where its parts are still there
    ingest(session(tmp_path, [(contract(), [path])], purpose_key=key))
    expected = Pseudonymiser(key.for_field("resident_id")).of([resident_id(i) for i in range(600)])
    assert sorted(stored(tmp_path)["person"]) == sorted(expected)
    assert left[0].exists()


def test_what_a_rewriting_forgets_begins_again_from_zero(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from privacy.intake.readers import delimited

    monkeypatch.setattr(delimited, "BLOCK_BYTES", 4096)
    path = tmp_path / "a.csv"
    path.write_text(as_csv(rows(600)), "utf-8")
    with pytest.raises(KeyboardInterrupt):
        ingest(session(tmp_path, [(contract(), [path])], journal=_Stops))
    store = Store(tmp_path / "store")
    with locks.rewriting(store.root):
        forget_unfinished(store)
    assert not store.open_sessions()
    begins: list[int] = []

    class Counted(FileJournal):
        def __init__(self, folder: Path) -> None:
            super().__init__(folder)
            begins.append(len(self.entries()))

    report = ingest(session(tmp_path, [(contract(), [path])], journal=Counted))
    assert begins == [0]
    assert report["files"][0]["rows_stored"] == len(stored(tmp_path)) == 600


def test_the_name_of_a_session_tells_nothing_of_its_key(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(as_csv(rows(3)), "utf-8")
    made = [(contract(), [path])]
    keys = [PurposeKey("records", 1, bytes([k]) * 32) for k in (1, 1, 2)]
    names = [module._identity(session(tmp_path, made, purpose_key=k)) for k in keys]
    assert names[0] == names[1] != names[2]
