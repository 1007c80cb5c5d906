"""Recognition: what in a text identifies a person, and taking it out.

`Redactor` runs the recognisers and replaces what they find; they are plug-ins for Presidio's analyzer
too (`privacy.recognition.presidio`). `find_checked` is the quick search for identifiers that hold by
their own check, `residual_identifiers` what must not be left in anything that is stored.
"""

from privacy.recognition.numbers.checked import find_checked
from privacy.recognition.numbers.identifiers import (
    credit_code_valid,
    luhn_valid,
    old_id_valid,
    resident_id_valid,
    to_18_digits,
)
from privacy.recognition.reading.normalisation import Normalised, normalise
from privacy.recognition.redactor import Entity, KnownValue, Redacted, Redactor
from privacy.recognition.replacing.operators import OPERATORS, Operator
from privacy.recognition.residue import MAY_HOLD, residual_identifiers

__all__ = [
    "MAY_HOLD",
    "OPERATORS",
    "Entity",
    "KnownValue",
    "Normalised",
    "Operator",
    "Redacted",
    "Redactor",
    "credit_code_valid",
    "find_checked",
    "luhn_valid",
    "normalise",
    "old_id_valid",
    "resident_id_valid",
    "residual_identifiers",
    "to_18_digits",
]
