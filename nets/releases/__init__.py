"""Releases: a campaign's scores, added up, frozen and kept; pages, API and commands read nothing else."""
