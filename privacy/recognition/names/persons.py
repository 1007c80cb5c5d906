"""Persons' names by grammar: what is beyond doubt by a label, a form of address or a middle dot.

The model decides in a sentence; this finds what it missed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from privacy.recognition.findings import Found
from privacy.recognition.names.characters import TRANSLITERATES
from privacy.recognition.names.surnames import COMPOUND_SURNAMES, SURNAMES

_SURNAME = rf"(?:{'|'.join(COMPOUND_SURNAMES)}|[{SURNAMES}])"
_HAN = "[\u4e00-\u9fff]"
_TITLES = "先生|女士|小姐|太太|阿姨|叔叔|大爷|大妈|大姐|大哥|师傅|警官|婆婆|伯伯"
_LABELS = (
    "姓名|联系人|户主|申请人|监护人|当事人|租客|租户|住户|来访人|来电人|投诉人|代办人|经办人|负责人|法定代表人|调解员|"
    "报案人|报修人|收件人|寄件人|代理人|承办人|记录人|审核人"
)
_ENDS = r"(?=[，,。；;、（(）)\s/|]|$)"
_DOT = "[·•・‧∙⋅･.]"
_OPPOSITE = r"(?:房东|业主|邻居|同事|租客|租户|工友|老板)"
_NO_NAME = (
    r"(?!房东|房主|单位|同事|时任|成员|成本|高层|高中|高度|管理|施工|安全|双方|项目|方面|师傅|时常|常常|曾经|"
    r"应当|尚未)"
)
# a person between words that leave no doubt: who the other party is, and what she did
_BETWEEN = re.compile(
    rf"(?:与|和|跟)(?P<party>{_NO_NAME}{_SURNAME}{_HAN}{{1,2}}?)"
    r"(?=因[^为而此故素果子]|发生(?:争|纠|冲|口|肢))"
    rf"|{_OPPOSITE}(?P<who>{_NO_NAME}{_SURNAME}{_HAN}{{1,2}}?)(?=拒不|拒绝|要求|不肯|不愿|不退|擅自|多次|催)"
)
_NAMED = re.compile(
    rf"(?:{_LABELS})(?:姓名)?\s?[:：]\s?(?P<label>{_SURNAME}{_HAN}{{1,2}}){_ENDS}"
    rf"|(?P<title>{_SURNAME}(?:{_TITLES}))"
    rf"|(?P<dotted>[{TRANSLITERATES}]{{2,9}}(?:{_DOT}[{TRANSLITERATES}]{{2,9}})+)"
)
_SCORES = {"label": 0.85, "title": 0.8, "dotted": 0.85, "party": 0.6, "who": 0.6}
_WHERE_NOTHING = frozenset(("title", "party", "who"))


def find_persons(text: str, sure: Sequence[Found] = ()) -> list[Found]:
    """Find persons' names in normalised text by grammar (no model).

    A label or a middle dot tells where a name ends, whatever `sure` holds; a form of address does
    not (谢卫东先生 holds 东先生), nor do the words around a party (与…因), and these count only where `sure`
    holds nothing.
    """
    found = []
    for match in (*_NAMED.finditer(text), *_BETWEEN.finditer(text)):
        kind = match.lastgroup or ""
        start, end = match.span(kind)
        if kind in _WHERE_NOTHING and any(f.start < end and start < f.end for f in sure):
            continue
        found.append(Found(start, end, "PERSON", _SCORES[kind]))
    return found
