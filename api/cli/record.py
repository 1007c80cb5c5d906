"""`verify`, `release list/show`, `budget show`: the record, read back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import Json, LanguageOption, WorkspaceOption, chosen, say, say_json


def verify(
    files: Annotated[list[Path], typer.Argument(help="Envelopes, proofs and what they speak of.")],
    key: Annotated[Path | None, typer.Option("--key", help="A public key (PEM) to pin.")] = None,
    trust: Annotated[Path | None, typer.Option("--trust", help="A trust root to pin.")] = None,
    json_: Json = False,
    language: LanguageOption = None,
) -> int:
    """Check signatures, log inclusion and digests, offline; exit 1 if anything fails.

    Example: commonground verify demo/audits/lottery/report.dsse.json --trust demo/trust.json
    """
    from api.workflows.verify import verify_paths

    spoken = chosen(language=language).language
    result = verify_paths(files, key=key, trust=trust)
    if json_:
        say_json(result.as_json())
    else:
        for sentence in result.sentences:
            mark = "✓" if sentence["ok"] else "✕"
            say(f"{mark} {sentence['text_' + spoken]}")
    return 0 if result.holds else 1


def release_list(
    json_: Json = False, workspace: WorkspaceOption = None, language: LanguageOption = None
) -> int:
    """List what was released, oldest first.

    Example: commonground release list --workspace demo/enclave/workspace
    """
    from api.database.engine import transaction
    from api.database.releases import list_releases
    from api.workspace import open_workspace

    chosen_settings = chosen(workspace, language)
    with transaction(open_workspace(chosen_settings.workspace).engine) as connection:
        rows = list_releases(connection)
    if json_:
        say_json(rows)
    else:
        for row in rows:
            held = ", ".join(row["columns"])
            say(
                f"{row['release']}  {row['dataset']}: {held}  ρ {row['rho']:.6f}  {row['purpose']}"
                f"  {row['researcher']}"
            )
    return 0


def release_show(
    release: Annotated[str, typer.Argument(help="The id of a release.")],
    confidence: Annotated[float, typer.Option(help="Of the half-widths.")] = 0.95,
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Show a release again; it costs nothing.

    Example: commonground release show r-0f3a… --workspace demo/enclave/workspace
    """
    from api.cli.tables import answer_lines
    from api.workflows.release import show_release
    from api.workspace import open_workspace

    chosen_settings = chosen(workspace, language)
    answer = show_release(open_workspace(chosen_settings.workspace), release, confidence)
    if json_:
        say_json(answer)
    else:
        for line in answer_lines(answer, chosen_settings.language):
            say(line)
    return 0


def budget_show(
    population: Annotated[str, typer.Option(help="Only this population.")] = "",
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Show every account: its cap, what is spent, what is left.

    Example: commonground budget show --population city-residents
    """
    from api.database.ledger import balances
    from api.workspace import open_workspace

    chosen_settings = chosen(workspace, language)
    rows = balances(open_workspace(chosen_settings.workspace).engine, population)
    if json_:
        say_json(rows)
    else:
        for row in rows:
            rho, delta = (row["spent"][k] + row["reserved"][k] for k in ("rho", "delta"))
            cap = row["cap"]
            say(
                f"{row['account']}: ρ {rho:.6g} / {cap['rho']:.6g}  δ {delta:.2g} / {cap['delta']:.2g}"
            )
    return 0


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("verify")(verify)
    releases = typer.Typer(help="What was released.", no_args_is_help=True)
    releases.command("list")(release_list)
    releases.command("show")(release_show)
    app.add_typer(releases, name="release")
    budget = typer.Typer(help="Every account and what is left.", no_args_is_help=True)
    budget.command("show")(budget_show)
    app.add_typer(budget, name="budget")
