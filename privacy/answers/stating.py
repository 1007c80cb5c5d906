"""What a release promises a person, and what it states of itself (NIST SP 800-226), in words of both languages."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

Stated = tuple[str, str]
PUBLIC = {
    "contract": ("domains of the groups (the contract's)", "分组的取值范围（数据契约所列）"),
    "list": ("groups listed by the question", "提问中列出的分组"),
    "bins": ("edges of the bins", "分段的边界"),
    "tiers": ("the places of each tier", "各层级的地点"),
    "values": ("bounds of the values", "取值的界限"),
    "contribution": ("contribution bounds", "贡献上限"),
    "size": ("public size of the population", "人群的公开人数"),
}
"""What is known before anything is counted: origins of groups, bounds, sizes."""
_MECHANISMS = {
    "discrete_gaussian": ("discrete Gaussian noise, σ", "离散高斯噪声，σ"),
    "discrete_laplace": ("discrete Laplace noise, b", "离散拉普拉斯噪声，b"),
    "gaussian_threshold": (
        "discrete Gaussian noise with a threshold, σ",
        "带阈值的离散高斯噪声，σ",
    ),
    "laplace_threshold": (
        "discrete Laplace noise with a threshold, b",
        "带阈值的离散拉普拉斯噪声，b",
    ),
    "noisy_max_gumbel": ("noisy max, Gumbel noise of scale", "带噪最大值，Gumbel 噪声尺度"),
    "noisy_max_exponential": ("noisy max, exponential noise of scale", "带噪最大值，指数噪声尺度"),
    "top_k_gumbel": ("noisy top-k, Gumbel noise of scale", "带噪前 k 名，Gumbel 噪声尺度"),
    "top_k_exponential": ("noisy top-k, exponential noise of scale", "带噪前 k 名，指数噪声尺度"),
}
_STATISTICS = {
    "rows": ("rows", "行数"),
    "persons": ("persons", "人数"),
    "sum": ("sums", "总和"),
    "squares": ("sums of squares", "平方和"),
    "values": ("places of values", "取值位置"),
    "contributions": ("rows a person", "每人行数"),
}
_CHOSEN = {
    "contract": ("the contract", "数据契约"),
    "asked": ("the question", "提问者"),
    "public": ("the planner, from public information", "规划器（依据公开信息）"),
    "private": ("a private quantile, paid for", "付费的隐私分位数"),
}


def guarantee(privacy: Mapping[str, Any], language: str) -> str:
    """Say what a release's loss promises a person, and to whom it promises less.

    The odds change by e^ε at most (Dwork & Roth 2014, §2.3). The noise covers a person who stands in the
    data under `most_pseudonyms` pseudonyms; who stands under m times as many changes a figure m times as
    much, and the loss grows with it (group privacy, same place, Theorem 2.2).
    """
    epsilon, delta, most = privacy["epsilon"], privacy["delta"], privacy["most_pseudonyms"]
    factor = f"{math.exp(epsilon):.2f}" if epsilon < 6 else f"{math.exp(epsilon):.0f}"
    if language == "zh":
        odds = f"（例外概率不超过{_one_in(delta)}分之一）" if delta else ""
        return (
            f"无论任何一个人是否在数据中，得出任何结论的可能性至多变为原来的{factor}倍{odds}。"
            f"此保证适用于在数据中至多有{most}个假名的人；假名更多的人，所受保护相应减弱。"
        )
    odds = f" (but for a chance of one in {_one_in(delta)})" if delta else ""
    pseudonyms = "one pseudonym" if most == 1 else f"{most} pseudonyms"
    return (
        "Whether or not any one person is in the data, no conclusion becomes more than "
        f"{factor} times as likely{odds}. "
        f"This holds for a person who has at most {pseudonyms} in the data; who has more is protected less."
    )


def _one_in(delta: float) -> str:
    """Return N of a chance of one in N, never smaller than it is: two digits, rounded down.

    δ is judged as it is written: 5e-6 is one in 200,000, though 1 / 5e-6 falls short of it as a float.
    """
    whole = math.floor(1 / Fraction(repr(float(delta))))
    unit = 10 ** max(0, len(str(whole)) - 2)
    return f"{whole // unit * unit:,}"


def stated(privacy: Mapping[str, Any], language: str) -> tuple[Stated, ...]:
    """Return what is stated of a release, as (what, words): the properties that NIST SP 800-226 evaluates.

    Unit of privacy and neighbouring relation, population, loss, mechanisms, contribution and clamping
    bounds, what was public, who is trusted with the data, and how losses add up.
    """
    return tuple(_zh(privacy) if language == "zh" else _en(privacy))


def _en(p: Mapping[str, Any]) -> Iterator[Stated]:
    b = p["bounds"]
    yield (
        "Protected unit",
        (
            f"a person; two datasets are neighbours when one arises from the other by: {p['neighbouring']}"
        ),
    )
    yield (
        "Population",
        (
            f"{p['population']}, publicly {p['public_size']:,} persons; all releases about it share one "
            "lifetime budget"
        ),
    )
    yield (
        "Loss",
        f"ρ = {p['rho']:.9f} (zCDP); as ε and δ: ε = {p['epsilon']:.6g}"
        + (f" at δ = {p['delta']:.3g}" if p["delta"] else ", δ = 0"),
    )
    for m in p["mechanisms"]:
        yield "Mechanism", _mechanism(m, 0)
    yield (
        "Contribution bounds",
        (
            f"at most {b['pseudonyms_a_person']} × {b['rows_a_pseudonym']:,} rows of a person (pseudonyms × rows of each), "
            f"in at most {b['groups_a_pseudonym']:,} group(s) of each; chosen by {_CHOSEN[b['chosen_by']][0]}"
        ),
    )
    for v in b["values"]:
        yield "Clamping bounds", f"{v['figure']}: [{v['low']}, {v['high']}]"
    yield "Public beforehand", "; ".join(p["public"])
    yield (
        "Trust",
        "central: the operator holds pseudonymised rows; who reads releases need not be trusted",
    )


def _zh(p: Mapping[str, Any]) -> Iterator[Stated]:
    b = p["bounds"]
    change = "更改一个人在共有行中的内容" if b["shared_rows"] else "加入或去掉一个人"
    yield "保护单元", f"一个人；两个数据集相邻，是指其一可由另一个{change}得到"
    yield (
        "人群",
        f"{p['population']}，公开人数 {p['public_size']:,}；关于该人群的所有发布共用一份终身预算",
    )
    yield (
        "隐私损失",
        f"ρ = {p['rho']:.9f}（zCDP）；折合 ε = {p['epsilon']:.6g}"
        + (f"，δ = {p['delta']:.3g}" if p["delta"] else "，δ = 0"),
    )
    for m in p["mechanisms"]:
        yield "机制", _mechanism(m, 1)
    yield (
        "贡献上限",
        (
            f"每人至多 {b['pseudonyms_a_person']} × {b['rows_a_pseudonym']:,} 行（假名数 × 每个假名的行数），"
            f"每个假名至多 {b['groups_a_pseudonym']:,} 组；由{_CHOSEN[b['chosen_by']][1]}选定"
        ),
    )
    for v in b["values"]:
        yield "取值界限", f"{v['figure']}：[{v['low']}, {v['high']}]"
    yield "事先公开", "；".join(dict(PUBLIC.values())[w] for w in p["public"])
    yield "信任模型", "集中式：运营方保管假名化的数据行；阅读发布的人无须可信"


def _mechanism(m: Mapping[str, Any], at: int) -> str:
    kind, _, tier = m["statistic"].partition("@")
    what = _STATISTICS[kind][at] + (f" ({tier})" if tier else "")
    noise = _MECHANISMS[m["name"]][at]
    words = (
        f"{what}: {noise} = {m['scale']:.6g}, sensitivity {m['sensitivity']:.6g} ({m['library']})",
        f"{what}：{noise} = {m['scale']:.6g}，敏感度 {m['sensitivity']:.6g}（{m['library']}）",
    )[at]
    if m["threshold"] is not None:
        words += (f", threshold {m['threshold']:,}", f"，阈值 {m['threshold']:,}")[at]
    return words
