"""`audit allocation`, `audit segregation`, `gate`: the verdict is the exit code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.options import Json, LanguageOption, WorkspaceOption, chosen, say, say_json, tell
from policies.errors import BadInput

EXIT = {"PASS": 0, "FAIL": 1, "INSUFFICIENT": 3}
_SHAPE = {"PASS": "✓", "FAIL": "✕", "INSUFFICIENT": "?", "NOT_APPLICABLE": "–"}
_ZH = {"PASS": "通过", "FAIL": "不通过", "INSUFFICIENT": "证据不足", "NOT_APPLICABLE": "不适用"}
_NOT_BUILT = ("matching", "points", "model", "channel")
File = Path | None


def allocation(
    moves: Annotated[Path, typer.Argument(help="One row a person: who was placed where.")],
    policy: Annotated[str, typer.Option("--policy", help="An id or a YAML file.")],
    units: Annotated[File, typer.Option("--units")] = None,
    stock: Annotated[File, typer.Option("--stock")] = None,
    rounds: Annotated[File, typer.Option("--rounds", help="Further rounds, pooled.")] = None,
    estates: Annotated[File, typer.Option("--estates")] = None,
    facilities: Annotated[File, typer.Option("--facilities")] = None,
    arm: Annotated[str | None, typer.Option("--arm")] = None,
    compare: Annotated[
        list[Path] | None, typer.Option("--compare", help="report.json of other arms.")
    ] = None,
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Audit a housing allocation; exit 0 PASS, 1 FAIL, 3 INSUFFICIENT.

    Example: commonground audit allocation moves.csv --policy housing-one-off --units units.csv
    """
    from api.reports import render_allocation
    from api.workflows.audit_allocation import (
        audit_allocation,
        load_policy,
        sign_report,
        signed_report,
    )
    from api.workspace import open_workspace
    from audit.submission import AllocationFiles

    if facilities is not None:
        raise BadInput(
            "the 15-minute circle is not built yet", where="--facilities", todo="leave it out"
        )
    settings = chosen(workspace, language)
    ws = open_workspace(settings.workspace, create=True)
    report = audit_allocation(
        ws,
        load_policy(ws, policy),
        AllocationFiles(moves, units, stock, rounds, estates, arm),
        others=[signed_report(ws, p) for p in compare or ()],
    )
    folder = ws.audits / report["report"]
    sign_report(ws, report, render_allocation).write(folder)
    if json_:
        say_json(report)
    else:
        for line in verdict_lines(report, settings.language):
            say(line)
    tell(f"{folder / 'report.html'}")
    return EXIT[report["verdict"]]


def verdict_lines(report: dict[str, Any], language: str) -> list[str]:
    """Return a verdict as lines: the word, then rule by rule what was found."""
    zh = language == "zh"
    word = report["verdict"]
    lines = [f"{_SHAPE[word]} {_ZH[word] if zh else word}  {report['policy']['id']}"]
    if report["policy"]["standing"] == "trial":
        lines.append(
            "  试用政策：该政策未生效，此结论不具效力"
            if zh
            else "  a trial: this policy is not in force, and the verdict decides nothing"
        )
    for rule in report["rules"]:
        found = rule["estimate"]
        low, high = rule["interval"] or (found, found)
        figures = "" if found is None else f"  {found:+.4f} [{low:+.4f}, {high:+.4f}]"
        line = rule["limit"] + (rule["margin"] if rule["sense"] == "at_most" else -rule["margin"])
        sign = "≤" if rule["sense"] == "at_most" else "≥"
        verdict = _ZH[rule["verdict"]] if zh else rule["verdict"]
        lines.append(
            f"  {_SHAPE[rule['verdict']]} {rule['id']}: {verdict}{figures} {sign} {line:g} — "
            + (rule["reason_zh"] if zh else rule["reason"])
        )
    return lines


def segregation(
    file: Annotated[Path, typer.Argument(help="One row a unit and group, or a row a person.")],
    unit: Annotated[str, typer.Option("--unit")] = "unit",
    group: Annotated[
        list[str] | None, typer.Option("--group", help="Again for intersections.")
    ] = None,
    count: Annotated[str | None, typer.Option("--count")] = None,
    minority: Annotated[str | None, typer.Option("--minority")] = None,
    before: Annotated[File, typer.Option("--before")] = None,
    household: Annotated[str | None, typer.Option("--household")] = None,
    eligible: Annotated[str | None, typer.Option("--eligible")] = None,
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Measure segregation, with what chance alone would give.

    Example: commonground audit segregation counts.csv --unit city --group sex --count people
    """
    from api.reports import render_segregation
    from api.workflows.audit_segregation import SegregationAsk, audit_segregation, sign_segregation
    from api.workspace import open_workspace

    settings = chosen(workspace, language)
    ws = open_workspace(settings.workspace, create=True)
    report = audit_segregation(
        SegregationAsk(
            file, unit, tuple(group or ("group",)), count, minority, before, household, eligible
        )
    )
    folder = sign_segregation(ws, report, render_segregation)
    if json_:
        say_json(report)
    else:
        for name in ("dissimilarity", "correlation_ratio", "mutual_information", "theil_h"):
            value = report["indices"][name]
            say(f"{name}: {'undefined' if value is None else format(value, '.4f')}")
        chance = report["chance"]
        for name in ("expected_dissimilarity", "beyond_chance", "p_value"):
            value = chance[name]
            say(
                f"{name}: {'undefined' if value is None else format(value, '.4f')} ({chance['null']})"
            )
    tell(f"{folder / 'report.html'}")
    return 0


def gate(
    report: Annotated[Path, typer.Argument(help="An enclave report.json, its envelope beside it.")],
    policy: Annotated[str, typer.Option("--policy", help="An id or a YAML file.")],
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Judge a report's measures by a policy; exit 0 PASS, 1 FAIL, 3 INSUFFICIENT.

    Example: commonground gate workspace/audits/a-…/report.json --policy housing-one-off
    """
    from api.workflows.audit_allocation import load_policy, rejudge, signed_report
    from api.workspace import open_workspace

    settings = chosen(workspace, language)
    ws = open_workspace(settings.workspace)
    verdict = rejudge(ws, load_policy(ws, policy), signed_report(ws, report), report.name)
    if json_:
        say_json(verdict)
    else:
        for line in verdict_lines(verdict, settings.language):
            say(line)
    return EXIT[verdict["verdict"]]


def not_built(name: str) -> Any:
    """Return a command that says that this audit is not built yet."""

    def command(_arguments: Annotated[list[str] | None, typer.Argument()] = None) -> int:
        tell(f"commonground audit {name}: not built yet")
        return 2

    command.__doc__ = "Not built yet."
    return command


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help="Audits of allocations and segregation.", no_args_is_help=True)
    group.command("allocation")(allocation)
    group.command("segregation")(segregation)
    for name in _NOT_BUILT:
        group.command(
            name,
            hidden=True,
            context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
        )(not_built(name))
    app.add_typer(group, name="audit")
    app.command("gate")(gate)
