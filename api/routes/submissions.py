"""Submitting: an allocation's files in, a verdict out."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, UploadFile

from api.database.engine import transaction
from api.database.policies import policy_in_force
from api.reports import render_allocation
from api.routes.access import PROBLEMS, Admitted
from api.workflows.audit_allocation import (
    audit_allocation,
    find_report,
    sign_report,
)
from api.workspace import Workspace
from audit.submission import AllocationFiles
from policies.errors import BadInput

router = APIRouter(tags=["audits"], responses=PROBLEMS)
_PREFIX = "submission-"
MOST_BYTES = 512 * 2**20
Upload = Annotated[UploadFile | None, File()]


@router.post("/audits/allocation")
def audit(
    ws: Admitted,
    moves: Annotated[UploadFile, File()],
    policy: Annotated[str, Form(max_length=100, pattern=r"^[a-z0-9-]+$")],
    units: Upload = None,
    stock: Upload = None,
    rounds: Upload = None,
    estates: Upload = None,
) -> dict[str, Any]:
    """Audit a housing allocation by a policy in force; return the enclave report."""
    uploads = {"moves": moves, "units": units, "stock": stock, "rounds": rounds, "estates": estates}
    return judged(ws, policy, uploads)


@router.get("/audits/{report}")
def report(ws: Admitted, report: str) -> dict[str, Any]:
    """Return an enclave report."""
    return find_report(ws, report)


def judged(ws: Workspace, policy: str, uploads: Mapping[str, UploadFile | None]) -> dict[str, Any]:
    """Judge uploaded files: they lie in a folder of their own while they are read, and then no more."""
    prefix = f"{_PREFIX}{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=prefix, dir=ws.root) as folder:
        paths = {
            role: _saved(upload, role, Path(folder))
            for role, upload in uploads.items()
            if upload is not None and upload.filename
        }
        if "moves" not in paths:
            raise BadInput("no file was given", where="moves", todo="choose the file of moves")
        with transaction(ws.engine) as connection:
            # files of policies are the command line's affair: a name from the net is never a path
            rules = policy_in_force(connection, policy)
        found = audit_allocation(
            ws,
            rules,
            AllocationFiles(
                paths["moves"], paths.get("units"), paths.get("stock"), paths.get("rounds"),
                paths.get("estates"),
            ),
        )  # fmt: skip
    sign_report(ws, found, render_allocation).write(ws.audits / found["report"])
    return found


def sweep_submissions(ws: Workspace) -> None:
    """Remove what a service that was killed half-way left of submissions."""
    for leftover in ws.root.glob(f"{_PREFIX}*"):
        if not Path("/proc", leftover.name.removeprefix(_PREFIX).split("-")[0]).exists():
            shutil.rmtree(leftover, ignore_errors=True)


def _saved(upload: UploadFile, role: str, folder: Path) -> Path:
    suffix = ".parquet" if (upload.filename or "").lower().endswith(".parquet") else ".csv"
    path = folder / f"{role}{suffix}"
    if (upload.size or 0) > MOST_BYTES:
        raise BadInput(f"is larger than {MOST_BYTES // 2**20} MiB", where=role)
    with path.open("wb") as out:
        shutil.copyfileobj(upload.file, out)
    return path
