"""Surveys: what their questions may cost a person, unspent tokens, and reports that nothing leads back from.

A token is a row that is deleted when an answer spends it: two at once delete it once. A report is stored without
token, address or time, each question's in a row of its own under a random key.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from api.database.tables import (
    survey_accounts,
    survey_questions,
    survey_reports,
    survey_strata,
    survey_tokens,
    surveys,
)
from policies.errors import BadInput, NotFound, Refused
from privacy.survey import Report, Stratum, Survey, survey_from_json

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_HASH_LABEL = b"common-ground/survey-token/v1\x00"


@dataclass(frozen=True, slots=True)
class StoredSurvey:
    """A survey as it was designed, with its page and the page's Content-Security-Policy."""

    survey: Survey
    page: bytes
    policy: str


@dataclass(frozen=True, slots=True)
class Batch:
    """A stratum of a survey: how many tokens it was given, how many are unspent."""

    stratum: Stratum
    issued: int
    unspent: int


def allocate(connection: Connection, survey: Survey) -> int:
    """Give each question its part of the population's lifetime ε; one known from a wave before costs nothing.

    Returns
    -------
    int
        What is allocated of the population's ε after it, in billionths.

    Raises
    ------
    Refused
        Another lifetime ε is in force, a known question has changed, or not enough ε is left.
    """
    where = survey_accounts.c.population == survey.population
    row = connection.execute(select(survey_accounts).where(where)).one_or_none()
    if row is None:
        opened = {"cap_nano_epsilon": survey.nano_lifetime, "allocated_nano_epsilon": 0}
        connection.execute(insert(survey_accounts).values(population=survey.population, **opened))
    elif row.cap_nano_epsilon != survey.nano_lifetime:
        raise Refused(
            "another lifetime ε is in force for this population",
            where="lifetime_epsilon",
            todo="a person has one ε for life: write the one of the first survey",
        )
    for question in survey.questions:
        key = {"population": survey.population, "series": survey.series, "question": question.id}
        known = connection.scalar(select(survey_questions.c.digest).filter_by(**key))
        if known == question.digest:
            continue
        if known is not None:
            raise Refused(
                "this question had other words, options or ε in a wave before, and devices remember that one",
                where=f"question {question.id}",
                todo="write it as it was, or give the new one an id of its own",
            )
        more = {"digest": question.digest, "nano_epsilon": question.nano_epsilon}
        connection.execute(insert(survey_questions).values(**key, **more))
        allocated = survey_accounts.c.allocated_nano_epsilon + question.nano_epsilon
        try:
            connection.execute(
                update(survey_accounts).where(where).values(allocated_nano_epsilon=allocated)
            )
        except IntegrityError:
            raise Refused(
                "not enough of the population's lifetime ε is left for this question",
                where=f"question {question.id}",
                todo="ask again what was asked before, which costs nothing, or give it less",
            ) from None
    return int(
        connection.scalar(select(survey_accounts.c.allocated_nano_epsilon).where(where)) or 0
    )


def store_survey(connection: Connection, stored: StoredSurvey, design: bytes) -> bool:
    """Store a survey; return False where exactly this one is stored already.

    Raises
    ------
    Refused
        The id, or the wave of the series, belongs to another survey.
    """
    survey = stored.survey
    known = connection.execute(select(surveys).where(surveys.c.id == survey.id)).one_or_none()
    if known is not None and bytes(known.design) == design and bytes(known.page) == stored.page:
        return False
    taken = select(func.count()).where(
        surveys.c.population == survey.population,
        surveys.c.series == survey.series,
        surveys.c.wave == survey.wave,
    )
    if known is not None or connection.scalar(taken):
        raise Refused(
            "a survey of this id, or of this wave of the series, is published already",
            where=f"survey {survey.id}",
            todo="give the new one an id and a wave of its own",
        )
    connection.execute(
        insert(surveys).values(
            id=survey.id, population=survey.population, series=survey.series, wave=survey.wave,
            design=design, page=stored.page, policy=stored.policy,
        )
    )  # fmt: skip
    return True


