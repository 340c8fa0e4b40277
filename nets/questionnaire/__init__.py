"""Questionnaires as published data: format, versions, branches, publishing."""
