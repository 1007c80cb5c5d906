"""From noisy statistics to the table of an answer: post-processing, free of loss. Nothing here is confidential."""

from privacy.answers.arranging import Stored
from privacy.answers.contributing import contribution_level, with_public_rows, with_rows
from privacy.answers.known_noise import Noise
from privacy.answers.layout import (
    Layout,
    identities_of,
    key_identity,
    layout_from_json,
    layout_of,
)
from privacy.answers.noisy import Noisy
from privacy.answers.planning import Advice, advice, planned
from privacy.answers.tables import Prefer, Table, table_of

__all__ = [
    "Advice",
    "Layout",
    "Noise",
    "Noisy",
    "Prefer",
    "Stored",
    "Table",
    "advice",
    "contribution_level",
    "identities_of",
    "key_identity",
    "layout_from_json",
    "layout_of",
    "planned",
    "table_of",
    "with_public_rows",
    "with_rows",
]
