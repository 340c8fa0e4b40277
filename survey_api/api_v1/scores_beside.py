"""What stands beside the scores of placements, never instead of them: with the case-mix of all, and over several campaigns."""

from typing import Annotated, Any, Final, Literal, TypeAlias

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from nets.disclosure.banded import SeenAdjusted, SeenPooled
from nets.disclosure.shown_beside import ShownAdjusted, ShownPooled
from nets.placement import Verdict
from nets.pooled import read_pooled
from survey_api.api_v1.asked_cells import AskedCells, cells_asked
from survey_api.api_v1.cells import score_cell
from survey_api.api_v1.conditional import NOT_MODIFIED, tag_by_release
from survey_api.api_v1.paging import Page, Pager
from survey_api.api_v1.releases import ReleaseId
from survey_api.api_v1.scores import ReleasedScore, where
from survey_api.dependencies import ServiceHere
from survey_api.errors import problem_responses
from survey_api.released import released
from survey_api.staff.principal import ScoreReader

router = APIRouter(tags=["scores"])

_LOW, _HIGH = "Lower end of the 95 % interval.", "Upper end of the 95 % interval."
_RELIABILITY = "Share of the differences between such means that is between places, 0-1; the rest is chance."
_CAMPAIGNS = "Ids of the campaigns in it, the oldest first."


class AdjustedScore(BaseModel):
    """A placement's score as it would be with the learner groups and levels of training of the whole campaign."""

    kind: Literal["adjusted"] = Field(examples=["adjusted"])
    mean: float = Field(description="Less what goes with the placement's own case-mix, 0-100.", examples=[43.5])
    shrunken: float = Field(description="Drawn towards all placements: the better guess.", examples=[46.9])
    shrunken_low: float = Field(description=_LOW, examples=[40.5])
    shrunken_high: float = Field(description=_HIGH, examples=[53.3])
    reliability: float = Field(description=_RELIABILITY, examples=[0.86])


class AdjustedInBands(BaseModel):
    """The same for everybody but the national role, from twenty learners on."""

    kind: Literal["banded_adjusted"] = Field(examples=["banded_adjusted"])
    mean: int = Field(description="The mean beside it and how far case-mix moves that, to the step.", examples=[47])
    step: int = Field(description="What the distance of the two means is rounded to, in points.", examples=[5])
    low: int = Field(description=_LOW, examples=[34])
    high: int = Field(description=_HIGH, examples=[60])
    shrunken: int = Field(description="Drawn towards all placements: the better guess.", examples=[50])
    shrunken_low: int = Field(description=_LOW, examples=[39])
    shrunken_high: int = Field(description=_HIGH, examples=[61])
    reliability: float = Field(description=_RELIABILITY, examples=[0.79])


class PooledScore(BaseModel):
    """A placement's score over several campaigns: what it was over these years."""

    kind: Literal["pooled"] = Field(examples=["pooled"])
    campaigns: list[str] = Field(description=_CAMPAIGNS, examples=[["nets-2025", "nets-2026"]])
    n: int = Field(description="Learners behind it.", examples=[71])
    mean: float = Field(description="Mean of their scores, 0-100; higher is better.", examples=[48.4])
    sd: float = Field(description="Standard deviation between the learners.", examples=[21.2])
    low: float = Field(description=_LOW, examples=[38.9])
    high: float = Field(description=_HIGH, examples=[57.9])
    effective_n: float = Field(
        description="How many learners, each of a year of their own, the mean is worth.", examples=[19.5]
    )
    reliability: float = Field(description=_RELIABILITY, examples=[0.71])
    verdict: Verdict = Field(description="As of a score.", examples=["reportable"])
    shrunken: float = Field(description="Drawn towards all placements: the better guess.", examples=[53.0])
    shrunken_low: float = Field(description=_LOW, examples=[45.6])
    shrunken_high: float = Field(description=_HIGH, examples=[60.4])


class PooledInBands(BaseModel):
    """The same for everybody but the national role: made of what each campaign shows in bands."""

    kind: Literal["banded_pooled"] = Field(examples=["banded_pooled"])
    campaigns: list[str] = Field(description=_CAMPAIGNS, examples=[["nets-2025", "nets-2026"]])
    n_low: int = Field(description="Learners behind it: at least so many,", examples=[40])
    n_high: int = Field(description="and at most so many.", examples=[98])
    mean: int = Field(description="Mean of their scores, 0-100, to the step; higher is better.", examples=[48])
    step: int = Field(description="What the mean is rounded to, in points.", examples=[1])
    low: int = Field(description=f"{_LOW} It holds whatever number of its band each campaign had.", examples=[34])
    high: int = Field(description=f"{_HIGH} It holds for the same.", examples=[62])
    reliability: float = Field(description=_RELIABILITY, examples=[0.66])
    verdict: Verdict = Field(description="As of a score.", examples=["indicative"])
    shrunken: int = Field(description="Drawn towards all placements: the better guess.", examples=[53])
    shrunken_low: int = Field(description=_LOW, examples=[43])
    shrunken_high: int = Field(description=_HIGH, examples=[63])


