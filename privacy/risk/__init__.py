"""Re-identification risk of a dataset as it stands: exact figures, for the enclave alone.

`reading` opens files; everything else is pure: counting, equivalence classes, diversity, closeness,
grading and what to coarsen.
"""

from privacy.risk.classes import Classes, Prosecutor
from privacy.risk.closeness import t_equal, t_ordered
from privacy.risk.coarsening import Advice, Atoms, Node, Target, advise
from privacy.risk.counting import Column, Counted, Sensitive
from privacy.risk.diversity import Cells, Diversity, diversity
from privacy.risk.grading import GRADES, MODES, Graded, Mode, grade
from privacy.risk.ladders import Ladder, ladder
from privacy.risk.population import population_uniques
from privacy.risk.reading import count_classes

__all__ = [
    "GRADES",
    "MODES",
    "Advice",
    "Atoms",
    "Cells",
    "Classes",
    "Column",
    "Counted",
    "Diversity",
    "Graded",
    "Ladder",
    "Mode",
    "Node",
    "Prosecutor",
    "Sensitive",
    "Target",
    "advise",
    "count_classes",
    "diversity",
    "grade",
    "ladder",
    "population_uniques",
    "t_equal",
    "t_ordered",
]
