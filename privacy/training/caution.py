"""Choose the caution for prose: the one with the greatest F1 on sentences that the model did not learn.

Run as `python -m privacy.training.caution`. A smaller model is learnt from half of the newspaper and
generated records, as the shipped one is from all; each caution is tried on sentences of the other half.
"""

from __future__ import annotations

import sys
from itertools import islice

import numpy as np

from privacy.recognition.names.characters import encode
from privacy.recognition.names.decoding import features
from privacy.recognition.names.labels import LABELS, labels_of, spans_of
from privacy.recognition.names.model import REGISTER, Field, tagger
from privacy.training import newspaper, records
from privacy.training.learning import Settings, learn
from privacy.training.newspaper import Sentence

CAUTIONS = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0)
_LEARNT, _RECORDS = 14_000, 28_000


def rates(weights: Field, held: list[Sentence], caution: float) -> tuple[float, float, float]:
    """Return precision, recall and F1 of persons, exact spans, by the model alone."""
    tag = tagger(weights, caution)
    given = wanted = right = 0
    for text, spans in held:
        want = {span for span in spans if span[2] == "PERSON"}
        got = {span for span in spans_of(tag(text).tolist()) if span[2] == "PERSON"}
        given, wanted, right = given + len(got), wanted + len(want), right + len(want & got)
    return right / given, right / wanted, 2 * right / (given + wanted)


def main() -> None:
    """Print the rates of each caution."""
    paper = list(newspaper.sentences())
    made, gold = [], []
    for text, spans in (*islice(paper, 1, 2 * _LEARNT, 2), *records.sentences(7, _RECORDS)):
        made.append(features(*encode(text)))
        gold.append(np.array(labels_of(len(text), spans), np.int8))
    learnt = learn(made, gold, np.random.default_rng(1), Settings(epochs=4))
    weights = Field(
        LABELS, learnt.keys, learnt.states, learnt.transitions, learnt.first, np.zeros(REGISTER)
    )
    for caution in CAUTIONS:
        precision, recall, both = rates(weights, paper[::20], caution)
        sys.stdout.write(f"{caution}: P {precision:.3f} R {recall:.3f} F1 {both:.4f}\n")


if __name__ == "__main__":
    main()
