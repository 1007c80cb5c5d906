"""The page of a segregation audit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.reports.rendering import both_languages

TWO_GROUP = ("dissimilarity", "gini", "correlation_ratio", "atkinson", "delta")
MANY_GROUP = ("mutual_information", "theil_h")


def render_segregation(report: Mapping[str, Any]) -> str:
    """Render a segregation report as one page in both languages."""
    title = {"en": "Segregation audit", "zh": "居住隔离审计"}
    return both_languages(
        "segregation.html", title, r=report, two_group=TWO_GROUP, many_group=MANY_GROUP
    )
