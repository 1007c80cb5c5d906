"""Chances and quality by group: rates through fairlearn where they are defined, never 0 instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


def allocation_rates(moves: pd.DataFrame) -> dict[str, Any]:
    """Return each group's chance of a home among those who applied, at equal need.

    Returns
    -------
    `{group: {"applied", "housed", "selection_rate", "at_need": {need: rate}}}` and under
    `between` the largest difference and smallest ratio of selection rates (fairlearn's demographic
    parity), None where a group has no applicant.
    """
    from fairlearn.metrics import MetricFrame, selection_rate

    applied = moves[moves["applied"].astype(int) == 1]
    if applied.empty:
        return {}
    housed = (applied["event"] == "housed").astype(int)
    frame = MetricFrame(
        metrics=selection_rate,
        y_true=housed,
        y_pred=housed,
        sensitive_features=applied["group"],
    )
    by_group = frame.by_group.to_dict()
    rates: dict[str, Any] = {}
    for group, rows in applied.groupby("group"):
        at_need = {
            str(need): float((part["event"] == "housed").mean())
            for need, part in rows.groupby("need")
        }
        rates[str(group)] = {
            "applied": len(rows),
            "housed": int((rows["event"] == "housed").sum()),
            "selection_rate": float(by_group[group]),
            "at_need": at_need,
        }
    for group in sorted(set(moves["group"]) - set(applied["group"])):
        rates[str(group)] = {"applied": 0, "housed": 0, "selection_rate": None, "at_need": {}}
    values = [r["selection_rate"] for r in rates.values()]
    several = len(values) > 1 and None not in values
    rates["between"] = {
        "difference": max(values) - min(values) if several else None,
        "ratio": min(values) / max(values) if several and max(values) > 0 else None,
    }
    return rates


def quality_by_group(moves: pd.DataFrame, units: pd.DataFrame) -> dict[str, Any]:
    """Return the mean floor area and rent of the homes that each group's persons received.

    A quality that the units file does not give is left out; a group without homes is None.
    """
    housed = moves[moves["event"] == "housed"].merge(
        units, on="unit", how="left", suffixes=("", "_of")
    )
    quality: dict[str, Any] = {}
    for group in sorted(moves["group"].unique()):
        rows = housed[housed["group"] == group]
        quality[str(group)] = {
            name: float(np.mean(rows[name])) if len(rows) and rows[name].notna().all() else None
            for name in ("area", "rent")
            if name in housed.columns
        }
    return quality
