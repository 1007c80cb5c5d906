"""Exact integers from confidential rows: a plan becomes the SQL of an engine."""

from privacy.counting.counted import count, count_in
from privacy.counting.engines import Engine
from privacy.counting.engines.duckdb import DuckDB
from privacy.counting.statement import SOURCES, Lookup, Statement

__all__ = ["SOURCES", "DuckDB", "Engine", "Lookup", "Statement", "count", "count_in"]
