"""`survey example/design/answer/estimate/plan/randomise`: questionnaires whose answers are private before they leave."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.options import (
    Json,
    LanguageOption,
    WorkspaceOption,
    chosen,
    say,
    say_json,
    tell,
    tell_if_unsealed,
)
from policies.errors import BadInput

Confidence = Annotated[float, typer.Option("--confidence", help="Confidence of each interval.")]


def design(
    survey: Annotated[Path, typer.Argument(help="The survey (YAML).")],
    tokens: Annotated[
        int, typer.Option("--tokens", min=0, help="One-time tokens to make, for each stratum.")
    ] = 0,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder of page and design; default in the workspace."),
    ] = None,
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Publish a survey: allot ε for life, make page and tokens, sign the design with the page's digest.

    Example: commonground survey design trust.yaml --tokens 400
    """
    from api.workflows.survey import design_survey
    from api.workspace import open_workspace

    settings = chosen(workspace, language)
    fresh = not (settings.workspace / "ledger.sqlite").exists()
    ws = open_workspace(settings.workspace, create=True)
    tell_if_unsealed(ws.custody.root, settings.language)
    if fresh:
        tell(
            "这是新的工作区：同一人群一生的 ε 只在一个工作区里计算，请勿另起一个"
            if settings.language == "zh"
            else "a new workspace: a population's lifetime ε is counted in one workspace, never in a second"
        )
    done = design_survey(ws, _bytes(survey), survey.name, tokens=tokens, out=out)
    if json_:
        say_json(done)
        return 0
    zh = settings.language == "zh"
    for m in done["privacy"]["mechanisms"]:
        say(
            f"{m['question']}: {m['name']}  ε {m['epsilon']:.6g} = {m['draws']} × {m['epsilon_of_a_draw']:.6g}"
        )
    privacy = done["privacy"]
    left = f"ε {privacy['epsilon']:.6g} / {privacy['lifetime_epsilon']:.6g}"
    say(
        f"每人一生合计 {left}；尚未分配 {privacy['lifetime_left']:.6g}"
        if zh
        else f"{left} a person and lifetime; {privacy['lifetime_left']:.6g} not yet allotted"
    )
    say(f"{done['page']['digest']}  {done['files']['folder']}/page.html")
    if done["files"]["tokens"]:
        tell(f"{done['new_tokens']} → {done['files']['tokens']}")
    for said in done["limits"]:
        tell(said["zh" if zh else "en"])
    return 0


