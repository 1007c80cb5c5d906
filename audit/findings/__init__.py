"""Findings: measures of a submission in the shapes that reports share."""

from audit.findings.allocation import AllocationFindings, allocation_findings
from audit.findings.public import public_view
from audit.findings.segregation import change_block, segregation_block

__all__ = [
    "AllocationFindings",
    "allocation_findings",
    "change_block",
    "public_view",
    "segregation_block",
]
