"""Names of all kinds for training: Han, compound, of minorities, forms of address, Latin letters."""

from __future__ import annotations

from functools import cache
from random import Random

from privacy.recognition.names.surnames import COMPOUND_SURNAMES, SURNAMES
from privacy.training import newspaper
from privacy.training.minorities import minority_name

_GIVEN = (
    "伟芳娜秀敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉萍红玲建国志文峰海燕龙飞鑫波斌宇浩凯秋健俊帆雪倩慧巧美"
    "淑珍云凤洁梅琳素荣爱妹雁锦瑞凡佳嘉琼勤珠翠雅芝怡婵雁蓓纨仪荷丹蓉眉君琴蕊薇菁梦岚苑婕馨瑗琰韵融园艺咏卿聪澜纯毓"
    "悦昭冰爽琬茗羽希欣飘育滢馥筠柔竹霭凝晓欢霄枫芸菲寒伊亚宜可姬舒影荔枝思昌仁辰炎德庆祥才发武新利清金祖福根长寿"
    "生贵富有财旺喜林树木森水泉江河溪山川石岩田土城春夏冬月星晨光亮天宝子小大立学义忠孝信礼智中正兴隆盛茂永恒世代"
    "继承宗启先后东南西北宏运泽润涵翔宸轩睿博诚逸皓哲铭瀚煜辉朋绍功松善厚裕邦承乐绪振壮会思群豪心邦承乐绍功松"
)
TITLES = [
    "先生",
    "女士",
    "小姐",
    "太太",
    "师傅",
    "阿姨",
    "叔叔",
    "大爷",
    "大妈",
    "大姐",
    "大哥",
    "老师",
    "医生",
    "主任",
    "警官",
    "婆婆",
    "伯伯",
    "同学",
    "老板",
    "经理",
    "科长",
    "队长",
    "所长",
    "书记",
    "护士",
    "大夫",
    "律师",
    "教授",
    "院长",
    "校长",
    "奶奶",
    "爷爷",
    "大叔",
    "大嫂",
    "同志",
    "老伯",
    "姨",
    "哥",
    "姐",
    "总",
    "工",
    "局",
    "叔",
    "嫂",
]
_AMBIGUOUS = "向于曾高马金韩莫程成方安任全连常万文武白黄江石温田严张史关周章易路项单焦熊牛毛包"
"""Surnames that begin or are words of every day: only with many of them does 高兴建 become a name."""
KINDS = ("han2", "han3", "compound", "dotted", "undotted", "address")
_SHARES = (25, 29, 8, 10, 18, 10)


@cache
def _newspaper_given() -> tuple[list[str], list[str]]:
    """Return the given names of one and of two characters that the newspaper holds."""
    given = sorted(set(newspaper.given_names()))
    return [g for g in given if len(g) == 1], [g for g in given if len(g) == 2]


def kind_of_name(rng: Random) -> str:
    """Draw a kind: more of the rare ones than a city has, so that they are learnt as well."""
    return rng.choices(KINDS, _SHARES)[0]


def name(rng: Random, kind: str) -> str:
    """Return one name of a kind."""
    if kind == "dotted":
        return minority_name(rng, dotted=True)
    if kind == "undotted":
        return minority_name(rng, dotted=False)
    if kind == "address":
        return _form_of_address(rng)
    if kind == "compound":
        return rng.choice(COMPOUND_SURNAMES) + _given(rng, rng.choice((1, 2, 2)))
    return _surname(rng) + _given(rng, 1 if kind == "han2" else 2)


def _surname(rng: Random) -> str:
    # common surnames come first in the list and are drawn more often; a quarter is drawn from all
    how = rng.random()
    if how < 0.25:
        return rng.choice(SURNAMES)
    if how < 0.37:
        return rng.choice(_AMBIGUOUS)
    return SURNAMES[min(int(rng.expovariate(1 / 70)), len(SURNAMES) - 1)]


def _given(rng: Random, length: int) -> str:
    how = rng.random()
    if how < 0.35:
        return rng.choice(_newspaper_given()[length - 1])
    if how < 0.5 and length == 2:
        return rng.choice(_GIVEN) + rng.choice(rng.choice(_newspaper_given()[1]))
    if how < 0.6 and length == 2:
        return rng.choice(_GIVEN) * 2
    return "".join(rng.choices(_GIVEN, k=length))


def _form_of_address(rng: Random) -> str:
    surname = rng.choice(COMPOUND_SURNAMES) if rng.random() < 0.12 else _surname(rng)
    form = rng.random()
    if form < 0.5:
        return surname + rng.choice(TITLES)
    if form < 0.62:
        return rng.choice("小老阿小老") + surname[0]
    if form < 0.7:
        return "阿" + rng.choice(_GIVEN)
    if form < 0.88:
        return surname + rng.choice(("某", "某某", "某", f"某{rng.choice('甲乙丙丁')}", "XX", "**"))
    return rng.choice("ABCDFGHJKLMPQRSTWXYZ") + rng.choice(TITLES[:21])
