"""From counts of randomised answers to shares: unbiased, with exact intervals, and projected beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from privacy.survey.design import Question
from privacy.survey.intervals import Estimand, beyond_chance, share_interval

LEAST_FOR_INDEX = 30
"""Below this an index has no interval: its t interval leans on the mean of many draws."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Answers of one cell to one question: how many, and how many report each option."""

    answers: int
    counts: tuple[int, ...]

    def __post_init__(self) -> None:
        if not all(0 <= c <= self.answers for c in self.counts):
            raise ValueError("a count lies between 0 and the number of answers")


def summed(tallies: Iterable[Tally], options: int) -> Tally:
    """Return the tally of several cells together: estimates of a tier follow from sums, so tiers agree."""
    answers, counts = 0, [0] * options
    for tally in tallies:
        answers += tally.answers
        counts = [a + b for a, b in zip(counts, tally.counts, strict=True)]
    return Tally(answers, tuple(counts))


def unbiased_shares(question: Question, tally: Tally) -> list[float]:
    """Return (c / n − q) / (p − q) for each option (Wang et al. 2017, eq. 2); may leave [0, 1]."""
    p, q = question.mechanism.p, question.mechanism.q
    return [float((c - tally.answers * q) / (tally.answers * (p - q))) for c in tally.counts]


def onto_simplex(values: Sequence[float]) -> list[float]:
    """Return the nearest point of the simplex (Duchi et al. 2008, fig. 1): no share below 0, all sum to 1."""
    ordered = np.sort(np.asarray(values, dtype=float))[::-1]
    excess = (np.cumsum(ordered) - 1) / np.arange(1, len(values) + 1)
    shift = excess[np.flatnonzero(ordered - excess > 0)[-1]]
    return [float(v) for v in np.maximum(np.asarray(values) - shift, 0)]


def standard_errors(
    question: Question, shares: Sequence[float], n: int, of: Estimand
) -> list[float]:
    """Return the standard error of each share from the known probabilities, at the shares given.

    Of the population: √(π (1 − π) / n) / (p − q) with π = q + f (p − q). Of those who answered: the draw's alone,
    √((f p (1 − p) + (1 − f) q (1 − q)) / n) / (p − q) (Wang et al. 2017, eq. 3).
    """
    p, q = float(question.mechanism.p), float(question.mechanism.q)
    found = []
    for f in shares:
        reported = q + f * (p - q)
        variance = (
            reported * (1 - reported)
            if of == "population"
            else f * p * (1 - p) + (1 - f) * q * (1 - q)
        )
        found.append(math.sqrt(variance / n) / (p - q))
    return found


def estimate(question: Question, tally: Tally, confidence: float, of: Estimand) -> dict[str, Any]:
    """Return the estimates of one question in one cell.

    Returns
    -------
    dict
        `answers`; `shares`: option → `estimate` (unbiased), `low`, `high`, `confidence` each for itself,
        `standard_error`, `projected` (on the simplex: possible shares, at the price of bias), `number` (estimate ×
        answers: adds up exactly over tiers), `usable` (the half-width does not pass the projected share);
        `beyond_chance`: options whose count no share explains; `index` where options have scores.
    """
    n, p, q = tally.answers, float(question.mechanism.p), float(question.mechanism.q)
    raw = unbiased_shares(question, tally)
    projected = onto_simplex(raw)
    errors = standard_errors(question, projected, n, of)
    shares: dict[str, Any] = {}
    for i, option in enumerate(question.option_ids):
        low, high = share_interval(tally.counts[i], n, p, q, confidence, of)
        shares[option] = {
            "estimate": raw[i], "low": low, "high": high, "standard_error": errors[i],
            "projected": projected[i], "number": raw[i] * n, "usable": (high - low) / 2 <= projected[i],
        }  # fmt: skip
    found: dict[str, Any] = {
        "answers": n,
        "shares": shares,
        "beyond_chance": [
            option
            for i, option in enumerate(question.option_ids)
            if beyond_chance(tally.counts[i], n, p, q)
        ],
    }
    if question.scores is not None:
        found["index"] = index_interval(question, tally, confidence)
    return found


def index_interval(question: Question, tally: Tally, confidence: float) -> dict[str, Any] | None:
    """Return the mean score and its interval; a question with scores has k-RR.

    A report of option j stands for g = (s_j − q Σ s) / (p − q), whose mean is unbiased for Σ s f; its variance is
    that of the reports, n − 1 degrees of Student's t. It is the population's: for those who answered the draw
    alone varies, which is less, and the interval covers all the more.
    """
    from scipy.stats import t

    if tally.answers < LEAST_FOR_INDEX:
        return None
    scores = np.asarray(question.scores, dtype=float)
    p, q = float(question.mechanism.p), float(question.mechanism.q)
    worth = (scores - q * scores.sum()) / (p - q)
    counts, n = np.asarray(tally.counts, dtype=float), tally.answers
    mean = float(counts @ worth) / n
    # one answer more at either end: a rare end that nobody reported yet still counts (after Agresti & Coull 1998)
    careful = counts.copy()
    careful[[int(worth.argmin()), int(worth.argmax())]] += 1
    error = math.sqrt(float(careful @ (worth - mean) ** 2) / (n - 1) / n)
    reach = float(t.isf((1 - confidence) / 2, n - 1)) * error
    least, most = float(scores.min()), float(scores.max())
    return {
        "estimate": mean, "low": min(max(mean - reach, least), most), "high": max(min(mean + reach, most), least),
        "standard_error": error, "from": least, "to": most,
    }  # fmt: skip
