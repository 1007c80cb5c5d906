"""The pages: each works by its form, without script; what spends shows its cost first."""

from __future__ import annotations

from importlib.resources import files
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answering.question import AskedBounds, Question
from api.database.engine import transaction
from api.database.ledger import balances
from api.database.policies import list_policies
from api.database.releases import list_releases
from api.reports import render_allocation, render_release
from api.reports.release import figure_lines
from api.reports.rendering import environment
from api.reports.words import LANGUAGES
from api.routes.access import COOKIE, token_holds
from api.routes.catalogue import described
from api.routes.questions import RESEARCHER
from api.routes.submissions import judged
from api.workflows.audit_allocation import find_report
from api.workflows.release import ask, show_release
from api.workspace import Workspace
from policies.errors import CommonGroundError
from privacy.noise import Ask

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
FIRST_QUESTION = "SELECT district, status, count(*) FROM residents GROUP BY 1, 2"
MOST_SAMPLE = 12
Text = Annotated[str, Form()]


def is_page(request: Request) -> bool:
    """Tell whether a request came from a page and not from a program."""
    return not request.url.path.startswith("/api/")


def language_of(request: Request) -> str:
    """Return the language asked for: the address, then the cookie, then the browser."""
    asked = request.query_params.get("lang") or request.cookies.get("lang") or ""
    if asked in LANGUAGES:
        return asked
    return "en" if request.headers.get("accept-language", "zh").lower().startswith("en") else "zh"


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Render a page in the reader's language and remember it."""
    language = language_of(request)
    signed_in = token_holds(request, request.cookies.get(COOKIE))
    body = (
        environment(language)
        .get_template(template)
        .render(path=request.url.path, signed_in=signed_in, **values)
    )
    response = HTMLResponse(body, status)
    response.set_cookie("lang", language, samesite="strict", httponly=True)
    return response


def fault(request: Request, status: int, what: str, where: str, todo: str) -> HTMLResponse:
    """Return a page that says what is wrong, where, and what to do."""
    if status == 401:
        return page(request, "sign_in.html", 401, wrong=False)
    return page(request, "fault.html", status, what=what, where=where, todo=todo)


def _ws(request: Request) -> Workspace | None:
    if not token_holds(request, request.cookies.get(COOKIE)):
        return None
    ws: Workspace = request.app.state.ws
    return ws


@router.get("/static/page.css")
def style() -> Response:
    """Serve the style sheet."""
    text = (files("api.reports") / "static" / "report.css").read_text("utf-8")
    more = (files("api.pages") / "page.css").read_text("utf-8")
    return Response(text + more, media_type="text/css")


@router.get("/")
def home(request: Request) -> Response:
    """Three doors."""
    return page(request, "home.html")


@router.get("/sign-in")
def sign_in(request: Request) -> Response:
    """Ask for the token."""
    return page(request, "sign_in.html", wrong=False)


