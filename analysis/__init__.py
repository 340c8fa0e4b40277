"""Psychometrics for ordinal survey items: arrays in, frozen results out.

A researcher imports everything from here::

    from analysis import cronbach_alpha, describe_items

Nothing in this package reads files, talks to a database or knows of the web.
"""

from .errors import AnalysisError
from .interval import Interval
from .item_responses import ItemResponses, read_item_responses
from .table import ResultTable, Table

__all__ = [
    "AnalysisError",
    "Interval",
    "ItemResponses",
    "ResultTable",
    "Table",
    "read_item_responses",
]
