"""What a survey cannot promise, in the words in which it is said, Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from privacy.survey.design import Question, Survey

CANNOT_TELL = {
    "zh": "收集方无法分辨随机化的答案与原始答案；这里只检查格式和一次性口令。请核对页面的摘要，确认运行的是公布的代码。",
    "en": "A collector cannot tell a randomised answer from a raw one; form and one-time token are all that is "
    "checked. Compare the page's digest to know that the published code runs.",
}
NOT_KEPT = {
    "zh": "不保存网络地址和到达时间；答案与口令分开存放，次序随机。口令只说明它属于哪一批（群体与社区）。",
    "en": "No address and no time of arrival is kept; answers are stored apart from tokens, in random order. "
    "A token tells only its batch (group and community).",
}
EACH_ALONE = {
    "zh": "每个区间单独成立，并非所有区间同时成立。比例只代表愿意作答的人；区间不含拒答造成的偏差。",
    "en": "Each interval holds for itself, not all at once. Shares speak of those who chose to answer; no interval "
    "holds the bias of those who did not.",
}
MEMORY = {
    "zh": "保护以设备保存的记忆为前提：记忆丢失后重新作答，隐私损失会增加。",
    "en": "The guarantee lasts as long as the device's memory: answering again after it is lost costs more.",
}
CHANGES = {
    "zh": "答案改变时，若有人能逐次跟踪同一个人的答案，就能看出「变了」，但看不出由什么变成什么。",
    "en": "When a true answer changes, somebody who could follow one person's answers from wave to wave would see "
    "that it changed, not from what to what.",
}


def limits(survey: Survey) -> list[Mapping[str, str]]:
    """Return what a survey says of itself, false answers with their weight included."""
    said: list[Mapping[str, str]] = [CANNOT_TELL, NOT_KEPT, EACH_ALONE, MEMORY]
    if not all(q.memory.unconditional for q in survey.questions):
        said.append(CHANGES)
    return [*said, _false_answers(max(weight(q) for q in survey.questions))]


def weight(question: Question) -> float:
    """Return how far one false answer moves a share, in units of one person of n: 1 / (p − q).

    Cheu, Smith & Ullman 2021 show that no local protocol escapes such manipulation.
    """
    return float(1 / (question.mechanism.p - question.mechanism.q))


def _false_answers(most: float) -> Mapping[str, str]:
    return {
        "zh": f"一份蓄意伪造的答案对比例的影响至多相当于{most:.1f}个人；大量伪造可使结果任意偏移，区间不反映这一点。"
        "每个口令只能用一次，伪造的份数因此不超过流失的口令数。",
        "en": f"One false answer can move a share as much as {most:.1f} people; a flood of them moves it anywhere, and "
        "no interval shows it. A token is taken once, so there are no more false answers than tokens that leaked.",
    }
