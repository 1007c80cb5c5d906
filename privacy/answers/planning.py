"""What to say of a question before it is paid for: expected errors, whether it is worth asking, what to do instead."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from policies.errors import BadInput
from privacy.answers.accuracy import least_budget, noises_of
from privacy.answers.expecting import Expected, all_useful, expected, group_size_of
from privacy.answers.layout import layout_of
from privacy.answers.tuning import tuned
from privacy.noise import Ask, Priced, price
from privacy.query.plan import Plan


@dataclass(frozen=True, slots=True)
class Advice:
    """Whether a question is worth its loss.

    `group_size` is the size of a group that expected values are judged at, stated or the public size's even
    share. Where not recommended: `enough_epsilon` is the ε (at the same δ) that would do, None where none
    would; `enough_rows` the group size that would do at the loss asked for, None where none would.
    """

    expected: tuple[Expected, ...]
    group_size: float
    recommended: bool
    enough_epsilon: float | None = None
    enough_rows: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the advice as JSON, with its words in both languages."""
        return {
            "half_width": _plain(self.expected[0].half_width),
            "expected": [
                {
                    "figure": e.label,
                    "half_width": e.half_width,
                    "value": e.value,
                    "useful": e.useful,
                }
                for e in self.expected
            ],
            "group_size": self.group_size,
            "recommended": self.recommended,
            "enough_epsilon": self.enough_epsilon,
            "enough_rows": self.enough_rows,
            "reason": {"en": _words(self, "en"), "zh": _words(self, "zh")},
        }


def planned(plan: Plan, ask: Ask, delta: float, group_size: int | None = None) -> tuple[Plan, Ask]:
    """Return the plan with the shares of its loss, and the ask that is to be priced.

    A half-width that is wanted (`--accuracy`) becomes the least ρ for it; any other wish stays as it is.

    Raises
    ------
    BadInput
        As `privacy.answers.accuracy.least_budget`, or no such accuracy can be had.
    """
    if ask.accuracy is not None:
        shared, found = least_budget(plan, ask.accuracy, ask.confidence, group_size, delta)
        return shared, replace(found, confidence=ask.confidence)
    return tuned(plan, pure=ask.pure_epsilon is not None), ask


def advice(
    plan: Plan, priced: Priced, confidence: float, delta: float, group_size: int | None = None
) -> Advice:
    """Judge a priced question by public information: recommended only if no error passes half of its value.

    Parameters
    ----------
    delta
        The contract's, at which the ε that would do is stated.
    group_size
        Rows of a group, publicly known; else persons' public number, one row each, over the groups.
    """
    layout = layout_of(plan)
    rows = group_size_of(plan.public_size, 1, plan.cells, group_size)
    noises = noises_of(plan, priced)
    found = expected(layout, noises, confidence, rows)
    if all_useful(found):
        return Advice(found, rows, True)
    return Advice(
        found,
        rows,
        False,
        _enough_epsilon(plan, priced, confidence, delta, rows),
        _least(
            lambda n: all_useful(expected(layout, noises, confidence, n)),
            math.ceil(rows),
            plan.public_size * plan.bounds.pseudonyms * plan.bounds.rows,
        ),
    )


def _least(fits: Any, low: int, high: int) -> int | None:
    if high <= low or not fits(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high


def _enough_epsilon(
    plan: Plan, priced: Priced, confidence: float, delta: float, rows: float
) -> float | None:
    """Return the least ε that would do, to a hundredth of itself."""
    pure = any("laplace" in m.mechanism for m in priced.measured)
    layout = layout_of(plan)

    def tried(epsilon: float) -> bool:
        ask = Ask(pure_epsilon=epsilon) if pure else Ask(epsilon=epsilon)
        try:
            noises = noises_of(plan, price(plan, ask, delta))
        except BadInput:
            return False
        return all_useful(expected(layout, noises, confidence, rows))

    low, high = priced.epsilon, priced.epsilon
    for _ in range(12):
        high *= 2
        if tried(high):
            break
        low = high
    else:
        return None
    while high - low > 0.01 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if tried(middle) else (middle, high)
    return float(f"{high * 1.005:.3g}")


def _plain(x: float | None) -> float | int | None:
    """Return a whole number as one, others with six digits."""
    if x is None or not math.isfinite(x):
        return None
    return int(x) if x == int(x) else float(f"{x:.6g}")


def _words(a: Advice, language: str) -> str:
    if a.recommended:
        if all(e.half_width is None or e.value is None for e in a.expected):
            return {
                "en": "Nothing public tells how exact this would be.",
                "zh": "没有公开信息可以说明答案会有多准确。",
            }[language]
        if any(e.half_width is None for e in a.expected):
            return {
                "en": "Worth asking, as far as public information tells.",
                "zh": "就公开信息所知，值得提问。",
            }[language]
        return {"en": "Worth asking.", "zh": "值得提问。"}[language]
    poor = [e.label for e in a.expected if not e.useful]
    if language == "zh":
        text = f"不建议提问：以每组约 {a.group_size:,.0f} 行计，{'、'.join(poor)}的误差超过其预期值的一半。"
        instead = []
        if a.enough_rows is not None:
            instead.append(f"改用更大的分组（每组约 {a.enough_rows:,} 行）")
        if a.enough_epsilon is not None:
            instead.append(f"或使用 ε = {a.enough_epsilon:g}")
        return text + ("可以" + "，".join(instead) + "。" if instead else "请提出较粗略的问题。")
    text = (
        f"Not recommended: in groups of about {a.group_size:,.0f} rows the error of {', '.join(poor)} passes "
        "half of the expected value. "
    )
    instead = []
    if a.enough_rows is not None:
        instead.append(f"group by less (about {a.enough_rows:,} rows a group would do)")
    if a.enough_epsilon is not None:
        instead.append(f"or spend ε = {a.enough_epsilon:g}")
    words = ", ".join(instead)
    return text + (f"{words[:1].upper()}{words[1:]}." if words else "Ask a coarser question.")
