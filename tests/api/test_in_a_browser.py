"""Pages and reports in Chromium: no fault that axe knows, nothing wider than a telephone."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from api.app import create_app
from api.workspace import open_workspace

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("Chromium is not installed", allow_module_level=True)


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1280, "height": 900})
        browser.close()


@pytest.fixture
def served(workspace: Path) -> Iterator[tuple[str, str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = create_app(open_workspace(workspace))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}", app.state.token
    server.should_exit = True
    thread.join()


def _looked_at(page: Page) -> None:
    found: Any = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()
    page.set_viewport_size({"width": 360, "height": 740})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 360, f"{wide} wide at 360"
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_researcher_signs_in_asks_and_reads(page: Page, served: tuple[str, str]) -> None:
    address, token = served
    page.goto(f"{address}/?lang=en")
    _looked_at(page)
    page.goto(f"{address}/sign-in")
    page.fill("input[name=token]", token)
    page.click("main button[type=submit], main button")
    page.wait_for_url("**/datasets")
    _looked_at(page)
    for language in ("zh", "en"):
        for path in ("ask", "releases", "audit", "datasets"):
            page.goto(f"{address}/{path}?lang={language}")
            _looked_at(page)
    page.goto(f"{address}/ask?lang=en")
    page.click("button[value=check]")
    _looked_at(page)
    page.click("button[value=spend]")
    page.wait_for_url("**/releases/r-*")
    _looked_at(page)


@pytest.mark.parametrize(
    "name",
    ["index.html", "audits/model_argmax/report.html", "enclave/audits/model_argmax/report.html",
     "enclave/index.html", "enclave/audits/lottery/report.html"],
)  # fmt: skip
def test_a_report_reads_in_both_languages(page: Page, demo: Path, name: str) -> None:
    page.goto((demo / name).as_uri())
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url))
    _looked_at(page)
    visible = page.inner_text("body")
    page.click("label:visible >> nth=0") if page.locator("label:visible").count() else None
    _looked_at(page)
    assert not [u for u in asked if u.startswith("http")]
    assert len(visible) > 200
