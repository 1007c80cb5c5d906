"""A survey's way: designed and signed, answered by token, estimated. Raw answers never come here."""

from __future__ import annotations

import base64
import csv
import io
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.database.engine import transaction
from api.database.surveys import (
    Batch,
    StoredSurvey,
    allocate,
    batches,
    find_survey,
    forget_traces,
    issue_tokens,
    report_counts,
    store_survey,
    take,
)
from api.logbook import (
    OFFICER,
    TRUST_FILE,
    envelope_and_proof,
    seal_and_append,
    trust_root,
    write_whole,
)
from api.pages.questionnaire import questionnaire
from policies.decisions.roles import require
from policies.errors import BadInput
from policies.record import Statement, canonical, digest
from privacy.survey import (
    Answer,
    Estimand,
    Question,
    Stratum,
    Survey,
    Tally,
    answer_from,
    canonical_token,
    cells_of,
    epsilon_of,
    estimate,
    limits,
    read_answer,
    read_strata,
    read_survey_file,
    reports_of,
    summed,
    true_epsilon,
    weight,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from api.workspace import Workspace

DESIGN_TYPE = "https://common-ground.example/survey-design/v1"
ESTIMATE_TYPE = "https://common-ground.example/survey-estimate/v1"
BREAKDOWNS = ("all", "group", "tier", "district", "street", "community")
_SAID = {
    "population": "the people from whom those who answered were drawn, were they drawn at random",
    "answered": "those who answered",
}
_MOST_LINES = 1_000_000


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of answers that were handed in: how many were taken, and which lines were not, and why."""

    taken: int
    refused: tuple[Mapping[str, str], ...]

    def as_json(self) -> dict[str, Any]:
        """Return it for the command line."""
        return asdict(self)


def design_survey(
    ws: Workspace,
    body: bytes,
    where: str,
    *,
    tokens: int = 0,
    out: Path | None = None,
    role: str = "officer",
) -> dict[str, Any]:
    """Publish a survey: allot ε, make page and tokens, sign design and page digest as the officer, log it.

    The same file again makes more tokens and writes the same page. Tokens lie in the workspace alone, in a file
    for whoever hands them out; the database holds their hashes.

    Raises
    ------
    BadInput
        The file breaks a rule.
    Refused
        The role may not, not enough of the population's lifetime ε is left, or a question of the series changed.
    """
    require(role, "design_survey")
    survey, rows = read_survey_file(body, where)
    issued = {
        stratum: [_token() for _ in range(n)] for stratum, n in read_strata(rows, tokens).items()
    }
    page = questionnaire(survey)
    kept = ws.root / "surveys" / survey.id
    with transaction(ws.engine) as connection:
        allocated = allocate(connection, survey)
        stored = StoredSurvey(survey, page.body, page.policy)
        store_survey(connection, stored, canonical(survey.as_json()))
        issue_tokens(connection, survey.id, issued)
        published = _published(stored, batches(connection, survey.id).values(), allocated)
        text = json.dumps(published, ensure_ascii=False, indent=1, sort_keys=True).encode()
        statement = Statement(
            {"design.json": digest(text), "page.html": digest(page.body)},
            DESIGN_TYPE,
            {
                "survey": survey.id, "population": survey.population, "series": survey.series,
                "wave": survey.wave, "design": survey.digest, "nano_epsilon": survey.nano_epsilon,
            },
        )  # fmt: skip
        leaf = seal_and_append(ws, connection, statement, "survey", ws.custody.signer(OFFICER))
        slips = _write_slips(
            kept, issued
        )  # a token that nobody can know of is better than a lost one
    envelope, proof = envelope_and_proof(ws, leaf)
    folder = out or kept / "public"
    for name, content in (
        ("design.json", text), ("page.html", page.body), ("design.dsse.json", envelope),
        (TRUST_FILE, trust_root(ws).body()), ("design.tlog-proof", proof.encode()),
    ):  # fmt: skip
        write_whole(folder / name, content)
        (folder / name).chmod(0o644)  # anybody may check which code runs
    new = sum(map(len, issued.values()))
    files = {"folder": str(folder), "tokens": None if slips is None else str(slips)}
    return published | {"leaf": leaf, "new_tokens": new, "files": files}


def published_survey(ws: Workspace, identifier: str) -> tuple[dict[str, Any], StoredSurvey]:
    """Return a survey's published design and its page."""
    with transaction(ws.engine) as connection:
        stored = find_survey(connection, identifier)
        return _published(stored, batches(connection, identifier).values()), stored


def take_lines(ws: Workspace, lines: Iterable[bytes], where: str) -> Taken:
    """Take answers, one JSON object a line; a line that is not taken is named by its number alone.

    Lines of one file are taken in one transaction: a crash half-way takes none of them.
    """
    taken, refused = 0, []
    surveys: dict[str, tuple[Survey, str]] = {}
    with transaction(ws.engine) as connection:
        for number, line in enumerate(lines, 1):
            if number > _MOST_LINES:
                raise BadInput(f"has more than {_MOST_LINES:,} lines", where=where)
            if not line.strip():
                continue
            try:
                answer = read_answer(line)
                _take(connection, surveys, answer)
                taken += 1
            except BadInput as error:
                at = f"{where}, line {number}" + (f", {error.where}" if error.where else "")
                refused.append({"where": at, "what": error.what, "todo": error.todo})
    forget_traces(ws.engine)
    return Taken(taken, tuple(refused))


def take_one(ws: Workspace, identifier: str, document: Any) -> None:
    """Take one answer over the net, by the same steps.

    Raises
    ------
    BadInput
        Its form, design or token is not right; nothing of it is kept or repeated.
    NotFound
        There is no such survey.
    """
    with transaction(ws.engine) as connection:
        survey = find_survey(connection, identifier).survey
        answer = answer_from(document)
        if answer.survey != identifier:
            raise BadInput("answers another survey", where="survey")
        _take(connection, {identifier: (survey, survey.digest)}, answer)
    forget_traces(ws.engine)


def _take(connection: Connection, known: dict[str, tuple[Survey, str]], answer: Answer) -> None:
    if answer.survey not in known:
        survey = find_survey(connection, answer.survey).survey
        known[answer.survey] = survey, survey.digest
    reports = reports_of(*known[answer.survey], answer)
    take(connection, answer.survey, canonical_token(answer.token), reports)


def estimate_survey(
    ws: Workspace,
    identifier: str,
    *,
    by: Sequence[str] = (),
    confidence: float = 0.95,
    of: Estimand = "population",
) -> dict[str, Any]:
    """Return the estimates of a survey: over all, or by group and tier; post-processing, it costs nothing.

    Raises
    ------
    BadInput
        An unknown breakdown, or a confidence outside (0, 1).
    NotFound
        There is no such survey.
    """
    if not set(by) <= set(BREAKDOWNS):
        raise BadInput(f"is one of {', '.join(BREAKDOWNS)}", where="--by")
    if not 0 < confidence < 1:
        raise BadInput("lies between 0 and 1", where="--confidence", todo="for example 0.95")
    with transaction(ws.engine) as connection:
        survey = find_survey(connection, identifier).survey
        strata = batches(connection, identifier)
        tallies = _tallies(survey, report_counts(connection, identifier))
    undefined: dict[str, str] = {}
    cells = _cells(strata, tuple(dict.fromkeys(by)) or ("all",))
    questions = {
        q.id: _question(q, cells, tallies, survey.minimum_answers, confidence, of, undefined)
        for q in survey.questions
    }
    return {
        "audience": "public",
        "survey": survey.id, "title": dict(survey.title), "series": survey.series, "wave": survey.wave,
        "by": list(by) or ["all"],
        "estimand": _SAID[of],
        "confidence": confidence,
        "tokens": {"issued": sum(b.issued for b in strata.values()),
                   "spent": sum(b.issued - b.unspent for b in strata.values())},
        "questions": questions,
        "privacy": _privacy(survey),
        "limits": [s["en"] for s in limits(survey)],
        "limits_zh": [s["zh"] for s in limits(survey)],
        "undefined": undefined,
    }  # fmt: skip


def sign_estimate(ws: Workspace, report: Mapping[str, Any], out: Path) -> Path:
    """Sign and log an estimate and write it with envelope and proof; return its folder."""
    body = json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False).encode()
    about = {"survey": report["survey"], "wave": report["wave"]}
    statement = Statement({"report.json": digest(body)}, ESTIMATE_TYPE, about)
    with transaction(ws.engine) as connection:
        leaf = seal_and_append(ws, connection, statement, "survey-estimate")
    envelope, proof = envelope_and_proof(ws, leaf)
    for name, content in (
        ("report.json", body), ("report.dsse.json", envelope), ("report.tlog-proof", proof.encode()),
    ):  # fmt: skip
        write_whole(out / name, content)
    return out


