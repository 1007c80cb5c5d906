"""Pseudonyms: keyed stand-ins for a person, bound to purpose, field and key version."""

from privacy.pseudonyms.columns import pseudonyms_of_column, register_pseudonym
from privacy.pseudonyms.keys import PERSON_FIELD, FieldKey, PurposeKey
from privacy.pseudonyms.pseudonymiser import Pseudonymiser
from privacy.pseudonyms.reversible import Reversible

__all__ = [
    "PERSON_FIELD",
    "FieldKey",
    "Pseudonymiser",
    "PurposeKey",
    "Reversible",
    "pseudonyms_of_column",
    "register_pseudonym",
]
