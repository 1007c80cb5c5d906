"""Each kind of question, asked of a town whose rows are known: the figure lies where its interval says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from api.answering.question import AskedBounds, Question
from api.workflows.release import ask
from policies.errors import BadInput, Refused
from privacy.noise import Ask
from tests.api.towns import PEOPLE, PLACES, SURE, Town, build_town


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return build_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def residents(town: Town) -> pd.DataFrame:
    frame = pd.DataFrame(town.residents)
    frame["wage"] = pd.to_numeric(frame["wage"])
    frame["born"] = pd.to_datetime(frame["born"])
    return frame


@pytest.fixture(scope="module")
def requests(town: Town, residents: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(town.requests).merge(residents, on="pid")


def _within(answer: dict[str, Any], exact: Callable[[tuple[Any, ...]], float], column: int) -> None:
    """Each figure of a column lies within its stated error of the exact one."""
    keys = [i for i, e in enumerate(answer["errors"][0]) if e is None]
    for row, errors, ends in zip(
        answer["rows"], answer["errors"], answer["intervals"], strict=True
    ):
        truth = exact(tuple(row[i] for i in keys))
        assert row[column] is not None
        assert ends[column][0] - 1e-9 <= truth <= ends[column][1] + 1e-9
        assert abs(row[column] - truth) <= errors[column] + 1e-9


def test_counts_by_two_columns(town: Town, residents: pd.DataFrame) -> None:
    answer = town.ask("SELECT place, status, count(*) AS n FROM residents GROUP BY 1, 2")
    assert len(answer["rows"]) == len(PLACES) * 2
    sizes = residents.groupby(["place", "status"]).size()
    _within(answer, lambda k: sizes.get(k, 0), 2)


def test_a_condition_over_several_columns(town: Town, residents: pd.DataFrame) -> None:
    sql = (
        "SELECT status, count(*) AS n FROM residents "
        "WHERE (age + 5) * 2 > 100 AND place LIKE '440303%' AND NOT (wage < 3000.50) GROUP BY status"
    )
    r = residents
    kept = r[(r.age > 45) & r.place.str.startswith("440303") & (r.wage >= 3000.50)]
    _within(town.ask(sql), lambda k: kept[kept.status == k[0]].shape[0], 1)


def test_sums_and_averages_of_a_decimal(town: Town, residents: pd.DataFrame) -> None:
    answer = town.ask(
        "SELECT status, sum(wage) AS total, avg(wage) AS mean FROM residents GROUP BY 1"
    )
    by = residents.groupby("status").wage
    _within(answer, lambda k: by.sum()[k[0]], 1)
    _within(answer, lambda k: by.mean()[k[0]], 2)


def test_variance_and_standard_deviation(town: Town, residents: pd.DataFrame) -> None:
    answer = town.ask(
        "SELECT variance(age) AS v, stddev(age) AS s FROM residents",
        ask=Ask(rho=0.01, confidence=SURE),
    )
    _within(answer, lambda _: residents.age.var(), 0)
    _within(answer, lambda _: residents.age.std(), 1)


def test_a_median_and_a_labelled_maximum(town: Town, residents: pd.DataFrame) -> None:
    answer = town.ask("SELECT status, median(age) AS m, max(age) AS most FROM residents GROUP BY 1")
    by = residents.groupby("status").age
    for row, ends in zip(answer["rows"], answer["intervals"], strict=True):
        assert ends[1][0] <= by.quantile(0.5, interpolation="lower")[row[0]] <= ends[1][1]
        assert row[2] <= 120
    assert any("quantile" in c for c in answer["columns"]) or any(
        "quantile" in n["en"] for n in answer["notes"]
    )


def test_a_share_as_a_ratio_of_two_counts(town: Town, residents: pd.DataFrame) -> None:
    sql = (
        "SELECT place, count(*) FILTER (WHERE status = 'migrant') / count(*) AS share "
        "FROM residents WHERE place LIKE '440303%' GROUP BY place"
    )
    answer = town.ask(sql, ask=Ask(rho=0.01, confidence=SURE))
    share = residents.assign(m=residents.status == "migrant").groupby("place").m.mean()
    for row, ends in zip(answer["rows"], answer["intervals"], strict=True):
        if row[0] in share.index and row[1] is not None:
            assert ends[1][0] - 1e-9 <= share[row[0]] <= ends[1][1] + 1e-9


def test_a_histogram_by_bins_and_by_case(town: Town, residents: pd.DataFrame) -> None:
    answer = town.ask(
        "SELECT BINS(age, 0, 18, 45, 60, 121) AS band, count(*) AS n FROM residents GROUP BY 1"
    )
    edges = [0, 18, 45, 60, 121]
    truth = pd.cut(residents.age, edges, right=False).value_counts(sort=False).tolist()
    assert len(answer["rows"]) == 4
    for row, errors, exact in zip(answer["rows"], answer["errors"], truth, strict=True):
        assert abs(row[1] - exact) <= errors[1]
    sql = "SELECT CASE WHEN age >= 60 THEN 'old' ELSE 'young' END AS who, count(*) AS n FROM residents GROUP BY 1"
    old = int((residents.age >= 60).sum())
    _within(town.ask(sql), lambda k: old if k[0] == "old" else PEOPLE - old, 1)


def test_years_of_dates_in_a_list(town: Town, residents: pd.DataFrame) -> None:
    sql = (
        "SELECT year(born) AS y, count(*) AS n FROM residents "
        "WHERE year(born) IN (1960, 1970, 1980) GROUP BY 1"
    )
    answer = town.ask(sql)
    assert [row[0] for row in answer["rows"]] == [1960, 1970, 1980]
    _within(answer, lambda k: int((residents.born.dt.year == k[0]).sum()), 1)


def test_a_join_of_events_to_their_persons(town: Town, requests: pd.DataFrame) -> None:
    sql = (
        "SELECT r.status, count(*) AS n, avg(q.hours) AS mean FROM requests q "
        "JOIN residents r ON q.person = r.person WHERE q.service <> 'none' GROUP BY r.status"
    )
    answer = town.ask(sql, ask=Ask(rho=0.01, confidence=SURE))
    by = requests.groupby("status")
    _within(answer, lambda k: by.size()[k[0]], 1)
    _within(answer, lambda k: by.hours.mean()[k[0]], 2)
    paid = [a["account"] for a in answer["accounts"]]
    assert any("/datasets/requests" in a for a in paid)
    assert any("/datasets/residents" in a for a in paid)
    assert len(paid) == len(set(paid))


def test_distinct_persons(town: Town, requests: pd.DataFrame) -> None:
    answer = town.ask("SELECT service, count(DISTINCT person) AS people FROM requests GROUP BY 1")
    by = requests.groupby("service").pid.nunique()
    _within(answer, lambda k: by.get(k[0], 0), 1)


def test_clipping_says_that_it_clips_and_counts_no_more_rows(
    town: Town, requests: pd.DataFrame
) -> None:
    answer = town.ask(
        "SELECT count(*) AS n FROM requests WHERE service = 'care'", bounds=AskedBounds(rows=1)
    )
    clipped = requests[requests.service == "care"].pid.nunique()
    assert answer["covers"] == "clipped"
    assert answer["privacy"]["bounds"]["rows_a_pseudonym"] == 1
    assert abs(answer["rows"][0][0] - clipped) <= answer["errors"][0][0]


@pytest.mark.parametrize("chooser", ["auto", "private"])
def test_the_planner_chooses_and_says_from_what(town: Town, chooser: Any) -> None:
    sql = "SELECT service, count(*) AS n FROM requests GROUP BY 1"
    answer = town.ask(sql, bounds=AskedBounds(rows=chooser))
    bounds = answer["privacy"]["bounds"]
    assert 1 <= bounds["rows_a_pseudonym"] <= 5
    assert bounds["chosen_by"] == {"auto": "public", "private": "private"}[chooser]
    again = town.ask(sql, bounds=AskedBounds(rows=chooser))
    assert again["replayed"]
    assert again["release"] == answer["release"]


def test_three_tiers_add_up_exactly(town: Town, residents: pd.DataFrame) -> None:
    answer = town.ask("SELECT TIERS(place), count(*) AS n FROM residents GROUP BY TIERS(place)")
    rows = {row[1]: row[2] for row in answer["rows"]}
    assert len(rows) == 2 + 4 + 12
    for code, n in rows.items():
        children = [m for c, m in rows.items() if c.startswith(code) and len(c) == len(code) + 3]
        assert not children or sum(children) == n
    for row, errors in zip(answer["unbiased"], answer["errors"], strict=True):
        exact = int(residents.place.str.startswith(row[1]).sum())
        assert abs(row[2] - exact) <= errors[2] + 1


def test_unknown_groups_pay_delta(town: Town, residents: pd.DataFrame) -> None:
    answer = town.ask("SELECT DISCOVER(year(born)) AS y, count(*) AS n FROM residents GROUP BY 1")
    assert answer["privacy"]["delta"] > 0
    assert all(a["after"]["delta"] > a["before"]["delta"] for a in answer["accounts"])
    truth = residents.born.dt.year.value_counts()
    assert all(row[0] in truth.index for row in answer["rows"])


def test_selection_is_free_and_says_that_intervals_do_not_cover(town: Town) -> None:
    sql = "SELECT place, count(*) AS n FROM residents GROUP BY place"
    first = town.ask(sql)
    few = town.ask(f"{sql} HAVING n > 100 ORDER BY n DESC LIMIT 3")
    assert few["replayed"]
    assert few["release"] == first["release"]
    ordered = sorted((r[1] for r in first["rows"] if r[1] > 100), reverse=True)
    assert [r[1] for r in few["rows"]] == ordered[:3]
    assert any("select" in n["en"].lower() for n in few["notes"])


def test_another_order_of_columns_is_the_same_release(town: Town) -> None:
    first = town.ask(
        "SELECT place, status, count(*) AS n FROM residents WHERE age < 40 GROUP BY 1, 2"
    )
    again = town.ask(
        "SELECT count(*) AS people, status, place FROM residents WHERE 40 > age GROUP BY 3, 2"
    )
    assert again["release"] == first["release"]
    assert {(r[0], r[1], r[2]) for r in first["rows"]} == {
        (r[2], r[1], r[0]) for r in again["rows"]
    }


@pytest.mark.parametrize("label", ["王小明", "Zhang Wei", "13812345678"])
def test_a_label_that_names_a_person_is_refused_and_not_repeated(town: Town, label: str) -> None:
    with pytest.raises((BadInput, Refused)) as caught:
        town.ask(f'SELECT status, count(*) AS "{label}" FROM residents GROUP BY 1')
    assert label not in str(caught.value)


def test_a_dry_run_does_not_recommend_noise(town: Town) -> None:
    sql = "SELECT place, status, BINS(age, 5), count(*) AS n FROM residents GROUP BY 1, 2, 3"
    advice = town.ask(sql, mode="dry-run", ask=Ask(epsilon=0.01))
    assert advice["recommended"] is False
    assert advice["reason"]
    assert town.ask("SELECT count(*) AS n FROM residents", mode="dry-run")["recommended"] is True


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT service, avg(hours) AS m FROM requests GROUP BY 1",
        "SELECT status, median(wage) AS m, count(*) AS n FROM residents GROUP BY 1",
        "SELECT TIERS(place), count(*) AS n FROM residents GROUP BY TIERS(place)",
        "SELECT r.status, sum(q.hours) AS h FROM requests q JOIN residents r USING (person) GROUP BY 1",
        "SELECT DISCOVER(year(born)) AS y, count(*) AS n FROM residents GROUP BY 1",
    ],
)
def test_made_up_answers_have_the_shape_and_spend_nothing(town: Town, sql: str) -> None:
    from api.database.ledger import balances

    before = balances(town.ws.engine)
    answer = town.ask(sql, mode="dummy")
    assert answer["dummy"]
    assert answer["rows"]
    assert balances(town.ws.engine) == before


def test_an_average_for_a_wished_accuracy_needs_a_public_group_size(town: Town) -> None:
    sql = "SELECT status, avg(age) AS m FROM residents GROUP BY 1"
    with pytest.raises(BadInput, match="group"):
        town.ask(sql, ask=Ask(accuracy=5.0))
    answer = town.ask(sql, ask=Ask(accuracy=5.0), group_size=1000, mode="dry-run")
    assert answer["privacy"]["rho"] > 0


def test_nobody_matches_and_nothing_breaks(town: Town) -> None:
    sql = "SELECT count(*) AS n, sum(hours / (hours - hours)) AS s, avg(hours) AS m FROM requests WHERE hours > 500"
    answer = town.ask(sql)
    assert abs(answer["rows"][0][0]) <= answer["errors"][0][0]
    assert answer["rows"][0][2] is None or answer["errors"][0][2] is not None


def test_authorisation_comes_before_a_replay(town: Town) -> None:
    sql = "SELECT status, count(*) AS n FROM residents WHERE age > 77 GROUP BY 1"
    town.ask(sql)
    with pytest.raises(Refused):
        town.ask(sql, purpose="curiosity")
    assert ask(town.ws, Question(sql, "planning", Ask(rho=0.005), "someone"))["replayed"]


def test_rows_are_chosen_for_a_wished_accuracy_too(town: Town) -> None:
    sql = "SELECT service, count(*) AS n FROM requests GROUP BY service"
    advice = town.ask(sql, bounds=AskedBounds(rows="auto"), ask=Ask(accuracy=60), mode="dry-run")
    assert advice["half_width"] <= 60
    assert advice["bounds"]["chosen_by"] == "public"
