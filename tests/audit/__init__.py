"""Audits: against other libraries, closed forms, enumeration and hand-worked tables."""
