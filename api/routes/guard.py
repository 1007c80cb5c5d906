"""Before a body is read: who sends it may, and it is not too long."""

from __future__ import annotations

import contextlib
import hmac
import re
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, RedirectResponse

from api.routes.access import COOKIE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 64 * 2**10
MOST_BYTES_OF_AN_AUDIT = 512 * 2**20
_OPEN = re.compile(r"/sign-in|/sign-out|/api/v1/surveys/[a-z0-9_-]{1,60}/answers")
"""Who posts here shows nothing beforehand: a sign-in its token, an answer to a survey its one-time token."""


class TooLong(Exception):
    """A body went on beyond its limit."""


class Guard:
    """Middleware that refuses a body from strangers, and one that is too long, unread."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it here."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        anybody = _OPEN.fullmatch(path) is not None
        if not anybody and not self._known(headers):
            await self._stranger(path)(scope, receive, send)
            return
        most = MOST_BYTES_OF_AN_AUDIT if "audit" in path and not anybody else MOST_BYTES
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > most:
            await _too_long(most)(scope, receive, send)
            return
        await self._counted(scope, receive, send, most)

    def _known(self, headers: dict[str, str]) -> bool:
        given = [headers.get("authorization", "").removeprefix("Bearer ").strip()]
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        given += [cookie.value] if cookie else []
        return any(hmac.compare_digest(g.encode(), self._token) for g in given)

    def _stranger(self, path: str) -> Any:
        if not path.startswith("/api/"):
            return RedirectResponse("/sign-in", 303)
        return _problem(401, "a valid token is needed", {"WWW-Authenticate": "Bearer"})

    async def _counted(self, scope: Scope, receive: Receive, send: Send, most: int) -> None:
        seen, begun = 0, False

        async def counting() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise TooLong
            return message

        async def sending(message: Message) -> None:
            nonlocal begun
            if seen > most and not begun:
                return  # the framework's own answer to the broken-off body: ours follows
            begun = True
            await send(message)

        with contextlib.suppress(TooLong):
            await self._app(scope, counting, sending)
        if seen > most and not begun:
            await _too_long(most)(scope, receive, send)


def _too_long(most: int) -> JSONResponse:
    return _problem(413, f"the request is longer than {most:,} bytes", {"Connection": "close"})


def _problem(status: int, title: str, headers: dict[str, str]) -> JSONResponse:
    body = {"type": "about:blank", "title": title, "status": status, "detail": title}
    return JSONResponse(body, status, headers, media_type="application/problem+json")
