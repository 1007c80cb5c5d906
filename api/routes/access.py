"""Who may pass: a bearer token, compared in constant time; for pages, the same token in a cookie."""

from __future__ import annotations

import hmac
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException

from api.workspace import Workspace

COOKIE = "commonground"
_bearer = HTTPBearer(auto_error=False, description="The token in the workspace's keys/api.token")


def token_holds(request: Request, given: str | None) -> bool:
    """Tell whether a token is the workspace's."""
    expected: str = request.app.state.token
    return given is not None and hmac.compare_digest(given.encode(), expected.encode())


def _admitted(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Workspace:
    if credentials is None or not token_holds(request, credentials.credentials):
        raise HTTPException(401, "a valid token is needed", {"WWW-Authenticate": "Bearer"})
    ws: Workspace = request.app.state.ws
    return ws


Admitted = Annotated[Workspace, Depends(_admitted)]

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": text, "content": {"application/problem+json": {}}}
    for status, text in (
        (401, "No valid token"),
        (403, "Refused by policy, role or budget; nothing was spent"),
        (404, "There is no such thing"),
        (422, "Bad input: what, where and what to do"),
        (500, "A fault of the service"),
    )
}
