"""Ids, names and weights by rules that stand outside this code."""

from __future__ import annotations

from datetime import date
from math import log2
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.contract import Contract
from privacy.intake.values import person_key
from privacy.linkage import IdentifiedRecords, link_records
from privacy.linkage.clusters import open_engine
from privacy.linkage.fields import person_fields
from privacy.linkage.fuzzy import COMPARISONS
from privacy.linkage.names import sounds, spelling
from privacy.linkage.records import _ascii
from privacy.recognition.numbers.identifiers import id_check_digit
from tests.benchmarks.linkage_city import contract

ODD = [
    "", " ", "000000000000000000", "111111191111111111", "191919191119111919", "16010019960808000X",
    "160100 19960808 0004", "160100-19960808-0004", "１６０１００１９９６０８０８０００４", "160100199602310004",
    "160100960808000", "160100961308000", "999999999999999", "01010019960808000X", "160100179608080004",
    "abc", "16010019960808000x", "1601001996080800045",
]  # fmt: skip


def in_engine(ids: list[str]) -> list[str | None]:
    db = open_engine()
    db.register("batch", pa.table({"resident_id": _ascii(pa.array(ids)), "place": range(len(ids))}))
    rows = db.execute("SELECT good FROM with_ids('batch') ORDER BY place").fetchall()
    return [good for (good,) in rows]


def test_ids_are_read_as_at_intake_at_the_edges() -> None:
    assert in_engine(ODD) == [person_key(x)[0] for x in ODD]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(100_000, 999_999),
            st.dates(date(1800, 1, 1), date(2099, 12, 31)),
            st.integers(0, 999),
            st.integers(0, 12),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_ids_are_read_as_at_intake(drawn: list[tuple[int, date, int, int]]) -> None:
    ids = []
    for region, day, number, slip in drawn:
        first = f"{region}{day:%Y%m%d}{number:03d}"
        ids.append(first + (id_check_digit(first) if slip else "0"))
        ids.append(first[:6] + first[8:])
    assert in_engine(ids) == [person_key(x)[0] for x in ids]


@pytest.mark.parametrize(
    ("raw", "spelt", "sound"),
    [
        ("王 小明", "王小明", "wangxiaoming"),
        ("Wang Xiaoming", "wangxiaoming", "wangxiaoming"),
        ("买买提·艾力", "买买提艾力", "maimaitiaili"),
        ('"李娜', "李娜", "lina"),
        ("欧阳娜娜", "欧阳娜娜", "ouyangnana"),
    ],
)
def test_names_have_one_spelling_and_one_sound(raw: str, spelt: str, sound: str) -> None:
    read = sounds()
    assert read is not None
    assert spelling(raw) == spelt
    assert read(spelling(raw)) == sound


def session(folder: Path, rows: list[dict[str, str]]) -> Any:
    c = contract("department")
    names = ("resident_id", "name", "sex", "birth_date", "phone")
    columns: dict[str, Any] = {n: pa.array([r.get(n, "") for r in rows]) for n in names}
    people = [person_key(r.get("resident_id", ""))[0] for r in rows]
    columns["person"] = pa.array(people, type=pa.string())
    columns["row"] = pa.array(range(len(rows)), type=pa.int64())
    with IdentifiedRecords(folder) as records:
        records.add(c, pa.table(columns))
        return link_records(records).connection


ID = "160100199608080004"
WHO = {"resident_id": ID, "name": "赵伟明", "sex": "女", "birth_date": "1996-08-12", "phone": "13800001234"}  # fmt: skip


def test_a_weight_is_the_sum_of_log_ratios(tmp_path: Path) -> None:
    """Fellegi & Sunter 1969; Splink adds the prior's odds: log₂(λ/(1−λ)) + Σ log₂(m/u)."""
    other = WHO | {"resident_id": "", "name": "赵维名", "birth_date": "1996-12-08", "sex": "男"}
    db = session(tmp_path, [WHO, other])
    (weight, probability) = db.execute("SELECT weight, probability FROM scored").fetchone()
    levels = {"name": 1, "birth": 1, "phone": 0, "sex": 1}
    ratios = sum(log2(COMPARISONS[k][i][1] / COMPARISONS[k][i][2]) for k, i in levels.items())
    odds = log2(0.1 / 0.9)  # fewer than ten persons count as ten
    assert weight == pytest.approx(ratios + odds, abs=1e-6)
    assert probability == pytest.approx(2**weight / (1 + 2**weight), abs=1e-9)


def test_m_and_u_are_probabilities() -> None:
    for levels in COMPARISONS.values():
        assert sum(m for _, m, _ in levels) == pytest.approx(1, abs=0.01)
        assert sum(u for _, _, u in levels) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "赵明伟"},
        {"name": "赵维明"},
        {"name": "zhao weiming"},
        {"birth_date": "1996-12-08"},
        {"phone": "13800001243"},
        {"sex": "男"},
        {"resident_id": ID[:8] + "7" + ID[9:]},
    ],
)
def test_one_error_beside_a_missing_id_is_seen_through(
    tmp_path: Path, change: dict[str, str]
) -> None:
    strangers = [
        WHO | {"resident_id": "160100199003070039", "name": "陈刚", "birth_date": "1990-03-07", "phone": "13911112222"},
        WHO | {"resident_id": "160100198811020050", "name": "赵伟", "birth_date": "1988-11-02", "phone": "13700007777"},
    ]  # fmt: skip
    rows = [WHO, *strangers, WHO | {"resident_id": ""} | change]
    got = dict(session(tmp_path, rows).execute("SELECT record, person FROM linked").fetchall())
    assert got[3] == got[0]
    assert len({got[0], got[1], got[2]}) == 3


def test_of_two_equally_likely_persons_neither_is_taken(tmp_path: Path) -> None:
    twins = [
        WHO | {"resident_id": ID, "name": "赵伟明"},
        WHO | {"resident_id": "160100199608080020", "name": "赵伟刚"},
    ]
    rows = [*twins, WHO | {"resident_id": "", "name": "赵伟"}]
    got = dict(session(tmp_path, rows).execute("SELECT record, person FROM linked").fetchall())
    assert got[2] not in (got[0], got[1])


def test_a_phone_of_many_says_nothing(tmp_path: Path) -> None:
    many = [
        {"resident_id": "", "name": f"赵{a}{b}", "sex": "女", "phone": "13800138000",
         "birth_date": f"19{60 + i % 40}-0{1 + i % 9}-1{i % 10}"}
        for i, (a, b) in enumerate((a, b) for a in "伟强磊军洋勇杰涛超明" for b in "刚平辉鹏华")
    ]  # fmt: skip
    db = session(tmp_path, many)
    assert db.execute("SELECT count(DISTINCT person) FROM linked").fetchone() == (len(many),)


def test_fields_are_found_by_type_and_domain() -> None:
    c: Contract = contract("x")
    assert person_fields(c).named() == {
        "resident_id": "resident_id",
        "name": "name",
        "phone": "phone",
        "birth": "birth_date",
        "sex": "sex",
    }