def _question(
    question: Question,
    cells: Mapping[str, Sequence[str]],
    tallies: Mapping[tuple[str, str], Tally],
    least: int,
    confidence: float,
    of: Estimand,
    undefined: dict[str, str],
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for cell, strata in cells.items():
        mine = [tallies[s, question.id] for s in strata if (s, question.id) in tallies]
        tally = summed(mine, len(question.options))
        path = f"questions.{question.id}.cells.{cell}"
        if tally.answers < least:
            found[cell] = None
            some = f"fewer than {least} answers" if tally.answers else "nobody has answered"
            undefined[path] = some
            continue
        found[cell] = estimate(question, tally, confidence, of)
        if "index" in found[cell] and found[cell]["index"] is None:
            undefined[f"{path}.index"] = "too few answers for an interval"
    return {
        "text": dict(question.text),
        "options": {o.id: dict(o.text) for o in question.options},
        "mechanism": question.mechanism.as_json()["name"],
        "epsilon_of_a_draw": epsilon_of(question.draw_nano_epsilon),
        "false_answer_weight": weight(question),
        "cells": found,
    }


def _cells(strata: Mapping[str, Batch], by: Sequence[str]) -> dict[str, list[str]]:
    """Return cell → keys of its strata; several breakdowns cross, their names joined with ×."""
    found: dict[str, list[str]] = {}
    for key, batch in strata.items():
        for names in product(*(cells_of(b, batch.stratum) for b in by)):
            found.setdefault(" × ".join(names), []).append(key)
    return dict(sorted(found.items()))


def _tallies(
    survey: Survey, counted: Iterable[tuple[str, str, Any, int]]
) -> dict[tuple[str, str], Tally]:
    options = {q.id: q.option_ids for q in survey.questions}
    found: dict[tuple[str, str], Tally] = {}
    for stratum, question, report, n in counted:
        ids = options[question]
        hits = {report} if isinstance(report, str) else set(report)
        tally = Tally(n, tuple(n if i in hits else 0 for i in ids))
        before = found.get((stratum, question))
        found[stratum, question] = tally if before is None else summed([before, tally], len(ids))
    return found


def _published(
    stored: StoredSurvey, strata: Iterable[Batch], allocated: int | None = None
) -> dict[str, Any]:
    survey = stored.survey
    left = (
        {} if allocated is None else {"lifetime_left": epsilon_of(survey.nano_lifetime - allocated)}
    )
    return {
        "audience": "public",
        "survey": survey.id,
        "estimand": "shares of answers, each randomised on the device of the person who gave it",
        "design": survey.as_json(),
        "digest": survey.digest,
        "page": {
            "digest": digest(stored.page),
            "bytes": len(stored.page),
            "policy": stored.policy,
        },
        "strata": [b.stratum.as_json() | {"tokens": b.issued} for b in strata],
        "privacy": _privacy(survey) | left,
        "limits": [dict(s) for s in limits(survey)],
        "undefined": {},
    }


def _privacy(survey: Survey) -> dict[str, Any]:
    return {
        "unit": "person",
        "model": "local: randomised on the person's own device",
        "neighbouring": "any two histories of one person's true answers"
        if all(q.memory.unconditional for q in survey.questions)
        else "any two histories of one person's true answers that change in the same waves",
        "population": survey.population,
        "epsilon": epsilon_of(survey.nano_epsilon),
        "delta": 0.0,
        "lifetime_epsilon": epsilon_of(survey.nano_lifetime),
        "apart_from": "the population's ledger of central releases: a person in both loses both",
        "mechanisms": [
            {"question": q.id, **q.mechanism.as_json(), "draws": q.memory.draws,
             "epsilon": epsilon_of(q.nano_epsilon), "epsilon_of_a_draw": epsilon_of(q.draw_nano_epsilon),
             "exact_epsilon_of_a_draw": str(true_epsilon(q.mechanism))}
            for q in survey.questions
        ],
        "public": ["the questions and options", "group and place of each batch of tokens", "who handed an answer in"],
    }  # fmt: skip


def _token() -> str:
    """Return 80 random bits as sixteen letters and digits (RFC 4648 base 32)."""
    return base64.b32encode(secrets.token_bytes(10)).decode()


def _write_slips(folder: Path, issued: Mapping[Stratum, Sequence[str]]) -> Path | None:
    if not any(issued.values()):
        return None
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["group", "district", "street", "community", "token"])
    for stratum, given in issued.items():
        for token in given:
            slip = "-".join(token[i : i + 4] for i in range(0, 16, 4))
            writer.writerow(
                [stratum.group, stratum.district, stratum.street, stratum.community, slip]
            )
    path = folder / f"tokens-{secrets.token_hex(4)}.csv"
    write_whole(path, text.getvalue().encode())
    path.chmod(0o600)
    return path
