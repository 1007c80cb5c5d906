"""What a reader must know to read a table rightly, in both languages."""

from __future__ import annotations

from collections.abc import Iterator

from privacy.answers.layout import Figure, Layout

Note = dict[str, str]
_CHOSE = {
    "contract": ("the contract", "数据契约"),
    "asked": ("the question", "提问者"),
    "public": ("the planner, from public information", "规划器（依据公开信息）"),
    "private": ("a private quantile that was paid for", "一次付费的隐私分位数"),
}


def notes_of(layout: Layout) -> list[Note]:
    """Return the notes of a table: which figure its intervals cover, and where they do not."""
    return [{"note": code, "en": en, "zh": zh} for code, en, zh in _notes(layout)]


def covers_of(layout: Layout) -> str:
    """Return `clipped` where intervals cover figures of clipped rows or clamped values, else `true`."""
    return "clipped" if layout.clips or any(f.clamped for f in layout.figures) else "true"


def _notes(layout: Layout) -> Iterator[tuple[str, str, str]]:
    if layout.clips:
        yield _clipped(layout)
    for f in layout.figures:
        yield from _of_figure(f)
    if any(k.origin == "unknown" for k in layout.keys):
        yield (
            "threshold",
            "Groups were not listed beforehand: those of few persons are left out, and absence says nothing.",
            "分组并非事先列出：人数很少的组不会出现，未出现不说明任何问题。",
        )
    if layout.selection.selects:
        yield (
            "selected",
            "Rows were selected by their noisy figures: intervals after selection do not cover as often as stated.",
            "各行是按带随机改动的数字筛选出来的：筛选之后的区间，其覆盖率达不到所述水平。",
        )


def _clipped(layout: Layout) -> tuple[str, str, str]:
    en, zh = _CHOSE[layout.chosen_by]
    by = {
        "filter": ("the smallest stored ranks among the rows that match", "匹配行中存储序号最小者"),
        "table": ("the smallest stored ranks over the whole table", "全表中存储序号最小者"),
        "none": ("", ""),
    }[layout.clip]
    which_en = f", {by[0]}" if by[0] else ""
    which_zh = f"，取{by[1]}" if by[1] else ""
    rows = "row" if layout.rows == 1 else "rows"
    groups = "group" if layout.groups == 1 else "groups"
    return (
        "clipped",
        f"At most {layout.rows:,} {rows} in {layout.groups:,} {groups} of each person count{which_en}; chosen by "
        f"{en}. Intervals cover the figure of those rows, not of all.",
        f"每人至多计入 {layout.rows:,} 行、{layout.groups:,} 组{which_zh}；由{zh}选定。"
        "区间覆盖的是这些行的数字，而非全部行的数字。",
    )


def _of_figure(f: Figure) -> Iterator[tuple[str, str, str]]:
    if f.clamped:
        low, high = (f"{x * f.unit:,f}" for x in (f.low, f.high))
        if f.parts:
            yield (
                "clamped",
                f"{f.label}: values outside the bounds of its parts were moved to the nearest bound.",
                f"{f.label}：超出界限的数值已移至最近的界限。",
            )
        else:
            yield (
                "clamped",
                f"{f.label}: values outside [{low}, {high}] were moved to the nearest bound and count so.",
                f"{f.label}：[{low}, {high}] 之外的数值已移至最近的界限后计入。",
            )
