"""The questions of the README are asked as they stand there."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.api.commands import run

README = Path(__file__).parents[2] / "README.md"


def _questions() -> list[list[str]]:
    text = README.read_text("utf-8").replace("\\\n", " ")
    found = [line.strip() for line in text.splitlines()]
    return [shlex.split(x)[1:] for x in found if x.startswith('commonground query "')]


def test_the_readme_shows_questions() -> None:
    assert len(_questions()) >= 5


@pytest.mark.parametrize("words", _questions())
def test_a_question_of_the_readme_is_taken(workspace: Path, words: list[str]) -> None:
    ran = run(*words, "--workspace", workspace, "--researcher", "reader", "--json")
    assert ran.json["columns"]
