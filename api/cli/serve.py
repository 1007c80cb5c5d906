"""`serve`: the API and its pages."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.options import LanguageOption, WorkspaceOption, chosen, tell


def serve(
    host: Annotated[str, typer.Option("--host")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8000,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Serve the API and the pages of a workspace; its token lies in keys/api.token.

    Example: commonground serve --workspace demo/enclave/workspace --port 8000
    """
    import uvicorn

    from api.app import create_app
    from api.workspace import open_workspace

    settings = chosen(workspace, language)
    ws = open_workspace(settings.workspace)
    app = create_app(ws)
    tell(f"http://{host}:{port}  token: {ws.custody.root / 'api.token'}")
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False)
    return 0


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("serve")(serve)
