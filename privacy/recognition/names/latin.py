"""Persons and addresses in Latin letters: names in pinyin, titles, rooms and roads.

The model reads Han characters only; these are grammar, by the closed list of pinyin's surnames and
syllables (GB/T 16159-2012, 6.2: surname first, the given name's syllables written together).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from privacy.recognition.findings import Found

_SURNAMES = (
    "Ai An Ao Ba Bai Ban Bao Bi Bian Bu Cai Cao Cen Chai Chang Che Chen Cheng Chi Chu Cui Dai Deng Di Diao Ding Dong Dou Du Duan E Fan Fang Fei Feng Fu "
    "Gan Gao Ge Geng Gong Gou Gu Guan Gui Guo Han Hao He Hong Hou Hu Hua Huang Huo Ji Jia Jian Jiang Jiao Jin Jing Ju Kang Ke Kong Kou Kuang Lai Lan Lang Lao "
    "Lei Leng Li Lian Liang Liao Lin Ling Liu Long Lou Lu Luan Luo Lv Lü Lyu Ma Mai Man Mao Mei Meng Mi Miao Min Mo Mou Mu Nan Ni Nie Ning Niu Ou Pan Pang Pei Peng "
    "Pi Piao Ping Pu Qi Qian Qiang Qiao Qin Qiu Qu Quan Ran Rao Ren Rong Ruan Rui Sang Sha Shan Shang Shao She Shen Sheng Shi Shu Si Song Su Sui Sun Tai Tan Tang "
    "Tao Teng Tian Tong Tu Wan Wang Wei Wen Weng Wu Xi Xia Xian Xiang Xiao Xie Xin Xing Xiong Xu Xuan Xue Yan Yang Yao Ye Yi Yin Ying You Yu Yuan Yue Yun Zang "
    "Zeng Zha Zhan Zhang Zhao Zhen Zheng Zhong Zhou Zhu Zhuang Zhuo Zong Zou Zu Zuo Ouyang Sima Shangguan Zhuge Dongfang Huangfu Yuchi Murong Linghu Situ Xiahou"
).split()
_SYLLABLE = "(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue|ui|un|uo|üe|ve|[aeiouvü]))"
_SURNAME = "(?:" + "|".join(sorted(_SURNAMES, key=len, reverse=True)) + ")"
_UPPER = "(?:" + "|".join(s.upper() for s in sorted(_SURNAMES, key=len, reverse=True)) + ")"
_GIVEN = rf"(?=[A-Z][a-zü'-]+(?![A-Za-z]))(?i:{_SYLLABLE}(?:['-]?{_SYLLABLE}){{0,2}})"
_ENDS = r"(?![A-Za-z0-9])"
_PLACES = "Road|Street|Avenue|Lane|District|City|Province|County|Town|Village|Garden|Gardens|Mansion|Plaza|Community|Building|University|School|Hospital|Park|Station|Bay|Rd|St|Ave"
_NO_PLACE = rf"(?!\s+(?:{_PLACES})\b)"
_PERSON = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?:Mr|Mrs|Ms|Miss|Dr|Madam|Prof)\.?\s(?P<title>[A-Z][a-z]+(?:\s[A-Z][a-z]+){0,2})"
    rf"|(?P<pinyin>(?:{_SURNAME}|{_UPPER}),?\s{_GIVEN}(?:\s{_GIVEN})?|{_GIVEN}\s(?:{_SURNAME}|{_UPPER})){_ENDS}{_NO_PLACE}"
    r"|(?:[Nn]ame|[Tt]enant|[Aa]pplicant|[Cc]ontact|[Ll]andlord|[Pp]atient)(?:\s?[:：]\s?|\s)(?P<labelled>[A-Z][a-z]+\s[A-Z][a-z]+)"
    rf"){_ENDS}"
)
_TITLED = re.compile(r"(?:Mr|Mrs|Ms|Miss|Dr|Madam|Prof)\.?\s")
_NO_NAMES = frozenset(
    ["Hong Kong", "Shan Xi", "Nan Shan", "Bao An", "Long Gang", "Long Hua", "Fu Tian", "Lu Hu"]
)
_WORD = r"[A-Z][a-zü']+"
_PART = (
    r"(?:(?:Room|Rm\.?|Flat|Unit|Apt\.?|Apartment|Suite|Floor|Building|Block|Tower|Bldg\.?|No\.?)\s?#?"
    r"[A-Z]?\d{0,5}[A-Z]?(?:-\d+)?(?<=[A-Z0-9])(?![A-Za-z])|\d{1,2}/F|\d{1,2}(?:st|nd|rd|th)\sFloor)"
)
_PLACE = rf"(?:(?:No\.?\s?)?\d{{0,5}}\s?(?:{_WORD}\s){{1,3}}(?:{_PLACES})(?![A-Za-z])|Shenzhen|Guangzhou|Beijing|Shanghai|Guangdong|China)"
_ROOM = re.compile(
    rf"(?<![A-Za-z0-9]){_PART}(?:,?\s(?:{_PART}|{_PLACE}))*"
    rf"|(?<![A-Za-z0-9])(?:No\.?\s?)?\d{{1,5}}\s(?:{_WORD}\s){{1,3}}(?:Road|Street|Avenue|Lane|Rd|St|Ave)(?![A-Za-z])(?:,?\s{_PLACE})*"
)


def find_latin(text: str) -> list[Found]:
    """Find persons and addresses in Latin letters in normalised text."""
    return [*_persons(text), *_rooms(text)]


def _persons(text: str) -> Iterator[Found]:
    for match in _PERSON.finditer(text):
        kind = match.lastgroup or ""
        start, end = match.span(kind)
        if kind == "title":
            start = match.start()
        if text[start:end] not in _NO_NAMES:
            yield Found(start, end, "PERSON", 0.7)


def _rooms(text: str) -> Iterator[Found]:
    for match in _ROOM.finditer(text):
        # one part alone ("Room 12") is no address
        if "," in match.group() or re.search(r"\d\s[A-Z][a-z]", match.group()):
            yield Found(*match.span(), "ADDRESS", 0.75)
