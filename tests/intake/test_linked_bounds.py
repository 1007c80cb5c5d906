"""A linked table says of its persons at least what its extracts say: pseudonyms and shared rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from policies.errors import BadInput
from privacy.contract import Contract
from privacy.intake import ingest
from tests.intake.extracts import as_csv, contract, rows, session, stored


def _linked(**changes: Any) -> Contract:
    fields = [
        {"name": "person", "role": "direct_identifier", "type": "identifier",
         "action": "pseudonym", "required": True},
        {"name": "kind", "role": "attribute", "type": "category", "action": "keep", "domain": "kinds"},
    ]  # fmt: skip
    link = {"kind": {"precedence": ["visits"]}}
    basis = {"person_key": "person", "most_pseudonyms": 1}
    return contract(dataset="linked", fields=fields, link=link, **basis | changes)


def _take(folder: Path, extract: Contract, linked: Contract) -> None:
    path = folder / "visits.csv"
    path.write_text(as_csv(rows(6)), "utf-8")
    ingest(session(folder, [(extract, [path])], linked=linked))


def test_it_holds_as_many_pseudonyms_as_an_extract(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="fewer pseudonyms"):
        _take(tmp_path, contract(most_pseudonyms=3), _linked(most_pseudonyms=2))
    _take(tmp_path, contract(most_pseudonyms=3), _linked(most_pseudonyms=3))
    assert len(stored(tmp_path, "linked")) == 6


def test_it_says_that_its_rows_are_shared_where_an_extract_s_are(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="share"):
        _take(tmp_path, contract(shared_rows=True), _linked())
    _take(tmp_path, contract(shared_rows=True), _linked(shared_rows=True))
    assert len(stored(tmp_path, "linked")) == 6
