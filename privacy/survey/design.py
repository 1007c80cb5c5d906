"""A survey: its questions, each with its part of a person's one lifetime ε and the randomiser that it buys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from policies.errors import BadInput
from policies.record import canonical, digest
from privacy.survey.mechanisms import NANO, Mechanism, mechanism_for
from privacy.survey.memory import MemoryRule

MOST_QUESTIONS = 40
MOST_CHARACTERS = 600
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a question; `score` is its place on the question's index, if it has one."""

    id: str
    text: Mapping[str, str]
    score: float | None = None

    def __post_init__(self) -> None:
        check_name(self.id, "option id")
        check_words(self.text, f"option {self.id}")


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `nano_epsilon` is what all its answers over all waves may cost a person."""

    id: str
    text: Mapping[str, str]
    options: tuple[Option, ...]
    nano_epsilon: int
    memory: MemoryRule
    mechanism: Mechanism

    def __post_init__(self) -> None:
        check_name(self.id, "question id")
        check_words(self.text, f"question {self.id}")
        ids = [o.id for o in self.options]
        if len(set(ids)) != len(ids):
            raise BadInput("two options have one id", where=f"question {self.id}")
        if 0 < sum(o.score is not None for o in self.options) < len(ids):
            raise BadInput("every option has a score, or none has", where=f"question {self.id}")

    @property
    def option_ids(self) -> tuple[str, ...]:
        """Ids of the options, in order."""
        return tuple(o.id for o in self.options)

    @property
    def scores(self) -> tuple[float, ...] | None:
        """Scores of the options, in order; None where the question has no index."""
        found = tuple(o.score for o in self.options if o.score is not None)
        return found or None

    @property
    def draw_nano_epsilon(self) -> int:
        """ε₀ of one draw: the question's ε divided by the draws that its memory allows, rounded down."""
        return self.nano_epsilon // self.memory.draws

    def as_json(self) -> dict[str, Any]:
        """Return the question as it is published and as a device reads it."""
        return {
            "id": self.id,
            "text": dict(self.text),
            "options": [
                {"id": o.id, "text": dict(o.text)} | ({} if o.score is None else {"score": o.score})
                for o in self.options
            ],
            "nano_epsilon": self.nano_epsilon,
            "draw_nano_epsilon": self.draw_nano_epsilon,
            "memory": self.memory.as_json(),
            "mechanism": self.mechanism.as_json(),
        }

    @property
    def digest(self) -> str:
        """What must stay the same from wave to wave, for a device answers from its memory."""
        return digest(canonical(self.as_json()))


@dataclass(frozen=True, slots=True)
class Survey:
    """One wave of a series of questionnaires, asked of a protected population.

    Parameters
    ----------
    nano_lifetime
        The one ε, in billionths, that all questions of all series and waves may cost a person of the
        population in her life.
    minimum_answers
        A group with fewer answers has no estimate.
    """

    id: str
    title: Mapping[str, str]
    population: str
    series: str
    wave: int
    nano_lifetime: int
    questions: tuple[Question, ...]
    minimum_answers: int = 10

    def __post_init__(self) -> None:
        for value, what in (
            (self.id, "survey"),
            (self.population, "population"),
            (self.series, "series"),
        ):
            check_name(value, what)
        check_words(self.title, "title")
        if not 1 <= self.wave <= 10_000:
            raise BadInput("is a whole number from 1", where="wave")
        if not 1 <= self.minimum_answers <= 10_000:
            raise BadInput("is a whole number from 1", where="minimum_answers")
        ids = [q.id for q in self.questions]
        if not 1 <= len(ids) <= MOST_QUESTIONS or len(set(ids)) != len(ids):
            raise BadInput(
                f"has 1 to {MOST_QUESTIONS} questions, each with its own id", where="questions"
            )
        if self.nano_epsilon > self.nano_lifetime:
            raise BadInput(
                "the questions together pass the lifetime ε",
                where="questions",
                todo="give them less",
            )

    @property
    def nano_epsilon(self) -> int:
        """What all questions of this survey together may cost a person."""
        return sum(q.nano_epsilon for q in self.questions)

    def as_json(self) -> dict[str, Any]:
        """Return the design that the page carries and that its digest names."""
        return {
            "survey": self.id,
            "title": dict(self.title),
            "population": self.population,
            "series": self.series,
            "wave": self.wave,
            "nano_lifetime_epsilon": self.nano_lifetime,
            "nano_epsilon": self.nano_epsilon,
            "minimum_answers": self.minimum_answers,
            "questions": [q.as_json() for q in self.questions],
        }

    @property
    def digest(self) -> str:
        """Name of exactly this design: an answer to another one is refused."""
        return digest(canonical(self.as_json()))


def question_of(
    identifier: str,
    text: Mapping[str, str],
    options: tuple[Option, ...],
    nano_epsilon: int,
    memory: MemoryRule,
) -> Question:
    """Make a question with the randomiser of least variance; one with scores reports a single option.

    Raises
    ------
    BadInput
        ε of a draw or the number of options is out of range.
    """
    scored = any(o.score is not None for o in options)
    try:
        made = mechanism_for(len(options), nano_epsilon // memory.draws, single=scored)
    except BadInput as error:
        raise BadInput(error.what, where=f"question {identifier}", todo=error.todo) from None
    return Question(identifier, text, options, nano_epsilon, memory, made)


def epsilon_of(nano: int) -> float:
    """Return ε for people to read."""
    return nano / NANO


def check_name(value: Any, what: str) -> None:
    """Refuse a name that is not small letters, digits, - and _."""
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise BadInput("is a name of small letters, digits, - and _, at most 60", where=what)


def check_words(value: Any, where: str) -> None:
    """Refuse words that are not given in both languages."""
    if (
        not isinstance(value, Mapping)
        or set(value) != {"zh", "en"}
        or not all(
            isinstance(v, str) and 0 < len(v.strip()) <= MOST_CHARACTERS for v in value.values()
        )
    ):
        raise BadInput("is given in both languages: {zh: …, en: …}", where=where)
