"""What a recogniser finds, before it is placed in the original text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """A span of the normalised text, its type, and how sure the recogniser is (0 to 1)."""

    start: int
    end: int
    type: str
    score: float
