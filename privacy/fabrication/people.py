"""Made-up names and addresses: Han names by frequency, compound surnames, minority names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SURNAMES = list(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程苏魏吕丁任卢姚"
    "沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛阎段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向"
)
_COMPOUND = [
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "慕容",
    "令狐",
    "司徒",
    "夏侯",
    "宇文",
    "长孙",
    "端木",
    "南宫",
]
_GIVEN_MEN = list(
    "伟强磊军洋勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯俊帆龙建国志文峰林海东亮成康光达永健世广义兴良"
)
_GIVEN_WOMEN = list(
    "芳娜敏静丽艳娟霞秀英玲燕丹红慧玉萍梅莉兰洁琴云颖倩雪琳晶婷莹欣悦佳怡思雨梦瑶嘉琪露桂凤"
)
_MINORITY = [
    "买买提·艾力",
    "阿依古丽·吐尔逊",
    "古丽娜尔·阿不都",
    "艾尔肯·买买提",
    "热依汗·木合塔尔",
    "阿卜杜拉·依明",
    "迪丽努尔·艾合买提",
    "努尔兰·哈里木",
    "巴合提·叶尔肯",
    "扎西·多吉",
    "卓玛·央金",
    "格桑·平措",
    "次仁·旺姆",
    "吉克·阿依",
    "阿支·木果",
    "沙玛·拉且",
    "乌兰·巴特尔",
    "其其格·那仁",
    "帕提古丽·卡德尔",
    "玉素甫·阿布拉",
]
_ROADS = [
    "民乐",
    "兴业",
    "新湖",
    "创业",
    "前进",
    "宝源",
    "建设",
    "景田",
    "锦绣",
    "和平",
    "龙翔",
    "金牛",
    "翠竹",
    "盛平",
    "东环",
    "文锦",
    "莲花",
    "石岩",
    "福海",
    "桃源",
]
_ROAD_KINDS = ("路", "街", "大道", "巷")
_ESTATES = [
    "民乐新村",
    "锦绣花园",
    "和平家园",
    "兴业公寓",
    "桃源居小区",
    "翠竹苑",
    "福海工业区宿舍",
    "龙翔大厦",
]


def full_names(rng: np.random.Generator, male: NDArray[np.bool_]) -> list[str]:
    """Return names: 1.5% compound surnames, 2% minority names, of the Han names 20% with two characters."""
    n = len(male)
    rank = 1 / (np.arange(len(_SURNAMES)) + 4)
    surname = rng.choice(len(_SURNAMES), n, p=rank / rank.sum())
    kind = rng.random(n)
    compound = rng.integers(0, len(_COMPOUND), n)
    minority = rng.integers(0, len(_MINORITY), n)
    first, second = rng.integers(0, 46, n), rng.integers(0, 46, n)
    short = rng.random(n) < 0.2
    names = []
    rows = zip(
        male.tolist(), surname.tolist(), kind.tolist(), compound.tolist(), minority.tolist(),
        first.tolist(), second.tolist(), short.tolist(), strict=True,
    )  # fmt: skip
    for is_man, s, k, c, m, f, g, brief in rows:
        if k < 0.02:
            names.append(_MINORITY[m])
            continue
        given = _GIVEN_MEN if is_man else _GIVEN_WOMEN
        family = _COMPOUND[c] if k < 0.035 else _SURNAMES[s]
        a, b = given[f % len(given)], given[g % len(given)]
        names.append(family + (a if brief else a + b))
    return names


@dataclass(frozen=True, slots=True)
class DoorAddresses:
    """Makes addresses down to the door, in the communities of given full names."""

    communities: Sequence[str]

    def draw(self, rng: np.random.Generator, community: NDArray[np.int64]) -> list[str]:
        """Return one address a person: community, road and number, estate, building, unit, room."""
        n = len(community)
        road, kind, estate = (rng.integers(0, m, n).tolist() for m in (20, 4, 8))
        number, building, unit = (rng.integers(1, m, n).tolist() for m in (200, 30, 6))
        floor, door = rng.integers(1, 33, n).tolist(), rng.integers(1, 9, n).tolist()
        with_estate = (rng.random(n) < 0.5).tolist()
        return [
            f"{self.communities[c]}{_ROADS[road[i]]}{_ROAD_KINDS[kind[i]]}{number[i]}号"
            f"{_ESTATES[estate[i]] if with_estate[i] else ''}{building[i]}栋{unit[i]}单元"
            f"{floor[i]}{door[i]:02d}室"
            for i, c in enumerate(community.tolist())
        ]
