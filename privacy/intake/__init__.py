"""Intake: extracts in, by their contracts; pseudonymised, coarsened snapshots out."""

from privacy.intake.report import FileReport, IngestReport
from privacy.intake.session import KeepsIdentified, Session, ingest

__all__ = ["FileReport", "IngestReport", "KeepsIdentified", "Session", "ingest"]
