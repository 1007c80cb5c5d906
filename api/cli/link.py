"""`link`: how the departments' records fit together, an enclave report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.options import Json, LanguageOption, WorkspaceOption, chosen, say, say_json, tell


def link(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Contracts (.yaml) and their extracts.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for report.json and report.html.")
    ] = None,
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Show the linkage report: duplicates, residence, lag, sharing, completeness.

    Without files: of the newest session that linked. With contracts and extracts: they are
    measured and nothing of them is stored. The report is for the enclave.

    Example: commonground link city/contracts/*.yaml city/extracts/health.parquet
    city/extracts/housing.parquet --out linkage
    """
    from api.cli.progress import progress
    from api.reports import render_linkage
    from api.workflows.link import measure_linkage, newest_linkage, write_linkage
    from api.workspace import open_workspace

    settings = chosen(workspace, language)
    if paths:
        with progress() as report:
            found = measure_linkage(paths, report)
    else:
        found = newest_linkage(open_workspace(settings.workspace))
    if out is not None:
        write_linkage(out, found, render_linkage)
        tell(f"{out / 'report.html'}")
    if json_:
        say_json(found)
    else:
        for line in lines(found, settings.language):
            say(line)
    return 0


def lines(report: dict[str, Any], language: str) -> list[str]:
    """Return the report as a few lines in a language."""
    from api.reports.words import catalogue

    zh = language == "zh"
    rows = [
        ("重复录入率", "duplicate entry rate", _per_cent(report["duplicate_entry_rate"]["value"])),
        (
            "户籍地与居住地不一致率",
            "registered and actual residence differ",
            _per_cent(report["residence_mismatch"]["value"]),
        ),
        (
            "更新滞后（天，均值）",
            "lag of updates, mean days",
            "—" if report["update_lag_days"]["mean"] is None
            else f"{report['update_lag_days']['mean']:.1f}",
        ),
        (
            "两个及以上部门都有的人",
            "persons held by two departments or more",
            _per_cent(report["sharing"]["by_two_or_more"]["value"]),
        ),
        (
            "无可用证件号的记录",
            "records without a usable id",
            f"{report['without_usable_id']['records']:,}",
        ),
    ]  # fmt: skip
    found = [
        f"{report['records']:,} 条记录，{report['persons']:,} 人"
        if zh
        else f"{report['records']:,} records of {report['persons']:,} persons"
    ]
    if report["method"] == "exact":
        found.append(catalogue(language).gettext(report["undefined"]["persons"]))
    found += [f"  {a if zh else b}{'：' if zh else ': '}{value}" for a, b, value in rows]
    for name, k in report["most_pseudonyms"].items():
        if k["share"]:
            low, high = k["interval"]
            span = f"{k['share']:.2%} ({low:.2%} – {high:.2%})"
            found.append(
                f"  {name}：假名多于 {k['declared']} 个的人（估计）：{span}"
                if zh
                else f"  {name}: persons with more than {k['declared']} pseudonyms (estimate): {span}"
            )
    return found


def _per_cent(value: float | None) -> str:
    return "—" if value is None else f"{value:.1%}"


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("link")(link)
