"""The command that trains the name model: `make train-names`."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from random import Random

import numpy as np

from privacy.recognition.names.characters import encode
from privacy.recognition.names.decoding import features
from privacy.recognition.names.labels import LABELS, labels_of
from privacy.recognition.names.model import Field, save
from privacy.training import newspaper, records
from privacy.training.learning import Settings, learn
from privacy.training.newspaper import Sentence
from privacy.training.registers import learn_register

RECORDS = 90_000
SEED = 19980101
SETTINGS = Settings()


@dataclass(frozen=True, slots=True)
class Corpus:
    """The sentences to learn from, by source."""

    newspaper: list[Sentence]
    retold: list[Sentence]
    records: list[Sentence]


def corpus(seed: int = SEED, n: int = RECORDS) -> Corpus:
    """Return the newspaper, the newspaper with other names, and n generated records."""
    paper = list(newspaper.sentences())
    return Corpus(
        paper,
        list(records.retold(Random(seed + 1), iter(paper))),
        list(records.sentences(seed, n)),
    )


def train(read: Corpus, target: Path, settings: Settings = SETTINGS, seed: int = SEED) -> None:
    """Train on a corpus and write the model; the same corpus and seed give the same bytes."""
    made, gold = [], []
    for text, spans in chain(read.newspaper, read.retold, read.records):
        made.append(features(*encode(text)))
        gold.append(np.array(labels_of(len(text), spans), np.int8))
    learnt = learn(made, gold, np.random.default_rng(seed), settings)
    register = learn_register(
        [text for text, _ in read.newspaper],
        [text for text, _ in read.records],
        np.random.default_rng(seed),
    )
    facts: dict[str, object] = {
        "newspaper": len(read.newspaper),
        "retold": len(read.retold),
        "records": len(read.records),
        "characters": sum(len(g) for g in gold),
        "features": len(learnt.keys),
        "seed": seed,
        **asdict(settings),
    }
    field = Field(LABELS, learnt.keys, learnt.states, learnt.transitions, learnt.first, register)
    save(field, target, facts)


if __name__ == "__main__":
    train(corpus(), Path(sys.argv[1]))
