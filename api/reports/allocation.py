"""The report of an allocation audit: the enclave's with exact figures, the public one with private ones."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from api.reports.arms import arm_words
from api.reports.rendering import both_languages
from api.reports.voronoi import cells
from api.reports.words import nice_scale

MOST_ROWS = 20
_MEASURES = ("steering_gap", "sorting_excess", "stock_change", "literal_density_change")


def render_allocation(report: Mapping[str, Any]) -> str:
    """Render an enclave or public report of an allocation audit as one page in both languages."""
    public = report["audience"] == "public"
    title = {"en": f"Housing audit {report['report']}", "zh": f"住房分配审计 {report['report']}"}
    view = _public(report) if public else _enclave(report)
    template = "allocation_public.html" if public else "allocation.html"
    return both_languages(template, title, r=report, arm_words=arm_words, **view)


def _enclave(report: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "changes": _changes(report),
        "arm_charts": [c for c in (_arm_chart(report, m) for m in _MEASURES) if c],
        "areas": _areas(report, _exact_shares(report)),
        "passing": sorted(
            a
            for a, found in report["arms"].items()
            if found["verdict"] == "PASS" and a != report["arm"]
        ),
        "flips": _flips(report),
    }


def _named(report: Mapping[str, Any]) -> dict[str, str]:
    return {p["place"]: p.get("community_name", p["place"]) for p in report["places"]}


def _changes(report: Mapping[str, Any]) -> dict[str, Any] | None:
    """Before and after in the communities of the fixed top fifth, the largest share first."""
    names = _named(report)
    rows = []
    for p in report["by_place"]:
        (m0, n0), (m1, n1) = p["before"], p["after"]
        if not p["concentrated_before"] or not n0 or not n1:
            continue
        rows.append(
            {
                "name": names.get(p["place"], p["place"]),
                "before": {"v": 100 * m0 / n0, "low": None, "high": None},
                "after": {"v": 100 * m1 / n1, "low": None, "high": None},
                "counts": (m0, m1, m1 - m0),
            }
        )
    if not rows:
        return None
    rows.sort(key=lambda r: -r["before"]["v"])
    shown = rows[:MOST_ROWS]
    values = [r[k]["v"] for r in shown for k in ("before", "after")]
    start, end = (sum(r["counts"][k] for r in rows) for k in (0, 1))
    return {
        "rows": shown,
        "scale": nice_scale(values, zero=False),
        "all": rows,
        "change": (end - start) / start if start else None,
        "places": len(rows),
    }


def _arm_chart(report: Mapping[str, Any], measure: str) -> dict[str, Any] | None:
    rows = []
    for arm, found in report["arms"].items():
        m = found.get(measure)
        if m and m["interval"]:
            low, high = m["interval"]
            rows.append({"arm": arm, "v": m["estimate"], "low": low, "high": high})
    rule = next((r for r in report["rules"] if r["measure"] == measure), None)
    if not rows or rule is None:
        return None
    line = rule["limit"] + rule["margin"]
    rows.sort(key=lambda r: (r["arm"] != report["arm"], r["v"]))
    values = [v for r in rows for v in (r["low"], r["high"])]
    return {"measure": measure, "rows": rows, "line": line, "scale": nice_scale([*values, line])}


def _flips(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Verdicts of the other arms, by name: where the answer turns under other assumptions."""
    return [
        {"arm": arm, "verdict": found["verdict"], **{m: found.get(m) for m in _MEASURES}}
        for arm, found in sorted(report["arms"].items())
    ]


def _exact_shares(report: Mapping[str, Any]) -> dict[str, tuple[float, float, bool]]:
    return {
        p["place"]: (p["before"][0] / p["before"][1], 0.0, p["concentrated_before"])
        for p in report["by_place"]
        if p["before"][1]
    }


