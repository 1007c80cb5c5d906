"""Local privacy: an answer is randomised on the person's own device, before anyone can see it (plan §5.3).

Pure: design, probabilities, memory, form, estimation and planning. Drawing takes its randomness from the caller.
"""

from privacy.survey.design import Question, Survey, epsilon_of
from privacy.survey.estimation import Tally, estimate, summed
from privacy.survey.form import Answer, answer_from, canonical_token, read_answer, reports_of
from privacy.survey.intervals import ESTIMANDS, Estimand
from privacy.survey.limits import limits, weight
from privacy.survey.mechanisms import KRR, NANO, Mechanism, Unary, mechanism_for, true_epsilon
from privacy.survey.memory import Memory, MemoryRule, Report
from privacy.survey.planning import Wanted, answers_for, half_width_at
from privacy.survey.randomising import randomise
from privacy.survey.reading import nano, read_survey_file, survey_from_json
from privacy.survey.strata import TIERS, Stratum, cells_of, read_strata

__all__ = [
    "ESTIMANDS",
    "KRR",
    "NANO",
    "TIERS",
    "Answer",
    "Estimand",
    "Mechanism",
    "Memory",
    "MemoryRule",
    "Question",
    "Report",
    "Stratum",
    "Survey",
    "Tally",
    "Unary",
    "Wanted",
    "answer_from",
    "answers_for",
    "canonical_token",
    "cells_of",
    "epsilon_of",
    "estimate",
    "half_width_at",
    "limits",
    "mechanism_for",
    "nano",
    "randomise",
    "read_answer",
    "read_strata",
    "read_survey_file",
    "reports_of",
    "summed",
    "survey_from_json",
    "true_epsilon",
    "weight",
]
