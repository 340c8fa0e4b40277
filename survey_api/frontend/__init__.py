"""The front end's sources, and their build into ``survey_api/static`` (``python -m survey_api.frontend``)."""
