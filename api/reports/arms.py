"""Names of the arms in words; an unknown arm keeps its own name."""

from __future__ import annotations

_WORDS = {
    "lottery": ("lottery", "抽签"),
    "past_practice": ("past practice", "以往做法"),
    "model_sampled": ("model, sampled", "模型（按概率抽取）"),
    "model_argmax": ("model, highest score", "模型（取最高分）"),
    "model_argmax_retrained": ("model, highest score, retrained", "模型（取最高分，逐轮重训）"),
    "neutral_past_argmax": ("neutral past, highest score", "无引导的历史，取最高分"),
    "steering_4_practice": ("past practice, steering doubled", "以往做法，引导加倍"),
    "steering_4_argmax": ("steering doubled, highest score", "引导加倍，取最高分"),
    "proxy_50_argmax": (
        "trade tells nothing (50%), highest score",
        "行业不透露身份（50%），取最高分",
    ),
    "proxy_85_argmax": ("trade tells 85%, highest score", "行业吻合85%，取最高分"),
    "proxy_90_argmax": ("trade tells 90%, highest score", "行业吻合90%，取最高分"),
    "churn_3_argmax": ("3% move a round, highest score", "每轮3%搬迁，取最高分"),
    "churn_12_argmax": ("12% move a round, highest score", "每轮12%搬迁，取最高分"),
    "acceptance_70_argmax": ("70% accept, highest score", "70%接受，取最高分"),
    "sampled_without_trade": ("model without trade, sampled", "不用行业的模型，按概率抽取"),
    "argmax_without_trade": ("model without trade, highest score", "不用行业的模型，取最高分"),
    "argmax_without_trade_lottery_70": (
        "model without trade, 70% by lottery",
        "不用行业的模型，70%抽签",
    ),
}


def arm_words(arm: str | None, language: str) -> str:
    """Return an arm's name in a language."""
    if arm is None:
        return "本方案" if language == "zh" else "this allocation"
    words = _WORDS.get(arm)
    return arm if words is None else words[1 if language == "zh" else 0]