def find_survey(connection: Connection, identifier: str) -> StoredSurvey:
    """Return a survey by its id.

    Raises
    ------
    NotFound
        There is none.
    """
    row = connection.execute(select(surveys).where(surveys.c.id == identifier)).one_or_none()
    if row is None:
        raise NotFound(
            "there is no such survey", where="survey", todo="`commonground survey design`"
        )
    return StoredSurvey(survey_from_json(json.loads(row.design)), bytes(row.page), row.policy)


def issue_tokens(
    connection: Connection, survey: str, tokens: Mapping[Stratum, Iterable[str]]
) -> None:
    """Store the hashes of new tokens, batch by batch; the tokens themselves are not kept."""
    for stratum, given in tokens.items():
        key, rows = stratum_key(stratum), [token_hash(survey, t) for t in given]
        where = (survey_strata.c.survey == survey, survey_strata.c.stratum == key)
        issued = survey_strata.c.issued + len(rows)
        if not connection.execute(
            update(survey_strata).where(*where).values(issued=issued)
        ).rowcount:
            body = json.dumps(stratum.as_json(), ensure_ascii=False, sort_keys=True)
            batch = {"survey": survey, "stratum": key, "body": body, "issued": len(rows)}
            connection.execute(insert(survey_strata).values(**batch))
        if rows:
            connection.execute(
                insert(survey_tokens),
                [{"survey": survey, "token_hash": h, "stratum": key} for h in rows],
            )


def take(connection: Connection, survey: str, token: str, reports: Mapping[str, Report]) -> None:
    """Spend a token and store the reports under its stratum, in the caller's transaction.

    Raises
    ------
    BadInput
        The token is none of this survey, or is spent: which of the two is not kept.
    """
    where = (
        survey_tokens.c.survey == survey,
        survey_tokens.c.token_hash == token_hash(survey, token),
    )
    stratum = connection.scalar(
        delete(survey_tokens).where(*where).returning(survey_tokens.c.stratum)
    )
    if stratum is None:
        raise BadInput(
            "the token is not one of this survey, or an answer with it has arrived",
            where="token",
            todo="an answer that was sent once need not be sent again",
        )
    rows = [
        {
            "survey": survey, "key": secrets.token_bytes(16), "stratum": stratum, "question": question,
            "report": json.dumps(report, ensure_ascii=False),
        }
        for question, report in reports.items()
    ]  # fmt: skip
    connection.execute(insert(survey_reports), rows)


def batches(connection: Connection, survey: str) -> dict[str, Batch]:
    """Return a survey's strata by their keys, those without an answer included."""
    left = select(survey_tokens.c.stratum, func.count().label("n")).where(
        survey_tokens.c.survey == survey
    )
    unspent = {r.stratum: r.n for r in connection.execute(left.group_by(survey_tokens.c.stratum))}
    rows = connection.execute(
        select(survey_strata).where(survey_strata.c.survey == survey).order_by(survey_strata.c.body)
    )
    return {
        r.stratum: Batch(Stratum(**json.loads(r.body)), r.issued, unspent.get(r.stratum, 0))
        for r in rows
    }


def report_counts(connection: Connection, survey: str) -> list[tuple[str, str, Report, int]]:
    """Return (stratum, question, report, how many) for a survey."""
    columns = (survey_reports.c.stratum, survey_reports.c.question, survey_reports.c.report)
    rows = connection.execute(
        select(*columns, func.count().label("n"))
        .where(survey_reports.c.survey == survey)
        .group_by(*columns)
    )
    found = []
    for row in rows:
        report = json.loads(row.report)
        found.append(
            (
                row.stratum,
                row.question,
                tuple(report) if isinstance(report, list) else report,
                row.n,
            )
        )
    return found


def forget_traces(engine: Engine) -> None:
    """Empty the write-ahead log, whose frames hold in one place a token that went and the reports that came.

    Where another reader is at work it stays until the next call.
    """
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.fetchall()
        cursor.close()
    finally:
        raw.close()


def stratum_key(stratum: Stratum) -> str:
    """Return the short key of a stratum."""
    body = json.dumps(stratum.as_json(), ensure_ascii=False, sort_keys=True).encode()
    return hashlib.sha256(body).hexdigest()[:16]


def token_hash(survey: str, token: str) -> bytes:
    """Return what is stored of a token; 80 random bits need no slow hash."""
    return hashlib.sha256(_HASH_LABEL + survey.encode() + b"\x00" + token.encode()).digest()
