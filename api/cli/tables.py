"""Answers as lines of text for a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any
from unicodedata import east_asian_width

from privacy.release import guarantee

MOST_ROWS = 40
_WORDS = {
    "more": ("… and {n} more rows (--json gives all)", "……另有 {n} 行（--json 可得全部）"),
    "replayed": ("the same question as before: the same release, nothing spent",
                 "与先前问题相同：返回同一发布，不再消耗预算"),
    "dummy": ("MADE-UP DATA: no person was counted and nothing was spent",
              "虚构数据：未统计任何人，也未消耗预算"),
    "synthetic": ("synthetic data", "合成数据"),
    "cost": ("privacy loss ρ {rho:.6f} (ε {epsilon:.3g} at δ {delta:.1g}), of {population}",
             "隐私损失 ρ {rho:.6f}（δ {delta:.1g} 时 ε {epsilon:.3g}），人群 {population}"),
    "pays": ("{account}: ρ {before:.6f} → {after:.6f} of {cap:.3f}",
             "{account}：ρ {before:.6f} → {after:.6f}，上限 {cap:.3f}"),
    "would": ("would give {cells:,} figures, each ± {half} at {confidence:.0%}; nothing was spent",
              "将给出 {cells:,} 个数字，各 ± {half}（{confidence:.0%}）；未消耗预算"),
    "known": ("already released as {id}: asking again costs nothing", "已发布为 {id}：再次询问不消耗预算"),
    "short": ("a cap would be passed: this would be refused", "将超出上限：会被拒绝"),
}  # fmt: skip


def _say(word: str, language: str, **values: Any) -> str:
    return _WORDS[word][1 if language == "zh" else 0].format(**values)


def answer_lines(answer: Mapping[str, Any], language: str) -> Iterator[str]:
    """Yield an answer as a table with half-widths, then what it cost."""
    keys = set(answer["key_columns"])
    rows = [
        [
            str(cell) if i in keys else with_error(cell, error, interval)
            for i, (cell, error, interval) in enumerate(zip(row, errors, intervals, strict=True))
        ]
        for row, errors, intervals in zip(
            answer["rows"][:MOST_ROWS], answer["errors"], answer["intervals"], strict=False
        )
    ]
    yield from _table(answer["columns"], rows)
    hidden = len(answer["rows"]) - len(rows)
    if hidden:
        yield _say("more", language, n=hidden)
    if answer.get("dummy"):
        yield _say("dummy", language)
    else:
        mark = f" [{_say('synthetic', language)}]" if answer["synthetic"] else ""
        yield f"{answer['release']}  {answer['snapshot']}{mark}"
    if answer.get("replayed"):
        yield _say("replayed", language)
    yield from _cost(answer, language)


def dry_run_lines(answer: Mapping[str, Any], language: str) -> Iterator[str]:
    """Yield what a question would cost and how exact it would be."""
    yield _say(
        "would",
        language,
        cells=answer["cells"],
        half=answer["half_width"],
        confidence=answer["confidence"],
    )
    if answer["already_released"]:
        yield _say("known", language, id=answer["already_released"])
    if not answer["enough_left"]:
        yield _say("short", language)
    yield from _cost(answer, language)


def with_error(value: Any, error: Any, interval: Any) -> str:
    """Return a figure as people read it: rounded to what its error allows, ± the error.

    An interval that is uneven about the figure is written as its ends; a figure that is undefined as –.
    """
    if value is None:
        return "–"
    if isinstance(value, str | list):
        return value if isinstance(value, str) else ", ".join(map(str, value))
    places = _places(value, error)
    if error is None:
        ends = interval or [None, None]
        return f"{value:,.{places}f} [{', '.join('…' if e is None else f'{e:,.{places}f}' for e in ends)}]"
    return f"{value:,.{places}f} ± {error:,.{places}f}"


def _places(value: Any, error: Any) -> int:
    """Return decimals: none of a whole number, else so many that the error has two digits."""
    if isinstance(value, int) and not isinstance(error, float):
        return 0
    size = abs(float(error or value or 1))
    return max(0, 1 - math.floor(math.log10(size))) if size else 2


def _cost(answer: Mapping[str, Any], language: str) -> Iterator[str]:
    privacy = answer["privacy"]
    yield guarantee(privacy, language)
    yield _say("cost", language, **privacy)
    for a in answer["accounts"]:
        yield "  " + _say(
            "pays",
            language,
            account=a["account"],
            before=a["before"]["rho"],
            after=a["after"]["rho"],
            cap=a["cap"]["rho"],
        )


def _table(head: list[str], rows: list[list[str]]) -> Iterator[str]:
    widths = [max(map(_width, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        yield "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()


def _width(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
