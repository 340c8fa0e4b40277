import re

import pytest

from nets.framework import read_framework
from nets.questionnaire.publishing import DEFAULT_FOLDER, QuestionnaireFolder
from nets.questionnaire.routing import routed_items, routed_pages
from nets.questionnaire.version import GroupIs, Item, NonResponse, QuestionnaireVersion

THEMES = {"induction": 5, "supervision": 8, "facilities": 5, "learning": 7, "teamwork": 6}
SAFETY_SCALES = ["dignity", "unsupervised_practice", "patient_safety"]
LEARNER_GROUPS = [
    "nursing",
    "midwifery",
    "allied_health",
    "pharmacy",
    "healthcare_science",
    "paramedicine",
    "medicine_dentistry",
    "support_workforce",
    "independent_learner",
]
PROTECTED_CHARACTERISTICS = {
    "age": "DEM01",
    "disability": "DEM04",
    "pregnancy and maternity": "DEM05",
    "marriage and civil partnership": "DEM06",
    "sex": "DEM08",
    "gender reassignment": "DEM09",
    "sexual orientation": "DEM10",
    "race": "DEM11",
    "religion or belief": "DEM12",
}
HIGH_IS_BAD = {"RES02", "RES03", "RES04", "UNS01", "UNS02", "SAF01"}


@pytest.fixture(scope="module")
def folder() -> QuestionnaireFolder:
    return QuestionnaireFolder(DEFAULT_FOLDER)


@pytest.fixture(scope="module")
def nets(folder: QuestionnaireFolder) -> QuestionnaireVersion:
    return folder.read("nets", "2026.1")


@pytest.fixture(scope="module")
def self_assessment(folder: QuestionnaireFolder) -> QuestionnaireVersion:
    return folder.read("provider-self-assessment", "2026.1")


def core_items(version: QuestionnaireVersion) -> list[Item]:
    return [version.item[code] for scale in version.scales if scale.kind == "theme" for code in scale.items]


def safety_items(version: QuestionnaireVersion) -> list[Item]:
    return [version.item[code] for scale in version.scales if scale.kind == "safety" for code in scale.items]


def syllables(word: str) -> int:
    """An estimate: groups of vowels, less the silent endings of English."""
    letters = re.sub(r"[^a-z]", "", re.sub(r"[’']s$", "", word.lower()))
    if len(letters) > 3 and not re.search(r"(?:[sxzcg]|ch|sh)es$", letters):
        letters = re.sub(r"(?:[^laeiouy]es|[^td]ed|[^l]e)$", "", letters)
    return max(1, len(re.findall(r"[aeiouy]+", letters)))


def reading_grade(*sentences: str) -> float:
    """Flesch-Kincaid grade, one text a sentence; a grade of 7 is a reading age of about 12."""
    words = [word for sentence in sentences for word in re.findall(r"[A-Za-z’'-]+", sentence)]
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def test_the_survey_has_31_core_items_in_five_themes(nets: QuestionnaireVersion) -> None:
    themes = {scale.code: len(scale.items) for scale in nets.scales if scale.kind == "theme"}
    assert themes == THEMES
    assert len({item.code for item in core_items(nets)}) == 31


def test_every_core_item_is_a_five_point_agreement_item_that_speaks_to_a_standard(nets: QuestionnaireVersion) -> None:
    known = {standard.code for standard in read_framework(nets.framework).standards}
    for item in core_items(nets):
        assert item.kind == "rating", item.code
        assert item.response_scale == "agreement", item.code
        assert item.standards, item.code
        assert set(item.standards) <= known, item.code
    agreement = nets.options(core_items(nets)[0])
    assert [option.code for option in agreement] == [
        "strongly_disagree",
        "disagree",
        "neither",
        "agree",
        "strongly_agree",
    ]


def test_no_core_item_is_reversed_or_sensitive(nets: QuestionnaireVersion) -> None:
    assert [item.code for item in core_items(nets) if item.reverse or item.sensitive or item.adverse] == []


def test_every_learner_is_asked_every_core_item_and_every_overall_item(nets: QuestionnaireVersion) -> None:
    wanted = {item.code for item in core_items(nets)} | set(nets.scale["overall"].items)
    for group in LEARNER_GROUPS:
        assert wanted <= routed_items(nets, group, {}), group


def test_core_items_state_one_idea_without_a_negation(nets: QuestionnaireVersion) -> None:
    for item in core_items(nets):
        text = item.text["en"]
        assert len(text) <= 110, item.code
        assert not re.search(r"\b(?:and|or|not|no|never|without|cannot)\b|n’t|n't", text, re.IGNORECASE), text


