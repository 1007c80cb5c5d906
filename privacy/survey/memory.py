"""What a device remembers, so that answering again does not wear the protection away.

The device keeps every randomised answer that it has drawn, under a *slot*, and draws at most m times a question,
each time with a randomiser of ε₀ = ε_q / m (Erlingsson, Pihur & Korolova 2014: the permanent randomized response).

Two rules say what the slot of a wave is:

- **renewed waves** r₁ = 1 < r₂ < … < r_m: the slot of wave w is the last rᵢ ≤ w, whatever the truth is; every
  device draws anew in these waves and repeats itself in between. No truth is remembered, only what was sent.
- **c changes**, m = c + 1: the slot is the truth itself; an unchanged truth, or a former one, is the same
  randomised answer again. A truth that would need draw m + 1 gets the last answer sent.

**Guarantee.** Let x = (x₁ … x_W) be a person's truths over all waves of a question and y the reports of her
device. The *pattern* of x says which waves share a slot and when draws end. The reports are a function of the
pattern and of at most m independent draws, one a slot. For two histories x, x′ with the same pattern the
same draw of the same slot serves the same waves, so

    P(y | x) / P(y | x′) = ∏ᵢ P(draw i | truth of slot i in x) / P(draw i | truth of slot i in x′) ≤ e^(m ε₀) ≤ e^(ε_q)

for every y (it is 0 / 0 where waves that share a slot would differ). Questions use independent draws: over all
questions and waves the ratio is at most e^(Σ ε_q) ≤ e^ε, the one ε of a person and lifetime.

- With renewed waves, or with c = 0, the pattern is the same for everybody: the guarantee holds for **any** two
  histories of truths, without exception.
- With c ≥ 1 changes it holds between histories that change in the same waves; two persons who never change are
  always among them. **That** an answer changed is not covered: who can follow one person's reports from wave to
  wave, and sees two of them differ, knows that her truth changed (not from what to what). The service cannot
  follow: tokens are fresh for every wave and answers are stored without them.

It ends where the memory ends: a device that forgets draws anew, and each such draw costs ε₀ more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from policies.errors import BadInput

MOST_DRAWS = 64
Report = str | tuple[str, ...]
"""A randomised answer: one option's id (k-RR), or the ids whose bit is 1 (unary encoding)."""


@dataclass(frozen=True, slots=True)
class MemoryRule:
    """When a device draws anew: in renewed waves, or (`renew` empty) for up to `max_changes` new truths."""

    renew: tuple[int, ...] = ()
    max_changes: int = 0

    def __post_init__(self) -> None:
        if self.renew and (self.renew[0] != 1 or list(self.renew) != sorted(set(self.renew))):
            raise BadInput(
                "are waves in rising order, the first is 1", where="renew", todo="renew: [1, 3]"
            )
        if self.renew and self.max_changes:
            raise BadInput("renew or max_changes, not both", where="question")
        if not 0 <= self.max_changes < MOST_DRAWS or len(self.renew) > MOST_DRAWS:
            raise BadInput(f"at most {MOST_DRAWS} draws a question", where="question")

    @property
    def draws(self) -> int:
        """m, the most draws that one device makes for the question in its life."""
        return len(self.renew) or self.max_changes + 1

    @property
    def unconditional(self) -> bool:
        """Whether the guarantee holds for any two histories, changes included."""
        return bool(self.renew) or self.max_changes == 0

    def slot(self, wave: int, truth: str) -> str:
        """Return under which name the answer of a wave is kept; it tells the truth only where changes are covered."""
        if self.renew:
            return f"wave {max(r for r in self.renew if r <= wave)}"
        return f"truth {truth}" if self.max_changes else "wave 1"

    def as_json(self) -> dict[str, Any]:
        """Return the rule as a device reads it."""
        return {"renew": list(self.renew), "max_changes": self.max_changes, "draws": self.draws}


@dataclass(frozen=True, slots=True)
class Memory:
    """What a device holds of one question: slot → randomised answer, and the last one sent."""

    drawn: Mapping[str, Report] = field(default_factory=dict)
    last: Report | None = None

    def answer(
        self, rule: MemoryRule, slot: str, draw: Callable[[], Report]
    ) -> tuple[Report, Memory]:
        """Return the report of a slot and the memory after it; draws only where the rule still allows it."""
        if slot in self.drawn:
            report = self.drawn[slot]
        elif len(self.drawn) < rule.draws or self.last is None:
            report = draw()
            return report, Memory({**self.drawn, slot: report}, report)
        else:
            report = self.last
        return report, replace(self, last=report)
