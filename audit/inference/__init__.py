"""Intervals: each names its estimand."""

from audit.inference.estimates import Estimand, Estimate, z_at

__all__ = ["Estimand", "Estimate", "z_at"]
