"""Who is left out of a session: by her pseudonym, or, where the purpose is newer than her wish, by her mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from privacy.pseudonyms import Pseudonymiser

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Marked:
    """The marks of persons left out whatever the purpose, and the key that makes a mark of an id."""

    marks: frozenset[str] = field(default=frozenset(), repr=False)
    key: bytes = field(default=b"", repr=False)

    def among(self, ids: Sequence[str | None]) -> NDArray[np.bool_]:
        """Return which of these resident ids (or null) are of a marked person."""
        made = iter(Pseudonymiser(self.key).of(i for i in ids if i))
        return np.array([bool(i) and next(made) in self.marks for i in ids], dtype=bool)


class LeftOut:
    """Tells which rows are of nobody to be left out; pseudonyms that a mark betrays are learnt."""

    __slots__ = ("_known", "_marked")

    def __init__(self, pseudonyms: frozenset[str], marked: Marked) -> None:
        self._known = pseudonyms
        self._marked = marked

    def learn(self, ids: Sequence[str | None], people: pa.Array) -> None:
        """Learn the pseudonyms of marked persons from a batch of ids and the pseudonyms beside them."""
        hits = np.flatnonzero(self._marked.among(ids))
        self._known = self._known.union(people.take(hits).to_pylist())

    @property
    def by_mark(self) -> bool:
        """Whether there are marks to look for."""
        return bool(self._marked.marks)

    def among(self, people: pa.Array) -> NDArray[np.bool_]:
        """Return which of these pseudonyms (or null) are left out."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not self._known:
            return np.zeros(len(people), dtype=bool)
        found = pc.is_in(people, pa.array(sorted(self._known), pa.string()))
        whole: NDArray[np.bool_] = found.to_numpy(zero_copy_only=False)
        return whole
