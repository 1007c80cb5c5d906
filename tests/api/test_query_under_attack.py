"""A researcher who means harm: what she can learn without paying, twice, or from what fails."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from api.database.ledger import balances
from api.workflows.release import show_release
from policies.errors import BadInput, Refused, ServiceFault
from privacy.noise import Ask, NoiseProcess
from tests.api.towns import PLACES, Town, build_town

SQL = "SELECT status, avg(age) AS m, median(wage) AS w FROM residents GROUP BY 1"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return build_town(tmp_path_factory.mktemp("town"))


@contextmanager
def unreadable(paths: tuple[Path, ...]) -> Iterator[None]:
    """Put something in the files' places that nothing can be counted from."""
    kept = {p: p.read_bytes() for p in paths}
    try:
        for p in paths:
            p.chmod(0o600)
            p.write_bytes(b"no rows: \xe5\xbc\xa0\xe4\xbc\x9f 440301199001011234")
        yield
    finally:
        for p, body in kept.items():
            p.write_bytes(body)


def _spent(town: Town) -> dict[str, float]:
    return {
        b["account"]: b["spent"]["rho"] + b["reserved"]["rho"] for b in balances(town.ws.engine)
    }


def test_what_costs_nothing_reads_no_row(town: Town) -> None:
    released = town.ask(SQL)
    files = (*town.ws.store.snapshot("residents").files, *town.ws.store.snapshot("requests").files)
    joined = (
        "SELECT r.status, count(*) AS n FROM requests q JOIN residents r USING (person) GROUP BY 1"
    )
    before = [town.ask(q, mode=m) for q in (SQL, joined) for m in ("dry-run", "dummy")]
    with unreadable(files):
        after = [town.ask(q, mode=m) for q in (SQL, joined) for m in ("dry-run", "dummy")]
        shown = show_release(town.ws, released["release"], 0.5)
        again = town.ask(SQL)
    for one, other in zip(before, after, strict=True):
        assert (one["columns"], one.get("expected")) == (other["columns"], other.get("expected"))
        assert one.get("privacy") == other.get("privacy")
    assert shown["rows"] == released["rows"] == again["rows"]
    assert again["replayed"]


def test_a_fault_of_the_rows_quotes_nothing_and_stays_spent(town: Town) -> None:
    before = _spent(town)
    with (
        unreadable(town.ws.store.snapshot("residents").files),
        pytest.raises(ServiceFault) as fault,
    ):
        town.ask("SELECT count(*) AS n FROM residents WHERE age > 3", researcher="unlucky")
    assert not any(word in str(fault.value) for word in ("张伟", "4403", ".parquet", "residents"))
    assert fault.value.__cause__ is None
    assert _spent(town).get("town", 0.0) > before.get("town", 0.0)


def test_the_same_question_at_once_is_drawn_and_paid_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws: list[int] = []
    honest = NoiseProcess.draw

    def counted(self: NoiseProcess, *asked: Any) -> Any:
        draws.append(1)
        return honest(self, *asked)

    monkeypatch.setattr(NoiseProcess, "draw", counted)
    answers: list[dict[str, Any]] = []
    refused: list[Refused] = []
    before = _spent(town).get("town", 0.0)
    start = threading.Barrier(6)

    def ask() -> None:
        start.wait()
        try:
            answers.append(town.ask("SELECT place, sum(wage) AS s FROM residents GROUP BY 1"))
        except Refused as error:
            refused.append(error)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(draws) == 1
    assert len(answers) + len(refused) == 6
    assert len({str(a["rows"]) for a in answers}) == 1
    assert _spent(town).get("town", 0.0) - before == pytest.approx(answers[0]["privacy"]["rho"])


def test_a_worker_that_dies_releases_nothing_and_the_next_draw_is_paid_anew(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql = "SELECT place, count(*) AS n FROM residents WHERE age < 50 GROUP BY 1"
    honest = NoiseProcess._asked

    def dying(self: NoiseProcess, *asked: Any) -> Any:
        process = self._running()
        process.kill()
        process.wait()
        broken.setattr(NoiseProcess, "_running", lambda _: process)
        return honest(self, *asked)

    before = _spent(town).get("town", 0.0)
    with monkeypatch.context() as broken:
        broken.setattr(NoiseProcess, "_asked", dying)
        with pytest.raises(ServiceFault):
            town.ask(sql)
    once = _spent(town).get("town", 0.0) - before
    answer = town.ask(sql)
    assert not answer["replayed"]
    assert _spent(town).get("town", 0.0) - before == pytest.approx(2 * once)


@pytest.mark.parametrize("word", ["张伟", "440301199001011234", "13812345678"])
def test_a_literal_of_a_person_is_nowhere_in_the_workspace(town: Town, word: str) -> None:
    for sql in (
        f"SELECT count(*) FROM residents WHERE status = '{word}'",
        f'SELECT count(*) AS "{word}" FROM residents',
        f"SELECT CASE WHEN age > 3 THEN '{word}' ELSE 'b' END AS c, count(*) FROM residents GROUP BY 1",
        f"SELECT count(*) FROM residents WHERE born = '{word}'",
    ):
        with pytest.raises(BadInput) as refused:
            town.ask(sql)
        assert word not in str(refused.value)
    whole = b"".join(p.read_bytes() for p in town.ws.root.rglob("*") if p.is_file())
    assert word.encode() not in whole


def test_a_hundred_thousand_groups_are_answered_whatever_the_rows_hold(town: Town) -> None:
    answer = town.ask(
        "SELECT place, BINS(wage, 2.4) AS w, count(*) AS n FROM residents GROUP BY 1, 2"
    )
    noisy = [row[2] for row in answer["unbiased"]]
    assert len(noisy) == len(PLACES) * 8_334
    assert all(isinstance(n, int) for n in noisy)
    assert sum(n != 0 for n in noisy) > 50_000  # empty groups have their noise too


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) AS n FROM residents LIMIT 0",
        "SELECT count(*) FILTER (WHERE false) AS n FROM residents",
        "SELECT status, count(*) AS n FROM residents GROUP BY 1 HAVING count(*) > 1000000",
    ],
)
def test_a_question_that_shows_nothing_is_paid_like_any_other(town: Town, sql: str) -> None:
    before = _spent(town).get("town", 0.0)
    answer = town.ask(sql, ask=Ask(rho=0.0011))
    assert answer["replayed"] or _spent(town).get("town", 0.0) > before
