"""The domain of the survey: what a questionnaire, a response, a placement and a risk are. No HTTP."""
