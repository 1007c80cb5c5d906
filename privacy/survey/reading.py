"""Reading a survey: YAML, strictly, or the published design; an unknown key is an error and not a comment."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from decimal import Decimal, DecimalException
from fractions import Fraction
from typing import Any

import yaml

from policies.errors import BadInput
from privacy.survey.design import Option, Question, Survey, question_of
from privacy.survey.mechanisms import NANO
from privacy.survey.memory import MemoryRule

_KEYS = {
    "survey", "title", "population", "series", "wave", "lifetime_epsilon", "epsilon", "minimum_answers",
    "questions", "strata",
}  # fmt: skip
_QUESTION_KEYS = {"id", "text", "options", "share", "epsilon", "max_changes", "renew"}
_OPTION_KEYS = {"id", "zh", "en", "score"}
_MOST_BYTES = 256 * 2**10


def read_survey_file(body: bytes, where: str) -> tuple[Survey, list[Mapping[str, Any]]]:
    """Read a survey that somebody wrote; return it and its strata as they stand in the file.

    The questions split `epsilon` (default: the lifetime's): one with an `epsilon` of its own takes that
    first, the others share what is left in proportion to `share` (default 1), rounded down.

    Raises
    ------
    BadInput
        The file cannot be read or breaks a rule; the message names the key.
    """
    if len(body) > _MOST_BYTES:
        raise BadInput(f"is longer than {_MOST_BYTES:,} bytes", where=where)
    try:
        document = yaml.safe_load(body)
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        at = where if mark is None else f"{where}, line {mark.line + 1}"
        raise BadInput("cannot be read as YAML", where=at, todo='put text in "quotes"') from None
    known(
        document,
        _KEYS,
        where,
        needs={"survey", "title", "population", "lifetime_epsilon", "questions"},
    )
    try:
        return _survey(document), list(listed(document.get("strata", []), "strata"))
    except BadInput as error:
        raise BadInput(error.what, where=f"{where}: {error.where}", todo=error.todo) from None


def _survey(document: Mapping[str, Any]) -> Survey:
    lifetime = nano(document["lifetime_epsilon"], "lifetime_epsilon")
    return Survey(
        id=document["survey"],
        title=document["title"],
        population=document["population"],
        series=document.get("series", document["survey"]),
        wave=whole(document.get("wave", 1), "wave"),
        nano_lifetime=lifetime,
        questions=_questions(document, lifetime),
        minimum_answers=whole(document.get("minimum_answers", 10), "minimum_answers"),
    )


def _questions(document: Mapping[str, Any], lifetime: int) -> tuple[Question, ...]:
    rows = listed(document["questions"], "questions")
    for i, row in enumerate(rows):
        known(row, _QUESTION_KEYS, f"question {i + 1}", needs={"id", "text", "options"})
    left = nano(document["epsilon"], "epsilon") if "epsilon" in document else lifetime
    own = {
        i: nano(r["epsilon"], f"question {i + 1}, epsilon")
        for i, r in enumerate(rows)
        if "epsilon" in r
    }
    left -= sum(own.values())
    shares = {i: _share(r.get("share", 1), i) for i, r in enumerate(rows) if i not in own}
    if left < 0:
        raise BadInput(
            "the questions together pass the ε", where="questions", todo="give them less"
        )
    return tuple(
        _question(r, i, own.get(i) or int(left * shares[i] / sum(shares.values())))
        for i, r in enumerate(rows)
    )


def _question(row: Mapping[str, Any], at: int, nano_epsilon: int) -> Question:
    where = f"question {at + 1}"
    try:
        renew = tuple(whole(w, "renew") for w in listed(row.get("renew", []), "renew"))
        memory = MemoryRule(renew, whole(row.get("max_changes", 0), "max_changes"))
        options = tuple(_option(o, where) for o in listed(row["options"], "options"))
    except BadInput as error:
        raise BadInput(error.what, where=f"{where}, {error.where}", todo=error.todo) from None
    return question_of(row["id"], row["text"], options, nano_epsilon, memory)


def _option(row: Any, where: str) -> Option:
    known(row, _OPTION_KEYS, f"{where}, option", needs={"id", "zh", "en"})
    score = row.get("score")
    if score is not None and (isinstance(score, bool) or not isinstance(score, int | float)):
        raise BadInput("is a number", where="score")
    if score is not None and not (math.isfinite(score) and abs(score) <= 1e6):
        raise BadInput("is a finite number", where="score")
    return Option(row["id"], {"zh": row["zh"], "en": row["en"]}, score)


def survey_from_json(document: Any) -> Survey:
    """Read a published design back; the randomisers are made anew and must be the published ones.

    Raises
    ------
    BadInput
        It is not a design, or its probabilities are not those of its ε.
    """
    wrong = BadInput("is not a survey's published design", where="design")
    try:
        made = Survey(
            id=document["survey"],
            title=document["title"],
            population=document["population"],
            series=document["series"],
            wave=whole(document["wave"], "wave"),
            nano_lifetime=whole(document["nano_lifetime_epsilon"], "nano_lifetime_epsilon"),
            questions=tuple(_published_question(q) for q in document["questions"]),
            minimum_answers=whole(document["minimum_answers"], "minimum_answers"),
        )
    except (KeyError, TypeError, AttributeError):
        raise wrong from None
    if json.loads(json.dumps(made.as_json())) != document:
        raise BadInput("the design's probabilities are not those of its ε", where="design")
    return made


def _published_question(row: Mapping[str, Any]) -> Question:
    memory = MemoryRule(tuple(row["memory"]["renew"]), row["memory"]["max_changes"])
    options = tuple(Option(o["id"], o["text"], o.get("score")) for o in row["options"])
    return question_of(
        row["id"], row["text"], options, whole(row["nano_epsilon"], "nano_epsilon"), memory
    )


def known(row: Any, keys: set[str], where: str, *, needs: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    """Refuse what is not a mapping of known keys, or lacks one that is needed."""
    if not isinstance(row, dict):
        raise BadInput("is a mapping of keys", where=where)
    if not set(row) <= keys:
        raise BadInput(f"has an unknown key; known are {', '.join(sorted(keys))}", where=where)
    if missing := sorted(needs - set(row)):
        raise BadInput(f"lacks {', '.join(missing)}", where=where)


def listed(value: Any, where: str) -> list[Any]:
    """Return a list, or refuse."""
    if not isinstance(value, list):
        raise BadInput("is a list", where=where)
    return value


def whole(value: Any, where: str) -> int:
    """Return a whole number, or refuse."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadInput("is a whole number", where=where)
    return value


def nano(value: Any, where: str) -> int:
    """Return ε in billionths, rounded down."""
    wrong = BadInput("is a number above 0 and at most 10", where=where, todo="for example 4")
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise wrong
    try:
        found = int(Decimal(str(value)) * NANO)
    except (DecimalException, ValueError, OverflowError):
        raise wrong from None
    if not 0 < found <= 10 * NANO:
        raise wrong
    return found


def _share(value: Any, at: int) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1000:
        raise BadInput("is a number above 0", where=f"question {at + 1}, share")
    return Fraction(str(value))
