"""What the name model sees of each character: itself, its class, and the word that it stands in."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

import numpy as np

from privacy.recognition.names.surnames import COMPOUND_SURNAMES, SURNAMES
from privacy.recognition.names.syllables import SYLLABLES

_TAGS = (
    "a ad ag an b c d df dg e eng f g h i j k l m mg mq n ng nr nrfg nrt ns nt nz o p q r rg rr rz s t "
    "tg u ud ug uj ul uv uz v vd vg vi vn vq x y z zg"
).split()  # fmt: skip
"""Parts of speech as rjieba's dictionary writes them; the place in this list is part of the model."""
TRANSLITERATES = (
    "阿艾埃奥巴拜班伯别勃布卜才曹措达旦丹德登迪敦顿多朵额恩尔法夫富嘎尕噶岗格根贡古果哈海汗赫胡姬吉加迦江坚金居喀卡凯康科克"
    "库拉兰朗勒雷里力历丽莉琳鲁洛罗仑玛马买迈麦曼芒毛梅蒙孟米明莫姆木穆纳娜乃南尼宁牛努诺帕潘佩彭皮平朴普其奇齐恰强乔切钦庆琼曲却热仁"
    "日茹如若萨赛桑沙莎什石史斯司苏索塔台泰坦唐特提图吐托娃瓦旺维乌吾武西希锡夏辛雄旭雅亚央耶叶伊依衣益英尤玉郁孜则泽扎增张哲者珍珠祖佐"
    "呷阮氏邓依热肉茨朝鲁宝音呼和浩仓嘉木样次坎卓群培杰措拉姆白边占堆欧珠晋美赤列顿益西嘎丁色俄各惹洗伍妞牧约且支阶子加道仓觉决尕楞娅朗堆追昂敖"
)
_PARTS_OF_PLACES = (
    "省市区县州盟旗镇乡村路街道巷弄里号栋幢座室房楼单元层院苑园厦寓城庄屯坊围社组队户铺"
)
_NUMERALS = "一二三四五六七八九十百零〇两廿"
_FUNCTION = "的了在是和与及说对向从到被把给为由称将已曾又也都还有来去找请让因但其他她我你们这那于以至并或经据按就才等"
_GIVEN = (
    "伟芳秀敏静强磊军洋勇艳娟涛超霞刚桂华萍玲建国志峰燕飞鑫波斌宇凯俊帆雪倩慧美淑云凤洁荣妹瑞佳勤翠芝怡婷娇妍涵萱轩睿博诚逸皓煜辉朋"
    "兴茂永恒善厚裕豪群梓浩欣悦思雨晨曦瑶琪露颖晶莹鹏杰亮"
)
_DOTS = "·•・‧∙⋅･"


@cache
def _tables() -> tuple[Any, Any, Any, Any, _Runs]:
    codes = np.arange(1 << 16, dtype=np.uint16)
    codes[ord("A") : ord("Z") + 1] = codes[ord("a") : ord("z") + 1] = ord("A")
    codes[ord("0") : ord("9") + 1] = ord("0")
    codes[[ord(c) for c in _DOTS]] = ord("·")
    codes[[ord(c) for c in " \t\r\n\u3000"]] = ord(" ")
    classes = np.full(1 << 16, 7, np.uint8)
    classes[0x3400:0xA000] = 1
    for number, of_class in (
        (15, _GIVEN), (2, SURNAMES), (3, TRANSLITERATES), (9, _PARTS_OF_PLACES), (14, _FUNCTION),
        (10, _NUMERALS), (5, "0123456789"), (8, _DOTS),
    ):  # fmt: skip
        classes[[ord(c) for c in of_class]] = number
    # in surnames and in transliterations: a class of its own
    classes[[ord(c) for c in set(SURNAMES) & set(TRANSLITERATES)]] = 4
    for a, z in ("AZ", "az"):
        classes[ord(a) : ord(z) + 1] = 6
    compounds = np.array(
        sorted(ord(name[0]) << 16 | ord(name[1]) for name in COMPOUND_SURNAMES), np.uint64
    )
    peoples = np.zeros(1 << 16, np.uint8)
    for bit, inventory in enumerate(SYLLABLES.values()):
        peoples[[ord(c) for c in set(inventory)]] |= 1 << bit
    return (
        codes,
        classes,
        peoples,
        compounds,
        _Runs({tag: _runs(i) for i, tag in enumerate(["", *_TAGS])}),
    )


class _Runs(dict[str, list[bytes]]):
    """The tags of a word's characters by its part of speech and its length; unknown ones are alike."""

    def __missing__(self, tag: str) -> list[bytes]:
        return self[""]


def _runs(number: int) -> list[bytes]:
    """Return the tags of a word's characters by the word's length: the whole, begin, inside, end."""
    alone, begin, inside, end = (bytes([4 * number + part]) for part in range(4))
    return [b"", alone, *[begin + inside * (n - 2) + end for n in range(2, _LONGEST + 1)]]


_LONGEST = 64
_SURROGATE = re.compile("[\ud800-\udfff]")


def readable(text: str) -> str:
    """Return a text with each lone surrogate, which no dictionary can read, as ?."""
    return _SURROGATE.sub("?", text) if _SURROGATE.search(text) else text


def encode(text: str) -> tuple[Any, Any, Any, Any, Any]:
    """Return a text's character codes, classes, word tags and peoples (n,), and the compound surnames.

    A character's peoples are bits: in whose names it is a syllable, in the order of `SYLLABLES`.

    Digits are all read as 0, Latin letters as A, every middle dot as one: the model learns where a
    number stands, never which. A lone surrogate is no text and is read as ?, characters beyond the
    first plane as one. Words and their parts of speech come from rjieba's dictionary.
    """
    import rjieba

    codes, classes, peoples, compounds, runs = _tables()
    text = readable(text)
    points = np.minimum(np.frombuffer(text.encode("utf-32-le"), np.uint32), 0xFFFD)
    spelt = b"".join(
        [
            runs[tag][n] if (n := len(word)) <= _LONGEST else runs[tag][_LONGEST].ljust(n, b"\0")
            for word, tag in rjieba.tag(text)
        ]
    )
    tags = np.frombuffer(spelt.ljust(len(points), b"\0"), np.uint8)[: len(points)]
    return codes[points], classes[points], tags, peoples[points], compounds


@lru_cache(maxsize=2)
def words_of(text: str) -> tuple[tuple[int, int], ...]:
    """Return the span of the dictionary's word at each character of a text."""
    import rjieba

    words, at = list[tuple[int, int]](), 0
    for word in rjieba.cut(readable(text), False):
        words += [(at, at + len(word))] * len(word)
        at += len(word)
    return tuple(words)
