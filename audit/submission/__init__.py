"""What an algorithm owner hands in, read and checked: file, row and column, never the value."""

from audit.submission.allocation import AllocationFiles, Submission, read_allocation
from audit.submission.segregation import SegregationFile, read_segregation
from audit.submission.tables import read_columns

__all__ = [
    "AllocationFiles",
    "SegregationFile",
    "Submission",
    "read_allocation",
    "read_columns",
    "read_segregation",
]
