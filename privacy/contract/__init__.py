"""The data contract: what a dataset is, who is in it, and what it may be used for."""

from privacy.contract.model import (
    PSEUDONYM_FIELD,
    Contract,
    Field,
    LinkedField,
    Population,
    Source,
)
from privacy.contract.reading import contract_from_json, read_contract

__all__ = [
    "PSEUDONYM_FIELD",
    "Contract",
    "Field",
    "LinkedField",
    "Population",
    "Source",
    "contract_from_json",
    "read_contract",
]
