"""Learning to tell records from prose: `privacy.recognition.names.register`'s weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from privacy.recognition.names.characters import encode
from privacy.recognition.names.compiling import compiled
from privacy.recognition.names.model import REGISTER_SCALE
from privacy.recognition.names.register import BUCKETS, LEAST, bucket, log_odds

_EPOCHS, _STEP, _PENALTY = 4, 0.1, 1e-5


def learn_register(prose: list[str], records: list[str], rng: np.random.Generator) -> Any:
    """Return the weights (float32, BUCKETS + 1), rounded as they are kept; zeros without two to tell."""
    if not prose or not records:
        return np.zeros(BUCKETS + 1, np.float32)
    texts = [encode(text)[0] for text in (*prose, *records)]
    is_prose = np.arange(len(texts)) < len(prose)
    starts = np.concatenate([[0], np.cumsum([len(t) for t in texts])]).astype(np.int64)
    codes = np.concatenate(texts)
    # each of the two as heavy as the other
    heavy = np.where(is_prose, len(texts) / (2 * len(prose)), len(texts) / (2 * len(records)))
    weights = np.zeros(BUCKETS + 1, np.float32)
    squares = np.full(BUCKETS + 1, 1e-2, np.float32)
    order = np.arange(len(texts))
    for _ in range(_EPOCHS):
        rng.shuffle(order)
        _epoch(order, starts, codes, is_prose, heavy.astype(np.float32), weights, squares)
    return np.clip(np.rint(weights * REGISTER_SCALE), -127, 127).astype(np.float32) / np.float32(
        REGISTER_SCALE
    )


@compiled
def _epoch(
    order: Any, starts: Any, codes: Any, is_prose: Any, heavy: Any, weights: Any, squares: Any
) -> None:
    for s in order:
        text = codes[starts[s] : starts[s + 1]]
        n = len(text)
        if n < LEAST:
            continue
        chance = 1 / (1 + np.exp(-log_odds(text, weights)))
        g = np.float32((chance - is_prose[s]) * heavy[s])
        each = g / np.sqrt(np.float32(n))
        before = 0
        for i in range(n):
            for at in (bucket(0, text[i]), bucket(before + 1, text[i])):
                step = each + np.float32(_PENALTY) * weights[at]
                squares[at] += step * step
                weights[at] -= np.float32(_STEP) * step / np.sqrt(squares[at])
            before = text[i]
        squares[BUCKETS] += g * g
        weights[BUCKETS] -= np.float32(_STEP) * g / np.sqrt(squares[BUCKETS])
