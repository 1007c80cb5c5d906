"""The commands: publish, answer on a device, hand in, estimate; what is refused, and what is never kept or said."""

from __future__ import annotations

import json
import secrets
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.workflows.survey import take_one
from api.workflows.survey_device import answer_on_device, read_design
from api.workspace import open_workspace
from policies.errors import BadInput
from privacy.survey import randomise
from tests.api.commands import Ran, run, run_apart
from tests.survey.made import body, document

STRATA = [
    {"group": g, "district": "南山", "street": s, "community": c, "tokens": 40}
    for g in ("local", "migrant")
    for s, c in (("粤海", "麻岭"), ("桃源", "平山"))
]


class Office:
    """A workspace with a published survey, its tokens, and people who answer."""

    def __init__(self, folder: Path, **changes: Any) -> None:
        self.folder, self.workspace = folder, folder / "ws"
        self.made = self.design(**changes)
        self.survey = read_design(folder / "public" / "design.json")

    def design(self, tokens: int = 0, **changes: Any) -> Any:
        (self.folder / "t.yaml").write_bytes(body(**changes))
        ran = self.run("design", self.folder / "t.yaml", "--tokens", str(tokens),
                       "--out", self.folder / "public", "--json")  # fmt: skip
        return ran.json if ran.code == 0 else ran

    def run(self, *arguments: str | Path) -> Ran:
        return run("survey", *arguments, "--workspace", self.workspace, "--language", "en")

    def slips(self) -> list[list[str]]:
        lines = Path(self.made["files"]["tokens"]).read_text("utf-8").splitlines()[1:]
        return [line.split(",") for line in lines]

    def answer(self, token: str, truths: dict[str, str] | None = None) -> dict[str, Any]:
        truths = truths or {"fear": "fears", "trust": "s25", "need": "n3"}
        answers = {
            q.id: randomise(
                q.mechanism, q.option_ids, q.option_ids.index(truths[q.id]), secrets.randbelow
            )
            for q in self.survey.questions
        }
        return {
            "survey": self.survey.id,
            "design": self.survey.digest,
            "token": token,
            "answers": answers,
        }

    def hand_in(self, *answers: Any) -> Ran:
        path = self.folder / "answers.jsonl"
        path.write_text("".join(f"{json.dumps(a)}\n" for a in answers), "utf-8")
        return self.run("answer", path, "--json")

    def rows(self, query: str) -> list[Any]:
        with sqlite3.connect(self.workspace / "ledger.sqlite") as database:
            return database.execute(query).fetchall()


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path, strata=STRATA)


def test_a_design_is_signed_with_the_digest_of_its_page(office: Office) -> None:
    public = office.folder / "public"
    assert run("verify", public, "--trust", public / "trust.json").code == 0
    (public / "page.html").write_bytes((public / "page.html").read_bytes() + b" ")
    assert run("verify", public, "--trust", public / "trust.json").code == 1


def test_answers_come_in_and_groups_and_tiers_agree(office: Office) -> None:
    done = office.hand_in(*(office.answer(s[-1]) for s in office.slips()))
    assert (done.code, done.json) == (0, {"taken": 160, "refused": []})
    tiers = office.run("estimate", "t-1", "--by", "tier", "--json").json
    cells = tiers["questions"]["trust"]["cells"]
    assert set(cells) == {
        "南山",
        "南山 / 粤海",
        "南山 / 桃源",
        "南山 / 粤海 / 麻岭",
        "南山 / 桃源 / 平山",
    }
    for option, share in cells["南山"]["shares"].items():
        parts = [cells[c]["shares"][option]["number"] for c in ("南山 / 粤海", "南山 / 桃源")]
        assert share["number"] == pytest.approx(sum(parts))
    groups = office.run("estimate", "t-1", "--by", "group", "--by", "street", "--json").json
    assert "migrant × 南山 / 粤海" in groups["questions"]["fear"]["cells"]
    assert groups["audience"] == "public"
    found = office.run("estimate", "t-1", "--json").json["questions"]["fear"]["cells"]["all"]
    assert found["shares"]["fears"]["low"] > 0.5  # all of them fear: the interval is far from none
    signed = office.folder / "signed"
    assert office.run("estimate", "t-1", "--out", signed).code == 0
    trust = office.folder / "public" / "trust.json"
    assert run("verify", signed, "--trust", trust).code == 0


