"""The page of a release: what was asked, the figures with their errors, and what was promised."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from api.reports.figures import ends, uneven, useless, with_error
from api.reports.rendering import both_languages
from api.reports.words import LANGUAGES, nice_scale

MOST_BARS = 24
MOST_ROWS = 2_000
_TIERS_ZH = {"district": "区", "street": "街道", "community": "社区"}


def render_release(answer: Mapping[str, Any], first: str = "zh") -> str:
    """Render an answer (a release with half-widths) as one page in both languages, opened in `first`."""
    title = {"en": f"Release {answer['release']}", "zh": f"发布 {answer['release']}"}
    columns, keys = answer["columns"], set(answer["key_columns"])
    shown = [i for i in range(len(columns)) if i not in keys]
    rows = list(zip(answer["rows"], answer["errors"], answer["intervals"], strict=True))
    return both_languages(
        "release.html",
        title,
        r=answer,
        first=first,
        chart={language: _chart(answer, keys, language) for language in LANGUAGES},
        heads=[columns[i] for i in shown],
        figures={language: figure_lines(answer, MOST_ROWS, language)[1] for language in LANGUAGES},
        left=max(0, len(rows) - MOST_ROWS),
        count=len(rows) * len(shown),
        unusable=sum(useless(row[i], errors[i]) for row, errors, _ in rows for i in shown),
        reasons=list(dict.fromkeys(answer["undefined"].values())),
    )


def figure_lines(
    answer: Mapping[str, Any], most: int, language: str
) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the heads of an answer's figures, and of its first rows what stands in each cell."""
    keys = set(answer["key_columns"])
    shown = [i for i in range(len(answer["columns"])) if i not in keys]
    rows = list(zip(answer["rows"], answer["errors"], answer["intervals"], strict=True))[:most]
    named = _keys(answer, keys, language)
    return [answer["columns"][i] for i in shown], [
        {"name": named(row[0]), "cells": _cells(row, shown)} for row in rows
    ]


def errors_in_words(answer: Mapping[str, Any]) -> list[str]:
    """Return each figure's label with the least and the largest half-width that it has in an answer."""
    found = []
    for i, label in enumerate(answer["columns"]):
        errors = sorted(row[i] for row in answer["errors"] if row[i] is not None)
        if errors:
            least, most = (
                with_error(e, e, None).partition(" ± ")[2] for e in (errors[0], errors[-1])
            )
            found.append(f"{label} ± {least}" + (f" – {most}" if most != least else ""))
    return found


def _keys(
    answer: Mapping[str, Any], keys: set[int], language: str
) -> Callable[[Sequence[Any]], str]:
    """Return what names a row: its groups' values, tiers in the reader's language."""
    tier = _tier_column(answer, keys) if language == "zh" else None

    def named(row: Sequence[Any]) -> str:
        words = [
            _TIERS_ZH.get(row[i], str(row[i])) if i == tier else str(row[i]) for i in sorted(keys)
        ]
        return " · ".join(words) or "—"

    return named


def _tier_column(answer: Mapping[str, Any], keys: set[int]) -> int | None:
    return next((i for i, c in enumerate(answer["columns"]) if i in keys and c == "tier"), None)


def _cells(row: tuple[Any, ...], shown: Sequence[int]) -> list[dict[str, Any]]:
    values, errors, intervals = row
    cells = []
    for i in shown:
        bad = useless(values[i], errors[i])
        cells.append(
            {
                "text": with_error(values[i], errors[i], intervals[i]),
                "ends": ends(intervals[i], errors[i])
                if errors[i] is not None and uneven(values[i], errors[i], intervals[i])
                else "",
                "bad": bad and values[i] is not None,
                "undefined": values[i] is None,
            }
        )
    return cells


def _chart(answer: Mapping[str, Any], keys: set[int], language: str) -> dict[str, Any] | None:
    """Return the bars of the first figure that is a number: the largest of the coarsest tier; None without one."""
    rows = list(zip(answer["rows"], answer["errors"], strict=True))
    at = next(
        (i for i in range(len(answer["columns"])) if i not in keys and _numbers(rows, i)), None
    )
    if at is None:
        return None
    tier = _tier_column(answer, keys)
    named = _keys(answer, keys, language)
    if tier is not None:
        rows = [r for r in rows if r[0][tier] == rows[0][0][tier]]
    drawn = [r for r in rows if r[0][at] is not None and r[1][at] is not None]
    largest = sorted(drawn, key=lambda r: -r[0][at])[:MOST_BARS]
    bars = [
        {
            "name": named(row),
            "v": row[at],
            "e": errors[at],
            "tone": "g1" if "migrant" in row else "g0",
            "bad": useless(row[at], errors[at]),
        }
        for row, errors in largest
    ]
    return {
        "rows": bars,
        "unit": answer["columns"][at],
        "scale": nice_scale([max(b["v"], 0) + b["e"] for b in bars]),
        "cells": [[b["name"], with_error(b["v"], b["e"], None)] for b in bars],
    }


def _numbers(rows: Sequence[Any], at: int) -> bool:
    return any(isinstance(r[0][at], int | float) and r[1][at] is not None for r in rows)