class NothingBeside(BaseModel):
    """Why there is none."""

    kind: Literal["none"] = Field(examples=["none"])
    reason: str = Field(
        examples=["Too few learners answered in all but one campaign, or it is no scale of a placement."]
    )


AdjustedCell: TypeAlias = Annotated[AdjustedScore | AdjustedInBands | NothingBeside, Field(discriminator="kind")]
PooledCell: TypeAlias = Annotated[PooledScore | PooledInBands | NothingBeside, Field(discriminator="kind")]

_NOT_ADJUSTED: Final = NothingBeside(
    kind="none", reason="Too few learners answered, or it is no scale of a placement with learners of several kinds."
)
_NOT_POOLED: Final = NothingBeside(
    kind="none", reason="Too few learners answered in all but one campaign, or it is no scale of a placement."
)


class ScoreWithBeside(ReleasedScore):
    """One score with what stands beside it."""

    adjusted: AdjustedCell
    pooled: PooledCell


class ScoresWithBeside(Page[ScoreWithBeside]):
    """Scores with what stands beside them, in the order of places, learner groups and measures."""


@router.get(
    "/releases/{release_id}/scores-beside",
    summary="Scores with their case-mix taken out, and over several campaigns",
    responses={**NOT_MODIFIED, **problem_responses(404, 422)},
)
def scores_beside(
    request: Request,
    answer: Response,
    service: ServiceHere,
    reader: ScoreReader,
    release_id: ReleaseId,
    asked: Annotated[AskedCells, Query()],
) -> ScoresWithBeside:
    """Scales at placements have them, for all learners together; ask with `level=placement` and `kind=scale`."""
    with released(service, reader, release_id) as opened:
        tag_by_release(request, answer, reader, opened.connection, [release_id])
        cells, next_cursor = cells_asked([opened], asked, Pager.of(request, reader, asked))
        views = {cell.view.place_id: cell.view for cell in cells if cell.learner_group is None}
        pooled = read_pooled(opened, list(views.values()))
    items = []
    for cell in cells:
        of_all = cell.learner_group is None
        adjusted = cell.view.record.adjusted.get(cell.measure) if of_all else None
        over_years = pooled.get(cell.view.place_id, {}).get(cell.measure) if of_all else None
        items.append(
            ScoreWithBeside(
                **where(cell),
                score=score_cell(cell.shown),
                adjusted=_NOT_ADJUSTED if adjusted is None else _adjusted(adjusted),
                pooled=_NOT_POOLED if over_years is None else _pooled(over_years),
            )
        )
    return ScoresWithBeside(items=items, next_cursor=next_cursor)


def _adjusted(cell: SeenAdjusted) -> AdjustedCell:
    if isinstance(cell, ShownAdjusted):
        return AdjustedScore(kind="adjusted", mean=cell.mean, reliability=cell.reliability, **_shrunken(cell))
    low, high = cell.interval
    return AdjustedInBands(
        kind="banded_adjusted",
        mean=cell.mean,
        step=cell.step,
        low=low,
        high=high,
        reliability=cell.reliability,
        **_shrunken(cell),
    )


def _pooled(cell: SeenPooled) -> PooledCell:
    low, high = cell.interval
    both: dict[str, Any] = {
        "campaigns": cell.campaigns.split(),
        "mean": cell.mean,
        "low": low,
        "high": high,
        "reliability": cell.reliability,
        "verdict": cell.verdict,
        **_shrunken(cell),
    }
    if isinstance(cell, ShownPooled):
        return PooledScore(kind="pooled", n=cell.n, sd=cell.sd, effective_n=cell.effective_n, **both)
    return PooledInBands(
        kind="banded_pooled", n_low=cell.learners.low, n_high=cell.learners.high, step=cell.step, **both
    )


def _shrunken(cell: SeenAdjusted | SeenPooled) -> dict[str, Any]:
    low, high = cell.shrunken_interval
    return {"shrunken": cell.shrunken, "shrunken_low": low, "shrunken_high": high}
