"""Models of answers taken as normal numbers: maximum likelihood, with and without gaps."""
