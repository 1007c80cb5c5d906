"""The recognisers as plug-ins of Presidio's analyzer, for any user of Presidio.

    registry.add_recognizer(...) for each of recognisers("zh")      in a registry of one's own
    AnalyzerEngine(registry=…, nlp_engine=WordsNlpEngine(["zh"]))   words, so that context counts

Nothing is downloaded. Texts are normalised inside; results are spans of the text as it was given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from presidio_analyzer import (
    AnalysisExplanation,
    AnalyzerEngine,
    EntityRecognizer,
    RecognizerRegistry,
    RecognizerResult,
)
from presidio_analyzer.nlp_engine import NlpArtifacts

from privacy.recognition.families import RULES, THRESHOLD, Family, families
from privacy.recognition.findings import Found
from privacy.recognition.overlaps import Entity
from privacy.recognition.reading.normalisation import Normalised, readings
from privacy.recognition.words import WordsNlpEngine

LANGUAGES = ("zh", "en")


class FamilyRecognizer(EntityRecognizer):
    """One family of identifiers as a recogniser of Presidio's.

    Parameters
    ----------
    family
        What is sought, by which pure function.
    supported_language
        The analyzer's name of the language of the texts.
    context
        Words that make a finding surer, instead of the family's own.
    """

    def __init__(
        self, family: Family, supported_language: str = "zh", context: list[str] | None = None
    ) -> None:
        self._family = family
        super().__init__(
            supported_entities=list(family.entities),
            name=family.name,
            supported_language=supported_language,
            context=list(family.context) if context is None else context,
        )

    def load(self) -> None:
        """Nothing to load: the rules are code."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Find the family's entities; spans are those of the original text."""
        del nlp_artifacts
        return [
            self._result(f, *read.original(f.start, f.end))
            for read in _read(text)
            for f in self._family.find(read.text)
            if f.type in entities
        ]

    def _result(self, found: Found, start: int, end: int) -> RecognizerResult:
        name = self._family.name
        return RecognizerResult(
            found.type,
            start,
            end,
            found.score,
            # Presidio's context enhancement writes the word it saw into the explanation
            AnalysisExplanation(recognizer=name, original_score=found.score),
            {
                RecognizerResult.RECOGNIZER_NAME_KEY: name,
                RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
            },
        )


@lru_cache(maxsize=1)
def _read(text: str) -> tuple[Normalised, ...]:
    """Normalise once for all the families that see a text one after the other."""
    return readings(text)


def recognisers(
    language: str = "zh", *, names: bool = True, model: Path | None = None
) -> list[EntityRecognizer]:
    """Return our recognisers for a registry of one's own: one a family.

    Parameters
    ----------
    language
        The analyzer's name of the language; the recognisers read Chinese, English and the two mixed.
    names
        Whether to add persons, addresses and organisations, which take most of the time.
    model
        A model of names instead of the one that ships.
    """
    chosen = families(model) if names else RULES
    return [FamilyRecognizer(f, language) for f in chosen]


def analyzer(extra: Sequence[EntityRecognizer] = ()) -> AnalyzerEngine:
    """Return an analyzer for Chinese and English with our recognisers and any `extra` plug-ins."""
    ours = [r for language in LANGUAGES for r in recognisers(language)]
    return _engine([*ours, *extra])


def analyse_with(extra: Sequence[EntityRecognizer]) -> list[Callable[[str], list[Entity]]]:
    """Return a function a language that runs other people's recognisers, with words and context.

    All that they find is returned: the caller has a threshold of its own.
    """
    engine = _engine(list(extra))

    def run(language: str) -> Callable[[str], list[Entity]]:
        def analyse(text: str) -> list[Entity]:
            return [
                Entity(r.start, r.end, r.entity_type, round(float(r.score), 3))
                for r in engine.analyze(text, language, score_threshold=0)
            ]

        return analyse

    return [run(language) for language in sorted({r.supported_language for r in extra})]


def _engine(all_recognisers: list[EntityRecognizer]) -> AnalyzerEngine:
    languages = sorted({r.supported_language for r in all_recognisers})
    return AnalyzerEngine(
        registry=RecognizerRegistry(recognizers=all_recognisers, supported_languages=languages),
        nlp_engine=WordsNlpEngine(languages),
        supported_languages=languages,
        default_score_threshold=THRESHOLD,
    )
