"""Generalizability theory: how much of a score is the person or unit, and how much items, learners and chance."""

from .decision import DecisionStudy
from .study import Generalizability, VarianceComponents, generalizability

__all__ = ["DecisionStudy", "Generalizability", "VarianceComponents", "generalizability"]
