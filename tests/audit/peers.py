"""The same indices by other people's code: PySAL segregation, SciPy and scikit-learn."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import geopandas
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import entropy
from segregation import multigroup, singlegroup
from segregation.singlegroup.atkinson import _atkinson
from segregation.singlegroup.gini import _gini_vecp
from shapely.geometry import box
from sklearn.metrics import mutual_info_score

Pair = tuple[NDArray[np.int64], NDArray[np.int64]]


def _single(name: str, pair: Pair) -> float:
    frame = pd.DataFrame({"few": pair[0], "total": pair[1]})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(getattr(singlegroup, name)(frame, "few", "total").statistic)


def atkinson(pair: Pair, b: float) -> float:
    """PySAL's function; its class forgets the weight b."""
    frame = pd.DataFrame({"few": pair[0], "total": pair[1]})
    return float(_atkinson(frame, "few", "total", b)[0])


def compiled_gini(pair: Pair) -> float:
    """PySAL's as its users run it; numba compiles it at the first call, for ten seconds."""
    return _single("Gini", pair)


def gini(pair: Pair) -> float:
    """PySAL's formula as it is written, not compiled."""
    return float(_gini_vecp.py_func(pair[0].astype(float), pair[1].astype(float)))


def delta(pair: Pair, area: NDArray[np.float64]) -> float:
    """PySAL's, of rectangles with these areas."""
    boxes = [box(0, 0, a, 1) for a in area]
    frame = geopandas.GeoDataFrame(
        {"few": pair[0], "total": pair[1]}, geometry=boxes, crs="EPSG:32650"
    )
    return float(singlegroup.Delta(frame, "few", "total").statistic)


def theil_h(table: NDArray[np.int64]) -> float:
    """PySAL's, for any number of groups."""
    names = [f"g{i}" for i in range(table.shape[1])]
    return float(multigroup.MultiInfoTheory(pd.DataFrame(table, columns=names), names).statistic)


def local_information(table: NDArray[np.int64]) -> NDArray[np.float64]:
    """SciPy's relative entropy of each unit's mix to the whole's, in nats."""
    whole = np.broadcast_to(table.sum(axis=0), table.shape)
    found: NDArray[np.float64] = entropy(table, whole, axis=1)
    return found


TWO_GROUPS: dict[str, Callable[[Pair], float]] = {
    "dissimilarity": lambda p: _single("Dissim", p),
    "gini": gini,
    "atkinson": lambda p: atkinson(p, 0.5),
    "correlation_ratio": lambda p: _single("CorrelationR", p),
    "isolation": lambda p: _single("Isolation", p),
    "exposure": lambda p: _single("Interaction", p),
    "entropy": lambda p: _single("Entropy", p),
}


def mutual_information(table: NDArray[np.int64]) -> float:
    """M in nats, by scikit-learn."""
    return float(mutual_info_score(None, None, contingency=table.astype(float)))
