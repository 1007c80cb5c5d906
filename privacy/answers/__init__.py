"""From noisy statistics to the table of an answer: post-processing, free of loss. Nothing here is confidential."""

from privacy.answers.figures import Noisy
from privacy.answers.known_noise import Noise
from privacy.answers.layout import (
    Layout,
    identities_of,
    key_identity,
    layout_from_json,
    layout_of,
)
from privacy.answers.tables import Prefer, Stored, Table, table_of

__all__ = [
    "Layout",
    "Noise",
    "Noisy",
    "Prefer",
    "Stored",
    "Table",
    "identities_of",
    "key_identity",
    "layout_from_json",
    "layout_of",
    "table_of",
]
