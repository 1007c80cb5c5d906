"""The page of a linkage report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.reports.rendering import both_languages

_STEPS = (0.25, 0.5, 0.75)
_SYNTHETIC = {"zh": "（合成数据）", "en": " (synthetic)"}
"""Ends of the titles of made-up extracts: the page says so once, at its top."""


def render_linkage(report: Mapping[str, Any]) -> str:
    """Render a linkage report as one page in both languages."""
    names = report["datasets"]
    heat = [
        {
            "name": name,
            "cells": [
                {"rate": rate, "step": None if i == j or rate is None else _step(rate)}
                for j, rate in enumerate(report["sharing"]["rates"][i])
            ],
        }
        for i, name in enumerate(names)
    ]
    short = {
        name: {
            language: text.removesuffix(_SYNTHETIC.get(language, ""))
            for language, text in t.items()
        }
        for name, t in report["titles"].items()
    }
    title = {"en": "Linkage report", "zh": "联结报告"}
    return both_languages("linkage.html", title, r=report, heat=heat, names=short)


def _step(rate: float) -> int:
    """Return the class of a rate: 0 below a quarter … 3 from three quarters on."""
    return sum(rate >= edge for edge in _STEPS)
