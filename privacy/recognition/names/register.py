"""Whether a text reads as a record or as prose: a logistic regression over its characters and pairs.

The trainer learns it from the newspaper against generated records. A text of which neither is known
lies in between: what is returned are log odds, above 0 for prose.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from privacy.recognition.names.compiling import compiled
from privacy.recognition.names.model import REGISTER

BUCKETS = REGISTER - 1
"""Characters and pairs of characters share so many weights by their hash; the last one is the bias."""
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(64 - 13)
LEAST = 8


@compiled
def bucket(first: int, second: int) -> int:
    """Return the place of a pair's weight; a character alone is the pair of 0 and itself."""
    return int((np.uint64(first) << np.uint64(16) | np.uint64(second)) * _MIX >> _SHIFT)


@compiled
def log_odds(codes: Any, weights: Any) -> float:
    """Return the log odds of prose; texts of fewer than eight characters are records.

    The sum of the weights is divided by the square root of the number of characters, so that a long
    text is not surer than it can be: its characters are not independent.
    """
    n = len(codes)
    if n < LEAST:
        return -1.0
    total, before = np.float32(0), 0
    for i in range(n):
        code = codes[i]
        total += weights[bucket(0, code)] + weights[bucket(before + 1, code)]
        before = code
    return float(total / np.sqrt(np.float32(n)) + weights[BUCKETS])
