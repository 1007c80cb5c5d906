"""The form of an answer: is it one that the page could have made? Never whether it is true, or randomised.

A randomised answer and a raw one have the same form: who collects cannot tell them apart, and neither can this.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from policies.errors import BadInput
from privacy.survey.design import Question, Survey
from privacy.survey.mechanisms import KRR
from privacy.survey.memory import Report

MOST_BYTES = 64 * 2**10
_KEYS = {"survey", "design", "token", "answers"}
_TOKEN = re.compile(r"[A-Z2-7]{16}")
_NOT_JSON = BadInput("is not an answer: one JSON object a line, as the page makes it")


@dataclass(frozen=True, slots=True)
class Answer:
    """What arrived: the token, to be spent and forgotten, and one report a question."""

    survey: str
    design: str
    token: str = field(repr=False)
    answers: Mapping[str, Any] = field(repr=False)


def read_answer(line: bytes) -> Answer:
    """Read one answer; what it holds is never repeated in a message.

    Raises
    ------
    BadInput
        It is too long, no JSON, or has not exactly the keys of an answer.
    """
    if len(line) > MOST_BYTES:
        raise BadInput(f"is longer than {MOST_BYTES:,} bytes")
    try:
        read = json.loads(line)
    except (ValueError, RecursionError):
        raise _NOT_JSON from None
    return answer_from(read)


def answer_from(read: Any) -> Answer:
    """Take a parsed JSON document as an answer; see `read_answer`."""
    if not isinstance(read, dict) or set(read) != _KEYS or not isinstance(read["answers"], dict):
        raise _NOT_JSON
    if not all(isinstance(read[k], str) for k in ("survey", "design", "token")):
        raise _NOT_JSON
    return Answer(read["survey"], read["design"], read["token"], read["answers"])


def reports_of(survey: Survey, digest: str, answer: Answer) -> dict[str, Report]:
    """Return the reports, question by question, when every one of them has the form of the design.

    `digest` is the survey's, computed once for many answers.

    Raises
    ------
    BadInput
        Another design, a question left out or unknown, or a report that the randomiser cannot make.
    """
    if answer.survey != survey.id or answer.design != digest:
        raise BadInput(
            "answers another design than the one that is published", todo="open the page again"
        )
    if set(answer.answers) != {q.id for q in survey.questions}:
        raise BadInput("does not answer each question once")
    return {q.id: _report(q, answer.answers[q.id]) for q in survey.questions}


def canonical_token(text: str) -> str:
    """Return a token in its one form: people type small letters, spaces and dashes.

    Raises
    ------
    BadInput
        It is not sixteen letters and digits.
    """
    found = "".join(c for c in text.upper() if c not in " -\t")
    found = found.replace("0", "O").replace("1", "I")
    if not _TOKEN.fullmatch(found):
        raise BadInput(
            "a token is sixteen letters and digits", where="token", todo="see the slip of paper"
        )
    return found


def _report(question: Question, given: Any) -> Report:
    ids = question.option_ids
    if isinstance(question.mechanism, KRR):
        if isinstance(given, str) and given in ids:
            return given
    elif isinstance(given, list) and all(isinstance(g, str) for g in given):
        ordered = tuple(i for i in ids if i in given)
        if list(ordered) == given:
            return ordered
    raise BadInput("is no report of this question's randomiser", where=f"question {question.id}")
