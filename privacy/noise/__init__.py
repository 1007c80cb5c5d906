"""The only room that knows OpenDP: it prices what a question costs, and draws the noise."""

from privacy.noise.drawn import Drawn
from privacy.noise.half_widths import half_width, variance
from privacy.noise.measured import Choice, Measured, Priced
from privacy.noise.measurements import epsilon_of
from privacy.noise.pricing import Ask, price
from privacy.noise.process import NoiseProcess
from privacy.noise.ticks import tick

__all__ = [
    "Ask",
    "Choice",
    "Drawn",
    "Measured",
    "NoiseProcess",
    "Priced",
    "epsilon_of",
    "half_width",
    "price",
    "tick",
    "variance",
]
