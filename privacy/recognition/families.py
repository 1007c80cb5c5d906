"""The families of recognisers: one pure function over normalised text each, its types and its words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from privacy.recognition.findings import Found
from privacy.recognition.names.naming import TYPES, Namer
from privacy.recognition.numbers.births import find_births
from privacy.recognition.numbers.checked import checked_in
from privacy.recognition.numbers.labelled import find_labelled
from privacy.recognition.numbers.structured import find_shapes, find_structured

Find = Callable[[str], list[Any]]
"""From a text to what was found in it."""
THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Family:
    """A family of recognisers.

    Parameters
    ----------
    name
        As Presidio's registry names it.
    entities
        The types that it reports, by Presidio's convention.
    find
        The recogniser over normalised text.
    context
        Words beside a finding that make it surer, in Chinese and English.
    """

    name: str
    entities: tuple[str, ...]
    find: Callable[[str], list[Found]]
    context: tuple[str, ...] = ()


RULES = (
    Family(
        "CnCheckedIdentifierRecognizer",
        ("CN_RESIDENT_ID", "CN_CREDIT_CODE", "BANK_CARD", "IMEI", "STUDENT_NUMBER"),
        checked_in,
        ("身份证", "证件", "证号", "信用代码", "银行卡", "卡号", "学籍", "id", "card", "imei"),
    ),
    Family(
        "CnShapedIdentifierRecognizer",
        (
            "CN_RESIDENT_ID", "PHONE_NUMBER", "EMAIL_ADDRESS", "URL", "MAC_ADDRESS", "IP_ADDRESS",
            "IMEI", "PASSPORT", "TRAVEL_PERMIT", "RESIDENCE_PERMIT", "BANK_CARD", "LICENSE_PLATE",
            "HK_IDENTITY_CARD", "TW_IDENTITY_CARD", "MO_IDENTITY_CARD",
        ),
        find_shapes,
        ("身份证", "证件", "电话", "手机", "联系", "护照", "通行证", "车牌", "邮箱", "phone", "mobile", "passport"),
    ),
    Family(
        "CnLabelledIdentifierRecognizer",
        (
            "ACCOUNT", "SOCIAL_SECURITY_NUMBER", "MEDICAL_RECORD", "STUDENT_NUMBER", "PASSPORT",
            "RESIDENCE_PERMIT", "TRAVEL_PERMIT", "PHONE_NUMBER", "IMEI", "GPS_COORDINATES",
        ),
        find_labelled,
        ("微信", "社保", "医保", "病历", "学号", "wechat", "qq"),
    ),
    Family(
        "CnBirthAndAgeRecognizer",
        ("DATE_OF_BIRTH", "AGE_OVER_89"),
        find_births,
        ("出生", "生日", "年龄", "birth", "born", "age"),
    ),
)  # fmt: skip


def families(model: Path | None = None) -> tuple[Family, ...]:
    """Return all families: the rules, and names by grammar and the model that ships or that is named."""
    words = ("姓名", "联系人", "住址", "地址", "name", "address")
    return (*RULES, Family("CnNameRecognizer", TYPES, Namer(model).find, words))


def finders(model: Path | None = None) -> tuple[Find, ...]:
    """Return the functions of all families for one pass; checked and shaped identifiers share theirs."""
    shared = (checked_in, find_shapes)
    return (find_structured, *(f.find for f in families(model) if f.find not in shared))
