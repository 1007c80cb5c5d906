"""The only room that knows OpenDP: it prices what a question costs, and draws the noise."""

from privacy.noise.half_widths import half_width
from privacy.noise.pricing import Ask, Priced, price
from privacy.noise.process import NoiseProcess

__all__ = ["Ask", "NoiseProcess", "Priced", "half_width", "price"]
