"""Invented places and simulated learners from a stated model, for the demo, for tests and for trying a campaign out."""