def test_no_two_items_share_their_wording(nets: QuestionnaireVersion) -> None:
    texts = [item.text["en"].casefold() for item in nets.items]
    assert len(set(texts)) == len(texts)


def test_no_question_is_longer_than_a_phone_shows_at_a_glance(nets: QuestionnaireVersion) -> None:
    assert [item.code for item in nets.items if len(item.text["en"]) > 110] == []


def test_the_reading_grade_tells_plain_words_from_official_ones() -> None:
    assert reading_grade("I know who to ask when I need help.") < 3
    standard = read_framework("hee-2017-18").standards[0].text
    assert reading_grade(standard) > 14


def test_a_reader_of_twelve_can_read_the_themes(nets: QuestionnaireVersion) -> None:
    for code in THEMES:
        assert reading_grade(*(nets.item[item].text["en"] for item in nets.scale[code].items)) <= 5, code
    for item in core_items(nets):
        assert reading_grade(item.text["en"]) <= 8, item.text["en"]


def test_a_reader_of_twelve_can_read_everything_else(nets: QuestionnaireVersion) -> None:
    assert reading_grade(*(item.text["en"] for item in nets.items)) <= 5
    for page in nets.pages:
        sentences = re.findall(r"[^.?:]+[.?:]", page.body.get("en", ""))
        assert not sentences or reading_grade(*sentences) <= 7, page.code


def test_the_overall_items_are_the_criterion_and_come_after_the_themes(nets: QuestionnaireVersion) -> None:
    overall = nets.scale["overall"]
    assert overall.kind == "criterion"
    assert [len(nets.options(nets.item[code])) for code in overall.items] == [5, 5, 5]
    order = [code for page in nets.pages for code in page.items]
    assert order.index(overall.items[0]) > max(order.index(item.code) for item in core_items(nets))


@pytest.mark.parametrize("group", LEARNER_GROUPS)
def test_every_learner_group_has_its_programme_and_two_to_four_items_of_its_own(
    nets: QuestionnaireVersion, group: str
) -> None:
    own = [page for page in nets.pages if page.show_if == GroupIs((group,))]
    programme, profession = own
    assert [nets.item[code].kind for code in programme.items] == ["choice"]
    assert NonResponse.PREFER_NOT_TO_SAY in nets.item[programme.items[0]].non_response
    assert 2 <= len(profession.items) <= 4
    in_themes = {item.code for item in core_items(nets)}
    for code in profession.items:
        assert nets.item[code].kind == "rating"
        assert nets.item[code].standards
        assert code not in in_themes
    others = {code for page in nets.pages if page.show_if != GroupIs((group,)) for code in page.items}
    assert not others & {*programme.items, *profession.items}


def test_the_learner_groups_are_the_agreed_ones(nets: QuestionnaireVersion) -> None:
    assert [group.code for group in nets.learner_groups] == LEARNER_GROUPS


def test_a_foundation_doctor_is_asked_for_a_grade_and_a_medical_student_for_a_year(nets: QuestionnaireVersion) -> None:
    programme = nets.item["PRG07"]
    value = {option.code: option.value for option in nets.options(programme)}
    doctor = routed_items(nets, "medicine_dentistry", {"PRG07": value["foundation"]})
    student = routed_items(nets, "medicine_dentistry", {"PRG07": value["medical_degree"]})
    assert "TRN02" in doctor
    assert "TRN01" not in doctor
    assert "TRN01" in student
    assert "TRN02" not in student
    assert "TRN01" in routed_items(nets, "midwifery", {})


def test_adjustments_are_asked_only_of_those_who_say_they_have_a_disability(nets: QuestionnaireVersion) -> None:
    assert "DEM07" in routed_items(nets, "nursing", {"DEM04": 1})
    assert "DEM07" not in routed_items(nets, "nursing", {"DEM04": 2})
    assert "DEM07" not in routed_items(nets, "nursing", {"DEM04": NonResponse.PREFER_NOT_TO_SAY})


def test_every_sensitive_item_can_be_left_out_behind_an_interruption(nets: QuestionnaireVersion) -> None:
    order = [page.code for page in nets.pages]
    behind: set[str] = set()
    for position, page in enumerate(nets.pages):
        if page.kind == "interruption" and page.skips_to is not None:
            for later in nets.pages[position : order.index(page.skips_to)]:
                behind.update(later.items)
    sensitive = [item for item in nets.items if item.sensitive]
    assert {item.code for item in safety_items(nets)} <= {item.code for item in sensitive}
    for item in sensitive:
        assert item.code in behind, item.code
        assert NonResponse.PREFER_NOT_TO_SAY in item.non_response, item.code