def answer(
    files: Annotated[
        list[str], typer.Argument(help="Files of answers, one JSON object a line; - reads input.")
    ],
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Take answers that devices randomised: checks form and one-time token, keeps neither token nor time.

    It cannot tell a randomised answer from a raw one. Exit 2 when a line was not taken.

    Example: commonground survey answer answers.jsonl
    """
    from api.workflows.survey import take_lines
    from api.workspace import open_workspace

    settings = chosen(workspace, language)
    ws = open_workspace(settings.workspace)
    taken, refused = 0, list[Any]()
    for name in files:
        done = take_lines(ws, _lines(name), "standard input" if name == "-" else name)
        taken += done.taken
        refused += done.refused
    if json_:
        say_json({"taken": taken, "refused": refused})
    else:
        say(f"已收下 {taken} 份" if settings.language == "zh" else f"{taken} taken")
    for row in refused:
        tell(f"{row['where']}: {row['what']}" + (f" — {row['todo']}" if row["todo"] else ""))
    return 2 if refused else 0


def estimate(
    survey: Annotated[str, typer.Argument(help="A survey's id.")],
    by: Annotated[
        list[str] | None,
        typer.Option("--by", help="group, tier, district, street, community; again to cross."),
    ] = None,
    confidence: Confidence = 0.95,
    of: Annotated[
        str,
        typer.Option("--of", help="population (sampling counted in) or answered (those alone)."),
    ] = "population",
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder of the signed estimate.", show_default=False),
    ] = None,
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Estimate shares from randomised answers, with exact intervals; it costs nothing more.

    Example: commonground survey estimate trust-2026 --by group --by district
    """
    from api.workflows.survey import estimate_survey, sign_estimate
    from api.workspace import open_workspace
    from privacy.survey import ESTIMANDS

    settings = chosen(workspace, language)
    estimand = next((e for e in ESTIMANDS if e == of), None)
    if estimand is None:
        raise BadInput("is population or answered", where="--of")
    ws = open_workspace(settings.workspace)
    report = estimate_survey(ws, survey, by=by or (), confidence=confidence, of=estimand)
    if out:
        tell(str(sign_estimate(ws, report, out)))
    if json_:
        say_json(report)
        return 0
    for line in estimate_lines(report, settings.language):
        say(line)
    for said in report["limits_zh" if settings.language == "zh" else "limits"]:
        tell(said)
    return 0


def plan(
    options: Annotated[int, typer.Option("--options", help="Options of the question.")],
    epsilon: Annotated[str, typer.Option("--epsilon", help="ε of the question, for life.")],
    half_width: Annotated[
        float | None, typer.Option("--half-width", help="Half-width wanted for a share.")
    ] = None,
    answers: Annotated[
        int | None, typer.Option("--answers", help="Or: answers a group will give.")
    ] = None,
    confidence: Confidence = 0.95,
    groups: Annotated[int, typer.Option("--groups", min=1, help="Groups, each as exact.")] = 1,
    draws: Annotated[
        int,
        typer.Option("--draws", min=1, help="Draws that memory allows: changes + 1, or renewals."),
    ] = 1,
    json_: Json = False,
    language: LanguageOption = None,
) -> int:
    """Say how many answers a half-width needs, or what half-width a number of answers gives.

    Example: commonground survey plan --options 2 --epsilon 1 --half-width 0.05 --groups 2
    """
    from privacy.survey import Wanted, answers_for, epsilon_of, half_width_at, nano

    settings = chosen(language=language)
    wanted = Wanted(options, nano(epsilon, "--epsilon") // draws, confidence)
    if (half_width is None) == (answers is None):
        raise BadInput("give one of --half-width and --answers", where="survey plan")
    if answers is not None and answers < 1:
        raise BadInput("is at least 1", where="--answers")
    n = answers_for(wanted, half_width) if half_width is not None else int(answers or 0)
    reached = half_width_at(wanted, n)
    found = {
        "options": options, "mechanism": wanted.mechanism.as_json()["name"],
        "epsilon_of_a_draw": epsilon_of(wanted.nano_epsilon), "draws": draws, "confidence": confidence,
        "half_width": reached, "answers_a_group": n, "groups": groups, "answers": n * groups,
    }  # fmt: skip
    if json_:
        say_json(found)
    else:
        say(
            f"每组 {n:,} 份、共 {n * groups:,} 份答案：±{reached:.3f}（{found['mechanism']}）"
            if settings.language == "zh"
            else f"{n:,} answers a group, {n * groups:,} in all: ±{reached:.3f} ({found['mechanism']})"
        )
    return 0


def randomise(
    design: Annotated[Path, typer.Argument(help="The published design.json.")],
    answers: Annotated[Path, typer.Option("--answers", help="Your own answers: question: option.")],
    token: Annotated[str, typer.Option("--token", help="Your one-time token.")],
    memory: Annotated[
        Path, typer.Option("--memory", help="Where this device remembers what it sent; keep it.")
    ],
    language: LanguageOption = None,
) -> int:
    """ON YOUR OWN DEVICE ONLY: randomise your answers and print what may leave, one JSON line.

    The page does the same in a browser. Your true answers stay in the file that you name.

    Example: commonground survey randomise design.json --answers mine.yaml --token ABCD-EFGH-IJKL-MNOP
    --memory memory.json
    """
    from api.workflows.survey_device import answer_on_device, read_design, read_truths

    chosen(language=language)
    made = answer_on_device(read_design(design), read_truths(answers), token, memory)
    say(json.dumps(made, ensure_ascii=False))
    return 0


def example() -> int:
    """Print a survey to start from: trust, and fear of reprisals (plan §5.3).

    Example: commonground survey example > trust.yaml
    """
    from importlib.resources import files

    say((files("api.demo") / "surveys" / "trust.yaml").read_text("utf-8").rstrip())
    return 0


def estimate_lines(report: dict[str, Any], language: str) -> list[str]:
    """Return the report in lines; what is undefined is said, never shown as 0."""
    zh = language == "zh"
    lines = []
    for name, question in report["questions"].items():
        lines.append(f"{question['text'][language]}  [{question['mechanism']}]")
        for cell, found in question["cells"].items():
            if found is None:
                why = report["undefined"][f"questions.{name}.cells.{cell}"]
                lines.append(f"  {cell}: — " + (f"（{_in_chinese(why)}）" if zh else f"({why})"))
                continue
            lines.append(f"  {cell}  n = {found['answers']:,}")
            for option, share in found["shares"].items():
                doubt = (
                    ""
                    if share["usable"]
                    else ("  误差过大，不宜使用" if zh else "  too uncertain to use")
                )
                lines.append(
                    f"    {question['options'][option][language]}: {share['projected']:.1%} "
                    f"({share['low']:.1%} – {share['high']:.1%}){doubt}"
                )
            if found["beyond_chance"]:
                lines.append(
                    "    !! 有的计数不是任何比例的随机化答案所能产生的"
                    if zh
                    else "    !! a count that no shares of randomised answers would bring"
                )
            if found.get("index"):
                i = found["index"]
                word = "指数" if zh else "index"
                lines.append(f"    {word}: {i['estimate']:.1f} ({i['low']:.1f} – {i['high']:.1f})")
    return lines


def _in_chinese(reason: str) -> str:
    if reason.startswith("fewer than"):
        return f"答案少于{reason.split()[2]}份"
    return "尚无人作答"


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise BadInput("there is no such file", where=str(path)) from None


def _lines(name: str) -> list[bytes]:
    if name == "-":
        return sys.stdin.buffer.read().splitlines()
    return _bytes(Path(name)).splitlines()


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help="Questionnaires answered in private.", no_args_is_help=True)
    for name, command in (
        ("example", example),
        ("design", design),
        ("answer", answer),
        ("estimate", estimate),
        ("plan", plan),
        ("randomise", randomise),
    ):
        group.command(name)(command)
    app.add_typer(group, name="survey")
