"""The page of a release: what was asked, the figures with their errors, and what was promised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.reports.rendering import both_languages
from api.reports.words import nice_scale

MOST_BARS = 24
MOST_ROWS = 2_000


def render_release(answer: Mapping[str, Any]) -> str:
    """Render an answer (a release with half-widths) as one page in both languages."""
    title = {"en": f"Release {answer['release']}", "zh": f"发布 {answer['release']}"}
    keys = set(answer["key_columns"])
    at = next(i for i in range(len(answer["columns"])) if i not in keys)
    figures = [
        (row, error[at]) for row, error in zip(answer["rows"], answer["errors"], strict=True)
    ]
    largest = sorted(figures, key=lambda f: -f[0][at])[:MOST_BARS]
    bars = [
        {
            "name": " · ".join(str(row[i]) for i in sorted(keys)) or "—",
            "v": row[at],
            "e": error,
            "tone": "g1" if "migrant" in row else "g0",
            "bad": error >= row[at],
        }
        for row, error in largest
    ]
    shown = [
        [" · ".join(str(row[i]) for i in sorted(keys)) or "—", row[at], error]
        for row, error in figures[:MOST_ROWS]
    ]
    return both_languages(
        "release.html",
        title,
        r=answer,
        bars={"rows": bars, "scale": nice_scale([max(b["v"], 0) + b["e"] for b in bars])},
        figures=shown,
        unusable=sum(error >= row[at] for row, error in figures),
    )
