"""Attacks on the whole of `query`: what one question may cost, tell or share with another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from api.answering.choosing import choice_for, of_both
from api.answering.question import AskedBounds
from api.workflows import release
from policies.errors import BadInput, ServiceFault
from privacy.noise import Ask, price
from privacy.query import bind
from tests.api.towns import Town, build_town
from tests.privacy.whole_path import DELTA, STORED, contracts

SQL = "SELECT count(*), sum(hours), avg(hours), count(DISTINCT person), median(hours) FROM visits"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return build_town(tmp_path_factory.mktemp("town"))


@pytest.mark.parametrize(
    "ask", [Ask(pure_epsilon=1e-5), Ask(pure_epsilon=1.0), Ask(rho=0.3), Ask(epsilon=0.5), Ask(rho=1e-6)]
)  # fmt: skip
@pytest.mark.parametrize("rows", range(1, STORED + 1))
def test_what_both_stages_cost_is_never_more_than_was_reserved(ask: Ask, rows: int) -> None:
    plan = bind(SQL, contracts())
    choice = choice_for(plan, ask, DELTA)
    bounds = replace(
        plan.bounds, rows=rows, groups=rows, clip="none" if rows == STORED else "filter"
    )
    figures = price(replace(plan, bounds=bounds), choice.rest, DELTA)
    together = choice.priced.charge + figures.charge
    assert together.nano_rho <= choice.charge.nano_rho
    assert together.atto_delta <= choice.charge.atto_delta
    assert of_both(choice, figures).charge == choice.charge


def test_figures_that_cost_more_than_was_reserved_are_not_drawn() -> None:
    plan = bind(SQL, contracts())
    choice = choice_for(plan, Ask(rho=0.3), DELTA)
    with pytest.raises(ServiceFault):
        of_both(choice, price(plan, Ask(rho=0.5), DELTA))


def test_rows_chosen_privately_from_the_filter_or_the_table_are_two_questions(town: Town) -> None:
    sql = "SELECT service, count(*) FROM requests GROUP BY service"
    answers = [
        town.ask(sql, bounds=AskedBounds("private", None, clip)) for clip in ("filter", "table")
    ]
    assert [a["replayed"] for a in answers] == [False, False]
    assert answers[0]["release"] != answers[1]["release"]
    again = town.ask(sql, bounds=AskedBounds("private", None, "table"))
    assert (again["replayed"], again["release"]) == (True, answers[1]["release"])


def test_a_release_states_the_measurement_that_chose_the_rows(town: Town) -> None:
    sql = "SELECT service, count(*) AS n FROM requests GROUP BY service"
    answer = town.ask(sql, bounds=AskedBounds("private"), ask=Ask(rho=0.004))
    privacy = answer["privacy"]
    first, second = privacy["mechanisms"]
    assert (first["statistic"], second["statistic"]) == ("contributions", "rows")
    assert first["name"].startswith("noisy_max")
    stated = first["rho"] + second["rho"]
    assert stated <= privacy["rho"] == pytest.approx(stated, rel=1e-6)


def test_the_tick_foresees_every_candidate_of_a_quantile(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def tick(_: int, cells: int) -> float:
        seen.append(cells)
        return 0.001

    monkeypatch.setattr(release, "tick", tick)
    answer = town.ask("SELECT place, median(age) FROM residents GROUP BY place")
    # 121 values of age or fewer bins, and three maxima: the point and the ends of its interval
    assert seen == [len(answer["rows"]) * 3 * _candidates(town)]


def _candidates(town: Town) -> int:
    from privacy.query import statistics_of

    contract = town.ws.store.snapshot("residents").contract
    (s,) = statistics_of(bind("SELECT median(age) FROM residents", contract))
    return len(s.grid) - 1


def test_a_join_counts_as_many_pseudonyms_as_either_table_allows() -> None:
    known = contracts()
    known["visits"] = replace(known["visits"], most_pseudonyms=1)
    sql = 'SELECT "group", count(*) FROM visits JOIN people USING (person) GROUP BY "group"'
    assert bind(sql, known).bounds.pseudonyms == known["people"].most_pseudonyms == 2


@pytest.mark.parametrize(
    "change",
    [{"population": replace(contracts()["people"].population, id="another")},
     {"pseudonym_purpose": "another"}, {"rows_per_person": 2}, {"person_key": "row"}],
    ids=str,
)  # fmt: skip
def test_tables_that_do_not_speak_of_the_same_persons_are_not_joined(
    change: dict[str, Any],
) -> None:
    known = contracts()
    known["people"] = replace(known["people"], **change)
    with pytest.raises(BadInput):
        bind("SELECT count(*) FROM visits LEFT JOIN people USING (person)", known)


def test_an_answer_that_fills_the_memory_is_refused_before_it_is_paid(town: Town) -> None:
    figures = ", ".join(f"count(*) FILTER (WHERE age > {i}) AS n{i}" for i in range(100))
    with pytest.raises(BadInput, match="10,000,000"):
        town.ask(f"SELECT place, BINS(wage, 2.4) AS w, {figures} FROM residents GROUP BY 1, 2")
