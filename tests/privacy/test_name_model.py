"""The name model that ships: what it finds in notes whose phrases it never saw."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from policies.errors import BadInput
from privacy.recognition import Redactor
from privacy.recognition.model import NameModel, shipped_model
from privacy.training import records
from tests.benchmarks.note_templates import TEMPLATES
from tests.benchmarks.notes_to_find import notes


def _exact(kind: str) -> tuple[float, float]:
    """Return F1 of exact spans, and the share of characters covered."""
    right = given = wanted = covered = characters = 0
    for text, gold in notes(11, 600):
        want = {(g.start, g.end) for g in gold if g.type == kind}
        got = {(f.start, f.end) for f in shipped_model().find(text) if f.type == kind}
        right, given, wanted = right + len(want & got), given + len(got), wanted + len(want)
        inside = {i for a, b in got for i in range(a, b)}
        characters += sum(b - a for a, b in want)
        covered += sum(i in inside for a, b in want for i in range(a, b))
    return 2 * right / (given + wanted), covered / characters


def test_persons_in_unseen_notes() -> None:
    f1, _ = _exact("PERSON")
    assert f1 > 0.72


def test_addresses_in_unseen_notes_are_nearly_wholly_covered() -> None:
    f1, covered = _exact("ADDRESS")
    assert f1 > 0.93
    assert covered > 0.98


def test_the_benchmark_shares_no_phrase_with_the_trainer() -> None:
    trained = [re.sub(r"\{\w\}", "\n", core) for core in records._CORES]
    pieces = [
        piece for core in trained for piece in re.split(r"[\n，。；：、]", core) if len(piece) >= 5
    ]
    assert len(pieces) > 20
    assert not [p for p in pieces if any(p in template for template in TEMPLATES)]


def test_names_that_are_no_part_of_the_row_are_taken_out() -> None:
    redacted = Redactor().redact("下午由欧阳晓梅陪同买买提·吐尔逊到场。").text
    assert "晓梅" not in redacted
    assert "吐尔逊" not in redacted


@pytest.mark.parametrize(
    "text", ["", "\ud800王小明到场。", "Nanjing. Mr Li", "王" * 5_000, "🙂\u200b\n"]
)
def test_any_text_can_be_read_and_spans_lie_within_it(text: str) -> None:
    for f in shipped_model().find(text):
        assert 0 <= f.start < f.end <= len(text)


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.crfsuite"
    path.write_text("not a model")
    with pytest.raises(BadInput, match="no model of names"):
        NameModel(path)
    with pytest.raises(BadInput):
        NameModel(tmp_path / "absent")
