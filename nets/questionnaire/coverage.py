"""Which quality standard each item speaks to, and which standards no learner can see: the page docs/standards-coverage.md.

The page is made from the published data alone, so it cannot promise an item that is not asked. Run
``python -m nets.questionnaire.coverage`` after publishing a version; a test fails while the page is out of date.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from nets.errors import InvalidQuestionnaire, Problem
from nets.framework import Framework, read_framework
from nets.questionnaire.publishing import DEFAULT_FOLDER, QuestionnaireFolder
from nets.questionnaire.version import Item, QuestionnaireVersion

PAGE: Final = DEFAULT_FOLDER.parent / "docs" / "standards-coverage.md"

UNSEEN_BY_LEARNERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "2.5": "Who is told when a learner struggles, or is part of an incident, is settled between organisations; "
        "most learners never meet the process, and those who do see one side of it.",
        "4.3": "Appraisals of educators are private to the educator; a learner sees the teaching, which the items for 4.1 "
        "and 4.2 ask about, and cannot tell whether anyone reviews it.",
        "6.1": "The work of several organisations to keep learners on their programmes happens out of their sight, and the "
        "learners who have left are no longer there to be asked.",
        "6.3": "Workforce planning is done by managers, years ahead; nothing on a placement shows a learner whether it is done.",
    }
)
"""Why a learner cannot speak to a standard, in a sentence. Evidence for these comes from providers and programmes."""


def items_by_standard(version: QuestionnaireVersion, framework: Framework) -> Mapping[str, tuple[Item, ...]]:
    """The items that speak to each standard of the framework, in document order; empty where there are none."""
    return {
        standard.code: tuple(item for item in version.items if standard.code in item.standards)
        for standard in framework.standards
    }


def asked_of_everyone(version: QuestionnaireVersion) -> frozenset[str]:
    """Codes of the items that stand on a page without a condition, so that no branch leaves them out."""
    return frozenset(code for page in version.pages if page.show_if is None for code in page.items)


def can_be_skipped(version: QuestionnaireVersion) -> frozenset[str]:
    """Codes of the items that an interruption page offers a way round."""
    codes = [page.code for page in version.pages]
    skippable: set[str] = set()
    for position, page in enumerate(version.pages):
        if page.skips_to is not None:
            for passed in version.pages[position + 1 : codes.index(page.skips_to)]:
                skippable.update(passed.items)
    return frozenset(skippable)


def coverage_page(
    version: QuestionnaireVersion, framework: Framework, unseen: Mapping[str, str] = UNSEEN_BY_LEARNERS
) -> str:
    """The page in Markdown.

    Raises
    ------
    InvalidQuestionnaire
        Naming every standard that has neither an item nor a reason, and every one that has both.
    """
    covering = items_by_standard(version, framework)
    _check_accounted_for(version, covering, unseen)
    everyone, skippable = asked_of_everyone(version), can_be_skipped(version)

    def codes(items: list[Item]) -> str:
        return ", ".join(f"{item.code}\\*" if item.code in skippable else item.code for item in items) or "–"

    covered = sum(1 for items in covering.values() if items)
    lines = [
        "# Which standard is covered by which items",
        "",
        f"{version.title['en']} {version.version}, against the {framework.title}: {covered} of the {len(covering)} quality "
        f"standards have at least one item; a learner cannot see the other {len(covering) - covered}.",
        "An item points at a standard when its answer is evidence on it; it does not show that the standard is met.",
        "Items marked \\* come after a page that offers to skip them.",
        "",
        "This page is generated: `python -m nets.questionnaire.coverage` writes it anew.",
        "",
        "| Standard | In the framework's words | Asked of every learner | Asked of some learners |",
        "|---|---|---|---|",
    ]
    for standard in framework.standards:
        items = covering[standard.code]
        of_everyone = codes([item for item in items if item.code in everyone])
        of_some = codes([item for item in items if item.code not in everyone])
        lines.append(f"| {standard.code} | {standard.text} | {of_everyone} | {of_some} |")
    lines += ["", "## Standards that a learner cannot see", "", "| Standard | Why |", "|---|---|"]
    lines += [f"| {code} | {unseen[code]} |" for code, items in covering.items() if not items]
    lines += ["", "## The items", "", "| Item | Wording | Standards |", "|---|---|---|"]
    lines += [
        f"| {item.code} | {item.text['en']} | {', '.join(item.standards)} |" for item in version.items if item.standards
    ]
    return "\n".join(lines) + "\n"


def _check_accounted_for(
    version: QuestionnaireVersion, covering: Mapping[str, tuple[Item, ...]], unseen: Mapping[str, str]
) -> None:
    where = f"{version.id} {version.version}: standard"
    problems = [
        Problem(f"{where} {code}", "no item covers it, and nothing says why a learner cannot see it")
        for code, items in covering.items()
        if not items and code not in unseen
    ]
    problems += [
        Problem(
            f"{where} {code}", f"said to be out of a learner's sight, yet covered by {', '.join(i.code for i in items)}"
        )
        for code, items in covering.items()
        if items and code in unseen
    ]
    if problems:
        raise InvalidQuestionnaire(problems)


def newest_nets_version() -> QuestionnaireVersion:
    """The NETS version published last in the repository's own folder."""
    folder = QuestionnaireFolder(DEFAULT_FOLDER)
    newest = [version for questionnaire_id, version in folder.versions() if questionnaire_id == "nets"][-1]
    return folder.read("nets", newest)


if __name__ == "__main__":
    nets = newest_nets_version()
    PAGE.write_text(coverage_page(nets, read_framework(nets.framework)), encoding="utf-8")
