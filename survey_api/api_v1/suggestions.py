"""What the rule suggests of a risk, as JSON: a cell of the matrix with the reasons in words, or why there is none."""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, Field

from nets.releases.place_record import NotAssessed, Risk
from nets.risk import Colour, InsufficientEvidence, NoConcern, RiskLevel

_REASONS = "In words, the most severe finding first; they tell no number of learners."
_ROBUSTNESS = "How far the evidence can be trusted, in words."


class SuggestedRisk(BaseModel):
    """A cell of the risk matrix that the rule suggests; a person confirms or changes it."""

    outcome: Literal["suggested"] = Field(examples=["suggested"])
    likelihood: int = Field(ge=1, le=5, description="1 rare to 5 almost certain.", examples=[4])
    impact: int = Field(ge=1, le=5, description="1 negligible to 5 significant.", examples=[3])
    colour: Colour = Field(
        description="The colour of the cell in the printed matrix: G green, A amber, R red.", examples=["A/R"]
    )
    level: RiskLevel = Field(description="What the colour asks for.", examples=["high"])
    about: str = Field(description="Code of the subject that gave the cell.", examples=["supervision"])
    interventions: list[str] = Field(
        description="What is offered first at this level.", examples=[["triggered visit", "programme review"]]
    )
    reasons: list[str] = Field(
        description=_REASONS,
        examples=[
            [
                "Clinical supervision: probability of 80% to 95% that the true score lies well below the benchmark "
                "(reportable score); whether it is one learner group or everyone, no score can tell."
            ]
        ],
    )
    robustness: str = Field(
        description=_ROBUSTNESS, examples=["Robustness: reportable: Clinical supervision. All carry a statement."]
    )


class NoConcernSuggested(BaseModel):
    """The evidence carries a statement, and no cell is suggested."""

    outcome: Literal["no_concern"] = Field(examples=["no_concern"])
    reasons: list[str] = Field(
        description=_REASONS,
        examples=[["No score has a probability of 50% or more of lying well below the benchmark."]],
    )
    robustness: str = Field(
        description=_ROBUSTNESS, examples=["Robustness: reportable: Clinical supervision. All carry a statement."]
    )


class EvidenceInsufficient(BaseModel):
    """The evidence does not carry a statement either way."""

    outcome: Literal["insufficient_evidence"] = Field(examples=["insufficient_evidence"])
    reasons: list[str] = Field(
        description=_REASONS,
        examples=[
            [
                "Robustness: no survey score here can be held against others: too few learners, or nothing to compare with."
            ]
        ],
    )


Outcome: TypeAlias = Annotated[
    SuggestedRisk | NoConcernSuggested | EvidenceInsufficient, Field(discriminator="outcome")
]


def outcome_of(suggestion: Risk) -> Outcome:
    """A suggestion as the reader may see it: in the words for her."""
    if isinstance(suggestion, NotAssessed):
        reason = "A release suggests a risk for placements alone."
        return EvidenceInsufficient(outcome="insufficient_evidence", reasons=[reason])
    reasons = list(suggestion.reasons)
    if isinstance(suggestion, InsufficientEvidence):
        return EvidenceInsufficient(outcome="insufficient_evidence", reasons=reasons)
    if isinstance(suggestion, NoConcern):
        return NoConcernSuggested(outcome="no_concern", reasons=reasons, robustness=suggestion.robustness)
    return SuggestedRisk(
        outcome="suggested",
        likelihood=suggestion.likelihood,
        impact=suggestion.impact,
        colour=suggestion.colour,
        level=suggestion.level,
        about=suggestion.about,
        interventions=list(suggestion.interventions),
        reasons=reasons,
        robustness=suggestion.robustness,
    )
