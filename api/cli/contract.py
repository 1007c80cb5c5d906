"""`contract check`, `contract draft`, `contract schema`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import Json, LanguageOption, chosen, say, say_json


def check(
    contract: Annotated[Path, typer.Argument(help="A data contract (YAML).")],
    json_: Json = False,
    language: LanguageOption = None,
) -> int:
    """Validate a data contract.

    Example: commonground contract check city/contracts/residents.yaml
    """
    from privacy.contract import read_contract

    zh = chosen(language=language).language == "zh"
    read = read_contract(contract)
    if json_:
        say_json(read.as_json())
        return 0
    asked = ", ".join(read.queryable())
    say(
        f"✓ {read.dataset}：{len(read.fields)} 个字段；可查询：{asked}"
        if zh
        else f"✓ {read.dataset}: {len(read.fields)} fields; questions may speak of {asked}"
    )
    return 0


def draft(
    sample: Annotated[
        str, typer.Argument(help="A sample of an extract, in any format of `ingest`.")
    ],
    dataset: Annotated[str, typer.Option("--dataset", help="Its name.")] = "dataset",
    json_: Json = False,
    language: LanguageOption = None,
) -> int:
    """Propose a data contract from a sample; a person has to complete and answer for it.

    Each column says what was seen and what decided; what is not plainly harmless is dropped.

    Example: commonground contract draft adult.csv --dataset adult
    """
    import yaml

    from privacy.intake import is_table_url
    from privacy.intake.drafting import draft_contract
    from privacy.recognition import Redactor

    zh = chosen(language=language).language == "zh"
    source = sample if is_table_url(sample) else Path(sample)
    document = draft_contract(source, dataset, Redactor())
    if json_:
        say_json(document)
        return 0
    say(
        "# 由样本提出的草案：请补全人口、目的、法律依据，并逐列核对。"
        if zh
        else "# A proposal from a sample: complete population, purposes and legal basis; check every column."
    )
    say(yaml.safe_dump(document, allow_unicode=True, sort_keys=False).rstrip())
    return 0


def schema(json_: Json = False, language: LanguageOption = None) -> int:
    """Print the JSON Schema of a contract, for editors: completion and errors while one writes.

    Example: commonground contract schema > contract.schema.json
    """
    from privacy.contract import json_schema

    chosen(language=language)
    del json_  # it is JSON either way
    say_json(json_schema())
    return 0


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help="Data contracts.", no_args_is_help=True)
    group.command("check")(check)
    group.command("draft")(draft)
    group.command("schema")(schema)
    app.add_typer(group, name="contract")
