"""An NLP engine for Presidio that downloads nothing: words by rjieba, so that context words count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine


@dataclass(frozen=True, slots=True)
class Word:
    """A word and where it stands: what Presidio asks of a token."""

    text: str
    idx: int

    def __str__(self) -> str:
        return self.text

    def __len__(self) -> int:
        return len(self.text)


class WordsNlpEngine(NlpEngine):
    """Cuts text into words (rjieba's dictionary); a word is its own lemma.

    Presidio's context enhancement looks for a recogniser's context words among the lemmas around a
    finding: an engine without lemmas leaves it blind. No model, no download, no entities of its own.

    Parameters
    ----------
    languages
        The language names under which the analyzer asks; the words are cut alike.
    """

    def __init__(self, languages: Sequence[str] = ("zh", "en")) -> None:
        self._languages = list(languages)

    def load(self) -> None:
        """Load the dictionary."""
        import rjieba

        rjieba.cut("")

    def is_loaded(self) -> bool:
        """Return True: the dictionary is part of the library."""
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """Cut a text into words."""
        import rjieba

        words, at = [], 0
        # a lone surrogate is no text: it is read as ?, one for one
        for piece in rjieba.cut(text.encode("utf-8", "replace").decode()):
            if not piece.isspace():
                words.append(Word(text[at : at + len(piece)], at))
            at += len(piece)
        tokens: Any = words
        return NlpArtifacts(
            entities=[],
            tokens=tokens,
            tokens_indices=[w.idx for w in words],
            lemmas=[w.text.lower() for w in words],
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
        """Yield each text with its words."""
        del batch_size, n_process, kwargs
        for text in texts:
            yield text, self.process_text(text, language)

    def is_stopword(self, word: str, language: str) -> bool:
        """Return False: every word may be context."""
        del word, language
        return False

    def is_punct(self, word: str, language: str) -> bool:
        """Tell whether a word is punctuation alone."""
        del language
        return not any(c.isalnum() for c in word)

    def get_supported_entities(self) -> list[str]:
        """Return nothing: entities come from the recognisers."""
        return []

    def get_supported_languages(self) -> list[str]:
        """Return the language names."""
        return list(self._languages)
