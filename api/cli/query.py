"""`query`: a private answer."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.options import (
    Json,
    LanguageOption,
    ResearcherOption,
    WorkspaceOption,
    chosen,
    say,
    say_json,
)
from privacy.query.help import HELP

Epsilon = Annotated[
    float | None,
    typer.Option(
        "--epsilon", help="Loss as (ε, δ), Gaussian noise; δ is the contract's. 0.5 is usual."
    ),
]
PureEpsilon = Annotated[
    float | None,
    typer.Option("--pure-epsilon", help="Loss as ε with δ = 0, Laplace noise: costs far more."),
]
Rho = Annotated[float | None, typer.Option("--rho", help="Loss in zCDP, as accounts keep it.")]
Accuracy = Annotated[
    float | None,
    typer.Option(
        "--accuracy", help="Half-width wanted at --confidence: the least loss that gives it."
    ),
]
Confidence = Annotated[
    float, typer.Option("--confidence", help="How often an interval is to hold the figure.")
]
Version = Annotated[
    int | None,
    typer.Option("--dataset-version", help="Which snapshot is asked; default: the newest."),
]
Rows = Annotated[
    str | None,
    typer.Option(
        "--rows-per-person",
        help="Count at most N rows of a person; auto: chosen from public information; "
        "private: from a paid private quantile.",
    ),
]
Groups = Annotated[
    int | None, typer.Option("--groups-per-person", help="Count a person in at most N groups.")
]
Clip = Annotated[
    str,
    typer.Option(
        "--clip",
        help="Whose smallest ranks count: of the rows that match (filter) or of all (table).",
    ),
]
GroupSize = Annotated[
    int | None,
    typer.Option(
        "--group-size", help="A public size of a group: an average's error follows from it."
    ),
]
Consistent = Annotated[
    bool | None,
    typer.Option("--consistent/--unbiased", help="Which table `rows` shows; --json has both."),
]


_PARAGRAPHS = "\n\n".join(HELP.replace("\n  ", " ").splitlines())


def query(
    sql: Annotated[str, typer.Argument(help="SELECT …, count(*) FROM dataset GROUP BY …")],
    purpose: Annotated[str, typer.Option("--purpose", help="What the figures are for.")],
    epsilon: Epsilon = None,
    pure_epsilon: PureEpsilon = None,
    rho: Rho = None,
    accuracy: Accuracy = None,
    confidence: Confidence = 0.95,
    dataset_version: Version = None,
    rows_per_person: Rows = None,
    groups_per_person: Groups = None,
    clip: Clip = "filter",
    group_size: GroupSize = None,
    consistent: Consistent = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="State loss and error only.")] = False,
    dummy: Annotated[bool, typer.Option("--dummy", help="Answer from made-up data.")] = False,
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
    researcher: ResearcherOption = None,
) -> int:
    """Ask a question and spend privacy budget for its answer.

    Give exactly one of --epsilon, --pure-epsilon, --rho and --accuracy.

    Example: commonground query "SELECT service, count(*), avg(response_hours) FROM service_requests
    GROUP BY service" --purpose housing-planning --epsilon 0.5
    """
    from api.answering.question import AskedBounds, Question
    from api.cli.tables import answer_lines, dry_run_lines
    from api.workflows.release import ask
    from api.workspace import open_workspace
    from policies.errors import BadInput
    from privacy.noise import Ask

    if dry_run and dummy:
        raise BadInput(
            "--dry-run states the cost, --dummy answers from made-up data",
            where="query",
            todo="give one of the two",
        )
    settings = chosen(workspace, language, researcher)
    question = Question(
        sql=sql,
        purpose=purpose,
        ask=Ask(epsilon, pure_epsilon, rho, accuracy, confidence),
        researcher=settings.researcher,
        dataset_version=dataset_version,
        mode="dry-run" if dry_run else "dummy" if dummy else "release",
        bounds=AskedBounds.typed(rows_per_person, groups_per_person, clip),
        group_size=group_size,
        prefer=None if consistent is None else "consistent" if consistent else "unbiased",
    )
    answer = ask(open_workspace(settings.workspace), question)
    if json_:
        say_json(answer)
        return 0
    for line in (dry_run_lines if dry_run else answer_lines)(answer, settings.language):
        say(line)
    return 0


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("query", epilog=_PARAGRAPHS)(query)
