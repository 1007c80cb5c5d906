"""How fast notes are redacted on one core, beside all of stock Presidio's recognisers in the same run.

The stock analyzer has every predefined recogniser of the installed Presidio that runs without a
network or a model, on an NLP engine without tokens. Left out: its e-mail recogniser, which downloads a
list of domains through tldextract on first use, and the recognisers that need a model or a service.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import presidio_analyzer.predefined_recognizers as predefined
from presidio_analyzer import AnalyzerEngine, LocalRecognizer, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpArtifacts

from privacy.recognition import KnownValue, Redactor, find_checked
from privacy.recognition.families import RULES
from privacy.recognition.reading.normalisation import normalise
from privacy.recognition.words import WordsNlpEngine
from tests.benchmarks.notes_to_find import notes

CHARACTERS = 75
_LEFT_OUT = {"EmailRecognizer"}
_RUNS = 5


def texts_of(n: int, seed: int = 21) -> list[str]:
    """Return n generated notes of about 75 characters: two or three templates in a row."""
    made: list[str] = []
    source = (text for text, _ in notes(seed, 4 * n))
    while len(made) < n:
        text = next(source)
        while len(text) < CHARACTERS - 15:
            text += next(source)
        made.append(text)
    return made


class NoWords(WordsNlpEngine):
    """An NLP engine that reads nothing: stock Presidio at its quickest."""

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """Return empty artifacts."""
        del text
        nothing: Any = []
        return NlpArtifacts([], nothing, [], [], self, language)


def stock(language: str = "en") -> tuple[Callable[[str], object], int]:
    """Return stock Presidio's analyzer as a function, and how many recognisers it has."""
    made = []
    for kind in _predefined():
        try:
            made.append(kind(supported_language=language))
        except Exception:
            continue  # it needs a model, a service or a package that is not there
    registry = RecognizerRegistry(recognizers=made, supported_languages=[language])
    engine = AnalyzerEngine(
        registry=registry, nlp_engine=NoWords([language]), supported_languages=[language]
    )
    return lambda text: engine.analyze(text, language), len(made)


def _predefined() -> list[type[LocalRecognizer]]:
    """Return every predefined recogniser, those too that Presidio does not load by itself."""
    found = {}
    for module in walk_packages(predefined.__path__, predefined.__name__ + "."):
        if any(
            word in module.name for word in (".ner.", ".nlp_engine_recognizers.", ".third_party.")
        ):
            continue
        for name, kind in vars(import_module(module.name)).items():
            if isinstance(kind, type) and issubclass(kind, LocalRecognizer):
                if kind.__module__.startswith(predefined.__name__) and name not in _LEFT_OUT:
                    found[name] = kind
    return [found[name] for name in sorted(found)]


def _rate(work: Callable[[str], object], texts: Sequence[str]) -> float:
    """Return texts a second of processor time: what else runs on the machine does not count."""
    work(texts[0])
    taken = []
    for _ in range(_RUNS):
        start = time.process_time()
        for text in texts:
            work(text)
        taken.append(time.process_time() - start)
    return len(texts) / statistics.median(taken)


def _say(what: str, rate: float, other: float | None = None) -> None:
    ratio = f"{rate / other:8.1f} × stock" if other else ""
    sys.stdout.write(f"{what:58s} {rate:10,.0f} notes/s {ratio}\n")


def main() -> None:
    """Print notes a second and the ratios."""
    texts = texts_of(1_500)
    mean = statistics.mean(map(len, texts))
    sys.stdout.write(f"{len(texts):,} notes of {mean:.0f} characters, one core\n")
    analyse, count = stock()
    presidio = _rate(analyse, texts[:300])
    _say(f"stock Presidio, {count} recognisers", presidio)
    _say("normalisation alone", _rate(normalise, texts), presidio)
    _say("checked identifiers, with normalisation", _rate(find_checked, texts), presidio)
    rules = [f.find for f in RULES]
    _say("all identifiers, without names", _rate(_all(rules), texts), presidio)
    redactor = Redactor()
    _say("everything", _rate(redactor.redact, texts), presidio)
    known = [
        KnownValue("PERSON", "王小明"),
        KnownValue("PHONE_NUMBER", "13800138000"),
        KnownValue("CN_RESIDENT_ID", "11010519491231002X"),
        KnownValue("ADDRESS", "深圳市龙华区民治街道北站社区梅龙路88号3栋502室"),
    ]
    _say(
        "everything, with four known values of the row",
        _rate(lambda t: redactor.redact(t, known), texts),
        presidio,
    )
    start = time.perf_counter()
    many = texts * 4
    redactor.redact_many(many, processes=2)
    _say(
        "everything, two processes (their start included)",
        len(many) / (time.perf_counter() - start),
        presidio,
    )


def _all(finders: Sequence[Callable[[str], Any]]) -> Callable[[str], object]:
    def work(text: str) -> object:
        read = normalise(text).text
        return [find(read) for find in finders]

    return work


if __name__ == "__main__":
    main()
