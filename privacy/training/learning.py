"""Learning the weights: a conditional random field by stochastic gradient.

Lafferty, McCallum and Pereira (2001): the gradient of a sentence's log likelihood is the features
that stand in it minus those that the model expects, by forward and backward sums. Steps are those
of AdaGrad (Duchi, Hazan and Singer 2011, eq. 1) with an L1 penalty taken by its proximal step once
an epoch, which leaves most weights at zero. One thread and a seeded order: the same sentences make
the same weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from privacy.recognition.names.compiling import compiled
from privacy.recognition.names.labels import LABELS, allowed, allowed_first

_IMPOSSIBLE = np.float32(-1e4)
_SMALL = 1e-3
"""A gradient below this is no longer worth a step: most characters are sure after a few epochs."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the field is learnt: least count of a feature, epochs, AdaGrad's step, the L1 penalty."""

    least: int = 2
    epochs: int = 7
    step: float = 0.2
    penalty: float = 0.08
    smallest: float = 0.02
    """Features whose weights are all below this are left out of the model."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learnt: the features that count, their weights (n, labels), transitions, first labels."""

    keys: Any
    states: Any
    transitions: Any
    first: Any


def learn(
    made: list[Any], gold: list[Any], rng: np.random.Generator, settings: Settings
) -> Weights:
    """Learn from the features (n, templates) and the labels (n,) of each sentence."""
    starts = np.concatenate([[0], np.cumsum([len(g) for g in gold])]).astype(np.int64)
    keys, inverse, counts = np.unique(
        np.concatenate(made).ravel(), return_inverse=True, return_counts=True
    )
    place = np.where(counts >= settings.least, np.cumsum(counts >= settings.least) - 1, -1).astype(
        np.int32
    )
    ids = place[inverse].reshape(-1, made[0].shape[1])
    keys = keys[counts >= settings.least]
    n = len(LABELS)
    states = np.zeros((len(keys), n), np.float32)
    squares = np.full_like(states, 1e-2)
    transitions = np.where(allowed(), np.float32(0), _IMPOSSIBLE)
    first = np.where(allowed_first(), np.float32(0), _IMPOSSIBLE)
    transition_squares = np.full((n, n), 1e-2, np.float32)
    order = np.arange(len(gold))
    labels = np.concatenate(gold).astype(np.int8)
    for _ in range(settings.epochs):
        rng.shuffle(order)
        _epoch(
            order, starts, ids, labels, states, squares,
            transitions, transition_squares, first, settings.step,
        )  # fmt: skip
        shrink = settings.penalty * settings.step / np.sqrt(squares)
        states = np.sign(states) * np.maximum(np.abs(states) - shrink, 0)
    kept = np.abs(states).max(axis=1) >= settings.smallest
    return Weights(keys[kept], states[kept], transitions, first)


@compiled
def expectations(scores: Any, transitions: Any, first: Any, pairs: Any) -> Any:
    """Return each label's probability at each character; add those of neighbours to `pairs`."""
    n, labels = scores.shape
    there = np.exp(transitions)
    local = np.empty((n, labels), np.float32)
    ahead = np.empty((n, labels), np.float32)
    for i in range(n):
        top = scores[i].max()
        total = np.float32(0)
        for y in range(labels):
            local[i, y] = np.exp(scores[i, y] - top)
            if i == 0:
                arrives = np.exp(first[y])
            else:
                arrives = np.float32(0)
                for x in range(labels):
                    arrives += ahead[i - 1, x] * there[x, y]
            ahead[i, y] = arrives * local[i, y]
            total += ahead[i, y]
        ahead[i] /= max(total, np.float32(1e-30))
    back = np.ones(labels, np.float32)
    carried = np.empty(labels, np.float32)
    sure = np.empty((n, labels), np.float32)
    for i in range(n - 1, -1, -1):
        total = np.float32(0)
        for y in range(labels):
            sure[i, y] = ahead[i, y] * back[y]
            total += sure[i, y]
        sure[i] /= max(total, np.float32(1e-30))
        if i == 0:
            break
        joint = np.float32(0)
        for y in range(labels):
            carried[y] = local[i, y] * back[y]
        for x in range(labels):
            for y in range(labels):
                joint += ahead[i - 1, x] * there[x, y] * carried[y]
        joint = max(joint, np.float32(1e-30))
        top = np.float32(1e-30)
        for x in range(labels):
            back[x] = 0
            for y in range(labels):
                through = there[x, y] * carried[y]
                back[x] += through
                pairs[x, y] += ahead[i - 1, x] * through / joint
            top = max(top, back[x])
        back /= top
    return sure


@compiled
def _epoch(
    order: Any, starts: Any, ids: Any, gold: Any, states: Any, squares: Any,
    transitions: Any, transition_squares: Any, first: Any, step: float,
) -> None:  # fmt: skip
    labels = states.shape[1]
    for s in order:
        a, b = starts[s], starts[s + 1]
        scores = np.zeros((b - a, labels), np.float32)
        for i in range(b - a):
            for f in ids[a + i]:
                if f >= 0:
                    for y in range(labels):
                        scores[i, y] += states[f, y]
        pairs = np.zeros((labels, labels), np.float32)
        sure = expectations(scores, transitions, first, pairs)
        for i in range(b - a):
            sure[i, gold[a + i]] -= 1
            if i:
                pairs[gold[a + i - 1], gold[a + i]] -= 1
            for y in range(labels):
                g = sure[i, y]
                if abs(g) < _SMALL:
                    continue
                for f in ids[a + i]:
                    if f >= 0:
                        squares[f, y] += g * g
                        states[f, y] -= step * g / np.sqrt(squares[f, y])
        for x in range(labels):
            for y in range(labels):
                g = pairs[x, y]
                if transitions[x, y] > -100 and abs(g) > _SMALL:
                    transition_squares[x, y] += g * g
                    transitions[x, y] -= step * g / np.sqrt(transition_squares[x, y])
