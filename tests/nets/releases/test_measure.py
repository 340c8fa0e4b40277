"""What a release gives a number for, of the shipped version."""

from nets.framework import read_framework
from nets.questionnaire.coverage import items_by_standard
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.measure import MeasureKind, measures_of


def test_scales_come_first_then_standards_domains_and_items(nets_version: QuestionnaireVersion) -> None:
    measures = measures_of(nets_version)
    kinds = [measure.kind for measure in measures]
    assert list(dict.fromkeys(kinds)) == list(MeasureKind)
    assert [measure.code for measure in measures if measure.kind is MeasureKind.SCALE] == list(nets_version.scale)
    assert len({measure.code for measure in measures}) == len(measures)


def test_a_standard_is_made_of_the_items_that_speak_to_it(nets_version: QuestionnaireVersion) -> None:
    covering = items_by_standard(nets_version, read_framework(nets_version.framework))
    measures = measures_of(nets_version)
    of_standard = {measure.code: measure.items for measure in measures}
    of_everybody = {measure.items[0] for measure in measures if len(measure.items) == 1 and not measure.asked_of}
    for standard, items in covering.items():
        ratings = tuple(item.code for item in items if item.kind == "rating")
        assert of_standard.get(f"standard:{standard}", ()) == (
            tuple(code for code in ratings if code in of_everybody) or ratings
        )
    domain = {
        code
        for measure in measures_of(nets_version)
        if measure.code.startswith("standard:3.")
        for code in measure.items
    }
    assert set(of_standard["domain:3"]) == domain


def test_choices_and_comments_are_no_measures(nets_version: QuestionnaireVersion) -> None:
    items = {measure.items[0] for measure in measures_of(nets_version) if measure.kind is MeasureKind.ITEM}
    assert items == {item.code for item in nets_version.items if item.kind == "rating"}


def test_what_touches_a_safety_item_is_sensitive(nets_version: QuestionnaireVersion) -> None:
    safety = {code for scale in nets_version.scales if scale.kind == "safety" for code in scale.items}
    sensitive = safety | {item.code for item in nets_version.items if item.sensitive}
    for measure in measures_of(nets_version):
        assert measure.sensitive == bool(sensitive.intersection(measure.items))
        assert measure.n_options == max(len(nets_version.options(nets_version.item[code])) for code in measure.items)


def test_what_one_learner_group_alone_is_asked_is_a_breakdown(nets_version: QuestionnaireVersion) -> None:
    of = {measure.code: measure for measure in measures_of(nets_version)}
    assert of["item:NUR01"].asked_of == ("nursing",)
    assert of["item:SUP01"].asked_of == of["supervision"].asked_of == of["standard:3.1"].asked_of == ()
    assert set(of["standard:6.4"].asked_of) == {"nursing", "midwifery", "pharmacy"}
    assert [of[code].is_breakdown for code in ("standard:6.4", "item:SUP01", "standard:4.4", "supervision")] == [
        True, True, True, False
    ]  # fmt: skip


def test_a_standard_counts_what_everybody_is_asked(nets_version: QuestionnaireVersion) -> None:
    of = {measure.code: measure for measure in measures_of(nets_version)}
    assert of["standard:3.5"].items == ("IND04", "LRN03")  # and not HCS03, of healthcare scientists alone
    assert of["standard:6.4"].items == ("NUR04", "MID04", "PHA03")
