"""The application: routes, problem details, and headers that every answer carries."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from api.keys.files import read_private, write_private
from api.routes import catalogue, operations, pages, questions, submissions, surveys
from api.routes.guard import Guard
from api.routes.submissions import sweep_submissions
from policies.errors import CommonGroundError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from api.workspace import Workspace

PROBLEM = "application/problem+json"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def create_app(ws: Workspace) -> FastAPI:
    """Make the application of one workspace. Its token lies in `keys/api.token`, made on first use."""
    app = FastAPI(
        title="Common Ground",
        version="1",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.ws = ws
    app.state.token = _token(ws)
    sweep_submissions(ws)
    for part in (catalogue, questions, submissions, surveys):
        app.include_router(part.router, prefix="/api/v1")
    app.include_router(operations.router)
    app.include_router(pages.router)
    app.include_router(surveys.page_router)
    app.add_exception_handler(CommonGroundError, _known_fault)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(HTTPException, _http_fault)
    app.add_exception_handler(Exception, _unknown_fault)

    @app.middleware("http")
    async def _headers(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = await call_next(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    app.add_middleware(Guard, token=app.state.token)
    return app


def _token(ws: Workspace) -> str:
    path = ws.custody.root / "api.token"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(32).encode())
    return read_private(path).decode()


def problem(status: int, title: str, detail: str, **more: Any) -> JSONResponse:
    """Return problem details (RFC 9457)."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail} | more
    return JSONResponse(body, status, media_type=PROBLEM)


def _known_fault(request: Request, error: Exception) -> Response:
    if not isinstance(error, CommonGroundError):
        raise error
    if pages.is_page(request):
        return pages.fault(request, error.status, error.what, error.where, error.todo)
    return problem(
        error.status, type(error).__name__, error.what, where=error.where, todo=error.todo
    )


def _bad_request(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    # places and rules only: the value that was sent is not repeated
    faults = [
        {"where": ".".join(str(p) for p in e["loc"]), "expected": e["msg"]} for e in error.errors()
    ]
    if pages.is_page(request):
        first = faults[0]
        return pages.fault(request, 422, first["expected"], first["where"], "")
    return problem(
        422, "BadInput", "the request does not have the form that is expected", faults=faults
    )


def _http_fault(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if pages.is_page(request):
        return pages.fault(request, error.status_code, str(error.detail), "", "")
    answer = problem(error.status_code, str(error.detail), str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


def _unknown_fault(request: Request, _error: Exception) -> Response:
    answer: Response = (
        pages.fault(request, 500, "a fault of the service", "", "try again")
        if pages.is_page(request)
        else problem(500, "ServiceFault", "a fault of the service")
    )
    answer.headers.update(_HEADERS)  # this handler stands outside the middleware
    return answer
