"""Pseudonyms: keyed stand-ins for a person, bound to purpose, field and key version."""

from privacy.pseudonyms.keys import PurposeKey
from privacy.pseudonyms.pseudonymiser import Pseudonymiser

__all__ = ["Pseudonymiser", "PurposeKey"]
