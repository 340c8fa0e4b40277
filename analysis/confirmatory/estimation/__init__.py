"""Finding the parameters at which a model is nearest to the data, and what that says."""
