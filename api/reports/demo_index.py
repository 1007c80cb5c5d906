"""The front page of the demo: the main job in one view, with links to every report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.reports.arms import arm_words
from api.reports.rendering import both_languages


def render_demo_index(summary: Mapping[str, Any]) -> str:
    """Render the index of a demo folder as one page in both languages."""
    title = {"en": "Common Ground: the main job", "zh": "共同基础：主要流程"}
    return both_languages("demo_index.html", title, s=summary, arm_words=arm_words)
