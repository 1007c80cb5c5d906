"""The grade of a dataset after GB/T 42460-2023, and the lines that it draws.

What is taken from where. GB/T 42460-2023 clause 4 grades the effect of de-identification in four
grades, clause 6.3 evaluates it by figures, and Annex D (informative) gives an example by k-anonymity:
the table of contents and clause 3 were read. The words of the grades are those by which the draft of 2021
is publicly described; the three ways of sharing and their lines (0.05, 0.2, 1/3) are those of a public
implementation of the computation, whose risk is data × environment. Neither was compared with the
standard's full text: whoever signs should. The environment's probability is taken as 1, the most
cautious: the grade cannot be better than the standard's own computation would give.
"""

from __future__ import annotations

from dataclasses import dataclass

from privacy.risk.classes import Classes

GRADES = {
    1: "identifies directly",
    2: "direct identifiers removed, risk above the line",
    3: "risk acceptable",
    4: "aggregates only",
}


@dataclass(frozen=True, slots=True)
class Mode:
    """A way of sharing, and the re-identification risk that is accepted in it."""

    name: str
    line: float


MODES = (
    Mode("public", 0.05),
    Mode("controlled", 0.2),
    Mode("enclave", 1 / 3),
)


@dataclass(frozen=True, slots=True)
class Graded:
    """The grade in one way of sharing; None where there is nobody to grade."""

    mode: str
    line: float
    risk: float | None
    grade: int | None


def grade(classes: Classes, mode: Mode, *, direct_identifiers: bool, free_text: bool) -> Graded:
    """Grade a dataset of single records by the largest prosecutor risk of anybody in it.

    Direct identifiers make it grade 1. Free text keeps it at 2 whatever the figures say: a redacted note
    is still treated as identifying. Single records never reach grade 4.
    """
    found = classes.prosecutor(mode.line)
    if found is None:
        return Graded(mode.name, mode.line, None, None)
    above = free_text or found.maximum > mode.line + 1e-12
    reached = 1 if direct_identifiers else 2 if above else 3
    return Graded(mode.name, mode.line, found.maximum, reached)
