"""Numbers and what is told by shape, check or label: identifiers, dates of birth, ages."""
