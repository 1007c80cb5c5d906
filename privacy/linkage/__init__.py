"""Linkage within a session: who is the same person in twelve extracts, for the report and for it alone.

Nothing here stores a row or touches a person key: a row's key follows from that row's id. What is
linked by likeness ends in counts.
"""

from privacy.linkage.clusters import Linked, link_records
from privacy.linkage.measures import linkage_report, measure
from privacy.linkage.records import IdentifiedRecords

__all__ = ["IdentifiedRecords", "Linked", "link_records", "linkage_report", "measure"]
