"""The segregation of one distribution, and of a change, in the shape that reports share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from audit.inference import z_at
from audit.segregation import (
    atkinson,
    chance_levels,
    correlation_ratio,
    delta,
    dissimilarity,
    exposure,
    gini,
    household_chance,
    local_information,
    mutual_information,
    theil_h,
    unbiased_correlation_ratio,
    unit_jackknife,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from audit.allocation import Placements
    from audit.counts import Counts

MOST_JACKKNIFE_UNITS = 2000
CONFIDENCE = 0.95
_ABSENT = "one of the two groups is absent"


def segregation_block(
    counts: Counts,
    minority: str,
    rng: np.random.Generator,
    placed: Placements | None = None,
    area: NDArray[np.float64] | None = None,
) -> dict[str, Any]:
    """Return every index of `counts` with its chance level.

    Parameters
    ----------
    minority
        The group that two-group indices speak of, against the rest.
    placed
        Households by stratum × unit: then the null moves whole households, else persons.
    """
    few, total = counts.pair(minority)
    indices = _indices(counts, few, total, area)
    undefined = {
        f"indices.{name}": "no areas were given" if name == "delta" and area is None else _ABSENT
        for name, value in indices.items()
        if value is None
    }
    undefined |= _absent_parts(indices)
    chance = chance_levels(counts.table, few, total, rng)
    block: dict[str, Any] = {
        "null": "persons",
        "expected_dissimilarity": chance.expected_dissimilarity,
        "beyond_chance": chance.beyond_chance,
        "p_value": chance.p_value,
        "expected_mutual_information": chance.expected_mutual_information,
        "expected_theil_h": chance.expected_theil_h,
    }
    if placed is not None:
        block |= _household_null(placed, indices["dissimilarity"], rng)
        undefined |= {
            f"chance.{k}": "not computed under the household null"
            for k in ("expected_mutual_information", "expected_theil_h")
        }
    undefined |= {f"chance.{k}": _ABSENT for k, v in block.items() if v is None} | undefined
    unbiased = unbiased_correlation_ratio(few, total)
    if unbiased is None:
        undefined["unbiased.correlation_ratio"] = _ABSENT
    return {
        "units": len(counts.units),
        "groups": list(counts.groups),
        "minority": minority,
        "estimand": "this_allocation",
        "indices": indices,
        "chance": block,
        "unbiased": {"correlation_ratio": unbiased},
        "intervals": _intervals(few, total, unbiased),
        "undefined": undefined,
    }


def _absent_parts(indices: dict[str, Any]) -> dict[str, str]:
    parts = (("isolation", "nobody of the group is counted"), ("local", "nobody is counted there"))
    return {
        f"indices.{name}.{key}": why
        for name, why in parts
        for key, value in indices[name].items()
        if value is None
    }


def _indices(
    counts: Counts,
    few: NDArray[np.int64],
    total: NDArray[np.int64],
    area: NDArray[np.float64] | None,
) -> dict[str, Any]:
    local = local_information(counts.table)
    columns = dict(zip(counts.groups, counts.table.T, strict=True))
    return {
        "dissimilarity": dissimilarity(few, total),
        "gini": gini(few, total),
        "mutual_information": mutual_information(counts.table),
        "theil_h": theil_h(counts.table),
        "correlation_ratio": correlation_ratio(few, total),
        "atkinson": atkinson(few, total),
        "delta": delta(few, area),
        "isolation": {g: exposure(x, x, total) for g, x in columns.items()},
        "exposure": [
            {"of": a, "to": b, "value": exposure(columns[a], columns[b], total)}
            for a in counts.groups
            for b in counts.groups
            if a != b
        ],
        "local": {
            u: None if np.isnan(v) else float(v) for u, v in zip(counts.units, local, strict=True)
        },
    }


def _household_null(
    placed: Placements, d: float | None, rng: np.random.Generator
) -> dict[str, Any]:
    found = household_chance(placed.minority, placed.every, placed.size, rng)
    if found is None or d is None:
        return {"null": "households"}
    e0, p_value = found
    return {
        "null": "households",
        "expected_dissimilarity": e0,
        "beyond_chance": (d - e0) / (1 - e0) if e0 < 1 else None,
        "p_value": p_value,
        "expected_mutual_information": None,
        "expected_theil_h": None,
    }


def _intervals(
    few: NDArray[np.int64], total: NDArray[np.int64], unbiased: float | None
) -> dict[str, Any]:
    """Only what has a sampling error: a census has no interval."""
    if unbiased is None or len(few) > MOST_JACKKNIFE_UNITS:
        return {}
    se = unit_jackknife(unbiased_correlation_ratio, few, total)
    if se is None:
        return {}
    width = z_at(CONFIDENCE) * se
    return {
        "unbiased.correlation_ratio": {
            "estimand": "the_next_cohort",
            "low": unbiased - width,
            "high": unbiased + width,
            "confidence": CONFIDENCE,
        }
    }


def change_block(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return after − before of every index; null where either is undefined."""
    return {
        "estimand": "this_allocation",
        "indices": {
            name: _minus(value, before["indices"][name])
            for name, value in after["indices"].items()
            if not isinstance(value, dict | list)
        },
        "beyond_chance": _minus(
            after["chance"]["beyond_chance"], before["chance"]["beyond_chance"]
        ),
    }


def _minus(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a - b
