"""Risk assessments as JSON: what a person made of a suggested risk. Superseded by the next, never changed."""

from datetime import date
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, Field

from nets.access.roles import Principal
from nets.risk import Colour, RiskLevel
from nets.risk.assessment import Assessment
from nets.told_risks import told_assessments
from survey_api.api_v1.suggestions import Outcome, outcome_of


class AssessedRisk(BaseModel):
    """What a person decided, with everything it was made of."""

    kind: Literal["assessed"] = Field(examples=["assessed"])
    id: str = Field(examples=["P0001-a1"])
    programme: str = Field(description="Empty for the whole place.", examples=[""])
    number: int = Field(description="Counts from 1; each supersedes the one before.", examples=[1])
    likelihood: int = Field(ge=1, le=5, examples=[4])
    impact: int = Field(ge=1, le=5, examples=[3])
    colour: Colour = Field(examples=["A/R"])
    level: RiskLevel = Field(examples=["high"])
    as_suggested: bool = Field(description="Whether it is the cell that the rule suggested.", examples=[True])
    reason: str = Field(description="Why it is another cell than the suggested one; else empty.", examples=[""])
    interventions: list[str] = Field(description="What was chosen to be done.", examples=[["triggered visit"]])
    supportive: list[str] = Field(description="What goes beside it.", examples=[["training"]])
    robustness: str = Field(
        description="How far the evidence could be trusted then, in words.",
        examples=["Robustness: reportable: Clinical supervision. All carry a statement."],
    )
    suggestion: Outcome = Field(description="What the rule suggested then.")
    release_id: str = Field(
        description="The release whose scores it was made of; empty where there was none.", examples=["nets-2026-r1"]
    )
    rule_version: str = Field(examples=["risk-2026.2"])
    evidence: list[str] = Field(
        description="Codes of the other evidence and of the concerns that it was made of.", examples=[["ev-3f9a2c1b"]]
    )
    confirmed_by: str = Field(examples=["A. Example"])
    confirmed_on: date = Field(examples=["2026-11-24"])


class NotYetAssessed(BaseModel):
    """Nobody has assessed this risk yet."""

    kind: Literal["not_assessed"] = Field(examples=["not_assessed"])


InForce: TypeAlias = Annotated[AssessedRisk | NotYetAssessed, Field(discriminator="kind")]


def assessed_risk(made: Assessment, reader: Principal) -> AssessedRisk:
    """An assessment as somebody may see it; exact numbers are behind no word of hers who is not of the national role."""
    (told,) = told_assessments(reader, [made])
    outcome = outcome_of(told.suggestion)
    return AssessedRisk(
        kind="assessed",
        id=made.id,
        programme=made.programme,
        number=made.number,
        likelihood=made.likelihood,
        impact=made.impact,
        colour=made.colour,
        level=made.level,
        as_suggested=made.is_as_suggested,
        reason=made.reason,
        interventions=list(made.interventions),
        supportive=list(made.supportive),
        robustness=outcome.reasons[0] if outcome.outcome == "insufficient_evidence" else outcome.robustness,
        suggestion=outcome,
        release_id=made.release_id,
        rule_version=made.rule_version,
        evidence=[
            *(piece.id for piece in made.evidence.external),
            *(notice.id for notice in made.evidence.concerns),
            *(earlier.id for earlier in made.evidence.earlier),
        ],
        confirmed_by=made.confirmed_by,
        confirmed_on=made.confirmed_on,
    )
