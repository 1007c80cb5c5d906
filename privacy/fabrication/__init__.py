"""Made-up people and notes, seeded: for the synthetic city, training, tests. Pure."""

from privacy.fabrication.numbers import credit_codes, old_ids, phones, plates, resident_ids
from privacy.fabrication.people import DoorAddresses, full_names

__all__ = [
    "DoorAddresses",
    "credit_codes",
    "full_names",
    "old_ids",
    "phones",
    "plates",
    "resident_ids",
]
