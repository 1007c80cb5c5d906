"""Intake: extracts in, by their contracts; pseudonymised, coarsened snapshots out."""

from privacy.intake.left_out import Marked
from privacy.intake.readers.opening import Source
from privacy.intake.readers.postgres import is_table_url, table_name
from privacy.intake.report import FileReport, IngestReport
from privacy.intake.session import Session, ingest
from privacy.intake.taking import KeepsIdentified, MakesReversible, RedactsText

__all__ = [
    "FileReport",
    "IngestReport",
    "KeepsIdentified",
    "MakesReversible",
    "Marked",
    "RedactsText",
    "Session",
    "Source",
    "ingest",
    "is_table_url",
    "table_name",
]
