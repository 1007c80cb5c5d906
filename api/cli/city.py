"""`city`: only the synthetic city."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import Json, LanguageOption, say, say_json


def city(
    people: Annotated[int, typer.Option("--people", min=2_000, max=10_000_000)],
    out: Annotated[Path, typer.Option("--out", help="A new folder.")],
    seed: Annotated[int, typer.Option("--seed")] = 20260101,
    json_: Json = False,
    language: LanguageOption = None,
) -> int:
    """Make the synthetic city: extracts, contracts, allocations and the truth; all made up.

    Example: commonground city --people 20000 --seed 7 --out /tmp/city
    """
    from api.cli.options import chosen
    from api.cli.progress import progress
    from api.demo.whole_city import make_city

    chosen(language=language)
    with progress() as report:
        summary = make_city(out, people=people, seed=seed, progress=report)
    if json_:
        say_json(summary)
    else:
        say(f"{summary['people']:,} made-up people, {summary['records']:,} records: {out}")
    return 0


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("city")(city)
