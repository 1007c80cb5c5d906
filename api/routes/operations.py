"""For whoever runs the service: is it alive, is it ready, how much has it done."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from sqlalchemy import func, select

from api.database.engine import transaction
from api.database.tables import leaves, releases, reservations

router = APIRouter(tags=["operations"])


@router.get("/healthz", response_class=PlainTextResponse)
def healthz() -> str:
    """Say that the process answers."""
    return "ok\n"


@router.get("/readyz", response_class=PlainTextResponse)
def readyz(request: Request) -> str:
    """Say that the ledger can be read."""
    with transaction(request.app.state.ws.engine) as connection:
        connection.execute(select(func.count()).select_from(leaves))
    return "ok\n"


@router.get("/metrics", response_class=PlainTextResponse)
def metrics(request: Request) -> str:
    """Return counts of the service's own acts (Prometheus text); none is about a person."""
    with transaction(request.app.state.ws.engine) as connection:
        counts = {
            name: connection.scalar(select(func.count()).select_from(table))
            for name, table in (
                ("releases", releases),
                ("log_leaves", leaves),
                ("reservations", reservations),
            )
        }
    return "".join(
        f"# TYPE commonground_{name} gauge\ncommonground_{name} {value}\n"
        for name, value in counts.items()
    )
