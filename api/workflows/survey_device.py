"""Answering on the person's own device without a browser: the same steps, memory and answer as the page's.

True answers pass through here: never run it where others can look on.
"""

from __future__ import annotations

import fcntl
import json
import secrets
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from api.logbook import write_whole
from policies.errors import BadInput
from privacy.survey import (
    KRR,
    Memory,
    Question,
    Report,
    Survey,
    canonical_token,
    randomise,
    survey_from_json,
)


def read_design(path: Path) -> Survey:
    """Read a published `design.json`.

    Raises
    ------
    BadInput
        It cannot be read, or its probabilities are not those of its ε.
    """
    try:
        document = json.loads(path.read_bytes())
        return survey_from_json(document["design"])
    except (OSError, ValueError, KeyError, TypeError):
        raise BadInput("is not a survey's published design", where=str(path)) from None


def read_truths(path: Path) -> Mapping[str, str]:
    """Read a person's own answers: question → option, YAML or JSON."""
    try:
        found = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError, RecursionError):
        raise BadInput("cannot be read as YAML", where=str(path)) from None
    if not isinstance(found, dict) or not all(isinstance(k, str) for k in found):
        raise BadInput("is a mapping of question to option", where=str(path))
    # YAML takes a bare yes or no for a truth value
    return {k: ("yes" if v else "no") if isinstance(v, bool) else str(v) for k, v in found.items()}


def answer_on_device(
    survey: Survey,
    truths: Mapping[str, str],
    token: str,
    memory_file: Path,
    below: Callable[[int], int] = secrets.randbelow,
) -> dict[str, Any]:
    """Randomise a person's answers and remember what was drawn, on the disk before it is returned.

    Raises
    ------
    BadInput
        A question is left out or an option is not known; or the memory is of another series.
    """
    if set(truths) != {q.id for q in survey.questions}:
        raise BadInput("answers each question of the survey once", where="--answers")
    for question in survey.questions:
        if truths[question.id] not in question.option_ids:
            raise BadInput(
                f"is one of {', '.join(question.option_ids)}",
                where=f"--answers, question {question.id}",
            )
    spent = canonical_token(token)
    memory_file.parent.mkdir(parents=True, exist_ok=True)
    with memory_file.with_name(f"{memory_file.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two at once must not draw twice
        kept = _read_memory(memory_file, survey)
        answers: dict[str, Report] = {}
        for question in survey.questions:
            truth = truths[question.id]
            slot = question.memory.slot(survey.wave, truth)
            before = kept.get(question.id, Memory())
            draw = partial(_draw, question, truth, below)
            answers[question.id], kept[question.id] = before.answer(question.memory, slot, draw)
        write_whole(memory_file, _written(kept, survey))
    return {"survey": survey.id, "design": survey.digest, "token": spent, "answers": answers}


def _draw(question: Question, truth: str, below: Callable[[int], int]) -> Report:
    ids = question.option_ids
    return randomise(question.mechanism, ids, ids.index(truth), below)


def _read_memory(path: Path, survey: Survey) -> dict[str, Memory]:
    if not path.exists():
        return {}
    wrong = BadInput(
        "is no memory file of this series of surveys",
        where=str(path),
        todo="give the one kept before",
    )
    try:
        document = json.loads(path.read_bytes())
        if (document["population"], document["series"]) != (survey.population, survey.series):
            raise wrong
        kept = {
            name: Memory({s: _report(r) for s, r in held["drawn"].items()}, _report(held["last"]))
            for name, held in document["questions"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise wrong from None
    for question in survey.questions:
        held = kept.get(question.id)
        if held and not all(_possible(question, r) for r in (*held.drawn.values(), held.last)):
            raise wrong
    return kept


def _possible(question: Question, report: Report | None) -> bool:
    if isinstance(question.mechanism, KRR):
        return report in question.option_ids
    return isinstance(report, tuple) and set(report) <= set(question.option_ids)


def _report(given: Any) -> Report:
    return tuple(str(g) for g in given) if isinstance(given, list) else str(given)


def _written(kept: Mapping[str, Memory], survey: Survey) -> bytes:
    held = {name: {"drawn": dict(m.drawn), "last": m.last} for name, m in kept.items()}
    document = {"population": survey.population, "series": survey.series, "questions": held}
    return json.dumps(document, ensure_ascii=False).encode()
