"""The page in Chromium: it draws as published, remembers, sends nothing by itself, and everybody can use it."""

from __future__ import annotations

import json
import shutil
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, sync_playwright
from scipy.stats import chisquare

from api.app import create_app
from api.workspace import open_workspace
from privacy.survey import Memory, MemoryRule, randomise
from tests.survey.test_survey_command import Office

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("Chromium is not installed", allow_module_level=True)
ERROR = 1e-6
DRAWS = 20_000
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
OPEN = {"access-control-allow-origin": "*", "content-type": "image/svg+xml"}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path, tokens=30)


@pytest.fixture
def context(tmp_path: Path) -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            tmp_path / "browser", executable_path=CHROMIUM, args=["--no-sandbox"], locale="en-GB",
            viewport={"width": 1440, "height": 900},
        )  # fmt: skip
        yield browser
        browser.close()


@pytest.fixture
def page(context: BrowserContext, office: Office) -> Page:
    found = context.new_page()
    found.asked = []  # type: ignore[attr-defined]
    found.on("request", lambda r: found.asked.append(r.url))  # type: ignore[attr-defined]
    found.goto((office.folder / "public" / "page.html").as_uri())
    return found


def fill(page: Page, token: str, fear: str = "fears") -> None:
    page.fill("#token", token)
    for name, value in (("fear", fear), ("trust", "s25"), ("need", "n3")):
        page.check(f"input[name={name}][value={value}]")
    page.click("button[type=submit]")


def leaving(page: Page) -> Any:
    page.wait_for_selector("#leaving:not([hidden])")
    return json.loads(page.text_content("#exact") or "")


