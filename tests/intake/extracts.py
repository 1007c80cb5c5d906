"""A small register in every format, and a session to take it in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from privacy.contract import Contract, contract_from_json
from privacy.intake import Session, ingest
from privacy.pseudonyms import PurposeKey
from privacy.recognition import Redactor
from privacy.recognition.numbers.identifiers import id_check_digit
from privacy.store import Store

TODAY = date(2026, 6, 1)


def resident_id(n: int) -> str:
    """A valid number of a region that was never assigned."""
    body = f"99{n // 1000 % 10000:04d}19{50 + n % 50}0101{n % 1000:03d}"
    return body + id_check_digit(body)


def contract(**changes: Any) -> Contract:
    """Visits: an id, a kind, an amount in cents."""
    return contract_from_json(
        {
            "contract": 1, "dataset": "visits", "title": {"en": "Visits", "zh": "来访"},
            "population": {"id": "town", "public_size": 100_000}, "purposes": ["planning"],
            "legal_basis": "PIPL Art. 13", "expires": "2099-01-01",
            "domains": {"kinds": ["甲", "乙", "c"]},
            "fields": [
                {"name": "resident_id", "role": "direct_identifier", "type": "resident_id",
                 "action": "pseudonym", "required": True},
                {"name": "name", "role": "direct_identifier", "type": "person_name", "action": "drop"},
                {"name": "kind", "role": "attribute", "type": "category", "action": "keep",
                 "domain": "kinds"},
                {"name": "paid", "role": "measure", "type": "decimal", "action": "keep",
                 "resolution": "0.01", "bounds": ["0", "1000"]},
            ],
        }
        | changes
    )  # fmt: skip


def rows(n: int, people: int | None = None) -> list[dict[str, str]]:
    """Rows of the register."""
    return [
        {"resident_id": resident_id(i % (people or n)), "name": "王小明", "kind": "甲乙c"[i % 3],
         "paid": f"{i % 997}.{i % 100:02d}"}
        for i in range(n)
    ]  # fmt: skip


def as_csv(found: Sequence[dict[str, str]], delimiter: str = ",", end: str = "\n") -> str:
    """The rows as CSV."""
    lines = [delimiter.join(found[0]), *(delimiter.join(r.values()) for r in found)]
    return end.join(lines) + end


def session(root: Path, extracts: list[Any], **more: Any) -> Session:
    """A session over extracts in a workspace of its own."""
    whole = {
        "linked": None, "purpose_key": PurposeKey("records", 1, bytes(32)),
        "commitment_key": bytes(range(32)), "store": Store(root / "store"), "redactor": Redactor,
        "quarantine": root / "quarantine", "today": TODAY,
    } | more  # fmt: skip
    return Session(extracts=extracts, **whole)


def take(root: Path, paths: Sequence[Path | str], made: Contract | None = None, **more: Any) -> Any:
    """Take extracts of one contract in; return the report."""
    return ingest(session(root, [(made or contract(), list(paths))], **more))


def stored(root: Path, dataset: str = "visits") -> Any:
    """The newest snapshot as a pandas frame."""
    import pandas as pd

    return pd.read_parquet(Store(root / "store").snapshot(dataset).files[0])


def all_bytes(root: Path) -> bytes:
    """Everything that lies in a folder."""
    return b"".join(p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file())


def as_json_lines(found: Sequence[dict[str, str]]) -> str:
    """The rows as JSON Lines."""
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in found)
