"""A number that names a person (a telephone, an identity card) is refused wherever a question may write one."""

from __future__ import annotations

import pytest

from api.answering.names import names_a_person
from policies.errors import BadInput
from privacy.query import bind
from privacy.query.asking import count, question
from privacy.query.terms import field
from tests.privacy.small import contract

PHONE, CARD = 13812345678, 440301199001011234
WRITTEN = [
    "SELECT count(*) FROM residents WHERE age <> {}",
    "SELECT count(*) FROM residents WHERE age IN (3, {})",
    "SELECT count(*) FROM residents WHERE age BETWEEN -{} AND 5",
    "SELECT count(*) FROM residents WHERE age + {} > 3",
    "SELECT sum(CASE WHEN age > 3 THEN {} ELSE 0 END) FROM residents",
    "SELECT sum(clamp(age * 1000000000, 0, {})) FROM residents",
    "SELECT BINS(age, 0, {}), count(*) FROM residents GROUP BY 1",
    "SELECT count(*) FILTER (WHERE age = {}) FROM residents",
    "SELECT count(*) FROM residents HAVING count(*) > {}",
    "SELECT count(*) FROM residents LIMIT {}",
]


@pytest.mark.parametrize("sql", WRITTEN)
@pytest.mark.parametrize("number", [PHONE, CARD])
def test_a_number_of_a_person_is_refused_and_not_repeated(sql: str, number: int) -> None:
    with pytest.raises(BadInput) as refused:
        bind(sql.format(number), contract(), None, names_a_person)
    assert str(number) not in str(refused.value)
    assert str(refused.value).startswith("query line 1")


def test_the_builder_refuses_it_too() -> None:
    of_residents = question(contract(), names_a_person).measure(count())
    with pytest.raises(BadInput):
        of_residents.where(field("age") != PHONE).plan()
    with pytest.raises(BadInput):
        of_residents.having("count", ">", PHONE).plan()


@pytest.mark.parametrize("number", [0, 65, 20240101, 2147483648, 1000000000, 110101001001])
def test_other_numbers_are_taken(number: int) -> None:
    assert bind(WRITTEN[0].format(number), contract(), None, names_a_person).where
