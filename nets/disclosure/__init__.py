"""Disclosure control: what may be shown (``shown`` is the one door), and what is hidden because it would give more away."""