def test_too_few_answers_are_undefined_with_the_reason_and_never_0(office: Office) -> None:
    slips = office.slips()
    office.hand_in(*(office.answer(s[-1]) for s in slips[:9]))
    report = office.run("estimate", "t-1", "--by", "group", "--json").json
    cells = report["questions"]["fear"]["cells"]
    assert cells == {"local": None, "migrant": None}
    assert report["undefined"]["questions.fear.cells.local"] == "fewer than 10 answers"
    assert report["undefined"]["questions.fear.cells.migrant"] == "nobody has answered"
    spoken = office.run("estimate", "t-1", "--by", "group").out
    assert "nobody has answered" in spoken
    assert "0.0%" not in spoken


def test_a_token_is_taken_once_by_whoever_comes_first(office: Office) -> None:
    ws, token = open_workspace(office.workspace), office.slips()[0][-1]

    def handed_in(_: int) -> bool:
        try:
            take_one(ws, "t-1", json.loads(json.dumps(office.answer(token))))
        except BadInput:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(handed_in, range(16))) == 1
    assert office.rows("SELECT count(*) FROM survey_reports")[0][0] == 3


def test_two_processes_at_once_take_a_token_once(office: Office) -> None:
    line = json.dumps(office.answer(office.slips()[0][-1])) + "\n"
    arguments = ("survey", "answer", "-", "--json", "--workspace", office.workspace)
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: run_apart(*arguments, stdin=line * 3), range(2)))
    assert sorted(d.json["taken"] for d in done) == [0, 1]


def test_nothing_stored_leads_from_an_answer_to_its_token_or_its_time(office: Office) -> None:
    tokens = [s[-1].replace("-", "") for s in office.slips()]
    ws = open_workspace(office.workspace)
    for token in tokens[:30]:
        take_one(ws, "t-1", json.loads(json.dumps(office.answer(token))))
    columns = {c[1] for c in office.rows("PRAGMA table_info(survey_reports)")}
    assert columns == {"survey", "key", "stratum", "question", "report"}
    kinds = dict(office.rows("SELECT name, sql FROM sqlite_master WHERE name LIKE 'survey_%'"))
    assert all("WITHOUT ROWID" in kinds[t] for t in ("survey_tokens", "survey_reports"))
    assert not [i for (i,) in office.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    # the spent hashes are gone, from the file's free pages and the write-ahead log too
    left = office.rows("SELECT count(*) FROM survey_tokens")[0][0]
    assert left == len(tokens) - 30
    from api.database.surveys import token_hash

    stored = (office.workspace / "ledger.sqlite").read_bytes()
    log = office.workspace / "ledger.sqlite-wal"
    stored += log.read_bytes() if log.exists() else b""
    for token in tokens[:30]:
        assert token.encode() not in stored
        assert token_hash("t-1", token) not in stored


def test_the_order_of_rows_does_not_tell_who_came_first(office: Office) -> None:
    """Answers of people who come in known order: their places in the table are a random permutation."""
    ws, places = open_workspace(office.workspace), []
    for n, slip in enumerate(office.slips()[:60]):
        # the option tells the turn, so that the test, and it alone, can follow
        given = office.answer(slip[-1])
        given["answers"] |= {"need": [f"n{i}" for i in range(12) if n >> i & 1]}
        take_one(ws, "t-1", json.loads(json.dumps(given)))
    for (report,) in office.rows("SELECT report FROM survey_reports WHERE question = 'need'"):
        places.append(sum(1 << int(o[1:]) for o in json.loads(report)))
    assert sorted(places) == list(range(60))
    from scipy.stats import spearmanr

    assert abs(spearmanr(places, range(60)).statistic) < 0.6  # 4.6 standard errors


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"token": "AAAA-BBBB-CCCC-DDDD"}, "token"),
        ({"token": "SECRET"}, "sixteen"),
        ({"token": 7}, "is not an answer"),
        ({"survey": "SECRET"}, "no such survey"),
        ({"design": "SECRET"}, "another design"),
        ({"answers": {"fear": "calm"}}, "each question once"),
        ({"answers": {"fear": "SECRET", "trust": "s0", "need": []}}, "question fear"),
        ({"answers": {"fear": ["calm"], "trust": "s0", "need": []}}, "question fear"),
        ({"answers": {"fear": "calm", "trust": "s0", "need": ["n2", "n1"]}}, "question need"),
        ({"answers": {"fear": "calm", "trust": "s0", "need": ["n1", "n1"]}}, "question need"),
        ({"answers": {"fear": "calm", "trust": "s0", "need": "n1"}}, "question need"),
        ({"answers": ["SECRET"]}, "is not an answer"),
        ({"address": "SECRET"}, "is not an answer"),
        ({"answers": {"fear": "\ud800", "trust": "s0", "need": []}}, "question fear"),
    ],
)
def test_bad_answers_are_named_by_file_and_line_and_never_repeated(
    office: Office, change: dict[str, Any], said: str
) -> None:
    good, bad = (office.answer(s[-1]) for s in office.slips()[:2])
    done = office.hand_in(good, bad | change)
    assert done.code == 2
    assert done.json["taken"] == 1
    (refused,) = done.json["refused"]
    assert "answers.jsonl, line 2" in refused["where"]
    assert said in refused["where"] + " " + refused["what"]
    assert "SECRET" not in done.out + done.err
    assert office.hand_in(bad).json["taken"] == 1  # a refused line spent no token


