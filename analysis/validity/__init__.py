"""Whether a score means what it is taken to mean."""
