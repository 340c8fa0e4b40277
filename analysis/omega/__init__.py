"""McDonald's omega: the reliability of a sum from a factor model of its items."""

from .coefficient import Omega, mcdonald_omega, omega_from_covariance

__all__ = ["Omega", "mcdonald_omega", "omega_from_covariance"]
