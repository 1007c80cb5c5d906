"""Decoding: what stands around each character as exact integers, their weights, the best labels.

A feature is a 64-bit integer: its template in the upper bits and up to three characters (16 bits
each), word tags or classes below, so that two features never share a number. The best sequence of
labels is Viterbi's (1967). Compiled by numba.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from privacy.recognition.names.compiling import compiled
from privacy.recognition.names.register import log_odds

TEMPLATES = 26
_EDGE = 1
_DOT, _STOP = 0xB7, 0x2E
# classes, as characters.py gives them
_CLASS_DOT, _COMPOUND_1, _COMPOUND_2 = 8, 12, 13
_FURTHEST = 9
_IMPOSSIBLE = -1e3
"""A move that weighs less than this is never made: what is forbidden weighs -10,000."""
_MIX = np.uint64(0x9E3779B97F4A7C15)
_FILTER_BITS = 22
_TO_BIT, _TO_PLACE = np.uint64(64 - _FILTER_BITS), np.uint64(24)


@compiled
def _is_han(code: int) -> bool:
    return 0x3400 <= code <= 0x9FFF


@compiled
def _runs_of(peoples: Any) -> Any:
    """Return, for each character, the longest run of one people's syllables through it.

    As a number of ten bits: whose (2), how much of it lies behind and ahead (4 each, itself counted
    in both); 0 where the character is a syllable of nobody's names.
    """
    n = len(peoples)
    runs = np.zeros(n, np.uint64)
    longest = np.zeros(n, np.int64)
    for people in range(4):
        bit = 1 << people
        start = 0
        while start < n:
            if not peoples[start] & bit:
                start += 1
                continue
            end = start
            while end < n and peoples[end] & bit:
                end += 1
            for i in range(start, end):
                if end - start > longest[i]:
                    longest[i] = end - start
                    behind, ahead = min(i - start + 1, _FURTHEST), min(end - i, _FURTHEST)
                    runs[i] = people << 8 | behind << 4 | ahead
            start = end
    return runs


@compiled
def _dots_near(c: Any, codes: Any) -> Any:
    """Return how far ahead and how far behind the next dot is, along Han characters; 0 for none."""
    n = len(codes)
    ahead, behind = np.zeros(n, np.uint64), np.zeros(n, np.uint64)
    near = 0
    for i in range(n):
        near = 1 if c[i + 2] == _DOT else (near + 1 if near and _is_han(codes[i]) else 0)
        behind[i] = min(near, _FURTHEST)
    near = 0
    for i in range(n - 1, -1, -1):
        near = 1 if c[i + 2] == _DOT else (near + 1 if near and _is_han(codes[i]) else 0)
        ahead[i] = min(near, _FURTHEST)
    return ahead, behind


@compiled
def features(codes: Any, classes: Any, tags: Any, peoples: Any, compounds: Any) -> Any:
    """Return the features of each character, an array (n, TEMPLATES) of uint64.

    codes, classes, tags and peoples are arrays of one entry a character; compounds is the sorted array of
    compound surnames, first character << 16 | second.
    """
    n = len(codes)
    c = np.full(n + 4, _EDGE, np.uint64)
    k = np.zeros(n + 6, np.uint64)
    w = np.zeros(n + 2, np.uint64)
    for i in range(n):
        c[i + 2], k[i + 3], w[i + 1] = codes[i], classes[i], tags[i]
    for i in range(1, n - 1):
        if codes[i] == _STOP and _is_han(codes[i - 1]) and _is_han(codes[i + 1]):
            c[i + 2], k[i + 3] = _DOT, _CLASS_DOT
    for i in range(n - 1):
        pair = (c[i + 2] << np.uint64(16)) | c[i + 3]
        at = np.searchsorted(compounds, pair)
        if at < len(compounds) and compounds[at] == pair:
            k[i + 3], k[i + 4] = _COMPOUND_1, _COMPOUND_2
    ahead, behind = _dots_near(c, codes)
    p = np.zeros(n + 3, np.uint64)
    for i in range(n):
        p[i + 1] = peoples[i]
    runs = _runs_of(peoples)
    made = np.empty((n, TEMPLATES), np.uint64)
    s4, s8, s16, s32 = np.uint64(4), np.uint64(8), np.uint64(16), np.uint64(32)
    for i in range(n):
        a, b, h, d, e = c[i], c[i + 1], c[i + 2], c[i + 3], c[i + 4]
        u, v, x = w[i], w[i + 1], w[i + 2]
        k0, k1, k2, k3, k4, k5, k6 = (
            k[i], k[i + 1], k[i + 2], k[i + 3], k[i + 4], k[i + 5], k[i + 6],
        )  # fmt: skip
        row = made[i]
        row[0], row[1], row[2], row[3], row[4] = h, b, d, a, e
        row[5], row[6], row[7] = b << s16 | h, h << s16 | d, b << s16 | d
        row[8], row[9] = a << s16 | b, d << s16 | e
        row[10] = b << s32 | h << s16 | d
        row[11], row[12], row[13] = v, u << s8 | v, v << s8 | x
        row[14] = u << s16 | v << s8 | x
        row[15] = k2 << s8 | k3 << s4 | k4
        row[16] = (k1 << s16 | k2 << s8 | k3 << s4 | k4) << s4 | k5
        row[17] = (k3 << s8 | k4 << s4 | k5) << s4 | k6
        row[18] = (k0 << s8 | k1 << s4 | k2) << s4 | k3
        row[19] = h << s4 | np.uint64(2 * (ahead[i] > 0) + (behind[i] > 0))
        row[20] = (ahead[i] << s8 | behind[i] << s4 | k3) << s4 | k2
        row[21] = v << s8 | k3 << s4 | k4
        run = runs[i]
        row[22] = run
        row[23] = run << s8 | v
        row[24] = (p[i] << s4 | p[i + 1]) << s8 | p[i + 2] << s4 | p[i + 3]
        row[25] = run << s32 | b << s16 | k2 << s4 | k4
        for t in range(TEMPLATES):
            row[t] |= np.uint64(t + 1) << np.uint64(56)
    return made


@compiled
def table_of(keys: Any, size: int) -> tuple[Any, Any]:
    """Return a hash table (open addressing; size a power of two) of places in `keys`, -1 where free.

    And a filter of one bit for every hash, small enough to stay in a cache: three of four features
    are not in the model, and their bit says so without a look into the table.
    """
    table = np.full(size, -1, np.int32)
    present = np.zeros(1 << (_FILTER_BITS - 6), np.uint64)
    mask = np.uint64(size - 1)
    for i in range(len(keys)):
        mixed = keys[i] * _MIX
        bit = mixed >> _TO_BIT
        present[bit >> np.uint64(6)] |= np.uint64(1) << (bit & np.uint64(63))
        at = mixed >> _TO_PLACE & mask
        while table[at] >= 0:
            at = (at + np.uint64(1)) & mask
        table[at] = i
    return table, present


@compiled
def state_scores(made: Any, keys: Any, table: Any, present: Any, weights: Any) -> Any:
    """Return the score of each label at each character: the sum of its features' weights."""
    n, labels = len(made), weights.shape[1]
    scores = np.zeros((n, labels), np.float32)
    mask = np.uint64(len(table) - 1)
    for i in range(n):
        for t in range(made.shape[1]):
            key = made[i, t]
            mixed = key * _MIX
            bit = mixed >> _TO_BIT
            if not present[bit >> np.uint64(6)] >> (bit & np.uint64(63)) & np.uint64(1):
                continue
            at = mixed >> _TO_PLACE & mask
            while table[at] >= 0:
                if keys[table[at]] == key:
                    row = weights[table[at]]
                    for y in range(labels):
                        scores[i, y] += row[y]
                    break
                at = (at + np.uint64(1)) & mask
    return scores


