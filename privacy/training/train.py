"""The command that trains the name model: `make train-names`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pycrfsuite

from privacy.recognition.characters import features
from privacy.training import newspaper, records

RECORDS = 24_000
SEED = 19980101
_SETTINGS = {"c1": 0.1, "c2": 0.05, "max_iterations": 90, "feature.minfreq": 2}


def train(target: Path) -> dict[str, object]:
    """Train on the newspaper and on generated records; write the model, return facts of its card."""
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params(_SETTINGS)
    counted = {"newspaper": 0, "records": 0}
    for source, rows in (
        ("newspaper", newspaper.sentences()),
        ("records", records.sentences(SEED, RECORDS)),
    ):
        for text, labels in rows:
            trainer.append(features(text), labels)
            counted[source] += 1
    trainer.train(str(target))
    return {"sentences": counted, "settings": _SETTINGS, "seed": SEED}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(train(Path(sys.argv[1]))) + "\n")
