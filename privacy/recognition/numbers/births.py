"""Dates of birth in all their spellings, and ages over 89 (the ages that HIPAA's safe harbour removes).

45 CFR 164.514(b)(2)(i)(C): all elements of dates directly related to an individual, and ages over 89.
"""

from __future__ import annotations

import re

from privacy.recognition.findings import Found

_HAN_DIGIT = "零〇○一二三四五六七八九"
_TO = rf"[初正元廿卅十{_HAN_DIGIT}]"
_YEAR = rf"(?:(?:18|19|20)[0-9]{{2}}|[一二][{_HAN_DIGIT}]{{3}})"
_SHORT_YEAR = rf"(?:{_YEAR}|[0-9]{{2}}|[{_HAN_DIGIT}]{{2}})"
_MONTH = rf"(?:1[0-2]|0?[1-9]|{_TO}{{1,2}})"
_DAY = rf"(?:[12][0-9]|3[01]|0?[1-9]|{_TO}{{1,3}})"
_MONTHS = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|"
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_NUMERIC = (
    rf"(?:{_SHORT_YEAR} ?[-/.年] ?{_MONTH} ?[-/.月] ?{_DAY}[日号]?|{_YEAR} ?年 ?{_MONTH} ?月(?:份)?|"
    r"(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])|(?:18|19|20)[0-9]{2}[-/.](?:1[0-2]|0?[1-9])|"
    r"[0-3]?[0-9][-/.][0-3]?[0-9][-/.](?:18|19|20)[0-9]{2})"
)
_ENGLISH = (
    rf"(?:[0-3]?[0-9](?:st|nd|rd|th)?(?: of)? {_MONTHS},? (?:18|19|20)[0-9]{{2}}|"
    rf"{_MONTHS} [0-3]?[0-9](?:st|nd|rd|th)?,? (?:18|19|20)[0-9]{{2}})"
)
_DATE = rf"(?:{_NUMERIC}|{_ENGLISH})"
_BEFORE = re.compile(
    r"(?:出生年月日?|出生日期|出生时间|出生于|生于|诞生于|出生|生日|生辰|birth ?day|date of birth|DOB|D\.O\.B\.?|"
    r"birth ?date|born(?: on| in)?)"
    rf"[:： \"为是在（(,，农历阳历公历]{{0,4}}(?P<date>{_DATE}|(?:18|19|20)[0-9]{{2}} ?年?)(?![0-9])",
    re.I,
)
_AFTER = re.compile(
    rf"(?<![0-9{_HAN_DIGIT}])(?P<date>{_DATE}|{_YEAR}年)"
    r"(?=[ ]?(?:出生|生人|[（(]?生日|生于|诞生|年?生[,，。；;、 )）]|生$))",
    re.I,
)
_AFTER_SEX = re.compile(
    rf"[男女性][,，、 |;；/（(]{{1,2}}(?:[\u4e00-\u9fff]{{1,4}}族[,，、 ]{{1,2}})?(?P<date>{_NUMERIC})(?![0-9])"
)
_CUES = ("生", "诞", "irth", "IRTH", "orn", "ORN", "DOB", "dob", "Dob", "D.O.B", "d.o.b")
"""Substrings without which no date of birth can be meant: sought faster than a pattern."""
_AFTER_CUE = re.compile(rf"[0-9年月日号份{_HAN_DIGIT}十] ?(?:[（(]?[出年]?生|诞)")
_SEX = ("男", "女", "性")
_HAN_AGE = rf"(?:九十[{_HAN_DIGIT}]?|(?:一|1)?百(?:零|〇)?[{_HAN_DIGIT}]?(?:十[{_HAN_DIGIT}]?)?|九[{_HAN_DIGIT}])"
_OLD = r"(?:9[0-9]|1[0-2][0-9])"
_AGE = re.compile(
    rf"(?<![0-9.{_HAN_DIGIT}十百第])(?P<years>{_OLD}|{_HAN_AGE})(?=[ ]?(?:周岁|岁|虚岁|高龄))"
    rf"|(?:年龄|年岁|岁数|享年|现年|年满|\bage[d]?|\bage is)[:： 为是已约]{{0,3}}"
    rf"(?P<label>{_OLD}|{_HAN_AGE})(?![0-9%]|\.[0-9])"
    rf"|(?<![0-9.])(?P<english>{_OLD})(?=[ -]?(?:years?[ -]old|year[- ]olds?|y/o|yo\b|yrs?\b))",
    re.I,
)
_AGE_CUES = (
    "岁", "龄", "享年", "现年", "年满",
    "age", "Age", "AGE", "ear", "EAR", "y/o", "Y/O", "yo", "YO", "yr", "Yr", "YR",
)  # fmt: skip


def find_births(text: str) -> list[Found]:
    """Find dates of birth and ages over 89 in normalised text, each by the words beside it."""
    found: list[Found] = []
    if any(cue in text for cue in _CUES):
        found += [Found(*m.span("date"), "DATE_OF_BIRTH", 0.85) for m in _BEFORE.finditer(text)]
        if _AFTER_CUE.search(text):
            found += [Found(*m.span("date"), "DATE_OF_BIRTH", 0.85) for m in _AFTER.finditer(text)]
    if any(sex in text for sex in _SEX):
        found += [Found(*m.span("date"), "DATE_OF_BIRTH", 0.7) for m in _AFTER_SEX.finditer(text)]
    if any(cue in text for cue in _AGE_CUES):
        for m in _AGE.finditer(text):
            found.append(Found(*m.span(m.lastgroup or 0), "AGE_OVER_89", 0.8))
    return found
