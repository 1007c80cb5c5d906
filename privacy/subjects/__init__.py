"""Rights of the data subject: whose pseudonyms they are, which rows are hers, what she is answered."""

from privacy.subjects.answer import Answer
from privacy.subjects.identity import Pseudonyms, ids_in, pseudonyms_of
from privacy.subjects.rows import Holding, corrected, holdings, keys_of_datasets, own_rows

__all__ = [
    "Answer",
    "Holding",
    "Pseudonyms",
    "corrected",
    "holdings",
    "ids_in",
    "keys_of_datasets",
    "own_rows",
    "pseudonyms_of",
]
