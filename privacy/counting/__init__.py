"""Exact integers from confidential rows: a plan becomes the SQL of an engine."""

from privacy.counting.engine import count
from privacy.counting.statement import statement

__all__ = ["count", "statement"]
