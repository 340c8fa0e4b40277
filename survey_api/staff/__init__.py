"""Those who work with the survey: how they sign in, who they are at each request, and how often they may ask."""
