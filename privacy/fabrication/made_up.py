"""Made-up counts for a plan: from its public domains alone, the same each time."""

from __future__ import annotations

import zlib

import numpy as np

from policies.record import canonical
from privacy.query import Plan, statistics_of
from privacy.query.exact import ExactCounts


def made_up_counts(plan: Plan) -> ExactCounts:
    """Return counts that add up to the public size, uneven as such tables are; no data are read."""
    seed = zlib.crc32(canonical(plan.canonical()))
    rng = np.random.default_rng(seed)
    weights = rng.gamma(2.0, size=plan.cells)
    cells = rng.multinomial(plan.public_size, weights / weights.sum()).astype(np.int64)
    return ExactCounts({s.name: cells for s in statistics_of(plan)})
