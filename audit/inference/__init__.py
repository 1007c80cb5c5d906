"""Intervals: each names its estimand."""

from audit.inference.estimates import Estimate, Estimand, z_at

__all__ = ["Estimand", "Estimate", "z_at"]