@pytest.mark.parametrize(
    "line", [b"garbage", b"[" * 50_000, b"\xff\xfe", b'{"a":' * 9_000, b"7" * 70_000]
)
def test_what_is_no_answer_at_all_is_refused(office: Office, line: bytes) -> None:
    path = office.folder / "broken.jsonl"
    path.write_bytes(line + b"\n")
    done = office.run("answer", path, "--json")
    assert done.code == 2
    assert len(done.json["refused"]) == 1


def test_the_same_file_again_makes_more_tokens_and_the_same_page(office: Office) -> None:
    again = office.design(strata=STRATA)
    assert again["page"] == office.made["page"]
    assert again["new_tokens"] == 160
    assert sum(s["tokens"] for s in again["strata"]) == 320
    assert office.rows("SELECT allocated_nano_epsilon FROM survey_accounts")[0][0] <= 3 * 10**9


def test_a_new_wave_of_the_same_questions_costs_nothing_and_a_new_question_must_fit(
    office: Office,
) -> None:
    allocated = office.rows("SELECT allocated_nano_epsilon FROM survey_accounts")
    assert office.design(survey="t-2", wave=2)["survey"] == "t-2"
    assert office.rows("SELECT allocated_nano_epsilon FROM survey_accounts") == allocated
    fresh = document()["questions"][0] | {"id": "fresh", "epsilon": 0.5}
    for refused, changes in {
        "not enough": {"survey": "t-3", "wave": 3, "questions": [fresh]},
        "published already": {"survey": "t-9", "wave": 2},
        "another lifetime": {"survey": "t-4", "wave": 4, "lifetime_epsilon": 9},
        "devices remember": {"survey": "t-5", "wave": 5, "epsilon": 2},
        "not enough left": {"survey": "u-1", "series": "u"},
    }.items():
        ran = office.design(**changes)
        assert ran.code == 4, refused
        assert refused.removesuffix(" left") in ran.err
    assert office.rows("SELECT count(*) FROM surveys") == [(2,)]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"surprise": 1}, "unknown key"), ({"lifetime_epsilon": 0}, "lifetime_epsilon"),
        ({"lifetime_epsilon": 11}, "lifetime_epsilon"), ({"lifetime_epsilon": True}, "lifetime_epsilon"),
        ({"epsilon": 4}, "lifetime"), ({"title": {"en": "one"}}, "both languages"), ({"wave": 0}, "wave"),
        ({"survey": "Büro"}, "survey"), ({"questions": []}, "questions"),
        ({"strata": [{"community": "x"}]}, "street"), ({"strata": [{}, {}]}, "twice"),
        ({"questions": [document()["questions"][0]] * 2}, "its own id"),
        ({"questions": [document()["questions"][0] | {"renew": [1]}]}, "renew"),
        ({"questions": [document()["questions"][0] | {"share": 0}]}, "share"),
    ],
)  # fmt: skip
def test_a_survey_that_breaks_a_rule_is_named(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    (tmp_path / "t.yaml").write_text(yaml.safe_dump(document(**changes)), "utf-8")
    ran = run("survey", "design", tmp_path / "t.yaml", "--workspace", tmp_path / "ws")
    assert ran.code == 2
    assert "t.yaml" in ran.err or "strata" in ran.err
    assert said in ran.err


def test_a_person_answers_on_her_own_device_without_a_browser(office: Office) -> None:
    mine, memory = office.folder / "mine.yaml", office.folder / "memory.json"
    mine.write_text("fear: fears\ntrust: s25\nneed: n3\n", "utf-8")
    design = office.folder / "public" / "design.json"
    lines = []
    for slip in office.slips()[:3]:
        ran = run(
            "survey",
            "randomise",
            design,
            "--answers",
            mine,
            "--token",
            slip[-1],
            "--memory",
            memory,
        )
        assert ran.code == 0
        lines.append(ran.json)
    assert (
        lines[0]["answers"] == lines[1]["answers"] == lines[2]["answers"]
    )  # unchanged: the same again
    assert office.hand_in(*lines).json["taken"] == 3
    memory.write_text("{}", "utf-8")
    ran = run(
        "survey", "randomise", design, "--answers", mine, "--token", slip[-1], "--memory", memory
    )
    assert ran.code == 2  # a spoilt memory is not taken for none: drawing anew would cost
    forged = json.loads(design.read_text("utf-8"))
    forged["design"]["questions"][0]["mechanism"]["truth"] += 1
    design.write_text(json.dumps(forged), "utf-8")
    with pytest.raises(BadInput, match="not those of its ε"):
        read_design(design)


def test_two_runs_on_one_device_at_once_draw_once(office: Office) -> None:
    memory, token = office.folder / "m" / "memory.json", office.slips()[0][-1]
    truths = {"fear": "fears", "trust": "s25", "need": "n3"}
    with ThreadPoolExecutor(8) as pool:
        made = list(
            pool.map(lambda _: answer_on_device(office.survey, truths, token, memory), range(16))
        )
    assert len({json.dumps(m) for m in made}) == 1


def test_the_example_is_the_plan_s_own_case_and_finds_its_figures(tmp_path: Path) -> None:
    """Plan §5.3: 63.7% fear reprisals, a trust index of 42.6: both lie in the intervals of 4,000 answers."""
    example = run("survey", "example").out
    text = yaml.safe_load(example)
    (tmp_path / "trust.yaml").write_text(example, "utf-8")
    office = Office(tmp_path, **text | {"strata": []}, tokens=4_000)
    trust = [0.2, 0.246, 0.254, 0.25, 0.05]  # its mean score is 42.6
    assert 25 * sum(i * t for i, t in enumerate(trust)) == pytest.approx(42.6)
    rng = secrets.SystemRandom()
    answers = []
    for slip in office.slips():
        fear = "fears" if rng.random() < 0.637 else "calm"
        scores = rng.choices(["none", "little", "half", "rather", "fully"], trust)
        answers.append(office.answer(slip[-1], {"fear": fear, "trust": scores[0]}))
    assert office.hand_in(*answers).json["taken"] == 4_000
    found = office.run("estimate", "trust-2026", "--confidence", "0.9999", "--json").json[
        "questions"
    ]
    fears = found["fear"]["cells"]["all"]["shares"]["fears"]
    assert fears["low"] <= 0.637 <= fears["high"]
    index = found["trust"]["cells"]["all"]["index"]
    assert index["low"] <= 42.6 <= index["high"]


def test_the_planner_answers_both_ways() -> None:
    asked = ("survey", "plan", "--options", "2", "--epsilon", "1", "--json")
    there = run(*asked, "--half-width", "0.05", "--groups", "2").json
    assert there["answers"] == 2 * there["answers_a_group"]
    back = run(*asked, "--answers", str(there["answers_a_group"])).json
    assert back["half_width"] <= 0.05
    assert run(*asked).code == 2
    assert run(*asked, "--half-width", "0.9").code == 2
    assert run(*asked, "--answers", "0").code == 2
    assert run("survey", "plan", "--options", "1", "--epsilon", "1", "--answers", "9").code == 2


def test_unknown_surveys_and_breakdowns_are_bad_input(office: Office) -> None:
    assert office.run("estimate", "nowhere").code == 2
    assert office.run("estimate", "t-1", "--by", "surname").code == 2
    assert office.run("estimate", "t-1", "--confidence", "1").code == 2
    assert office.run("estimate", "t-1", "--of", "everybody").code == 2
    assert office.run("answer", office.folder / "none.jsonl").code == 2
