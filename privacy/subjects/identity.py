"""From the ids that a person showed to her pseudonyms under every purpose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from policies.errors import BadInput
from privacy.contract import PSEUDONYM_HASHES
from privacy.intake.values import person_key
from privacy.pseudonyms import PERSON_FIELD, Pseudonymiser, PurposeKey

MOST_IDS = 20


@dataclass(frozen=True, slots=True, repr=False)
class Pseudonyms:
    """A person's pseudonyms: purpose → hash → pseudonyms. Its repr shows none."""

    by_purpose: Mapping[str, Mapping[str, frozenset[str]]]

    def of(self, purpose: str) -> frozenset[str]:
        """Return all of one purpose, by whichever hash."""
        return frozenset().union(*self.by_purpose.get(purpose, {}).values())

    def all(self) -> Mapping[str, frozenset[str]]:
        """Return purpose → pseudonyms."""
        return {purpose: self.of(purpose) for purpose in self.by_purpose}


def ids_in(text: str) -> tuple[str, ...]:
    """Return a person's ids from text, one a line, in the form that intake keys by, sorted.

    A person may show several (an old and a new one): all are hers.

    Raises
    ------
    BadInput
        There is none or too many, or a line is no valid resident id; the line is named, not shown.
    """
    found = set()
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        if line.strip():
            key, reason = person_key(line.strip())
            if key is None:
                raise BadInput(reason or "is empty", where=f"the person's ids, line {number}")
            found.add(key)
    if not 1 <= len(found) <= MOST_IDS:
        raise BadInput(f"1 to {MOST_IDS} ids of one person are needed", where="the person's ids")
    return tuple(sorted(found))


def pseudonyms_of(ids: Iterable[str], keys: Iterable[PurposeKey]) -> Pseudonyms:
    """Return the pseudonyms of a person's ids under each key and hash."""
    mine = list(ids)
    return Pseudonyms(
        {
            key.purpose: {
                name: frozenset(Pseudonymiser(key.for_field(PERSON_FIELD), name).of(mine))
                for name in PSEUDONYM_HASHES
            }
            for key in keys
        }
    )