def looked_at(page: Page) -> None:
    found: Any = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()
    for width in (360, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_its_draws_have_the_published_distribution(page: Page, office: Office) -> None:
    for at, question in enumerate(office.survey.questions):
        reports = page.evaluate(
            """([at, n]) => {
              const q = window.questionnaire.design.questions[at];
              return Array.from({length: n}, () => window.questionnaire.randomise(q, 1));
            }""",
            [at, DRAWS],
        )
        made, ids = question.mechanism, question.option_ids
        if made.kind == "krr":
            drawn = Counter(reports)
            expected = [DRAWS * float(made.p if i == 1 else made.q) for i in range(len(ids))]
            assert chisquare([drawn[i] for i in ids], expected).pvalue > ERROR
        else:
            ones = Counter(o for report in reports for o in report)
            for i, option in enumerate(ids):
                p = float(made.p if i == 1 else made.q)
                seen = [ones[option], DRAWS - ones[option]]
                assert chisquare(seen, [DRAWS * p, DRAWS * (1 - p)]).pvalue > ERROR / len(ids)


def test_it_draws_and_remembers_step_for_step_as_the_pure_code(page: Page, office: Office) -> None:
    """The same integers lead both to the same reports, over waves and changing truths."""
    import numpy as np

    rng = np.random.default_rng(17)
    for at, question in enumerate(office.survey.questions):
        ids, edges = (
            question.option_ids,
            [0, question.mechanism.truth - 1, question.mechanism.truth],
        )
        edges += [
            question.mechanism.denominator - 1,
            question.mechanism.other - 1,
            question.mechanism.other,
        ]
        for given in [[e] * 40 for e in edges] + rng.integers(
            0, question.mechanism.denominator, (20, 40)
        ).tolist():
            truths = [ids[int(i)] for i in rng.integers(0, len(ids), 3)] * 2
            source, memory, ours = iter(given * 4), Memory(), []
            rule: MemoryRule = question.memory
            for wave, truth in enumerate(truths, 1):
                report, memory = memory.answer(
                    rule, rule.slot(wave, truth),
                    lambda q=question, t=truth, s=source: randomise(
                        q.mechanism, q.option_ids, q.option_ids.index(t), lambda _n: next(s)
                    ),
                )  # fmt: skip
                ours.append(list(report) if isinstance(report, tuple) else report)
            theirs = page.evaluate(
                """([at, values, truths]) => {
                  const memory = {questions: {}}, {design, answer} = window.questionnaire;
                  return truths.map((t, i) =>
                    answer(memory, design.questions[at], i + 1, t, () => values.shift()));
                }""",
                [at, given * 4, truths],
            )
            assert theirs == ours


def test_its_integers_are_uniform_below_any_number(page: Page) -> None:
    for n in (3, 1000, 3 * 2**30):
        drawn = page.evaluate(
            "([n, k]) => Array.from({length: k}, () => window.questionnaire.below(n))", [n, DRAWS]
        )
        assert 0 <= min(drawn) <= max(drawn) < n
        # modulo without rejection would draw the lowest third of the last twice as often
        thirds = Counter(d * 3 // n for d in drawn)
        assert chisquare([thirds[i] for i in range(3)]).pvalue > ERROR


def test_answers_are_remembered_over_a_reload_and_nothing_is_sent(
    page: Page, office: Office
) -> None:
    slips = office.slips()
    fill(page, slips[0][-1])
    first = leaving(page)
    for turn in range(1, 12):
        page.reload()
        fill(page, slips[turn][-1])
        again = leaving(page)
        assert again["answers"] == first["answers"]
        assert again["token"] != first["token"]
    assert office.hand_in(first).json["taken"] == 1
    assert not page.is_visible("#send")
    assert not [u for u in page.asked if not u.startswith("file:")]  # type: ignore[attr-defined]
    with page.expect_download() as download:
        page.click("#save")
    saved = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert saved["answers"] == first["answers"]
    # forgetting draws anew; the memory file brings the same answers back
    with page.expect_download() as download:
        page.click("#keep")
    memory = Path(download.value.path()).read_bytes()
    page.on("dialog", lambda d: d.accept())
    page.click("#forget")
    kept = "Object.keys(localStorage).length"
    assert page.evaluate(kept) == 0
    upload: Any = {"name": "memory.json", "mimeType": "application/json", "buffer": memory}
    page.set_input_files("#recall", upload)
    page.wait_for_selector("#remembered :text('Opened.')")
    assert page.evaluate(kept) == 1
    fill(page, slips[12][-1])
    assert leaving(page)["answers"] == first["answers"]
    page.set_input_files("#recall", upload | {"buffer": b'{"population": "others"}'})
    page.wait_for_selector("text=no memory file of this series")


def test_no_other_host_can_be_reached_and_no_other_script_runs(page: Page) -> None:
    # without the policy these would be answered: here every host is
    page.context.route("https://example.org/**", lambda r: r.fulfill(body=PICTURE, headers=OPEN))
    outcome = page.evaluate(
        """async () => {
          const tried = [];
          await fetch("https://example.org/").catch(() => tried.push("fetch"));
          const image = new Image();
          await new Promise((done) => {
            image.onload = done;
            image.onerror = () => { tried.push("image"); done(); };
            image.src = "https://example.org/x.svg";
          });
          const script = document.createElement("script");
          script.textContent = "window.stolen = true";
          document.body.append(script);
          if (!window.stolen) tried.push("script");
          return tried;
        }"""
    )
    assert outcome == ["fetch", "image", "script"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everybody_can_use_it(page: Page, office: Office, language: str) -> None:
    page.click(f"[data-speak={language}]")
    assert page.evaluate("document.documentElement.lang") == language
    looked_at(page)
    page.click(
        "button[type=submit]"
    )  # nothing chosen: the summary is in focus and leads to each field
    assert page.evaluate("document.activeElement.id") == "problem"
    assert page.locator("#problem li").count() == 4
    assert page.title().startswith({"zh": "错误：", "en": "Error: "}[language])
    beside = [
        page.inner_text(f"#{field}-error") for field in ("token", "q-fear", "q-trust", "q-need")
    ]
    assert beside == page.locator("#problem li").all_inner_texts()
    looked_at(page)
    page.click("#problem li:nth-child(2) a")
    assert page.evaluate("document.activeElement.name") == "fear"
    page.keyboard.press("Space")
    assert page.is_checked("input[name=fear][value=fears]")
    fill(page, office.slips()[0][-1].lower())
    leaving(page)
    assert page.evaluate("document.activeElement.id") == "leaving-title"
    looked_at(page)
    visible = page.inner_text("main")
    assert ("将要离开这台设备" in visible) == (language == "zh")
    assert ("What will leave this device" in visible) == (language == "en")


def test_changing_an_answer_hides_what_was_made_from_the_old_one(
    page: Page, office: Office
) -> None:
    fill(page, office.slips()[0][-1])
    leaving(page)
    page.check("input[name=fear][value=calm]")
    assert not page.is_visible("#leaving")


def test_over_the_net_it_sends_only_when_told(context: BrowserContext, office: Office) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = create_app(open_workspace(office.workspace))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    page, asked, token = context.new_page(), [], office.slips()[0][-1]
    page.on("request", lambda r: asked.append((r.method, r.url)))
    page.goto(f"http://127.0.0.1:{port}/survey/t-1#{token}")
    assert page.input_value("#token") == token
    fill(page, token)
    leaving(page)
    assert [m for m, _ in asked] == ["GET"]
    page.click("#send")
    page.wait_for_selector("text=It has arrived")
    page.click("#send")
    page.wait_for_selector("text=Not taken")
    assert [m for m, _ in asked] == ["GET", "POST", "POST"]
    assert token not in asked[0][1].split("#")[0]
    assert office.run("estimate", "t-1", "--json").json["tokens"]["spent"] == 1
    assert not context.cookies()
    server.should_exit = True
    thread.join()
