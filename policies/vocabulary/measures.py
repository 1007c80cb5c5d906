"""The table of measures; each is implemented exactly once in `audit`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure that a rule may judge: its range, its ideal, and its words."""

    name: str
    low: float
    high: float
    ideal: float
    en: str
    zh: str
    says_en: str
    says_zh: str


MEASURES = {
    m.name: m
    for m in (
        Measure(
            "steering_gap", -1, 1, 0,
            "Steering gap", "引导差",
            "How much more migrants were sent to places where migrants already lived than locals "
            "were, beyond a lottery",
            "与抽签相比，流动人口比本地居民更多地被分到流动人口原已集中的社区的程度",
        ),
        Measure(
            "sorting_excess", -1, 1, 0,
            "Sorting excess", "分选超额",
            "How much more apart the two groups were placed than a lottery would place them",
            "与抽签相比，两类居民被分得更开的程度",
        ),
        Measure(
            "stock_change", -1, 1, 0,
            "Change of the whole stock's segregation", "全部住房隔离度的变化",
            "Change of the segregation of all residents (η²) after the rounds, for the next cohort",
            "若干轮分配后全体居民隔离度（η²）的变化（针对下一批申请人）",
        ),
        Measure(
            "literal_density_change", -1, float("inf"), 0,
            "Migrants where they were concentrated before", "原集中社区的流动人口",
            "Relative change of the number of migrants in the fifth of communities where they were "
            "most concentrated before (plan §5.4, read literally)",
            "此前流动人口最集中的五分之一社区中流动人口数量的相对变化（按方案§5.4字面理解）",
        ),
        Measure(
            "mixing_share", 0, 1, 0.3,
            "Mixing in new estates", "新建小区混居比例",
            "Smaller group's planned share over the programme of new estates",
            "新建小区计划中较少一方所占比例",
        ),
        Measure(
            "facility_reserve", 0, 1, 0.125,
            "Reserve of facility space", "公共设施弹性预留",
            "Share of the space for public facilities that is kept in reserve",
            "公共服务设施空间中预留的比例",
        ),
    )
}  # fmt: skip
