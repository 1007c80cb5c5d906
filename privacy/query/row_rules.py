"""Everything that is understood row by row, in one table."""

from __future__ import annotations

from privacy.query import reading_functions, reading_plain
from privacy.query.reading import Reader
from privacy.query.relations import Relation
from privacy.query.typed import NamesAPerson

RULES = {**reading_plain.RULES, **reading_functions.RULES}


def row_reader(relation: Relation, names_a_person: NamesAPerson, work: int = 0) -> Reader:
    """Return a reader of expressions over the columns of a relation."""
    return Reader(relation, names_a_person, RULES, work)
