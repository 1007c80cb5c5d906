"""Redacted notes: kept in the enclave as a dataset that nobody can query."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from privacy.contract import PSEUDONYM_FIELD, Contract, Field

if TYPE_CHECKING:
    from pathlib import Path

    from privacy.intake.table import Tables

DATASET = "case_notes"


def notes_contract(basis: Contract) -> Contract:
    """Return the contract of the notes: no column of it may be asked about."""
    return replace(
        basis,
        dataset=DATASET,
        title={"en": "Redacted case notes", "zh": "脱敏后的个案记录"},
        person_key=PSEUDONYM_FIELD,
        fields=(
            Field(PSEUDONYM_FIELD, "direct_identifier", "identifier", "pseudonym"),
            Field("note", "free_text", "text", "redact"),
        ),
        domains={},
        links=(),
        tiers=(),
    )


def write_notes(tables: Tables, folder: Path) -> None:
    """Write the session's redacted notes into a snapshot's folder."""
    tables.move_sorted("notes", folder, None)
