"""The API and its pages over HTTP, as a program and as a reader meet them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.workspace import open_workspace

SQL = "SELECT district, status, count(*) FROM residents GROUP BY 1, 2"
QUESTION = {"sql": SQL, "purpose": "housing-planning", "researcher": "ada", "rho": 0.001}


@pytest.fixture
def client(workspace: Path) -> Iterator[TestClient]:
    app = create_app(open_workspace(workspace))
    with TestClient(app, raise_server_exceptions=False, base_url="http://localhost") as found:
        found.headers["authorization"] = f"Bearer {app.state.token}"
        yield found


def test_a_stranger_gets_nothing_and_his_body_is_not_read(client: TestClient) -> None:
    client.headers["authorization"] = "Bearer wrong"
    for path in ("/api/v1/datasets", "/api/v1/budget", "/api/v1/releases", "/api/v1/audits/a-0"):
        answer = client.get(path)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
    assert client.post("/api/v1/queries", content=b"x" * 10_000_000).status_code == 401
    assert (
        client.post("/ask", data=QUESTION, follow_redirects=False).headers["location"] == "/sign-in"
    )


def test_a_body_that_is_too_long_is_refused(client: TestClient) -> None:
    assert client.post("/api/v1/queries", content=b" " * 100_000).status_code == 413

    def pieces() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 10_000

    assert client.post("/api/v1/queries", content=pieces()).status_code == 413


def test_question_release_and_replay(client: TestClient) -> None:
    first = client.post("/api/v1/queries", json=QUESTION)
    assert first.status_code == 200
    again = client.post("/api/v1/queries", json=QUESTION | {"confidence": 0.8}).json()
    assert again["release"] == first.json()["release"]
    assert again["replayed"]
    shown = client.get(f"/api/v1/releases/{again['release']}").json()
    assert shown["rows"] == first.json()["rows"]
    assert any(r["release"] == again["release"] for r in client.get("/api/v1/releases").json())


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"rho": 0.5}, 403),
        ({"purpose": "advertising"}, 403),
        ({"sql": "SELECT SECRETCOLUMN FROM residents"}, 422),
        ({"sql": "SELECT count(*) FROM case_notes"}, 422),
        ({"sql": "SELECT count(*) FROM nowhere"}, 404),
        ({"rho": "NaN"}, 422),
        ({"rho": -1}, 422),
        ({"researcher": "../x"}, 422),
        ({"surprise": 1}, 422),
    ],
)
def test_a_refusal_is_a_problem_document(
    client: TestClient, change: dict[str, object], status: int
) -> None:
    answer = client.post("/api/v1/queries", json=QUESTION | change)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"title", "status", "detail"} <= set(answer.json())
    assert "SECRETCOLUMN" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_an_allocation_is_judged_and_its_report_kept(client: TestClient, demo: Path) -> None:
    city = demo / "enclave" / "city" / "allocations"
    arm = city / "model_argmax"

    def files() -> dict[str, tuple[str, bytes]]:
        return {
            "moves": ("m.csv", (arm / "moves.csv").read_bytes()),
            "units": ("u.csv", (city / "units.csv").read_bytes()),
            "stock": ("s.csv", (arm / "stock.csv").read_bytes()),
        }

    answer = client.post(
        "/api/v1/audits/allocation", files=files(), data={"policy": "housing-allocation"}
    )
    assert answer.status_code == 200
    assert answer.json()["verdict"] == "FAIL"
    kept = client.get(f"/api/v1/audits/{answer.json()['report']}")
    assert kept.json()["verdict"] == "FAIL"
    assert not list(client.app.state.ws.root.glob("submission-*"))  # type: ignore[attr-defined]
    for named in ("/etc/passwd.yaml", "../x.yaml", "no-such-policy"):
        bad = client.post("/api/v1/audits/allocation", files=files(), data={"policy": named})
        assert bad.status_code in (404, 422)
        client.cookies.set("commonground", client.headers["authorization"][7:])
        page = client.post("/audit", files=files(), data={"policy": named}, follow_redirects=False)
        assert page.status_code in (404, 422)


@pytest.mark.parametrize("path", ["/", "/sign-in", "/datasets", "/ask", "/releases", "/audit"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_answers_in_both_languages(client: TestClient, path: str, language: str) -> None:
    client.cookies.set("commonground", client.headers["authorization"][7:])
    answer = client.get(path, params={"lang": language})
    assert answer.status_code == 200
    assert f'lang="{language}' in answer.text
    assert "<script" not in answer.text


def test_a_page_previews_checks_and_spends(client: TestClient) -> None:
    client.cookies.set("commonground", client.headers["authorization"][7:])
    typed = {"sql": SQL, "purpose": "housing-planning", "epsilon": "0.3", "researcher": "ada"}
    before = client.get("/api/v1/budget").json()
    assert client.post("/ask", data=typed | {"step": "preview"}).status_code == 200
    assert client.post("/ask", data=typed | {"step": "check"}).status_code == 200
    assert client.get("/api/v1/budget").json() == before
    spent = client.post("/ask", data=typed | {"step": "spend"}, follow_redirects=False)
    assert spent.status_code == 303
    assert client.get(spent.headers["location"]).status_code == 200
    assert client.get("/api/v1/budget").json() != before


def test_a_script_in_a_question_does_not_reach_the_page(client: TestClient) -> None:
    client.cookies.set("commonground", client.headers["authorization"][7:])
    typed = {"sql": "<script>alert(1)</script>", "purpose": '"><img src=x>', "epsilon": "0.3"}
    answer = client.post("/ask", data=typed)
    assert "<script>" not in answer.text
    assert "<img" not in answer.text


def test_operations_and_openapi(client: TestClient) -> None:
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").text == "ok\n"
    assert "commonground_releases" in client.get("/metrics").text
    described = client.get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    for path, methods in described["paths"].items():
        if path.startswith("/api/v1/"):
            for method in methods.values():
                assert {"401", "422", "500"} <= set(method["responses"])


PAGE = {"purpose": "housing-planning", "epsilon": "0.4", "researcher": "ada"}
KINDS = (
    "SELECT service, count(*), avg(response_hours), stddev(response_hours), max(response_hours), "
    "top(channel, 2) FROM service_requests GROUP BY service"
)


def _page(client: TestClient, **form: str) -> str:
    client.cookies.set("commonground", client.headers["authorization"][7:])
    answer = client.post("/ask?lang=en", data=PAGE | form)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_page_shows_figures_of_every_kind_and_says_which_error_to_expect(
    client: TestClient,
) -> None:
    preview = _page(client, sql=KINDS, rows="2", step="preview")
    for shown in ("max (0.99 quantile)", "At most 2 rows in 2 groups", "The whole answer"):
        assert shown in preview
    check = _page(client, sql=KINDS, rows="2", step="check")
    assert "None" not in check
    for shown in ("Is it worth asking?", "nothing public tells", "at most 2", "Ask and spend"):
        assert shown in check


def test_datasets_say_bounds_and_rows_and_no_delta_where_none_is_charged(
    client: TestClient,
) -> None:
    client.cookies.set("commonground", client.headers["authorization"][7:])
    held = client.get("/datasets?lang=en").text
    assert "0 – 720" in held  # a number's public bounds
    assert "A person has at most 8 rows." in held
    plain = _page(client, sql=KINDS, step="check")
    assert "The same of δ" not in plain


def test_a_slip_stands_beside_its_field(client: TestClient) -> None:
    client.cookies.set("commonground", client.headers["authorization"][7:])
    typed = PAGE | {"sql": "SELECT service，count(*) FROM service_requests GROUP BY 1"}
    answer = client.post("/ask?lang=en", data=typed)
    assert answer.status_code == 422
    assert 'href="#sql"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "near column 15" in answer.text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_release_opens_in_the_readers_language(client: TestClient, language: str) -> None:
    client.cookies.set("commonground", client.headers["authorization"][7:])
    first = client.get("/api/v1/releases").json()[0]["release"]
    body = client.get(f"/releases/{first}?lang={language}").text
    assert f'id="pick-{language}" checked' in body
    assert f'<html lang="{language}">' in body
