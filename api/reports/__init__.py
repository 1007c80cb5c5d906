"""Everything that people read: reports as one self-contained file in both languages."""

from api.reports.allocation import render_allocation
from api.reports.demo_index import render_demo_index
from api.reports.linkage import render_linkage
from api.reports.release import errors_in_words, render_release
from api.reports.risk import render_risk
from api.reports.segregation import render_segregation

__all__ = [
    "errors_in_words",
    "render_allocation",
    "render_demo_index",
    "render_linkage",
    "render_release",
    "render_risk",
    "render_segregation",
]
