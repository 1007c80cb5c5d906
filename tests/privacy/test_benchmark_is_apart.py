"""The notes to measure by and the trainer's material are apart, in phrases and in names."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from privacy.training import addresses, minorities, organisations, phrases
from tests.benchmarks import note_lexicon as words
from tests.benchmarks.note_templates import TEMPLATES
from tests.benchmarks.notes_to_find import notes

ROOT = Path(__file__).resolve().parents[2]


def test_the_trainer_cannot_import_the_benchmark() -> None:
    for path in (ROOT / "privacy").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                module = getattr(node, "module", None) or node.names[0].name
                assert not module.startswith("tests"), path


def test_the_benchmark_shares_no_phrase_with_the_trainer() -> None:
    pieces = [
        piece
        for phrase in (*phrases.CORES, *phrases.OPENINGS, *phrases.ENDS)
        for piece in re.split(r"\{\w\}|[，。；：、？！\s]", phrase)
        if len(piece) >= 5
    ]
    assert len(pieces) > 50
    assert not [p for p in pieces if any(p in template for template in TEMPLATES)]
    # nor the other way round: no phrase of the benchmark stands among the trainer's
    theirs = [
        piece
        for template in TEMPLATES
        for piece in re.split(r"\[\w+\]|[，。；：、？！\s]", template)
        if len(piece) >= 5
    ]
    assert len(theirs) > 50
    assert not [p for p in theirs if any(p in core for core in phrases.CORES)]


def test_parts_of_minority_names_are_others() -> None:
    trained = {part for parts in minorities.PARTS.values() for part in parts}
    measured = {*words.UYGHUR, *words.KAZAKH, *words.TIBETAN, *words.MONGOL, *words.YI}
    assert len(trained) > 200
    assert len(measured) > 150
    assert not trained & measured


def test_places_and_organisations_are_others() -> None:
    trained = {*addresses.HEADS, *addresses.BRANDS}
    assert not trained & {*words.ROADS, *words.VILLAGES, *words.ESTATES}
    ends = tuple({*organisations.TRADES})
    assert not [head for head in words.FIRM_HEADS if head.endswith(ends)]


def test_there_are_a_thousand_different_names_of_each_kind() -> None:
    from tests.benchmarks.notes_to_find import EVEN

    different: dict[str, set[str]] = {}
    for text, gold in notes(6, 7_000, EVEN):
        for g in gold:
            if g.kind:
                different.setdefault(g.kind, set()).add(text[g.start : g.end])
    assert min(len(different[k]) for k in ("Han of two", "Han of three", "compound")) > 1_000
    both = different["minority, with a dot"] | different["minority, no dot"]
    assert len(both) > 1_000
