"""Answers as lines of text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from unicodedata import east_asian_width

from api.reports.figures import ends, uneven, with_error
from privacy.answers.columns import REASONS_ZH
from privacy.answers.stating import guarantee

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
    "would": ("groups: {cells:,}; errors hold in {confidence:.0%} of cases; nothing was spent",
              "组数：{cells:,}；误差在 {confidence:.0%} 的情形下成立；未消耗预算"),
    "expected": ("{figure}: ± {error}, supposing a figure of about {value}",
                 "{figure}：误差 ± {error}，假定数值约为 {value}"),
    "exact": ("{figure}: ± {error}", "{figure}：误差 ± {error}"),
    "unforeseen": ("{figure}: nothing public tells its error", "{figure}：没有公开信息可以说明其误差"),
    "delta": ("    δ {before:.2g} → {after:.2g} of {cap:.2g}", "    δ {before:.2g} → {after:.2g}，上限 {cap:.2g}"),
    "unbiased": ("each figure with its error, which holds in {confidence:.0%} of cases; --consistent gives figures that "
                 "are possible", "各数字附其误差，在 {confidence:.0%} 的情形下成立；--consistent 给出符合常理的数字"),
    "consistent": ("figures that are possible and, by tiers, add up (their errors hold in {confidence:.0%} of cases); "
                   "--unbiased gives them unadjusted",
                   "数字均属可能，各层级之和一致（误差在 {confidence:.0%} 的情形下成立）；--unbiased 给出未调整的数字"),
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
            str(cell) if i in keys else _figure(cell, error, interval)
            for i, (cell, error, interval) in enumerate(zip(row, errors, intervals, strict=True))
        ]
        for row, errors, intervals in zip(
            answer["rows"][:MOST_ROWS], answer["errors"], answer["intervals"], strict=False
        )
    ]
    if answer.get("dummy"):
        yield _say("dummy", language)
    yield from _table(answer["columns"], rows, keys)
    hidden = len(answer["rows"]) - len(rows)
    if hidden:
        yield _say("more", language, n=hidden)
    if not answer.get("dummy"):
        mark = f" [{_say('synthetic', language)}]" if answer["synthetic"] else ""
        yield f"{answer['release']}  {answer['snapshot']}{mark}"
    if answer.get("replayed"):
        yield _say("replayed", language)
    yield from _read_rightly(answer, language)
    yield from _cost(answer, language)


def _figure(value: Any, error: Any, interval: Any) -> str:
    """Return a figure ± its half-width, or with its interval where that is not the same on both sides."""
    if error is not None and uneven(value, error, interval):
        return f"{with_error(value, error, interval).partition(' ± ')[0]} [{ends(interval, error)}]"
    return with_error(value, error, interval)


def _read_rightly(answer: Mapping[str, Any], language: str) -> Iterator[str]:
    """Yield what a reader must know: which figures are shown, what is undefined, and the notes."""
    if any(e is not None for errors in answer["errors"] for e in errors):
        yield _say(answer["rows_are"], language, confidence=answer["confidence"])
    for reason in dict.fromkeys(answer["undefined"].values()):
        yield f"– {REASONS_ZH[reason] if language == 'zh' else reason}"
    for note in answer["notes"]:
        yield f"* {note[language]}"


def dry_run_lines(answer: Mapping[str, Any], language: str) -> Iterator[str]:
    """Yield what a question would cost, how exact it would be, and whether it is worth asking."""
    yield _say("would", language, cells=answer["cells"], confidence=answer["confidence"])
    for figure in answer.get("expected", ()):
        yield "  " + _expected(figure, language)
    if "reason" in answer:
        yield answer["reason"][language]
    if answer["already_released"]:
        yield _say("known", language, id=answer["already_released"])
    if not answer["enough_left"]:
        yield _say("short", language)
    yield from _cost(answer, language)


def _expected(figure: Mapping[str, Any], language: str) -> str:
    value, error = figure["value"], figure["half_width"]
    if error is None:
        return _say("unforeseen", language, figure=figure["figure"])
    if value is None:
        return _say("exact", language, figure=figure["figure"], error=f"{error:,g}")
    about, _, exact = with_error(value, error, None).partition(" ± ")
    return _say("expected", language, figure=figure["figure"], error=exact, value=about)


def _cost(answer: Mapping[str, Any], language: str) -> Iterator[str]:
    privacy = answer["privacy"]
    yield guarantee(privacy, language)
    yield _say("cost", language, **privacy)
    for a in answer["accounts"]:
        for kind, word in (("rho", "pays"), ("delta", "delta")):
            if kind == "delta" and a["before"][kind] == a["after"][kind]:
                continue  # most questions charge none
            paid = {when: a[when][kind] for when in ("before", "after", "cap")}
            yield "  " + _say(word, language, account=a["account"], **paid)


def _table(head: list[str], rows: list[list[str]], keys: set[int]) -> Iterator[str]:
    """Yield lines: names to the left, figures to the right, so that their digits stand beneath each other."""
    widths = [max(map(_width, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        cells = []
        for i, (cell, width) in enumerate(zip(row, widths, strict=True)):
            gap = " " * (width - _width(cell))
            cells.append(cell + gap if i in keys else gap + cell)
        yield "  ".join(cells).rstrip()


def _width(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
