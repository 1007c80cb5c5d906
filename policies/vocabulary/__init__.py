"""The measures that rules may speak of: name, unit, range, ideal, words in both languages."""

from policies.vocabulary.measures import MEASURES, Measure

__all__ = ["MEASURES", "Measure"]