def _areas(
    report: Mapping[str, Any], shares: Mapping[str, tuple[float, float, bool]]
) -> dict[str, Any] | None:
    """Cells of the map with their class by quarter of the share; hatched where the error is as large."""
    places = [p for p in report["places"] if "x" in p and "y" in p]
    known = sorted(v for v, _, _ in shares.values())
    if len(places) < 4 or not known:
        return None
    edges = [known[len(known) * k // 4] for k in (1, 2, 3)]
    shapes = cells([p["x"] for p in places], [p["y"] for p in places])
    areas = []
    for p, d in zip(places, shapes, strict=True):
        share, error, top = shares.get(p["place"], (math.nan, 1.0, False))
        bad = math.isnan(share) or error >= share
        tone = "edge" if bad else f"c{sum(share >= e for e in edges)}" + (" top" if top else "")
        text = "?" if bad else f"{share:.0%}" + (f" ± {error:.0%}" if error else "")
        areas.append(
            {"d": d, "tone": tone, "name": p.get("community_name", p["place"]), "text": text}
        )
    areas.sort(key=lambda a: a["tone"].endswith("top"))  # outlines are drawn last
    legend = [
        ("c0", f"< {edges[0]:.0%}"),
        ("c1", f"{edges[0]:.0%} – {edges[1]:.0%}"),
        ("c2", f"{edges[1]:.0%} – {edges[2]:.0%}"),
        ("c3", f"≥ {edges[2]:.0%}"),
    ]
    return {"areas": areas, "legend": legend}


def _public(report: Mapping[str, Any]) -> dict[str, Any]:
    counts = [_by_place(r, report["minority"]) for r in report["releases"]]
    before = counts[0] if counts else {}
    after = counts[1] if len(counts) > 1 else {}
    names = _named(report)
    top = sorted(before, key=lambda p: -before[p]["share"])[:MOST_ROWS]
    return {
        "bars": _bars(before, top, names),
        "dots": _dots(before, after, top, names),
        "areas": _areas(
            report, {p: (c["share"], c["share_error"], p in top) for p, c in before.items()}
        ),
    }


def _by_place(release: Mapping[str, Any], minority: str) -> dict[str, dict[str, float]]:
    """Return each place's private counts with half-widths: the minority's, and its share's."""
    place, group = (i for i in release["key_columns"])
    count = next(i for i in range(len(release["columns"])) if i not in (place, group))
    found: dict[str, dict[str, float]] = {}
    for row, error in zip(release["rows"], release["errors"], strict=True):
        cell = found.setdefault(row[place], {"few": 0.0, "rest": 0.0, "error": 0.0})
        cell["few" if row[group] == minority else "rest"] += row[count]
        cell["error"] = float(error[count])
    for cell in found.values():
        total = max(cell["few"] + cell["rest"], 1.0)
        cell["share"] = max(cell["few"], 0.0) / total
        # of a ratio m/(m+l), to first order in independent errors of m and l
        spread = math.hypot(1 - cell["share"], cell["share"])
        cell["share_error"] = min(1.0, cell["error"] * spread / total)
    return found


def _bars(
    before: Mapping[str, Mapping[str, float]], top: Sequence[str], names: Mapping[str, str]
) -> dict[str, Any] | None:
    rows: list[dict[str, Any]] = [
        {
            "name": names.get(p, p),
            "v": before[p]["few"],
            "e": before[p]["error"],
            "tone": "g1",
            "bad": before[p]["error"] >= before[p]["few"],
        }
        for p in top
    ]
    if not rows:
        return None
    return {"rows": rows, "scale": nice_scale([r["v"] + r["e"] for r in rows])}


def _dots(
    before: Mapping[str, Mapping[str, float]],
    after: Mapping[str, Mapping[str, float]],
    top: Sequence[str],
    names: Mapping[str, str],
) -> dict[str, Any] | None:
    rows: list[dict[str, Any]] = []
    for p in top:
        if p not in after:
            continue
        pair = {
            key: {"v": c["few"], "low": c["few"] - c["error"], "high": c["few"] + c["error"]}
            for key, c in (("before", before[p]), ("after", after[p]))
        }
        change = after[p]["few"] - before[p]["few"]
        width = math.hypot(after[p]["error"], before[p]["error"])
        rows.append({"name": names.get(p, p), **pair, "change": change, "width": width})
    if not rows:
        return None
    rows.sort(key=lambda r: -r["before"]["v"])
    values = [r[k][e] for r in rows for k in ("before", "after") for e in ("low", "high")]
    changed = [r for r in rows if abs(r["change"]) > r["width"]]
    return {
        "rows": rows,
        "scale": nice_scale(values, zero=False),
        "rose": sum(r["change"] > 0 for r in changed),
        "fell": sum(r["change"] < 0 for r in changed),
    }
