"""What a contract says of shared rows and of rows to expect; what may not be named in a question."""

from __future__ import annotations

import jsonschema
import pytest

from policies.errors import BadInput
from privacy.contract import contract_from_json, json_schema, to_odcs
from privacy.query import BoundsAsked, bind
from privacy.query.asking import count, field, question
from privacy.query.refusals import CLAUSES, OUTSIDE
from tests.privacy.city import bills, reach, residents, visits


def test_shared_rows_and_expected_rows_are_read_in_both_forms_and_kept() -> None:
    made = bills(expected_rows=[0.5, 0.3, 0.2])
    assert made.shared_rows
    assert made.expected_rows == (0.5, 0.3, 0.2)
    assert contract_from_json(made.as_json()) == made
    odcs = to_odcs(made.as_json())
    jsonschema.Draft202012Validator(json_schema()).validate(odcs)
    assert contract_from_json(odcs).expected_rows == made.expected_rows
    assert contract_from_json(odcs).shared_rows


@pytest.mark.parametrize("rows", [[0.5, 0.1], [1.5, -0.5], [0.2] * 5, ["many"]])
def test_expected_rows_are_shares_up_to_the_bound_that_add_up(rows: list[object]) -> None:
    with pytest.raises(BadInput):
        bills(expected_rows=rows)
    with pytest.raises(BadInput):
        bills(shared_rows="yes")


def test_a_plan_says_whose_rows_are_shared_and_how_they_are_bounded() -> None:
    assert bind("SELECT sum(amount) FROM bills", bills()).bounds.shared
    plain = bind("SELECT count(*) FROM visits", visits()).bounds
    assert (plain.stored, plain.rows, plain.clip, plain.chosen_by) == (20, 20, "none", "contract")
    asked = bind("SELECT count(*) FROM visits", visits(), BoundsAsked(3, 2, "table")).bounds
    assert (asked.rows, asked.groups, asked.clip, asked.chosen_by) == (3, 2, "table", "asked")
    more = bind("SELECT count(*) FROM visits", visits(), BoundsAsked(rows=99)).bounds
    assert more == plain
    for wrong in (0, -1):
        with pytest.raises(BadInput):
            BoundsAsked(rows=wrong)


def _names_li(text: str) -> bool:
    return "li lei" in text.lower()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) AS Li_Lei FROM residents".replace("Li_Lei", '"Li Lei"'),
        "SELECT count(*) FROM residents WHERE school = 'Li Lei'",
        "SELECT school, count(*) FROM residents WHERE school IN ('S1', 'Li Lei') GROUP BY 1",
        "SELECT CASE WHEN age > 3 THEN 'Li Lei' END AS g, count(*) FROM residents GROUP BY g",
        "SELECT coalesce(district, 'Li Lei') AS g, count(*) FROM residents GROUP BY g",
        "SELECT district || ' Li Lei' AS g, count(*) FROM residents GROUP BY g",
        "SELECT replace(district, 'north', 'Li Lei') AS g, count(*) FROM residents GROUP BY g",
    ],
)
def test_a_text_that_names_a_person_never_enters_a_plan_or_an_error(sql: str) -> None:
    with pytest.raises(BadInput) as refused:
        bind(sql, reach(), names_a_person=_names_li)
    assert "li lei" not in str(refused.value).lower()
    assert bind(sql, reach()).aggregates


def test_the_builder_refuses_who_is_named_and_says_no_position() -> None:
    with pytest.raises(BadInput, match="question: this reads like a person"):
        question(residents(), _names_li).where(field("school") == "Li Lei").measure(count()).plan()


def test_two_tables_are_joined_only_on_the_same_persons() -> None:
    sql = "SELECT count(*) FROM visits JOIN residents USING (person)"
    either = "SELECT count(*) FROM residents JOIN visits USING (person)"
    assert bind(sql, reach()).canonical() == bind(either, reach()).canonical()
    assert (
        bind(sql, {"visits": visits(most_pseudonyms=3), "residents": residents()}).bounds.pseudonyms
        == 3
    )
    for changed in (
        residents(population={"id": "other", "public_size": 1_000_000}),
        residents(pseudonym_purpose="other"),
        residents(pseudonym_hash="sm3"),
        residents(rows_per_person=2),
    ):
        with pytest.raises(BadInput) as refused:
            bind(sql, {"visits": visits(), "residents": changed})
        assert "column" in refused.value.where
        assert "JOIN residents USING (person)" in refused.value.todo


def test_every_refusal_says_what_and_what_to_write_instead() -> None:
    for what, instead in (*OUTSIDE.values(), *CLAUSES.values()):
        assert len(what) > 10
        assert instead


EXAMPLES = {
    "Window": "sum(age) OVER ()", "Exists": "EXISTS (SELECT 1)", "RegexpLike": "regexp_matches(word, 'a')",
    "SimilarTo": "word SIMILAR TO 'a'", "Glob": "word GLOB 'a*'", "Round": "round(age)", "Floor": "floor(age)",
    "Ceil": "ceil(age)", "Pow": "age ** 2", "Sqrt": "sqrt(age)", "Ln": "ln(age)", "CurrentDate": "current_date",
    "TimestampTrunc": "date_trunc('month', born)", "Mode": "mode(age)", "CountIf": "count_if(age > 1)",
    "First": "first(age)", "AnyValue": "any_value(age)", "Placeholder": "?", "BitwiseAnd": "age & 1",
    "WidthBucket": "width_bucket(age, 0, 10, 2)", "Anonymous": "my_own(age)", "Subquery": "(SELECT 1)",
    "ApproxDistinct": "approx_count_distinct(age)", "ArrayAgg": "array_agg(age)", "Corr": "corr(age, points)",
    "ApproxQuantile": "approx_quantile(age, 0.5)", "Interval": "INTERVAL 1 DAY", "Struct": "{'a': 1}",
}  # fmt: skip


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_refusal_is_the_one_of_the_table(kind: str) -> None:
    what = {k.__name__: told for k, (told, _) in OUTSIDE.items()}[kind]
    with pytest.raises(BadInput) as refused:
        bind(f"SELECT {EXAMPLES[kind]} AS x, count(*) FROM residents GROUP BY 1", reach())
    assert refused.value.what == what
