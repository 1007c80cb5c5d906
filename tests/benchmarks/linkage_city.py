"""Twelve extracts with a truth: in a share of the records the id is missing or wrong, and more is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from privacy.contract import Contract, Field, Population
from privacy.fabrication import full_names, phones, resident_ids

DEPARTMENTS = 12
NO_ID = ("missing", "wrong digit", "swapped digits")
OTHER = (
    "name: another character that sounds the same",
    "name: characters swapped",
    "name: a wrong character",
    "name: pinyin",
    "birth: day and month swapped",
    "birth: wrong digit",
    "phone: wrong digit",
    "phone: digits swapped",
    "phone: missing",
    "sex: wrong",
)
_SOUNDS_ALIKE = dict(
    zip(
        "伟强磊军勇杰涛超明刚辉鹏飞鑫斌宇凯俊帆志文峰林东亮成康光永健世广兴良芳敏静丽艳霞英玲燕红慧玉萍莉洁云倩琳晶婷欣佳怡思雨瑶嘉露",
        "维墙垒钧涌洁滔抄名纲晖朋非欣宾雨楷峻番智闻锋琳冬谅诚慷洸咏建仕犷幸粮方闽净立宴侠瑛铃艳宏惠雨平丽杰芸欠林京停鑫加宜丝语摇佳路",
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class LinkageCity:
    """Extracts as a session hands them over, and whose each record is."""

    batches: list[tuple[Contract, pa.Table]]
    person: np.ndarray[Any, Any]
    dirty: np.ndarray[Any, Any]
    doubled_people: int


def contract(name: str) -> Contract:
    """Return the contract of one made-up department."""
    fields = (
        Field("resident_id", "direct_identifier", "resident_id", "pseudonym"),
        Field("name", "direct_identifier", "person_name", "drop"),
        Field("sex", "quasi_identifier", "category", "keep", domain="sexes"),
        Field("birth_date", "quasi_identifier", "date", "coarsen", to="age_band", bands=(0, 18),
              reference_date=date(2026, 1, 1), rename="age_band"),
        Field("phone", "direct_identifier", "phone", "drop"),
    )  # fmt: skip
    return Contract(
        name, {"en": name, "zh": name}, Population("city", 10**6), ("test",), "test",
        date(2030, 1, 1), fields, {"sexes": ("男", "女")}, 1e-9,
    )  # fmt: skip


def linkage_city(
    people: int,
    rows: int,
    seed: int,
    *,
    others: int = 1,
    dirty: float = 0.2,
    second_id: float = 0.0,
) -> LinkageCity:
    """Make twelve extracts of `rows` records each, drawn from `people` persons.

    Parameters
    ----------
    others
        Errors in other fields of a dirty record, beside that of its id.
    second_id
        Share of persons whom half of the departments know under another valid id.

    Notes
    -----
    One person in ten (a child, say) has the phone number of the person before. Each record draws its
    person without replacement within a department.
    """
    rng = np.random.default_rng(seed)
    male = rng.random(people) < 0.5
    birth = _births(rng, people)
    index = np.arange(people)
    phone = np.array(phones(index))
    shared = np.flatnonzero(rng.random(people) < 0.1)
    shared = shared[shared > 0]
    phone[shared] = phone[shared - 1]
    ids = np.array(resident_ids(index, birth, male))
    second = rng.random(people) < second_id
    other_ids = ids.copy()
    other_ids[second] = resident_ids(index[second] + people, birth[second], male[second])
    text = np.array([f"{b // 10000}-{b // 100 % 100:02d}-{b % 100:02d}" for b in birth.tolist()])
    whole = {
        "resident_id": ids,
        "name": np.array(full_names(rng, male)),
        "sex": np.where(male, "男", "女"),
        "birth_date": text,
        "phone": phone,
    }
    batches, persons, soiled = [], [], []
    for d in range(DEPARTMENTS):
        at = rng.permutation(people)[:rows]
        source = whole | ({"resident_id": other_ids} if d % 2 else {})
        columns = {k: v[at].astype(object) for k, v in source.items()}
        bad = rng.random(len(at)) < dirty
        _soil(rng, columns, np.flatnonzero(bad), others)
        c = contract(f"department_{d:02d}")
        made: dict[str, Any] = {k: pa.array(v, type=pa.string()) for k, v in columns.items()}
        key = pa.array(np.where(bad, None, columns["resident_id"]), type=pa.string())
        made |= {"person": key, "row": pa.array(np.arange(2, len(at) + 2))}
        table = pa.table(made)
        batches += [(c, table.slice(s, 100_000)) for s in range(0, len(at), 100_000)]
        persons.append(at)
        soiled.append(bad)
    return LinkageCity(batches, np.concatenate(persons), np.concatenate(soiled), int(second.sum()))


def _births(rng: np.random.Generator, n: int) -> np.ndarray[Any, Any]:
    days = np.datetime64("1940-01-01") + rng.integers(0, 30_000, n)
    y, m = days.astype("datetime64[Y]"), days.astype("datetime64[M]")
    return (
        (y.astype(int) + 1970) * 10_000
        + (m.astype(int) % 12 + 1) * 100
        + ((days - m).astype(int) + 1)
    )


def _soil(rng: np.random.Generator, columns: dict[str, Any], at: Any, others: int) -> None:
    kinds = rng.integers(0, len(NO_ID), len(at)).tolist()
    rolls = rng.integers(0, 10**6, (len(at), 1 + others)).tolist()
    for i, kind, roll in zip(at.tolist(), kinds, rolls, strict=True):
        columns["resident_id"][i] = _bad_id(columns["resident_id"][i], NO_ID[kind], roll[0])
        left = list(OTHER)
        for r in roll[1:]:
            error = left[r % len(left)]
            left = [e for e in left if e.split(":")[0] != error.split(":")[0]]
            _err(columns, i, error, r // 10)


def _bad_id(value: str, kind: str, roll: int) -> str:
    if kind == "missing":
        return ""
    if kind == "wrong digit":
        at = roll % 17
        return value[:at] + str((int(value[at]) + 1 + roll // 17 % 9) % 10) + value[at + 1 :]
    places = [i for i in range(16) if value[i] != value[i + 1]]
    at = places[roll % len(places)]
    return value[:at] + value[at + 1] + value[at] + value[at + 2 :]


def _err(columns: dict[str, Any], i: int, error: str, roll: int) -> None:
    field, kind = error.split(": ")
    if field == "sex":
        columns["sex"][i] = {"男": "女", "女": "男"}[columns["sex"][i]]
    elif field == "birth":
        y, m, d = columns["birth_date"][i].split("-")
        if kind.startswith("day") and int(d) <= 12 and d != m:
            columns["birth_date"][i] = f"{y}-{d}-{m}"
        else:
            columns["birth_date"][i] = f"{y}-{m}-{d[0]}{(int(d[1]) + 1 + roll % 9) % 10}"
    elif field == "phone":
        columns["phone"][i] = (
            "" if kind == "missing" else _bad_phone(columns["phone"][i], kind, roll)
        )
    else:
        columns["name"][i] = _bad_name(columns["name"][i], kind, roll)


def _bad_phone(value: str, kind: str, roll: int) -> str:
    places = [i for i in range(1, 10) if value[i] != value[i + 1]]
    if kind == "digits swapped" and places:
        at = places[roll % len(places)]
        return value[:at] + value[at + 1] + value[at] + value[at + 2 :]
    at = 2 + roll % 9
    return value[:at] + str((int(value[at]) + 1 + roll // 9 % 9) % 10) + value[at + 1 :]


def _bad_name(name: str, kind: str, roll: int) -> str:
    from pypinyin import lazy_pinyin

    if kind == "pinyin":
        return " ".join(lazy_pinyin(name))
    if kind == "characters swapped" and name[-1] != name[-2]:
        return name[:-2] + name[-1] + name[-2]
    places = [i for i in range(1, len(name)) if name[i] in _SOUNDS_ALIKE]
    if kind.startswith("another") and places:
        at = places[roll % len(places)]
        return name[:at] + _SOUNDS_ALIKE[name[at]] + name[at + 1 :]
    at = 1 + roll % (len(name) - 1)
    return name[:at] + "某可尔山水木火土"[roll % 8] + name[at + 1 :]
