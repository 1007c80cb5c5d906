"""Surveys over HTTP: the page with its digest, and answers by token from anybody, under the same rules."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.workspace import open_workspace
from policies.record import digest
from tests.survey.test_survey_command import Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path, tokens=30)


@pytest.fixture
def client(office: Office) -> Iterator[TestClient]:
    app = create_app(open_workspace(office.workspace))
    with TestClient(app, raise_server_exceptions=False, base_url="http://localhost") as found:
        yield found


def test_the_page_is_the_signed_one_with_its_digest_as_etag(
    client: TestClient, office: Office
) -> None:
    page = client.get("/survey/t-1")
    assert page.status_code == 200
    assert page.content == (office.folder / "public" / "page.html").read_bytes()
    assert page.headers["etag"] == f'"{digest(page.content)}"'
    assert digest(page.content) == office.made["page"]["digest"]
    assert "set-cookie" not in page.headers
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    again = client.get("/survey/t-1", headers={"if-none-match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/api/v1/surveys/t-1").json()["digest"] == office.survey.digest
    assert client.get("/survey/nowhere").status_code == 404


def test_anybody_with_a_token_answers_once_and_nothing_of_it_is_logged(
    client: TestClient, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = office.slips()[0][-1]
    body = json.loads(json.dumps(office.answer(token)))
    first = client.post("/api/v1/surveys/t-1/answers", json=body)
    assert (first.status_code, first.json()) == (200, {"taken": True})
    second = client.post("/api/v1/surveys/t-1/answers", json=body)
    assert second.status_code == 422
    assert second.headers["content-type"] == "application/problem+json"
    assert token not in caplog.text + second.text
    assert str(body["answers"]["need"]) not in caplog.text
    assert office.run("estimate", "t-1", "--json").json["tokens"] == {"issued": 30, "spent": 1}


@pytest.mark.parametrize(
    ("path", "content", "status"),
    [
        ("t-1", b"SECRET", 422), ("t-1", b"[" * 50_000, 422), ("t-1", b"[]", 422), ("t-1", b"\xff", 422),
        ("t-1", b'{"survey": "SECRET", "design": "", "token": "", "answers": {}}', 422),
        ("nowhere", b'{"survey": "nowhere", "design": "", "token": "", "answers": {}}', 404),
        ("t-1", b" " * 70_000, 413), ("audit-SECRET", b"{}", 401), ("audit-x", b" " * 70_000, 413),
    ],
)  # fmt: skip
def test_what_is_not_an_answer_is_a_problem_document(
    client: TestClient, path: str, content: bytes, status: int
) -> None:
    answer = client.post(f"/api/v1/surveys/{path}/answers", content=content)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert "SECRET" not in answer.text


def test_nothing_else_opens_to_strangers(client: TestClient) -> None:
    for path in (
        "surveys/t-1",
        "surveys/t-1/answers/x",
        "surveys/t-1/answers/../../queries",
        "queries",
    ):
        assert client.post(f"/api/v1/{path}", json={}).status_code == 401
    assert client.post("/survey/t-1", follow_redirects=False).headers["location"] == "/sign-in"
