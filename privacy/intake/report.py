"""What an ingest session found: exact figures, for the enclave only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

_COUNTS = (
    "rows_read",
    "rows_stored",
    "rows_quarantined",
    "rows_without_id",
    "rows_excluded",
    "redacted_texts",
)


@dataclass(slots=True)
class FileReport:
    """What happened to one extract: rows by fate, reasons by column, departures of the file.

    `file` names it by dataset and number: its own name may name a person.
    """

    dataset: str
    file: str
    rows_read: int = 0
    rows_stored: int = 0
    rows_quarantined: int = 0
    rows_without_id: int = 0
    rows_excluded: int = 0
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    departures: list[str] = field(default_factory=list)
    redacted_texts: int = 0

    def figures(self) -> dict[str, Any]:
        """Return the figures for a journal; `add` takes them."""
        reasons = [[column, reason, n] for (column, reason), n in self.reasons.items()]
        return {name: getattr(self, name) for name in _COUNTS} | {"reasons": reasons}

    def add(self, figures: dict[str, Any]) -> None:
        """Add the figures of a batch."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + figures[name])
        for column, reason, n in figures["reasons"]:
            self.reasons[column, reason] += n

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON: counts and reasons, never a value."""
        return {
            "dataset": self.dataset,
            "file": self.file,
            "rows_read": self.rows_read,
            "rows_stored": self.rows_stored,
            "rows_quarantined": self.rows_quarantined,
            "rows_without_usable_id": self.rows_without_id,
            "rows_excluded": self.rows_excluded,
            "reasons": [
                {"column": column, "reason": reason, "rows": n}
                for (column, reason), n in sorted(self.reasons.items())
            ],
            "departures": self.departures,
            "redacted_texts": self.redacted_texts,
        }


@dataclass(slots=True)
class IngestReport:
    """What an ingest session did: its files, its snapshots, and how well the records link."""

    files: list[FileReport]
    snapshots: list[str] = field(default_factory=list)
    linkage: dict[str, Any] | None = None
    commitments: dict[str, str] = field(default_factory=dict)
    rows_beyond_bound: dict[str, int] = field(default_factory=dict)
    quarantine: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON."""
        return {
            "audience": "enclave",
            "estimand": "these extracts (a census)",
            "undefined": {},
            "files": [f.as_json() for f in self.files],
            "snapshots": self.snapshots,
            "commitments": self.commitments,
            "rows_beyond_bound": self.rows_beyond_bound,
            "linkage": self.linkage,
            "quarantine": self.quarantine,
            "already_taken": False,
        }
