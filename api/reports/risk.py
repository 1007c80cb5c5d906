"""The page of a risk report: who stands out, what it would take to see her, and what hides her."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.reports.rendering import both_languages
from api.reports.words import nice_scale


def render_risk(report: Mapping[str, Any]) -> str:
    """Render a risk report as one page in both languages."""
    title = {
        "en": f"Re-identification risk of {report['dataset']}",
        "zh": f"{report['dataset']} 的重标识风险",
    }
    total = report["persons"]
    bars = [
        {
            "from": b["from"],
            "to": b["to"],
            "classes": b["classes"],
            "persons": b["persons"],
            "v": 100 * b["persons"] / total if total else 0.0,
            "low": b["from"] < report["target"]["k"],
        }
        for b in report["classes"]["histogram"]
    ]
    return both_languages(
        "risk.html",
        title,
        r=report,
        bars=bars,
        scale=nice_scale([b["v"] for b in bars]),
        worst=max((g["grade"] for g in report["grades"] if g["grade"]), default=None),
    )
