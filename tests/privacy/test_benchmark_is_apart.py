"""Both sets of notes to measure by, and the trainer's material, are apart, in phrases and in names."""

from __future__ import annotations

import ast
import re
from itertools import combinations
from pathlib import Path

import pytest

from privacy.training import addresses, minorities, organisations, phrases
from tests.benchmarks.notes_to_find import EVEN, FIRST, FRESH, Material, notes

ROOT = Path(__file__).resolve().parents[2]
PEOPLES = ("UYGHUR", "KAZAKH", "TIBETAN", "MONGOL", "YI", "DAI")
BOTH = pytest.mark.parametrize("of", [FIRST, FRESH], ids=["first", "fresh"])


def _pieces(phrases: tuple[str, ...]) -> list[str]:
    return [
        piece
        for phrase in phrases
        for piece in re.split(r"\{\w\}|\[\w+\]|[，。；：、？！\s]", phrase)
        if len(piece) >= 5
    ]


def _parts(of: Material) -> set[str]:
    return {part for people in PEOPLES for part in getattr(of.words, people)}


def test_the_trainer_cannot_import_the_benchmark() -> None:
    for path in (ROOT / "privacy").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                module = getattr(node, "module", None) or node.names[0].name
                assert not module.startswith("tests"), path


@BOTH
def test_the_benchmark_shares_no_phrase_with_the_trainer(of: Material) -> None:
    trained = _pieces((*phrases.CORES, *phrases.OPENINGS, *phrases.ENDS))
    assert len(trained) > 50
    assert not [p for p in trained if any(p in template for template in of.templates)]
    # nor the other way round: no phrase of the benchmark stands among the trainer's
    measured = _pieces(of.templates)
    assert len(measured) > 50
    assert not [p for p in measured if any(p in core for core in phrases.CORES)]


@BOTH
def test_parts_of_minority_names_are_others(of: Material) -> None:
    trained = {part for parts in minorities.PARTS.values() for part in parts}
    assert len(trained) > 200
    assert len(_parts(of)) > 150
    assert not trained & _parts(of)


@BOTH
def test_places_and_organisations_are_others(of: Material) -> None:
    trained = {*addresses.HEADS, *addresses.BRANDS}
    assert not trained & {*of.words.ROADS, *of.words.VILLAGES, *of.words.ESTATES}
    ends = tuple({*organisations.TRADES})
    assert not [head for head in of.words.FIRM_HEADS if head.endswith(ends)]


def test_the_two_sets_share_neither_phrases_nor_names() -> None:
    for one, other in combinations((FIRST, FRESH), 2):
        assert len(other.templates) >= 25
        assert not [p for p in _pieces(other.templates) if any(p in t for t in one.templates)]
        assert not _parts(one) & _parts(other)
        for of_what in (
            "GIVEN_TWO",
            "ROADS",
            "ESTATES",
            "VILLAGES",
            "TOWNS",
            "PLACES",
            "FIRM_HEADS",
        ):
            assert not {*getattr(one.words, of_what)} & {*getattr(other.words, of_what)}


def test_there_are_a_thousand_different_names_of_each_kind() -> None:
    different: dict[str, set[str]] = {}
    for text, gold in notes(6, 7_000, EVEN):
        for g in gold:
            if g.kind:
                different.setdefault(g.kind, set()).add(text[g.start : g.end])
    assert min(len(different[k]) for k in ("Han of two", "Han of three", "compound")) > 1_000
    both = different["minority, with a dot"] | different["minority, no dot"]
    assert len(both) > 1_000
