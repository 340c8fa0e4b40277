"""The contents of the report in the order of COSMIN's measurement properties: what each section asks, needs and calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from .section import Findings
from .sections.content_validity import describe_content_validity
from .sections.criterion_validity import describe_criterion_validity
from .sections.data_quality import describe_data_quality
from .sections.internal_consistency import describe_internal_consistency
from .sections.invariance import describe_invariance
from .sections.item_statistics import describe_item_statistics
from .sections.known_groups import describe_known_groups
from .sections.missingness import describe_missingness
from .sections.retest import describe_measurement_error, describe_retest
from .sections.sample import describe_sample
from .sections.structural_validity import describe_structure
from .sections.unit_scores import describe_unit_scores
from .study import Study

_ITEMS: Final = (
    "values",
    "items",
    "wording",
    "scales",
    "categories",
    "options",
    "reverse",
    "n_empty",
    "least_group",
    "seed",
    "identical",
)
_UNITS: Final = ("unit", "unit_name", "least_unit")


@dataclass(frozen=True, slots=True)
class PlannedSection:
    """A section before it is computed."""

    code: str
    title: str
    question: str
    uses: tuple[str, ...]
    describe: Callable[[Study], Findings]


CONTENTS: Final = (
    PlannedSection(
        "sample",
        "Sample and response",
        "Who answered, and how many could have?",
        (*_ITEMS, *_UNITS, "groups", "n_invited"),
        describe_sample,
    ),
    PlannedSection(
        "missingness",
        "Missing answers",
        "What was left out, and does it matter?",
        (*_ITEMS, "why_missing"),
        describe_missingness,
    ),
    PlannedSection(
        "data-quality",
        "Data quality",
        "Were the items read, and does any finding hang on those who did not read them?",
        (*_ITEMS, *_UNITS),
        describe_data_quality,
    ),
    PlannedSection(
        "items",
        "Item statistics",
        "What do the answers look like, and do scores crowd at an end?",
        _ITEMS,
        describe_item_statistics,
    ),
    PlannedSection(
        "structure",
        "Structural validity",
        "How many things do the items measure, and are they the published ones?",
        (*_ITEMS, *_UNITS, "n_draws"),
        describe_structure,
    ),
    PlannedSection(
        "internal-consistency",
        "Internal consistency",
        "Do the items of a scale answer the same question?",
        (*_ITEMS, *_UNITS, "n_resamples"),
        describe_internal_consistency,
    ),
    PlannedSection(
        "retest",
        "Test–retest reliability",
        "Does a score stay the same where nothing has changed?",
        (*_ITEMS, "retest"),
        describe_retest,
    ),
    PlannedSection(
        "measurement-error",
        "Measurement error",
        "By how much does one learner's score waver?",
        (*_ITEMS, "retest"),
        describe_measurement_error,
    ),
    PlannedSection(
        "invariance",
        "Invariance over groups",
        "Do the items mean the same to every group of learners?",
        (*_ITEMS, "groups"),
        describe_invariance,
    ),
    PlannedSection(
        "criterion",
        "Criterion validity",
        "Do scores go with what they should go with?",
        (*_ITEMS, "outcomes", "adverse"),
        describe_criterion_validity,
    ),
    PlannedSection(
        "known-groups",
        "Known groups",
        "Do groups differ that are known to differ?",
        (*_ITEMS, "groups", "hypotheses"),
        describe_known_groups,
    ),
    PlannedSection(
        "content",
        "Content validity",
        "Do experts find the items relevant?",
        (*_ITEMS, "relevance"),
        describe_content_validity,
    ),
    PlannedSection(
        "unit-scores",
        "Reliability of {unit} scores",
        "What does a {unit}'s score say, and how many learners does it need?",
        (*_ITEMS, *_UNITS),
        describe_unit_scores,
    ),
)
