"""Pseudonyms: keyed stand-ins for a person, bound to purpose, field and key version."""

from privacy.pseudonyms.keys import FieldKey, PurposeKey
from privacy.pseudonyms.pseudonymiser import Pseudonymiser
from privacy.pseudonyms.reversible import Reversible

__all__ = ["FieldKey", "Pseudonymiser", "PurposeKey", "Reversible"]
