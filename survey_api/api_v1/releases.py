"""Released scores and suggested risks: the numbers of the pages, from the same records."""

from enum import StrEnum
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from nets.disclosure.banded import Seen
from nets.organisation import Level
from nets.reading import PlaceView, ReleaseReader
from nets.releases.place_record import NotAssessed, Risk
from nets.releases.release import ReleaseHeader
from nets.risk import Colour, InsufficientEvidence, NoConcern, RiskLevel
from nets.store.releases import get_release, list_releases
from survey_api.dependencies import ServiceHere
from survey_api.errors import problem_responses
from survey_api.released import released
from survey_api.staff.principal import ScoreReader

router = APIRouter(prefix="/releases", tags=["releases"])


class AskedLevel(StrEnum):
    """What an id names: one placement, or a provider with all of its placements."""

    PLACEMENT = "placement"
    PROVIDER = "provider"


AskedId = Annotated[
    str, Query(alias="id", max_length=64, description="Id of the place.", openapi_examples={"demo": {"value": "P0001"}})
]
ReleaseId = Annotated[str, Path(openapi_examples={"demo": {"value": "nets-2026-r1"}})]


class Releases(BaseModel):
    """Every release, the newest first."""

    releases: list[ReleaseHeader]


class PlaceOfScore(BaseModel):
    """Which placement a record is about."""

    id: str = Field(examples=["P0001"])
    name: str = Field(examples=["Emergency department"])
    site: str = Field(examples=["Alderwick Royal Infirmary"])
    provider: str = Field(examples=["Alderwick University Hospitals"])


class PlacementScores(BaseModel):
    """One placement's scores by scale; a score that may not be shown says so and nothing more.

    Exact numbers of learners are for the national role; everybody else gets scores in bands, which are of kinds of their own.
    """

    placement: PlaceOfScore
    scores: dict[
        str,
        Annotated[Seen, Field(discriminator="kind")],
    ]


class ReleasedScores(BaseModel):
    """Scores with what they were made of."""

    release_id: str = Field(examples=["nets-2026-r1"])
    questionnaire_id: str = Field(examples=["nets"])
    questionnaire_version: str = Field(examples=["2026.1"])
    rule_version: str = Field(examples=["risk-2026.2"])
    access_mode: str = Field(description="How learners came in.", examples=["open_link"])
    placements: list[PlacementScores]


class SuggestedRisk(BaseModel):
    """A cell of the risk matrix that the rule suggests; a person confirms or changes it."""

    outcome: Literal["suggested"] = "suggested"
    likelihood: int = Field(ge=1, le=5)
    impact: int = Field(ge=1, le=5)
    colour: Colour
    level: RiskLevel
    interventions: list[str]
    reasons: list[str]
    robustness: str = Field(description="How far the evidence can be trusted, in words.")


class NoConcernSuggested(BaseModel):
    """The evidence carries a statement, and no cell is suggested."""

    outcome: Literal["no_concern"] = "no_concern"
    reasons: list[str]
    robustness: str


class EvidenceInsufficient(BaseModel):
    """The evidence does not carry a statement either way."""

    outcome: Literal["insufficient_evidence"] = "insufficient_evidence"
    reasons: list[str]


Outcome = Annotated[SuggestedRisk | NoConcernSuggested | EvidenceInsufficient, Field(discriminator="outcome")]


class PlacementRisk(BaseModel):
    """What the rule makes of one placement's evidence."""

    placement: PlaceOfScore
    risk: Outcome


class ReleasedRisks(BaseModel):
    """Suggested risks with what they were made of."""

    release_id: str = Field(examples=["nets-2026-r1"])
    rule_version: str = Field(examples=["risk-2026.2"])
    placements: list[PlacementRisk]


@router.get("", summary="Every release")
def all_releases(service: ServiceHere, reader: ScoreReader) -> Releases:
    """The newest first."""
    with service.database.within(reader.scope).read() as connection:
        return Releases(releases=list(list_releases(connection)))


@router.get(
    "/{release_id}", summary="One release: what it was made of, and its benchmarks", responses=problem_responses(404)
)
def one_release(service: ServiceHere, reader: ScoreReader, release_id: ReleaseId) -> ReleaseHeader:
    """The header, as it was released."""
    with service.database.within(reader.scope).read() as connection:
        return get_release(connection, release_id)


@router.get(
    "/{release_id}/scores",
    summary="Scores of a placement or of a provider's placements",
    responses=problem_responses(404),
)
def scores(
    service: ServiceHere, reader: ScoreReader, release_id: ReleaseId, level: AskedLevel, place_id: AskedId
) -> ReleasedScores:
    """The same numbers as on the pages; suppressed ones are there as such."""
    with released(service, reader, release_id) as opened:
        release, views = opened.header, _views(opened, level, place_id)
    return ReleasedScores(
        release_id=release.id,
        questionnaire_id=release.questionnaire_id,
        questionnaire_version=release.questionnaire_version,
        rule_version=release.rule_version,
        access_mode=release.access_mode,
        placements=[PlacementScores(placement=_place(view), scores=_scores(release, view)) for view in views],
    )


@router.get(
    "/{release_id}/risk",
    summary="Suggested risk of a placement or of a provider's placements",
    responses=problem_responses(404),
)
def risk(
    service: ServiceHere, reader: ScoreReader, release_id: ReleaseId, level: AskedLevel, place_id: AskedId
) -> ReleasedRisks:
    """The cell that the rule suggests with the reasons in words, or why it suggests none."""
    with released(service, reader, release_id) as opened:
        release, views = opened.header, _views(opened, level, place_id)
    return ReleasedRisks(
        release_id=release.id,
        rule_version=release.rule_version,
        placements=[PlacementRisk(placement=_place(view), risk=_outcome(view.record.risk)) for view in views],
    )


def _views(release: ReleaseReader, level: AskedLevel, place_id: str) -> tuple[PlaceView, ...]:
    view = release.place(place_id, Level(level))
    return (view,) if level is AskedLevel.PLACEMENT else release.below(view, Level.PLACEMENT)


def _scores(release: ReleaseHeader, view: PlaceView) -> dict[str, Seen]:
    """By scale; what may not be shown is there as such."""
    return {scale: view.record.score(scale) for scale in release.scales}


def _place(view: PlaceView) -> PlaceOfScore:
    provider, site = (place.name for place in view.above[-2:])
    return PlaceOfScore(id=view.place_id, name=view.name, site=site, provider=provider)


def _outcome(suggestion: Risk) -> SuggestedRisk | NoConcernSuggested | EvidenceInsufficient:
    if isinstance(suggestion, NotAssessed):
        return EvidenceInsufficient(reasons=["A risk is suggested for placements alone."])
    reasons = list(suggestion.reasons)
    if isinstance(suggestion, InsufficientEvidence):
        return EvidenceInsufficient(reasons=reasons)
    if isinstance(suggestion, NoConcern):
        return NoConcernSuggested(reasons=reasons, robustness=suggestion.robustness)
    return SuggestedRisk(
        likelihood=suggestion.likelihood,
        impact=suggestion.impact,
        colour=suggestion.colour,
        level=suggestion.level,
        interventions=list(suggestion.interventions),
        reasons=reasons,
        robustness=suggestion.robustness,
    )
