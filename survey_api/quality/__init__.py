"""What the quality team reads: the scores of a release and the risks it suggests."""
