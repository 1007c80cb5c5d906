"""The only room that knows OpenDP: it prices what a question costs, and draws the noise."""

from privacy.noise.drawn import Drawn
from privacy.noise.half_widths import half_width
from privacy.noise.pricing import Ask, Measured, Priced, price
from privacy.noise.process import NoiseProcess

__all__ = ["Ask", "Drawn", "Measured", "NoiseProcess", "Priced", "half_width", "price"]
