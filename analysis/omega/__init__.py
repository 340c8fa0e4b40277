"""McDonald's omega: the reliability of a sum from a factor model of its items."""

from .coefficient import mcdonald_omega, omega_from_covariance
from .hierarchical import HierarchicalOmega
from .unidimensional import Omega

__all__ = ["HierarchicalOmega", "Omega", "mcdonald_omega", "omega_from_covariance"]
