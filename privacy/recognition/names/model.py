"""Persons, addresses and organisations by a trained model: a conditional random field over characters.

Lafferty, McCallum and Pereira (2001). The model that ships was made by `make train-names`; its card
stands beside it. A city can name its own file.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from policies.errors import BadInput
from privacy.recognition.findings import Found
from privacy.recognition.names.labels import LABELS, OF_LABEL, spans_of

SHIPPED = "names.npz"
EMITTED = ("PERSON", "ADDRESS", "ORGANIZATION")
"""What the model reports; it tells places apart too, so as not to take them for these."""
PROSE = 1.5
"""The caution for texts that read as prose: the best by `privacy.training.caution`."""
BARELY, SURELY = 1.5, 3.0
"""The log odds to which a text is a record and from which it is prose; in between it is so in part.

Of sentences of the newspaper that the register was not learnt from, 94 in 100 lie above the second.
"""
REGISTER = (1 << 13) + 1
REGISTER_SCALE = 32
"""How many weights the register has, kept as whole numbers of 1/32 from -4 to 4."""
SCALE = 256
"""Weights are kept as whole numbers of 1/256."""
_HAN = re.compile("[\u4e00-\u9fff]")
_SCORES = {"PERSON": 0.75, "ADDRESS": 0.82, "ORGANIZATION": 0.65}


@dataclass(frozen=True, slots=True)
class Field:
    """The random field: features that count and their weights (n, labels), transitions, first labels.

    `transitions` is (from, to); the labels stand in the order of `labels`. `register` are the weights
    that tell prose from records, for `register.log_odds`.
    """

    labels: tuple[str, ...]
    keys: Any = field(repr=False)
    states: Any = field(repr=False)
    transitions: Any = field(repr=False)
    first: Any = field(repr=False)
    register: Any = field(repr=False)

    def __post_init__(self) -> None:
        n = len(self.labels)
        if (
            self.states.shape != (len(self.keys), n)
            or self.transitions.shape != (n, n)
            or self.first.shape != (n,)
            or self.register.shape != (REGISTER,)
            or not 0 < n < 128
        ):
            raise BadInput("the weights of a model do not fit its labels", where="names")


class NameModel:
    """Finds persons, addresses and organisations in normalised text with a trained model.

    Parameters
    ----------
    path
        A file made by `python -m privacy.training.train`; it is data (arrays), never code.
    caution
        How much surer than not the model must be of a person, in log odds: a number for every text,
        or None to choose by the text. A record gets none (a name kept harms more than a word lost),
        prose up to `PROSE`: newspapers and social media are full of words that the model never saw.
    """

    def __init__(self, path: Path, caution: float | None = None) -> None:
        if caution is not None and not 0 <= caution <= 20:
            raise BadInput("caution lies between 0 and 20", where="names")
        self._tag = tagger(opened(path), caution)

    def find(self, text: str) -> list[Found]:
        """Return what the model finds, in order and without overlaps."""
        if not _HAN.search(text):
            return []
        labels = self._tag(text)
        if not labels.any():
            return []
        return [
            Found(start, end, kind, _SCORES[kind])
            for start, end, kind in spans_of(labels.tolist())
            if kind in EMITTED and _HAN.search(text, start, end)
        ]

    def find_many(self, texts: Sequence[str]) -> list[list[Found]]:
        """Return what the model finds in each text."""
        return [self.find(text) for text in texts]


def tagger(weights: Field, caution: float | None = 0.0) -> Any:
    """Return a function from a text to the number of the best label of each character (int8)."""
    import numpy as np

    from privacy.recognition.names import decoding
    from privacy.recognition.names.characters import encode

    keys = np.ascontiguousarray(weights.keys, np.uint64)
    states = np.ascontiguousarray(weights.states, np.float32)
    transitions = np.ascontiguousarray(weights.transitions, np.float32)
    first = np.ascontiguousarray(weights.first, np.float32)
    register = np.ascontiguousarray(weights.register, np.float32)
    table, present = decoding.table_of(keys, 1 << (2 * len(keys) + 1).bit_length())
    begins = np.array([OF_LABEL["B-PERSON"], OF_LABEL["S-PERSON"]])
    # below 0: by the text
    always = -1.0 if caution is None else caution

    def tag(text: str) -> Any:
        return decoding.decode(
            *encode(text), keys, table, present, states, transitions, first,
            begins, register, always, PROSE, BARELY, SURELY,
        )  # fmt: skip

    return tag


def save(weights: Field, path: Path, facts: dict[str, object]) -> None:
    """Write a model, its weights rounded, with the facts of its making; the same ones, byte for byte."""
    import numpy as np

    def whole(values: Any) -> Any:
        return np.clip(np.rint(values * SCALE), -32_768, 32_767).astype(np.int16)

    order = np.argsort(weights.keys)
    rounded = whole(weights.states[order])
    np.savez_compressed(
        path,
        # neighbours differ little: the differences take less room
        keys=np.diff(weights.keys[order], prepend=np.uint64(0)),
        where=np.packbits(rounded != 0),
        states=rounded[rounded != 0],
        transitions=whole(weights.transitions),
        first=whole(weights.first),
        register=np.rint(weights.register * REGISTER_SCALE).astype(np.int8),
        labels=np.array(weights.labels),
        facts=np.frombuffer(json.dumps(facts, ensure_ascii=False).encode(), np.uint8),
    )


def opened(path: Path) -> Field:
    """Return the weights that a file holds."""
    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as read:
            labels = tuple(str(x) for x in read["labels"])
            keys = np.cumsum(read["keys"], dtype=np.uint64)
            states = np.zeros((len(keys), len(labels)), np.float32)
            given = np.unpackbits(read["where"], count=states.size).astype(bool)
            states[given.reshape(states.shape)] = read["states"] / np.float32(SCALE)
            transitions, first = (
                np.where(read[name] == -32_768, np.float32(-1e4), read[name] / np.float32(SCALE))
                for name in ("transitions", "first")
            )
            register = read["register"] / np.float32(REGISTER_SCALE)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise BadInput(
            "is no model of names", where=path.name, todo="see `make train-names`"
        ) from error
    if labels != LABELS:
        raise BadInput("is a model of other labels", where=path.name, todo="train it anew")
    return Field(labels, keys, states, transitions, first, register)


def facts_of(path: Path) -> dict[str, object]:
    """Return the facts of a model's making, as its trainer wrote them."""
    import numpy as np

    with np.load(path, allow_pickle=False) as read:
        facts: dict[str, object] = json.loads(read["facts"].tobytes())
    return facts


@cache
def shipped_model() -> NameModel:
    """Return the model that ships with the package, opened once."""
    return shipped_with(None)


def shipped_with(caution: float | None) -> NameModel:
    """Return the model that ships, with a caution of one's own for every text."""
    with as_file(files("privacy.recognition.names") / SHIPPED) as path:
        return NameModel(path, caution)
