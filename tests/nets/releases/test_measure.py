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
    of_standard = {measure.code: measure.items for measure in measures_of(nets_version)}
    for standard, items in covering.items():
        ratings = tuple(item.code for item in items if item.kind == "rating")
        assert of_standard.get(f"standard:{standard}", ()) == ratings
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
