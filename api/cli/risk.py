"""`risk`: how easily people in a stored dataset could be told apart, and what to coarsen."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.options import Json, LanguageOption, WorkspaceOption, chosen, say, say_json, tell

Names = Annotated[
    list[str] | None,
    typer.Option("--quasi", help="A quasi-identifier; again for more. Default: the contract's."),
]
Attributes = Annotated[
    list[str] | None,
    typer.Option(
        "--sensitive", help="A sensitive attribute; again for more. Default: the contract's."
    ),
]

_MODES = {
    "chosen": ("您设定的界线", "the line you set"),
    "public": ("完全公开共享", "open to everybody"),
    "controlled": ("受控公开共享", "to named recipients"),
    "enclave": ("领地公开共享", "within an enclave"),
}
_LEVELS = {
    "left out": "不保留",
    "2 joined": "每两档合并",
    "4 joined": "每四档合并",
    "8 joined": "每八档合并",
    "16 joined": "每十六档合并",
    "street": "只到街道",
    "district": "只到区",
}
_SOURCE = (
    "等级按 GB/T 42460-2023 的公开介绍，并非标准原文；以您设定的界线为准",
    "grades after public descriptions of GB/T 42460-2023, not its text; the line you set rules",
)


def risk(
    dataset: Annotated[str, typer.Argument(help="A stored dataset.")],
    quasi: Names = None,
    sensitive: Attributes = None,
    k: Annotated[int, typer.Option("--k", help="Smallest class that is large enough.")] = 5,
    threshold: Annotated[
        float | None,
        typer.Option(
            "--threshold", help="Largest risk accepted; default 1 / k.", show_default=False
        ),
    ] = None,
    leave_out: Annotated[
        float, typer.Option("--leave-out", help="Share of people whose rows may be left out.")
    ] = 0.01,
    version: Annotated[int | None, typer.Option("--dataset-version")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder of the report; default in the workspace.")
    ] = None,
    json_: Json = False,
    workspace: WorkspaceOption = None,
    language: LanguageOption = None,
) -> int:
    """Measure re-identification risk; the report is exact and stays in the enclave.

    Example: commonground risk residents --sensitive income_band --k 20
    """
    from api.reports import render_risk
    from api.workflows.risk import RiskAsk, measure_risk, sign_risk
    from api.workspace import open_workspace

    settings = chosen(workspace, language)
    ask = RiskAsk(
        dataset, version, tuple(quasi or ()), tuple(sensitive or ()), k, threshold, leave_out
    )
    ws = open_workspace(settings.workspace)
    report = measure_risk(ws, ask)
    folder = sign_risk(ws, report, render_risk, out)
    if json_:
        say_json(report)
    else:
        for line in risk_lines(report, zh=settings.language == "zh"):
            say(line)
    tell(f"{folder / 'report.html'}")
    return 0


def risk_lines(report: dict[str, Any], *, zh: bool) -> list[str]:
    """Return the report in a few lines; what is undefined is said, never shown as 0."""
    classes, found = report["classes"], report["risks"]["prosecutor"]
    if found is None:
        return ["数据集中没有人" if zh else "nobody is in the dataset"]
    k = report["target"]["k"]
    lines = [
        f"k = {classes['k']}；{classes['share_below']:.1%} 的人所在等价类不足 {k} 人"
        f"（{classes['uniques']:,} 人独一无二）"
        if zh
        else f"k = {classes['k']}; {classes['share_below']:.1%} of people are in a class of fewer than "
        f"{k} ({classes['uniques']:,} are alone in theirs)",
        f"检察官风险：最大 {found['maximum']:.3f}，平均 {found['average']:.3f}"
        if zh
        else f"prosecutor risk: largest {found['maximum']:.3f}, mean {found['average']:.3f}",
    ]
    for g in report["grades"]:
        name = _MODES[g["mode"]][0 if zh else 1]
        lines.append(
            f"{name}（≤ {g['line']:.2f}）：等级 {g['grade']}"
            if zh
            else f"{name} (≤ {g['line']:.2f}): grade {g['grade']}"
        )
    lines.append(_SOURCE[0 if zh else 1])
    best = report["coarsening"]["best"]
    if best is None:
        lines.append("任何泛化都达不到目标" if zh else "no coarsening reaches the target")
    else:
        named = {c: _LEVELS.get(at, at) if zh else at for c, at in best["levels"].items()}
        steps = ("；" if zh else ", ").join(f"{c} → {at}" for c, at in named.items()) or "—"
        lines.append(
            f"泛化：{steps}（信息损失 {best['loss']:.1%}）"
            if zh
            else f"coarsen: {steps} (information lost: {best['loss']:.1%})"
        )
    return lines


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command("risk")(risk)
