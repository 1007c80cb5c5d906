"""The page of a release: what was asked, the figures with their errors, and what was promised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.reports.figures import ends, uneven, useless, with_error
from api.reports.rendering import both_languages
from api.reports.words import nice_scale

MOST_BARS = 24
MOST_ROWS = 2_000


def render_release(answer: Mapping[str, Any]) -> str:
    """Render an answer (a release with half-widths) as one page in both languages."""
    heads, lines = figure_lines(answer, MOST_ROWS)
    title = {"en": f"Release {answer['release']}", "zh": f"发布 {answer['release']}"}
    columns, keys = answer["columns"], set(answer["key_columns"])
    shown = [i for i in range(len(columns)) if i not in keys]
    rows = list(zip(answer["rows"], answer["errors"], answer["intervals"], strict=True))
    return both_languages(
        "release.html",
        title,
        r=answer,
        chart=_chart(answer, keys),
        heads=heads,
        figures=lines,
        left=max(0, len(rows) - MOST_ROWS),
        count=len(rows) * len(shown),
        unusable=sum(useless(row[i], errors[i]) for row, errors, _ in rows for i in shown),
        reasons=list(dict.fromkeys(answer["undefined"].values())),
    )


def figure_lines(answer: Mapping[str, Any], most: int) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the heads of an answer's figures, and of its first rows what stands in each cell."""
    keys = set(answer["key_columns"])
    shown = [i for i in range(len(answer["columns"])) if i not in keys]
    rows = list(zip(answer["rows"], answer["errors"], answer["intervals"], strict=True))[:most]
    return [answer["columns"][i] for i in shown], [_line(row, shown, keys) for row in rows]


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


def _name(row: Sequence[Any], keys: set[int]) -> str:
    return " · ".join(str(row[i]) for i in sorted(keys)) or "—"


def _line(row: tuple[Any, ...], shown: Sequence[int], keys: set[int]) -> dict[str, Any]:
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
    return {"name": _name(values, keys), "cells": cells}


def _chart(answer: Mapping[str, Any], keys: set[int]) -> dict[str, Any] | None:
    """Return the bars of the first figure that is a number: the largest of the coarsest tier; None without one."""
    rows = list(zip(answer["rows"], answer["errors"], strict=True))
    at = next(
        (i for i in range(len(answer["columns"])) if i not in keys and _numbers(rows, i)), None
    )
    if at is None:
        return None
    tier = next((i for i, c in enumerate(answer["columns"]) if i in keys and c == "tier"), None)
    if tier is not None:
        rows = [r for r in rows if r[0][tier] == rows[0][0][tier]]
    drawn = [r for r in rows if r[0][at] is not None and r[1][at] is not None]
    largest = sorted(drawn, key=lambda r: -r[0][at])[:MOST_BARS]
    bars = [
        {
            "name": _name(row, keys),
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
