"""The report as a whole: what is planted is found, what cannot be computed says why, and nothing is computed twice."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

from analysis import AnalysisError, ItemShift, Outcome, ReportSection, ValidationReport

Validate = Callable[..., ValidationReport]
Simulate = Callable[..., Any]

ORDER = (
    "sample", "missingness", "data-quality", "items", "structure", "internal-consistency", "retest", "measurement-error",
    "invariance", "criterion", "known-groups", "content", "unit-scores",
)  # fmt: skip


def outcomes(report: ValidationReport) -> dict[str, str]:
    return {verdict.what: verdict.outcome for section in report.sections for verdict in section.verdicts}


def words(section: ReportSection) -> str:
    return " ".join(part.text for part in section.parts if hasattr(part, "text"))


def test_every_section_is_there_in_the_order_of_cosmin(clean: ValidationReport) -> None:
    assert tuple(section.code for section in clean.sections) == ORDER


def test_a_clean_instrument_is_not_accused(clean: ValidationReport) -> None:
    said = outcomes(clean)
    assert not [what for what, outcome in said.items() if outcome in {"not met", "partly met"} and "median" not in what]


def test_what_was_computed_says_how_in_a_sentence_and_what_was_not_says_why(clean: ValidationReport) -> None:
    for section in clean.sections:
        assert section.computed == bool(section.methods)
        assert len(words(section)) > 30, section.code
    assert {section.code for section in clean.sections if not section.computed} == {
        "retest", "measurement-error", "invariance", "criterion", "known-groups", "content",
    }  # fmt: skip


def test_a_missing_factor_is_found(validate: Validate, simulate: Simulate, model_with: Callable[..., Any]) -> None:
    shared = dict.fromkeys(("item_1", "item_5", "item_9", "item_10"), 0.5)
    drawn = simulate(800, model=model_with(Wording=shared))
    structure = validate(drawn.responses).section("structure")
    assert structure.values["parallel_analysis"] == 4
    assert "item_1 with item_5" in words(structure)
    assert {verdict.what: verdict.outcome for verdict in structure.verdicts}["Fit: RMSEA (robust)"] == "not met"


def test_an_item_that_works_differently_in_a_group_is_found(validate: Validate, simulate: Simulate) -> None:
    group = ["Nursing", "Medicine"] * 400
    drawn = simulate(800, group=group, dif=[ItemShift("item_3", "Medicine", harder=0.7)])
    invariance = validate(drawn.responses, groups={"Learner group": group}).section("invariance")
    found = invariance.values["groups"]["Learner group"]
    assert found["reached"] == {"Induction": "loadings", "Teamwork": "strict", "Facilities": "strict"}
    assert max(found["change_of_r_squared"], key=found["change_of_r_squared"].get) == "item_3"
    said = {verdict.what: (verdict.outcome, verdict.found) for verdict in invariance.verdicts}
    assert said["Items work alike: change of R²"] == ("partly met", "above it: item_3")


def test_groups_that_answer_alike_are_not_told_apart(validate: Validate, simulate: Simulate) -> None:
    group = ["Nursing", "Medicine"] * 400
    invariance = validate(simulate(800).responses, groups={"Learner group": group}).section("invariance")
    assert {verdict.outcome for verdict in invariance.verdicts} == {"met"}


def test_groups_of_which_only_one_is_large_enough_are_not_compared(validate: Validate, simulate: Simulate) -> None:
    group = ["Nursing"] * 250 + ["Medicine"] * 50
    invariance = validate(simulate(300).responses, groups={"Learner group": group}).section("invariance")
    assert not invariance.computed
    assert "not two groups of at least 100 learners: learner group" in words(invariance)


def test_straight_liners_are_found_and_results_given_twice(validate: Validate, simulate: Simulate) -> None:
    quality = validate(simulate(800, straight_lining=0.15).responses).section("data-quality")
    assert quality.verdicts[0].outcome == "not met"
    assert 0.12 < quality.values["straight_lining_share"] < 0.22
    assert "given twice" in words(quality)


def test_units_that_differ_are_told_from_units_that_do_not(
    clean: ValidationReport, validate: Validate, simulate: Simulate
) -> None:
    scales = clean.section("unit-scores").values["scales"]
    assert all(0.05 < found["icc1"] < 0.3 for found in scales.values())
    alone = simulate(600, unit_shift=np.zeros((30, 3)))
    assert max(
        found["icc1"]
        for found in validate(alone.responses, unit=list(alone.unit)).section("unit-scores").values["scales"].values()
    ) < 0.03  # fmt: skip


def test_an_outcome_that_follows_the_items_is_met(validate: Validate, simulate: Simulate) -> None:
    drawn = simulate(500)
    overall = np.clip(np.round(drawn.responses.mean(axis=1)), 1, 5)
    report = validate(drawn.responses, outcomes=[Outcome("Overall", overall, 4)])
    assert outcomes(report)["Correlation with outcomes"] == "met"


def test_a_misspelt_item_is_named_before_anything_is_computed(validate: Validate) -> None:
    began: list[str] = []
    answers = np.random.default_rng(1).integers(1, 6, (50, 3))
    model = {"One": ["item_1", "itme_2"], "Two": ["item_1", "item_9"]}
    with pytest.raises(AnalysisError) as refused:
        validate(answers, model, unit=["a"] * 49, progress=began.append)
    assert refused.value.problems == (
        "scale One names item itme_2, which the answers do not have; is it item_2?",
        "scale Two names item item_1 beside scale One: an item belongs to one scale",
        "scale Two names item item_9, which the answers do not have; is it item_3?",
        "unit has 49 entries for 50 respondents",
    )
    assert not began


def test_finished_sections_are_not_computed_again_unless_what_they_use_has_changed(
    validate: Validate, simulate: Simulate
) -> None:
    drawn = simulate(200)
    kept: dict[str, ReportSection] = {}
    first = validate(drawn.responses, finished=kept, n_resamples=100)
    began: list[str] = []
    again = validate(drawn.responses, finished=kept, progress=began.append)
    assert all(title.endswith("kept from before") for title in began)
    assert again.to_html() == first.to_html()
    began.clear()
    validate(drawn.responses, finished=kept, n_resamples=101, progress=began.append)
    assert [title for title in began if not title.endswith("before")] == ["Internal consistency"]
    began.clear()
    validate(drawn.responses, finished=kept, program="newer", progress=began.append)
    assert not [title for title in began if title.endswith("before")]


def test_a_section_survives_json(clean: ValidationReport) -> None:
    for section in clean.sections:
        document = json.loads(json.dumps(section.to_document(), allow_nan=False))
        assert ReportSection.from_document(document).to_document() == section.to_document()


def test_the_figures_are_json_without_drawings(clean: ValidationReport) -> None:
    document = json.loads(clean.to_json())
    assert [section["code"] for section in document["sections"]] == list(ORDER)
    assert "<svg" not in clean.to_json()
    assert document["thresholds"]["conventions"][0]["source"]
    assert document["sections"][4]["values"]["parallel_analysis"] == 3


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in {"src", "href"} and value]
        if tag not in {"meta", "link", "br"} and not self.get_starttag_text().endswith("/>"):  # type: ignore[union-attr]
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_asks_for_nothing_from_elsewhere(clean: ValidationReport) -> None:
    page = _Page()
    page.feed(clean.to_html())
    assert page.open == []
    assert "script" not in page.tags
    assert page.tags.count("svg") >= 6
    assert all(address.startswith("#") for address in page.addresses)
    assert not re.search(r"\b(nan|inf|None)\b", clean.to_html())


def test_the_page_shows_names_from_outside_as_text(validate: Validate, simulate: Simulate) -> None:
    drawn = simulate(200)
    model = {"<b>A & B</b>": [f"item_{place}" for place in range(1, 13)]}
    page = validate(drawn.responses, model, title="<script>x</script>").to_html()
    assert "<script>" not in page
    assert "<b>A &" not in page
    assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in page
