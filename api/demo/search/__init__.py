"""Does anything that a workspace holds still identify somebody? Everything is decoded and searched."""

from api.demo.search.known import Known
from api.demo.search.matching import Looked, identifiers
from api.demo.search.scan import Found, scan

__all__ = ["Found", "Known", "Looked", "identifiers", "scan"]
