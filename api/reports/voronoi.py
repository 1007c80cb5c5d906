"""A map of made-up places: the Voronoi cells of their points, clipped to the unit square."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.spatial import Voronoi

WIDTH = 340


def cells(x: Sequence[float], y: Sequence[float]) -> list[str]:
    """Return each point's cell as an SVG path in a square of `WIDTH` units; y upwards.

    Points are mirrored at the four sides, so that every cell is finite and ends at the square.
    """
    points = np.column_stack([x, y]).astype(float)
    if len(points) < 2:
        return [f"M0,0H{WIDTH}V{WIDTH}H0z"] * len(points)
    mirrored = [points]
    for axis in (0, 1):
        for side in (0.0, 1.0):
            other = points.copy()
            other[:, axis] = 2 * side - other[:, axis]
            mirrored.append(other)
    diagram = Voronoi(np.concatenate(mirrored))
    paths = []
    for i in range(len(points)):
        region = diagram.regions[diagram.point_region[i]]
        corners = np.clip(diagram.vertices[region], 0, 1)
        around = np.argsort(np.arctan2(*(corners - points[i]).T[::-1]))
        path = "L".join(
            f"{cx * WIDTH:.1f},{(1 - cy) * WIDTH:.1f}" for cx, cy in corners[around].tolist()
        )
        paths.append(f"M{path}z")
    return paths
