"""`demo`: the main job, start to end, on a synthetic city."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import Json, LanguageOption, chosen, say, say_json, tell_if_unsealed
from api.settings import keys_folder


def demo(
    people: Annotated[int, typer.Option("--people", min=2_000, max=10_000_000)] = 200_000,
    out: Annotated[Path, typer.Option("--out", help="A folder of its own.")] = Path("demo"),
    seed: Annotated[int, typer.Option("--seed")] = 20260101,
    json_: Json = False,
    language: LanguageOption = None,
) -> int:
    """Run the main job on a made-up city: private figures and audited allocations, and a report.

    Example: commonground demo --people 20000 --out /tmp/demo
    """
    from api.cli.progress import progress
    from api.demo.run import run_demo

    zh = chosen(language=language).language == "zh"
    with progress() as report:
        summary = run_demo(out, people=people, seed=seed, progress=report)
    tell_if_unsealed(keys_folder(out / "enclave" / "workspace"), "zh" if zh else "en")
    if json_:
        say_json(summary)
        return 0
    for arm, word in summary["verdicts"].items():
        say(f"{word:13s} {arm}")
    say(
        f"{summary['records']:,} 条虚构记录；工作区中发现的个人标识：{summary['identifiers_found']}"
        if zh
        else f"{summary['records']:,} made-up records; "
        f"identifiers found in the workspace: {summary['identifiers_found']}"
    )
    say(("报告：" if zh else "report: ") + summary["report"])
    return 0


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("demo")(demo)
