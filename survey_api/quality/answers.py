"""What was answered, question by question: diverging bars, with those who gave no answer apart."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from nets.disclosure.banded import BandedDistribution
from nets.disclosure.shown import Distribution
from nets.packing import NOT_ON_THE_SCALE
from nets.questionnaire.version import QuestionnaireVersion, Unanswered
from nets.reading import PlaceView
from nets.releases.measure import Measure, MeasureKind
from nets.store.questionnaires import get_version
from survey_api.dependencies import ServiceHere
from survey_api.quality.pictures.opinion_bar import OpinionBar, opinion_bar
from survey_api.quality.table_file import csv_answer
from survey_api.released import released
from survey_api.staff.principal import ScoreReader

router = APIRouter(prefix="/quality/{release_id}/places/{place_id}", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class AnsweredItem:
    """One question with its options from the worst to the best, the share of each, and of those without an answer; in per cent.

    ``kept_from`` is the earlier release that they still are of; empty where they are this release's own.
    """

    measure: Measure
    options: tuple[str, ...]
    shares: tuple[float, ...]
    without_answer: float
    kept_from: str
    bar: OpinionBar


@dataclass(frozen=True, slots=True)
class HiddenItem:
    """A question whose answers may not be shown."""

    measure: Measure


@router.get("/answers")
def answers_page(service: ServiceHere, reader: ScoreReader, release_id: str, place_id: str) -> HTMLResponse:
    """Every question of the release as a bar."""
    with released(service, reader, release_id) as release:
        view, header = release.place(place_id), release.header
        version = get_version(release.connection, header.questionnaire_id, header.questionnaire_version)
    return service.pages.render(
        "quality/answers.html",
        principal=reader,
        release=header,
        view=view,
        further="answers",
        items=answered_items(version, header.measures, view),
    )


@router.get("/answers.csv")
def answers_file(service: ServiceHere, reader: ScoreReader, release_id: str, place_id: str) -> Response:
    """The table behind the bars: a line a question and option."""
    with released(service, reader, release_id) as release:
        view, header = release.place(place_id), release.header
        version = get_version(release.connection, header.questionnaire_id, header.questionnaire_version)
    lines: list[list[str | float]] = []
    for item in answered_items(version, header.measures, view):
        if isinstance(item, AnsweredItem):
            for option, share in zip(item.options, item.shares, strict=True):
                lines.append([item.measure.items[0], item.measure.title, option, round(share, 1), item.kept_from])
            without = round(item.without_answer, 1)
            lines.append([item.measure.items[0], item.measure.title, "no answer", without, item.kept_from])
    names = ("item", "question", "option", "per_cent", "kept_from")
    return csv_answer(f"{release_id}-{place_id}-answers.csv", names, lines)


def answered_items(
    version: QuestionnaireVersion, measures: tuple[Measure, ...], view: PlaceView
) -> list[AnsweredItem | HiddenItem]:
    """Every single item of a place, in the order of the questionnaire."""
    return [_item(version, measure, view) for measure in measures if measure.kind is MeasureKind.ITEM]


def _item(version: QuestionnaireVersion, measure: Measure, view: PlaceView) -> AnsweredItem | HiddenItem:
    score = view.record.score(measure.code)
    distribution = getattr(score, "distribution", None)
    if not isinstance(distribution, Distribution | BandedDistribution):
        return HiddenItem(measure)
    item = version.item[measure.items[0]]
    labels = [option.label[version.languages[0]] for option in version.options(item)]
    shares, without = _per_cent(distribution)
    drawn = sum(shares) or 100.0  # rounded shares need not make 100, and may all be nought
    bar = opinion_bar([100 * share / drawn for share in shares], without)
    return AnsweredItem(
        measure,
        tuple(reversed(labels) if item.reverse else labels),
        shares,
        without,
        view.record.kept_from(measure.code),
        bar,
    )


def _per_cent(distribution: Distribution | BandedDistribution) -> tuple[tuple[float, ...], float]:
    """The share of each option, and of those without an answer."""
    if isinstance(distribution, BandedDistribution):
        return distribution.shares, distribution.without_answer
    n = sum(distribution.counts)
    without = sum(
        count
        for reason, count in zip(NOT_ON_THE_SCALE, distribution.without_value, strict=False)
        if reason is not Unanswered.NOT_ROUTED
    )
    return tuple(100 * count / n for count in distribution.counts), 100 * without / (n + without)
