"""Asking: a question in, a private answer out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.answering.question import AskedBounds, Question
from api.database.engine import transaction
from api.database.releases import list_releases
from api.routes.access import PROBLEMS, Admitted
from api.workflows.release import ask, show_release
from privacy.noise import Ask

router = APIRouter(tags=["questions"], responses=PROBLEMS)
RESEARCHER = r"^[a-z0-9][a-z0-9_-]{0,40}$"


class QuestionBody(BaseModel):
    """A question; exactly one of epsilon, pure_epsilon, rho and accuracy is given."""

    model_config = ConfigDict(extra="forbid")

    sql: str = Field(max_length=10_000)
    purpose: str = Field(max_length=100)
    researcher: str = Field(pattern=RESEARCHER)
    epsilon: float | None = None
    pure_epsilon: float | None = None
    rho: float | None = None
    accuracy: float | None = None
    confidence: float = 0.95
    dataset_version: int | None = None
    mode: Literal["release", "dry-run", "dummy"] = "release"
    rows_per_person: int | Literal["auto", "private"] | None = None
    groups_per_person: int | None = None
    clip: Literal["filter", "table"] = "filter"
    group_size: int | None = Field(default=None, ge=1)
    prefer: Literal["unbiased", "consistent"] | None = None


@router.post("/queries")
def query(ws: Admitted, body: QuestionBody) -> dict[str, Any]:
    """Answer a question. The same question again is the same release and costs nothing."""
    wish = Ask(
        epsilon=body.epsilon,
        pure_epsilon=body.pure_epsilon,
        rho=body.rho,
        accuracy=body.accuracy,
        confidence=body.confidence,
    )
    return ask(
        ws,
        Question(
            sql=body.sql,
            purpose=body.purpose,
            ask=wish,
            researcher=body.researcher,
            dataset_version=body.dataset_version,
            mode=body.mode,
            bounds=AskedBounds(body.rows_per_person, body.groups_per_person, body.clip),
            group_size=body.group_size,
            prefer=body.prefer,
        ),
    )


@router.get("/releases")
def releases(ws: Admitted) -> list[dict[str, Any]]:
    """List what was released, oldest first."""
    with transaction(ws.engine) as connection:
        return list_releases(connection)


@router.get("/releases/{release}")
def release(
    ws: Admitted, release: str, confidence: Annotated[float, Field(gt=0, lt=1)] = 0.95
) -> dict[str, Any]:
    """Return a release again; it costs nothing."""
    return show_release(ws, release, confidence)