def test_skipping_the_safety_block_leads_past_all_of_it(nets: QuestionnaireVersion) -> None:
    after = [page.code for page in routed_pages(nets, "nursing", {}, skipped=["safety-start"])]
    asked = {code for page in after for code in nets.page[page].items}
    assert not asked & {item.code for item in safety_items(nets)}
    assert {item.code for item in nets.items if item.kind == "comment"} <= asked


def test_every_safety_item_says_which_answers_report_harm(nets: QuestionnaireVersion) -> None:
    assert [scale.code for scale in nets.scales if scale.kind == "safety"] == SAFETY_SCALES
    for item in safety_items(nets):
        assert item.response_scale == "frequency", item.code
        assert item.adverse, item.code
        assert item.reverse == (item.code in HIGH_IS_BAD), item.code
        worst = len(nets.options(item)) if item.reverse else 1
        best = 1 if item.reverse else len(nets.options(item))
        assert worst in item.adverse, item.code
        assert best not in item.adverse, item.code


def test_the_safety_interruption_says_whom_to_call(nets: QuestionnaireVersion) -> None:
    addresses = [address for _, address in nets.page["safety-start"].support]
    assert {"tel:999", "tel:111", "tel:116123"} <= set(addresses)


def test_every_protected_characteristic_is_asked_with_prefer_not_to_say(nets: QuestionnaireVersion) -> None:
    for code in PROTECTED_CHARACTERISTICS.values():
        assert nets.item[code].kind == "choice"
    for item in nets.items:
        if item.kind == "choice":
            assert item.non_response[-1] == NonResponse.PREFER_NOT_TO_SAY, item.code


def test_there_are_two_comments_that_ask_for_no_names(nets: QuestionnaireVersion) -> None:
    comments = [item for item in nets.items if item.kind == "comment"]
    assert len(comments) == 2
    for comment in comments:
        assert comment.hint["en"] == "Please do not name people or patients."


def test_a_full_comment_fits_a_form_post_in_any_script(nets: QuestionnaireVersion) -> None:
    # a character outside the basic plane is four bytes, each of them three characters of a form post; bodies end at 16 KiB
    for page in nets.pages:
        assert sum(nets.item[code].max_length for code in page.items) * 12 < 16 * 1024, page.code


def test_no_page_asks_more_than_four_things(nets: QuestionnaireVersion) -> None:
    for page in nets.pages:
        assert len(page.items) <= 4, page.code
        assert (page.kind == "interruption") == (not page.items), page.code


def test_every_learner_walks_through_every_section(nets: QuestionnaireVersion) -> None:
    for group in LEARNER_GROUPS:
        walked = list(dict.fromkeys(page.section for page in routed_pages(nets, group, {})))
        assert walked == [section.code for section in nets.sections], group


def test_the_self_assessment_asks_once_for_each_of_the_27_standards(self_assessment: QuestionnaireVersion) -> None:
    framework = read_framework(self_assessment.framework)
    ratings = [item for item in self_assessment.items if item.kind == "rating"]
    assert [item.standards for item in ratings] == [(standard.code,) for standard in framework.standards]
    assert [item.hint["en"] for item in ratings] == [standard.text for standard in framework.standards]
    assert len(ratings) == 27


def test_the_self_assessment_has_six_domains(self_assessment: QuestionnaireVersion) -> None:
    assert [len(scale.items) for scale in self_assessment.scales] == [6, 5, 5, 4, 3, 4]
    assert len(self_assessment.sections) == 6


def test_compliance_is_three_valued_and_high_is_good(self_assessment: QuestionnaireVersion) -> None:
    (compliance,) = self_assessment.response_scales
    assert [option.code for option in compliance.options] == ["non_compliance", "partial_compliance", "compliance"]


def test_every_standard_of_the_self_assessment_has_room_for_its_evidence(self_assessment: QuestionnaireVersion) -> None:
    for page in self_assessment.pages:
        rating, evidence = (self_assessment.item[code] for code in page.items)
        assert (rating.kind, evidence.kind) == ("rating", "comment")
        assert rating.standards == evidence.standards


def test_both_instruments_are_published(
    folder: QuestionnaireFolder, nets: QuestionnaireVersion, self_assessment: QuestionnaireVersion
) -> None:
    folder.verify()
    published = (DEFAULT_FOLDER / "PUBLISHED").read_text(encoding="utf-8")
    assert nets.digest in published
    assert self_assessment.digest in published