@compiled
def best_labels(scores: Any, transitions: Any, first: Any) -> Any:
    """Return the labels with the greatest sum of scores and transitions (from, to); ties: the first."""
    n, labels = scores.shape
    best = np.empty(n, np.int8)
    if n == 0:
        return best
    # only the moves that may be made are looked at: of seventeen labels, six a label on average
    may, many = np.zeros((labels, labels), np.int64), np.zeros(labels, np.int64)
    for y in range(labels):
        for x in range(labels):
            if transitions[x, y] > _IMPOSSIBLE:
                may[y, many[y]] = x
                many[y] += 1
    back = np.zeros((n, labels), np.int8)
    here = scores[0] + first
    there = np.empty(labels, np.float32)
    for i in range(1, n):
        for y in range(labels):
            top, at = np.float32(-1e30), 0
            for j in range(many[y]):
                x = may[y, j]
                value = here[x] + transitions[x, y]
                if value > top:
                    top, at = value, x
            there[y] = top + scores[i, y]
            back[i, y] = at
        here, there = there, here
    best[n - 1] = np.argmax(here)
    for i in range(n - 1, 0, -1):
        best[i - 1] = back[i, best[i]]
    return best


@compiled
def decode(
    codes: Any, classes: Any, tags: Any, peoples: Any, compounds: Any,
    keys: Any, table: Any, present: Any, weights: Any, transitions: Any, first: Any,
    begins: Any, register: Any, caution: float, most: float, barely: float, surely: float,
) -> Any:  # fmt: skip
    """Return the best label of each character, an array of int8.

    To begin with one of the labels `begins` costs `caution`, or, where that is below 0, what the
    text's register asks for: nothing with log odds of prose up to `barely`, `most` from `surely` on.
    """
    made = features(codes, classes, tags, peoples, compounds)
    scores = state_scores(made, keys, table, present, weights)
    if caution < 0:
        share = (log_odds(codes, register) - barely) / (surely - barely)
        caution = most * min(max(share, 0.0), 1.0)
    for label in begins:
        scores[:, label] -= np.float32(caution)
    return best_labels(scores, transitions, first)
