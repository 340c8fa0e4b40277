"""Survey data in and out: responses from elsewhere become a campaign, a campaign becomes a data set with its codebook."""
