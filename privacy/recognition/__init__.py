"""Recognition: what in a text identifies a person, and taking it out.

The recognisers are plug-ins for Presidio's analyzer; `Redactor` runs them and replaces what they find.
"""

from privacy.recognition.identifiers import (
    credit_code_valid,
    luhn_valid,
    old_id_valid,
    resident_id_valid,
    to_18_digits,
)
from privacy.recognition.normalisation import Normalised, normalise
from privacy.recognition.redactor import Entity, KnownValue, Redacted, Redactor
from privacy.recognition.residue import residual_identifiers

__all__ = [
    "Entity",
    "KnownValue",
    "Normalised",
    "Redacted",
    "Redactor",
    "credit_code_valid",
    "luhn_valid",
    "normalise",
    "old_id_valid",
    "resident_id_valid",
    "residual_identifiers",
    "to_18_digits",
]
