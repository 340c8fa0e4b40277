"""The validation of a questionnaire version on one campaign: from the answers of learners to the report of ``analysis``."""

from collections.abc import Callable, Iterator, MutableMapping
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analysis import Hypothesis, Outcome, ReportSection, ValidationReport, validation_report
from nets.campaign import AccessMode, Campaign
from nets.errors import Problem, Refused
from nets.packing import answer_byte, rating_values
from nets.questionnaire.version import Item, NonResponse, QuestionnaireVersion, Scale, Unanswered
from nets.releases.tallying import CampaignAnswers
from nets.scoring import adverse_reports

_HOW: Final = {
    AccessMode.OPEN_LINK: "by an open link, which anybody could follow",
    AccessMode.PLACEMENT_QR: "by a QR code of the placement",
    AccessMode.INVITATION: "by personal invitation",
    AccessMode.IMPORTED: "imported from an earlier survey",
}
_NOT_ASKED: Final = "not asked"
_MOST_NOT_ASKED: Final = 0.25
"""A question that fewer were asked divides those who were, and says nothing of the rest."""

LEARNER_GROUP: Final = "Learner group"


def validate_campaign(
    campaign: Campaign,
    version: QuestionnaireVersion,
    answers: CampaignAnswers,
    *,
    program: str = "",
    finished: MutableMapping[str, ReportSection] | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> ValidationReport:
    """Report how well the version's themes measure, or where it has none its other scales, on the answers of a campaign.

    Groups and placements below the campaign's floors are not shown. ``finished`` and ``program`` are those of
    ``analysis.validation_report``.

    Raises
    ------
    Refused
        If the version has no scale but safety scales, or its scales have response scales of different lengths.
    AnalysisError
        If fewer learners answered than the campaign's floor for breakdowns.
    """
    scales = _structure(version)
    items = [version.item[code] for scale in scales for code in scale.items]
    k = _options_of(version, items)
    language = version.languages[0]
    column = {item.code: position for position, item in enumerate(version.closed_items)}
    own = answers.matrix[:, [column[item.code] for item in items]]
    values = rating_values(own)
    reverse = np.array([item.reverse for item in items])
    return validation_report(
        Answered(np.where(reverse, k + 1 - values, values), [item.code for item in items]),
        {scale.title[language]: scale.items for scale in scales},
        title=f"Validation report: {version.title[language]}",
        about={
            "Questionnaire": f"{version.id} {version.version}",
            "Campaign": campaign.title,
            "Collected": f"{_day(campaign.opens_on)} to {_day(campaign.closes_on)}, {_HOW[campaign.access_mode]}",
        },
        wording={item.code: item.text[language] for item in items},
        options=[option.label[language] for option in version.options(items[0])],
        reverse=[item.code for item in items if item.reverse],
        unit=answers.placement_ids,
        unit_name="placement",
        groups=dict(_groups(version, answers, column)),
        outcomes=list(_outcomes(version, answers, column)),
        hypotheses=list(_hypotheses(version, answers)),
        adverse=_adverse(version, answers),
        why_missing=_why_missing(version, own),
        least_group=campaign.breakdown_floor,
        least_unit=campaign.place_floor,
        program=program,
        finished=finished,
        progress=progress,
    )


class Answered:
    """Answers by item code, as the functions of ``analysis`` take them from a data frame."""

    def __init__(self, values: NDArray[np.float64], columns: list[str]) -> None:
        self.values, self.columns = values, columns

    def to_numpy(self) -> NDArray[np.float64]:
        """The answers, NaN where there is none."""
        return self.values

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.array(self.values, dtype=dtype) if copy else np.asarray(self.values, dtype=dtype)


def _structure(version: QuestionnaireVersion) -> list[Scale]:
    """The scales that are validated; where there are no themes, those that would have been their criterion."""
    themes = [scale for scale in version.scales if scale.kind == "theme"]
    scales = themes or [scale for scale in version.scales if scale.kind == "criterion"]
    if not scales:
        raise Refused(f"{version.id} {version.version} has no scale whose structure could be validated")
    return scales


def _options_of(version: QuestionnaireVersion, items: list[Item]) -> int:
    k = len(version.options(items[0]))
    others = [item for item in items if len(version.options(item)) != k]
    if others:
        raise Refused(
            Problem(
                f"item {item.code}",
                f"has {len(version.options(item))} options where {items[0].code} has {k}; one report needs one",
            )
            for item in others
        )
    return k


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _groups(
    version: QuestionnaireVersion, answers: CampaignAnswers, column: dict[str, int]
) -> Iterator[tuple[str, NDArray[np.object_]]]:
    """Learner groups, and every choice that most were asked; prefer not to say is a group, blank is none."""
    language = version.languages[0]
    label_of = {group.code: group.label[language] for group in version.learner_groups}
    yield LEARNER_GROUP, np.array([label_of[code] for code in answers.learner_groups], dtype=object)
    for item in version.closed_items:
        if item.kind != "choice":
            continue
        cells = answers.matrix[:, column[item.code]]
        if np.mean(cells == answer_byte(Unanswered.NOT_ROUTED)) > _MOST_NOT_ASKED:
            continue
        named = {option.value: option.label[language] for option in version.options(item)}
        named[answer_byte(Unanswered.NOT_ROUTED)] = _NOT_ASKED.capitalize()
        named |= {answer_byte(code): version.non_response_labels[code][language] for code in item.non_response}
        label_of_byte = np.full(256, None, dtype=object)
        label_of_byte[list(named)] = list(named.values())
        yield item.text[language], label_of_byte[cells]


def _outcomes(version: QuestionnaireVersion, answers: CampaignAnswers, column: dict[str, int]) -> Iterator[Outcome]:
    """Every item of the criterion scales, favourable above the middle of its options."""
    validated = {code for scale in _structure(version) for code in scale.items}
    for item in _items_of(version, "criterion"):
        if item.code in validated:
            continue
        values = rating_values(answers.matrix[:, [column[item.code]]])[:, 0]
        k = len(version.options(item))
        keyed = k + 1 - values if item.reverse else values
        yield Outcome(item.text[version.languages[0]], keyed, float(k // 2 + k % 2 + 1))


def _items_of(version: QuestionnaireVersion, kind: str) -> Iterator[Item]:
    return (version.item[code] for scale in version.scales if scale.kind == kind for code in scale.items)


def _safety_scales(version: QuestionnaireVersion) -> list[Scale]:
    return [scale for scale in version.scales if scale.kind == "safety"]


def _hypotheses(version: QuestionnaireVersion, answers: CampaignAnswers) -> Iterator[Hypothesis]:
    """Whoever reports something adverse rates the placement lower: stated for every safety scale."""
    for scale in _safety_scales(version):
        answered, reported = adverse_reports(version, scale, answers.matrix)
        labels = np.where(reported, "reported", "not reported").astype(object)
        labels[~answered] = None
        title = scale.title[version.languages[0]]
        yield Hypothesis(f"{title}: reported before not reported", labels.tolist(), ("reported", "not reported"))


def _adverse(version: QuestionnaireVersion, answers: CampaignAnswers) -> NDArray[np.float64] | None:
    """1 where anything adverse was reported, 0 where nothing was, NaN where nothing was answered; None without such items."""
    scales = _safety_scales(version)
    if not scales:
        return None
    found = [adverse_reports(version, scale, answers.matrix) for scale in scales]
    answered = np.any([given for given, _ in found], axis=0)
    reported = np.any([told for _, told in found], axis=0)
    return np.where(answered, reported.astype(float), np.nan)


def _why_missing(version: QuestionnaireVersion, own: NDArray[np.uint8]) -> dict[str, NDArray[np.bool_]]:
    """Cells by reason; what is none of these was left blank."""
    language = version.languages[0]
    reasons = {
        version.non_response_labels[code][language]: own == answer_byte(code)
        for code in NonResponse
        if code in version.non_response_labels
    }
    reasons[_NOT_ASKED] = own == answer_byte(Unanswered.NOT_ROUTED)
    return {reason: cells for reason, cells in reasons.items() if cells.any()}
