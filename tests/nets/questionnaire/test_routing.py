"""Who is asked what, on the instrument of the tests and on conditions made at random."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nets.questionnaire.routing import holds, routed_items, routed_pages
from nets.questionnaire.version import (
    AllOf,
    AnswerIs,
    AnyOf,
    Condition,
    GroupIs,
    NonResponse,
    Not,
    Page,
    QuestionnaireVersion,
    Unanswered,
)

Given = int | str | NonResponse | Unanswered
GROUPS = ("day", "night", "bank")
ITEMS = ("A", "B", "C")

groups = st.sampled_from(GROUPS)
answers_to_abc = st.dictionaries(
    st.sampled_from(ITEMS), st.one_of(st.integers(1, 3), st.sampled_from([*NonResponse, *Unanswered]))
)
leaves: st.SearchStrategy[Condition] = st.one_of(
    st.builds(GroupIs, st.lists(groups, min_size=1, max_size=2).map(tuple)),
    st.builds(AnswerIs, st.sampled_from(ITEMS), st.lists(st.integers(1, 3), min_size=1, max_size=2).map(tuple)),
)
conditions: st.SearchStrategy[Condition] = st.recursive(
    leaves,
    lambda part: st.one_of(
        st.builds(AllOf, st.lists(part, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(part, min_size=1, max_size=3).map(tuple)),
        st.builds(Not, part),
    ),
    max_leaves=6,
)


def codes(pages: tuple[Page, ...]) -> list[str]:
    return [page.code for page in pages]


def page(code: str, *items: str, show_if: Condition | None = None, skips_to: str | None = None) -> Page:
    kind = "questions" if items else "interruption"
    return Page(code, "s", kind, {"en": code}, {}, items, show_if, skips_to, ())  # type: ignore[arg-type]


def paged(version: QuestionnaireVersion, *pages: Page) -> QuestionnaireVersion:
    return replace(version, pages=pages)


def test_a_group_condition_holds_for_its_groups_alone() -> None:
    assert holds(GroupIs(("day", "bank")), "bank", {})
    assert not holds(GroupIs(("day", "bank")), "night", {})


@pytest.mark.parametrize(
    ("answer", "held"), [(1, True), (2, True), (3, False), (NonResponse.PREFER_NOT_TO_SAY, False), ("1", False)]
)
def test_an_answer_condition_holds_for_its_values_alone(answer: Given, held: bool) -> None:
    assert holds(AnswerIs("A", (1, 2)), "day", {"A": answer}) is held


def test_an_item_without_an_answer_is_no_value_of_any_condition() -> None:
    assert not holds(AnswerIs("A", (1, 2, 3)), "day", {})
    assert not holds(AnswerIs("A", (1, 2, 3)), "day", {"A": Unanswered.BLANK})
    assert holds(Not(AnswerIs("A", (1, 2, 3))), "day", {})


@given(st.lists(conditions, min_size=1, max_size=4), groups, answers_to_abc)
def test_and_or_and_not_are_those_of_logic(parts: list[Condition], group: str, answers: Mapping[str, Given]) -> None:
    held = [holds(part, group, answers) for part in parts]
    assert holds(AllOf(tuple(parts)), group, answers) == all(held)
    assert holds(AnyOf(tuple(parts)), group, answers) == any(held)
    assert holds(Not(parts[0]), group, answers) != held[0]
    # De Morgan
    assert holds(Not(AllOf(tuple(parts))), group, answers) == holds(
        AnyOf(tuple(Not(part) for part in parts)), group, answers
    )


@given(conditions, groups, answers_to_abc)
def test_a_reason_for_no_answer_counts_as_no_answer(
    condition: Condition, group: str, answers: Mapping[str, Given]
) -> None:
    values = {code: answer for code, answer in answers.items() if type(answer) is int}
    assert holds(condition, group, answers) == holds(condition, group, values)


def test_everybody_walks_the_pages_without_a_condition_in_order(small_version: QuestionnaireVersion) -> None:
    assert codes(routed_pages(small_version, "day", {})) == ["climate", "before-safety", "harm", "last"]


def test_a_group_is_led_to_its_branch(small_version: QuestionnaireVersion) -> None:
    assert codes(routed_pages(small_version, "night", {}))[:2] == ["climate", "nights"]
    assert "ALONE" not in routed_items(small_version, "day", {})


@pytest.mark.parametrize(
    ("answer", "asked"), [(1, True), (2, False), (NonResponse.PREFER_NOT_TO_SAY, False), (Unanswered.BLANK, False)]
)
def test_an_answer_opens_the_branch_behind_it(small_version: QuestionnaireVersion, answer: Given, asked: bool) -> None:
    assert ("SAFE" in routed_items(small_version, "night", {"ALONE": answer})) is asked


def test_an_answer_on_a_page_that_is_not_reached_opens_nothing(small_version: QuestionnaireVersion) -> None:
    # she said "night", answered, went back and said "day": the old answer is still in her draft
    assert "SAFE" not in routed_items(small_version, "day", {"ALONE": 1})


def test_branches_that_were_left_close_what_hangs_on_them_to_the_last(small_version: QuestionnaireVersion) -> None:
    version = paged(
        small_version,
        page("1", "CALM"),
        page("2", "TENSE", show_if=AnswerIs("CALM", (1,))),
        page("3", "RUSHED", show_if=AnswerIs("TENSE", (1,))),
        page("4", "HURT", show_if=AnswerIs("RUSHED", (1,))),
    )
    given_before = {"CALM": 1, "TENSE": 1, "RUSHED": 1}
    assert codes(routed_pages(version, "day", given_before)) == ["1", "2", "3", "4"]
    assert codes(routed_pages(version, "day", given_before | {"CALM": 2})) == ["1"]


def test_skipping_leads_from_the_interruption_to_the_page_it_names(small_version: QuestionnaireVersion) -> None:
    assert codes(routed_pages(small_version, "day", {}, skipped=["before-safety"])) == [
        "climate",
        "before-safety",
        "last",
    ]
    assert "HURT" not in routed_items(small_version, "day", {}, skipped={"before-safety"})


def test_skipping_passes_over_every_page_on_the_way_whatever_its_condition(
    small_version: QuestionnaireVersion,
) -> None:
    version = paged(
        small_version,
        page("ask", skips_to="end"),
        page("1", "CALM"),
        page("2", "TENSE", show_if=GroupIs(("day",))),
        page("end", "RUSHED"),
        page("after", "HURT", show_if=AnswerIs("CALM", (1,))),
    )
    assert codes(routed_pages(version, "day", {"CALM": 1})) == ["ask", "1", "2", "end", "after"]
    # the page passed over was not answered, so nothing hangs on it any more
    assert codes(routed_pages(version, "day", {"CALM": 1}, skipped=["ask"])) == ["ask", "end"]


def test_after_the_page_that_skipping_leads_to_the_way_goes_on(small_version: QuestionnaireVersion) -> None:
    version = paged(
        small_version,
        page("ask", skips_to="end"),
        page("1", "CALM"),
        page("end", "RUSHED", show_if=GroupIs(("night",))),
        page("after", "HURT"),
        page("last", "TENSE"),
    )
    assert codes(routed_pages(version, "night", {}, skipped=["ask"])) == ["ask", "end", "after", "last"]
    # the way goes on behind it also for those to whom it is not shown
    assert codes(routed_pages(version, "day", {}, skipped=["ask"])) == ["ask", "after", "last"]


def test_skipping_from_a_page_that_is_not_reached_skips_nothing(small_version: QuestionnaireVersion) -> None:
    version = paged(
        small_version,
        page("ask", show_if=GroupIs(("night",)), skips_to="end"),
        page("1", "CALM"),
        page("end", "TENSE"),
    )
    assert codes(routed_pages(version, "day", {}, skipped=["ask"])) == ["1", "end"]
    assert codes(routed_pages(version, "night", {}, skipped=["ask"])) == ["ask", "end"]


def test_skipping_a_page_that_offers_no_way_round_changes_nothing(small_version: QuestionnaireVersion) -> None:
    for skipped in (["climate"], ["no-such-page"]):
        assert routed_pages(small_version, "night", {}, skipped=skipped) == routed_pages(small_version, "night", {})


def test_the_items_are_those_of_the_pages(small_version: QuestionnaireVersion) -> None:
    for group, alone, skipped in product(("day", "night"), (1, 2), ((), ("before-safety",))):
        pages = routed_pages(small_version, group, {"ALONE": alone}, skipped)
        assert routed_items(small_version, group, {"ALONE": alone}, skipped) == {
            code for reached in pages for code in reached.items
        }


@given(st.data())
def test_the_way_depends_only_on_the_answers_of_pages_on_it(data: st.DataObject) -> None:
    """Taking away every answer off the way leaves the way as it was; so does adding any."""
    shown = data.draw(st.tuples(st.none(), st.none() | conditions, st.none() | conditions))
    version = QuestionnaireVersion(
        "random", "1", {}, (), "", {}, (), (), (), (), (),
        tuple(page(str(i), code, show_if=condition) for i, (code, condition) in enumerate(zip(ITEMS, shown, strict=True))),
        b"", "",
    )  # fmt: skip
    group, answers = data.draw(groups), data.draw(answers_to_abc)
    way = routed_items(version, group, answers)
    on_the_way = {code: answer for code, answer in answers.items() if code in way}
    assert routed_items(version, group, on_the_way) == way
    others = {code: 1 for code in ITEMS if code not in way}
    assert routed_items(version, group, on_the_way | others) == way


def test_a_version_with_fewer_pages_has_ways_of_its_own_though_its_digest_is_the_same(
    small_version: QuestionnaireVersion,
) -> None:
    whole = routed_items(small_version, "day", {})
    first = replace(small_version, pages=small_version.pages[:1])
    assert first.digest == small_version.digest
    assert routed_items(first, "day", {}) == frozenset(first.pages[0].items) < whole