@router.post("/sign-in")
def signed_in(request: Request, token: Text) -> Response:
    """Take the token into a cookie that scripts and other sites cannot reach."""
    if not token_holds(request, token.strip()):
        return page(request, "sign_in.html", 401, wrong=True)
    response = RedirectResponse("/datasets", 303)
    response.set_cookie(
        COOKIE,
        token.strip(),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return response


@router.post("/sign-out")
def sign_out() -> Response:
    """Forget the token."""
    response = RedirectResponse("/", 303)
    response.delete_cookie(COOKIE)
    return response


@router.get("/datasets")
def datasets(request: Request) -> Response:
    """The catalogue and the budget."""
    ws = _ws(request)
    if ws is None:
        return fault(request, 401, "", "", "")
    found = [described(ws.store.snapshot(name).contract) for name in ws.store.datasets()]
    return page(request, "datasets.html", datasets=found, accounts=balances(ws.engine))


@router.get("/ask")
def ask_form(request: Request) -> Response:
    """The question, with an answer on made-up data beside it."""
    ws = _ws(request)
    if ws is None:
        return fault(request, 401, "", "", "")
    return _ask_page(request, ws, {"sql": FIRST_QUESTION, "purpose": "housing-planning"})


@router.post("/ask")
def ask_step(
    request: Request,
    sql: Text,
    purpose: Text,
    epsilon: Text = "0.5",
    researcher: Text = "researcher",
    rows: Text = "",
    step: Text = "preview",
) -> Response:
    """Preview on made-up data, check the cost, then spend: three steps of one form."""
    ws = _ws(request)
    if ws is None:
        return fault(request, 401, "", "", "")
    typed = {
        "sql": sql, "purpose": purpose, "epsilon": epsilon, "researcher": researcher, "rows": rows,
    }  # fmt: skip
    if step not in ("check", "spend"):
        return _ask_page(request, ws, typed)
    try:
        question = _question(typed, "dry-run" if step == "check" else "release")
        answer = ask(ws, question)
    except CommonGroundError as error:
        return _ask_page(request, ws, typed, error)
    if step == "check":
        return page(request, "check.html", typed=typed, r=answer)
    return RedirectResponse(f"/releases/{answer['release']}", 303)


def _question(typed: dict[str, str], mode: Any) -> Question:
    import re

    from policies.errors import BadInput

    try:
        epsilon = float(typed["epsilon"])
    except ValueError:
        raise BadInput("is a number", where="epsilon", todo="for example 0.5") from None
    if not re.fullmatch(RESEARCHER, typed["researcher"]):
        raise BadInput("small letters, digits, - and _ only", where="researcher")
    return Question(
        typed["sql"],
        typed["purpose"],
        Ask(epsilon=epsilon),
        typed["researcher"],
        mode=mode,
        bounds=AskedBounds.typed(typed["rows"] or None, None, "filter"),
    )


def _ask_page(
    request: Request, ws: Workspace, typed: dict[str, str], error: CommonGroundError | None = None
) -> Response:
    typed = {"epsilon": "0.5", "researcher": "researcher", "rows": ""} | typed
    sample = None
    if error is None:
        try:
            sample = ask(ws, _question(typed, "dummy"))
        except CommonGroundError as found:
            error = found
    names = [described(ws.store.snapshot(n).contract) for n in ws.store.datasets()]
    status = 200 if error is None else error.status
    heads, lines = (
        ([], []) if sample is None else figure_lines(sample, MOST_SAMPLE, language_of(request))
    )
    reasons = [] if sample is None else list(dict.fromkeys(sample["undefined"].values()))
    return page(
        request, "ask.html", status, typed=typed, r=sample, error=error, datasets=names,
        heads=heads, lines=lines, reasons=reasons,
    )  # fmt: skip


@router.get("/releases")
def releases(request: Request) -> Response:
    """The register of releases."""
    ws = _ws(request)
    if ws is None:
        return fault(request, 401, "", "", "")
    with transaction(ws.engine) as connection:
        rows = list_releases(connection)
    return page(request, "releases.html", releases=rows)


@router.get("/releases/{release}")
def release(request: Request, release: str) -> Response:
    """A release as its report."""
    ws = _ws(request)
    if ws is None:
        return fault(request, 401, "", "", "")
    return HTMLResponse(render_release(show_release(ws, release, 0.95), language_of(request)))


@router.get("/audit")
def audit_form(request: Request) -> Response:
    """The form of a submission."""
    ws = _ws(request)
    if ws is None:
        return fault(request, 401, "", "", "")
    return _audit_page(request, ws)


@router.post("/audit")
def audit_judged(
    request: Request,
    policy: Text,
    moves: UploadFile,
    units: UploadFile | None = None,
    stock: UploadFile | None = None,
) -> Response:
    """Judge a submission and show its report."""
    ws = _ws(request)
    if ws is None:
        return fault(request, 401, "", "", "")
    try:
        found = judged(ws, policy, {"moves": moves, "units": units, "stock": stock})
    except CommonGroundError as error:
        return _audit_page(request, ws, error)
    return RedirectResponse(f"/audits/{found['report']}", 303)


def _audit_page(
    request: Request, ws: Workspace, error: CommonGroundError | None = None
) -> Response:
    with transaction(ws.engine) as connection:
        policies = [p for p in list_policies(connection) if p["kind"] == "audit"]
    status = 200 if error is None else error.status
    return page(request, "audit.html", status, policies=policies, error=error)


@router.get("/audits/{report}")
def audit_report(request: Request, report: str) -> Response:
    """An enclave report, to who may see it."""
    ws = _ws(request)
    if ws is None:
        return fault(request, 401, "", "", "")
    return HTMLResponse(render_allocation(find_report(ws, report)))
