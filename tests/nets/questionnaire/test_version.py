"""What a version shows at once: its pages, or blocks of them."""

from dataclasses import replace

import pytest

from nets.questionnaire.version import QuestionnaireVersion


def _shown(version: QuestionnaireVersion) -> list[tuple[str, ...]]:
    return [screen.items for screen in version.screen.values()]


def test_pages_are_shown_as_they_are_laid_out(small_version: QuestionnaireVersion) -> None:
    assert tuple(small_version.screen.values()) == small_version.pages


@pytest.mark.parametrize("most", [1, 2, 3])
def test_no_more_questions_are_shown_at_once_than_the_version_says(
    small_version: QuestionnaireVersion, most: int
) -> None:
    version = replace(small_version, items_per_page=most)
    assert max(map(len, _shown(version))) <= most
    assert [code for items in _shown(version) for code in items] == [c for p in version.pages for c in p.items]


def test_the_first_block_keeps_the_page_s_code_so_that_ways_round_still_lead_there(
    small_version: QuestionnaireVersion,
) -> None:
    version = replace(small_version, items_per_page=1)
    longest = max(version.pages, key=lambda page: len(page.items))
    screens = version.screens(longest)
    assert [screen.code for screen in screens] == [
        longest.code,
        *(f"{longest.code}.{n}" for n in range(2, len(screens) + 1)),
    ]
    assert all((s.section, s.show_if, s.title) == (longest.section, longest.show_if, longest.title) for s in screens)
