"""Our recognisers in a stranger's Presidio, and a stranger's recognisers in our redactor."""

from __future__ import annotations

import subprocess
import sys

import pytest
from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer, RecognizerRegistry

from privacy.recognition import Redactor
from privacy.recognition.presidio import analyzer, recognisers
from privacy.recognition.words import WordsNlpEngine

TEXT = "王小明，手机１３８００１３８０００，身份证110105 19491231 002X，born on 14 February 1988"


def _strangers(recogniser: PatternRecognizer, language: str = "zh") -> AnalyzerEngine:
    registry = RecognizerRegistry(recognizers=[recogniser], supported_languages=[language])
    return AnalyzerEngine(
        registry=registry, nlp_engine=WordsNlpEngine([language]), supported_languages=[language]
    )


def _qq(context: list[str]) -> PatternRecognizer:
    pattern = Pattern("qq", r"(?<![0-9A-Za-z])[1-9]\d{5,9}(?![0-9A-Za-z])", 0.1)
    return PatternRecognizer(
        "QQ_NUMBER", patterns=[pattern], context=context, supported_language="zh"
    )


def test_a_context_word_raises_a_strangers_score() -> None:
    near = _strangers(_qq(["企鹅"])).analyze("他的企鹅号 1234567 ", "zh")
    far = _strangers(_qq(["企鹅"])).analyze("他的猫 1234567 ", "zh")
    assert near[0].score > far[0].score == pytest.approx(0.1)


def test_a_context_word_raises_our_score_in_a_strangers_analyzer() -> None:
    registry = RecognizerRegistry(
        recognizers=recognisers("zh", names=False), supported_languages=["zh"]
    )
    engine = AnalyzerEngine(
        registry=registry, nlp_engine=WordsNlpEngine(["zh"]), supported_languages=["zh"]
    )
    (near,) = engine.analyze("他的护照 E12345678", "zh")
    (far,) = engine.analyze("一箱货物 E12345678", "zh")
    assert (near.entity_type, far.entity_type) == ("PASSPORT", "PASSPORT")
    assert near.score > far.score


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_analyzer_finds_the_same_in_both_languages(language: str) -> None:
    found = {(r.entity_type, TEXT[r.start : r.end]) for r in analyzer().analyze(TEXT, language)}
    assert {
        ("PHONE_NUMBER", "１３８００１３８０００"),
        ("CN_RESIDENT_ID", "110105 19491231 002X"),
        ("DATE_OF_BIRTH", "14 February 1988"),
        ("PERSON", "王小明"),
    } <= found


def test_a_stranger_may_name_the_language_and_ask_for_some_entities() -> None:
    registry = RecognizerRegistry(
        recognizers=recognisers("zh-Hans", names=False), supported_languages=["zh-Hans"]
    )
    engine = AnalyzerEngine(
        registry=registry, nlp_engine=WordsNlpEngine(["zh-Hans"]), supported_languages=["zh-Hans"]
    )
    found = engine.analyze(TEXT, "zh-Hans", entities=["PHONE_NUMBER"])
    assert {r.entity_type for r in found} == {"PHONE_NUMBER"}


def test_the_redactor_takes_a_strangers_recogniser_with_its_context() -> None:
    redactor = Redactor(extra=(_qq(["工牌"]),), threshold=0.4)
    assert redactor.redact("工牌 1234567").text == "工牌 <QQ_NUMBER>"
    assert redactor.redact("楼号 1234567").text == "楼号 1234567"


def test_presidio_is_loaded_only_where_it_is_used() -> None:
    code = (
        "import sys; from privacy.recognition import Redactor; Redactor().redact('王小明');"
        "sys.exit('presidio_analyzer' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_words_stand_where_they_stand_in_the_text() -> None:
    text = "他的企鹅号\u2028 1234567\ud800 end"
    artifacts = WordsNlpEngine().process_text(text, "zh")
    for word, place in zip(artifacts.tokens, artifacts.tokens_indices, strict=True):
        assert text[place : place + len(word)] == str(word)
