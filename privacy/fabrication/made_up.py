"""Made-up counts for a plan: from its public domains alone, the same each time."""

from __future__ import annotations

import zlib

import numpy as np

from policies.record import canonical
from privacy.query import Plan


def made_up_cells(plan: Plan) -> list[int]:
    """Return counts that add up to the public size, uneven as such tables are; no data are read."""
    seed = zlib.crc32(canonical(plan.canonical()))
    rng = np.random.default_rng(seed)
    weights = rng.gamma(2.0, size=plan.cells)
    return [int(c) for c in rng.multinomial(plan.public_size, weights / weights.sum())]
