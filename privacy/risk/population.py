"""How many of those alone in the data are alone in the population: Zayatz's estimator."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from privacy.risk.classes import Classes

LEAST_FRACTION = 0.1
"""Below a tenth the estimator is known to be far off (Dankar, El Emam, Neisa, Roffey 2012): not used."""


def population_uniques(classes: Classes, population: int) -> float | None:
    """Estimate the probability that a person alone in the sample is alone in the population.

    Zayatz (1991), as in Dankar et al., BMC Med. Inform. Decis. Mak. 12:66 (2012), eq. 4: the sizes of
    population classes are taken to be distributed as those of the sample, and a sample of `n` of `N`
    drawn without replacement: P(N=1 | n=1) = E₁ P(1|1) / Σ_i E_i P(1|i), P(1|i) hypergeometric.

    Returns
    -------
    0 to 1; 1 where the sample is the population; None where the sample is less than a tenth of it or
    nobody is alone.
    """
    n = classes.total
    if not n or not classes.uniques or n < LEAST_FRACTION * population:
        return None
    if n >= population:
        return 1.0
    i = classes.sizes.astype(np.float64)
    possible = i <= population - n + 1
    i, weight = i[possible], classes.classes[possible].astype(np.float64)
    # log P(1 | i) = log [ i · C(N−i, n−1) / C(N, n) ]
    log_p = np.log(i) + _log_choose(population - i, n - 1) - _log_choose(float(population), n)
    expected = weight * np.exp(log_p)
    return float(expected[0] / expected.sum())


def _log_choose(n: np.ndarray | float, k: float) -> np.ndarray:
    return np.asarray(gammaln(np.asarray(n) + 1) - gammaln(k + 1) - gammaln(np.asarray(n) - k + 1))
