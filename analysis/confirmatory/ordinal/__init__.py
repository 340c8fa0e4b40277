"""Models of ordered answers: thresholds, polychoric correlations and weighted least squares."""
