"""The pages of whoever answers for data protection: what is hidden, what is kept for how long, and who did what."""
