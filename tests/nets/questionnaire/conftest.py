"""The instrument of the tests: small, in two languages, with reverse-keyed items, two branches and a way round."""

import json
from pathlib import Path
from typing import Any

import pytest

from nets.questionnaire.document import read_version
from nets.questionnaire.version import QuestionnaireVersion

INSTRUMENT = Path(__file__).parents[2] / "instruments" / "team-climate-2026.1.json"


@pytest.fixture
def small_document() -> dict[str, Any]:
    """The document as JSON data, a fresh copy for every test to change."""
    return dict(json.loads(INSTRUMENT.read_bytes()))


@pytest.fixture(scope="session")
def small_version() -> QuestionnaireVersion:
    """The same, read."""
    return read_version(INSTRUMENT.read_bytes(), INSTRUMENT.name)
