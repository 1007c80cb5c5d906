"""The recognisers as plug-ins of Presidio's analyzer, and an NLP engine that downloads nothing.

`chinese_recognisers()` gives them to any other user of Presidio.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

from privacy.recognition.findings import Found
from privacy.recognition.naming import TYPES, Namer
from privacy.recognition.normalisation import normalise
from privacy.recognition.structured import find_structured

LANGUAGE = "zh"
_STRUCTURED = [
    "CN_RESIDENT_ID", "CN_CREDIT_CODE", "BANK_CARD", "PHONE_NUMBER", "EMAIL_ADDRESS", "PASSPORT",
    "TRAVEL_PERMIT", "IMEI", "LICENSE_PLATE", "ACCOUNT", "DATE_OF_BIRTH",
]  # fmt: skip


class FamilyRecognizer(EntityRecognizer):
    """A family of identifiers found by one pure function over normalised text."""

    def __init__(
        self, name: str, entities: list[str], find: Callable[[str], list[Found]], language: str
    ) -> None:
        self._find = find
        super().__init__(supported_entities=entities, name=name, supported_language=language)

    def load(self) -> None:
        """Nothing to load: the rules are code."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Find the family's entities; spans are those of the original text."""
        del nlp_artifacts
        read = normalise(text)
        return [
            RecognizerResult(f.type, *read.original(f.start, f.end), f.score)
            for f in self._find(read.text)
            if f.type in entities
        ]


class NothingNlpEngine(NlpEngine):
    """An NLP engine without a model: the recognisers read the text themselves."""

    def load(self) -> None:
        """Nothing to load."""

    def is_loaded(self) -> bool:
        """Return True."""
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """Return empty artifacts."""
        del text
        nothing: Any = []
        return NlpArtifacts(
            entities=[],
            tokens=nothing,
            tokens_indices=[],
            lemmas=[],
            nlp_engine=self,
            language=language,
        )

    def process_batch(
        self,
        texts: Iterable[str],
        language: str,
        batch_size: int = 1,
        n_process: int = 1,
        **kwargs: Any,
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        """Yield each text with empty artifacts."""
        del batch_size, n_process, kwargs
        for text in texts:
            yield text, self.process_text(text, language)

    def is_stopword(self, word: str, language: str) -> bool:
        """Return False."""
        del word, language
        return False

    def is_punct(self, word: str, language: str) -> bool:
        """Return False."""
        del word, language
        return False

    def get_supported_entities(self) -> list[str]:
        """Return nothing: entities come from the recognisers."""
        return []

    def get_supported_languages(self) -> list[str]:
        """Return the one language name under which the recognisers are registered."""
        return [LANGUAGE]


def chinese_recognisers(language: str = LANGUAGE) -> list[EntityRecognizer]:
    """Return our recognisers, for a registry of one's own."""
    return [
        FamilyRecognizer("structured identifiers", _STRUCTURED, find_structured, language),
        FamilyRecognizer("persons, addresses, organisations", [*TYPES], Namer().find, language),
    ]


def analyzer(extra: tuple[EntityRecognizer, ...] = ()) -> AnalyzerEngine:
    """Return an analyzer with our recognisers and any `extra` plug-ins."""
    registry = RecognizerRegistry(
        recognizers=[*chinese_recognisers(), *extra], supported_languages=[LANGUAGE]
    )
    return AnalyzerEngine(
        registry=registry,
        nlp_engine=NothingNlpEngine(),
        supported_languages=[LANGUAGE],
        default_score_threshold=0.5,
    )
