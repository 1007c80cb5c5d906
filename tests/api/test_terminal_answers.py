"""An answer in a terminal: digits beneath digits, uneven intervals as such, what is charged, and nothing idle."""

from __future__ import annotations

from typing import Any
from unicodedata import east_asian_width

import pytest

from api.cli.tables import answer_lines, dry_run_lines
from privacy.query.help import HELP
from tests.api.commands import run

_ACCOUNT = {
    "account": "town",
    "before": {"rho": 0.1, "delta": 0.0},
    "after": {"rho": 0.2, "delta": 0.0},
    "cap": {"rho": 1.0, "delta": 1e-6},
}


def _answer(**more: Any) -> dict[str, Any]:
    return {
        "columns": ["服务", "count", "average"],
        "key_columns": [0],
        "rows": [["家政", 12_345, 7.25], ["training", 9, 41.0], ["none", 3, None]],
        "errors": [[None, 20, 0.5], [None, 20, 30.0], [None, 20, None]],
        "intervals": [
            [None, [12_325, 12_365], [6.75, 7.75]],
            [None, [-11, 29], [33.0, 71.0]],
            [None, [-17, 23], None],
        ],
        "rows_are": "unbiased",
        "undefined": {},
        "notes": [],
        "confidence": 0.95,
        "release": "r-1",
        "snapshot": "s@1",
        "synthetic": False,
        "accounts": [_ACCOUNT],
        "privacy": {"rho": 0.1, "epsilon": 0.5, "delta": 1e-6, "population": "town", "most_pseudonyms": 1},
    } | more  # fmt: skip


def _wide(line: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in line)


def test_figures_stand_to_the_right_and_names_to_the_left() -> None:
    head, *rows = list(answer_lines(_answer(), "zh"))[:4]
    assert rows[0].startswith("家政      ")
    assert rows[1].startswith("training  ")
    assert len({_wide(line) for line in (head, *rows)}) == 1
    signs = [_wide(line[: line.index("±")]) for line in rows]
    assert len(set(signs)) == 1


def test_an_interval_that_is_not_even_is_not_said_as_one_half_width() -> None:
    lines = list(answer_lines(_answer(), "en"))
    assert lines[1].endswith("7.25 ± 0.50")
    assert lines[2].endswith("41 [33 – 71]")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_delta_is_said_where_it_is_charged(language: str) -> None:
    plain = "\n".join(answer_lines(_answer(), language))
    assert "δ 0" not in plain
    after = _ACCOUNT | {"after": {"rho": 0.2, "delta": 5e-7}}
    charged = "\n".join(answer_lines(_answer(accounts=[after]), language))
    assert "δ 0 → 5e-07" in charged


def test_made_up_figures_say_so_before_the_first() -> None:
    first, *_ = answer_lines(_answer(dummy=True, accounts=[]), "en")
    assert first.startswith("MADE-UP DATA")


def test_an_answer_of_names_alone_speaks_of_no_errors() -> None:
    names = _answer(
        columns=["top"], key_columns=[], rows=[[["a", "b"]]], errors=[[None]], intervals=[[None]]
    )
    assert "±" not in "\n".join(answer_lines(names, "en"))
    assert "95%" not in "\n".join(answer_lines(names, "en"))


def test_a_dry_run_says_what_its_errors_suppose() -> None:
    expected = [
        {"figure": "n", "half_width": 25, "value": 2_500},
        {"figure": "median", "half_width": None, "value": None},
    ]
    answer = _answer(
        cells=8,
        expected=expected,
        reason={"en": "Worth asking."},
        already_released=None,
        enough_left=True,
    )
    lines = list(dry_run_lines(answer, "en"))
    assert "  n: ± 25, supposing a figure of about 2,500" in lines
    assert "  median: nothing public tells its error" in lines


def test_help_names_the_language_and_every_option_is_explained() -> None:
    shown = " ".join(run("query", "--help").out.split())
    for line in HELP.splitlines():
        assert line.strip().replace("  ", " ")[:40] in shown
    for option in ("--pure-epsilon <float>", "--confidence <float>", "--dataset-version <int>"):
        assert not shown.split(option)[1].strip().startswith("--")


def test_a_dry_run_of_made_up_data_is_not_guessed_at() -> None:
    ran = run("query", "SELECT 1", "--purpose", "p", "--dry-run", "--dummy")
    assert ran.code == 2
    assert "one of the two" in ran.err
