"""The data contract: what a dataset is, who is in it, and what it may be used for."""

from privacy.contract.fields import BIOMETRIC_NAME, BIOMETRIC_RULE, TIERS, Field
from privacy.contract.model import (
    PSEUDONYM_FIELD,
    PSEUDONYM_HASHES,
    RANK_FIELD,
    Contract,
    LinkedField,
    Population,
    PseudonymHash,
    Source,
)
from privacy.contract.odcs import to_odcs
from privacy.contract.reading import TO_COMPLETE, contract_from_json, json_schema, read_contract

__all__ = [
    "BIOMETRIC_NAME",
    "BIOMETRIC_RULE",
    "PSEUDONYM_FIELD",
    "PSEUDONYM_HASHES",
    "RANK_FIELD",
    "TIERS",
    "TO_COMPLETE",
    "Contract",
    "Field",
    "LinkedField",
    "Population",
    "PseudonymHash",
    "Source",
    "contract_from_json",
    "json_schema",
    "read_contract",
    "to_odcs",
]
