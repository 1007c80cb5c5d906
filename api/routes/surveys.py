"""Surveys over the net: the page, the published design, and answers in by one-time token alone.

No account, no cookie, no address and no time: nothing but the answer is read of a request.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.routes.access import PROBLEMS
from api.workflows.survey import published_survey, take_one
from api.workspace import Workspace
from policies.errors import BadInput
from policies.record import digest

router = APIRouter(tags=["surveys"], responses=PROBLEMS)
page_router = APIRouter(include_in_schema=False)
_BODY = {
    "requestBody": {
        "required": True,
        "description": "The answer as the page makes it: randomised on the device, with its token",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["survey", "design", "token", "answers"],
                    "additionalProperties": False,
                    "properties": {
                        "survey": {"type": "string"},
                        "design": {"type": "string"},
                        "token": {"type": "string"},
                        "answers": {"type": "object"},
                    },
                }
            }
        },
    }
}


@router.get("/surveys/{survey}")
def design(request: Request, survey: str) -> dict[str, Any]:
    """Return a survey's published design, with the digest of its page; anybody may read it."""
    return published_survey(_ws(request), survey)[0]


@router.post("/surveys/{survey}/answers", openapi_extra=_BODY)
async def answer(request: Request, survey: str) -> dict[str, bool]:
    """Take one randomised answer; its token is spent. Neither address nor time is kept."""
    try:
        document = await request.json()
    except (ValueError, RecursionError):
        raise BadInput("is not an answer: one JSON object, as the page makes it") from None
    from starlette.concurrency import run_in_threadpool

    await run_in_threadpool(take_one, _ws(request), survey, document)
    return {"taken": True}


@page_router.get("/survey/{survey}")
def page(request: Request, survey: str) -> Response:
    """The questionnaire as it was signed; its digest is the ETag."""
    _, stored = published_survey(_ws(request), survey)
    tag = f'"{digest(stored.page)}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "no-cache",
        "Content-Security-Policy": f"{stored.policy}; frame-ancestors 'none'",
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(stored.page, media_type="text/html; charset=utf-8", headers=headers)


def _ws(request: Request) -> Workspace:
    ws: Workspace = request.app.state.ws
    return ws
