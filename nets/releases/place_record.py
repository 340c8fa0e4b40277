"""One place in a release: what may be shown of it, for all learners and by learner group."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from nets.disclosure.shown import Shown, ShownResponses, SuppressedScore
from nets.disclosure.shown_beside import ShownAdjusted, ShownPooled
from nets.flags.place_flags import NO_FLAGS, ScaleFlags
from nets.risk import RiskBasis, Suggestion


@dataclass(frozen=True, slots=True)
class NotAssessed:
    """Stands where a suggested risk would: one is suggested for placements, not for the places above them."""


Risk: TypeAlias = Suggestion | NotAssessed
_SUPPRESSED: Final = SuppressedScore()
_NO_BASIS: Final = RiskBasis((), {}, first_campaign=True)


@dataclass(frozen=True, slots=True)
class PlaceRecord:
    """One place in a release.

    Attributes
    ----------
    place_id, level
        An organisation's, or ``nation`` and ``nation``.
    responses
        How many answered, and of how many.
    scores
        By the code of the measure; what may not be shown, or what nobody answered, is not in it (``score`` gives the marker).
    groups
        The same by learner group, for scales alone.
    risk
        What the rule suggests for a placement.
    basis
        What a risk is suggested of beside the scores; releases of before it was kept have none.
    flags
        By code of the scale; scales without any are not in it (``flags_on`` gives what stands for none).
    kept
        Cells that are those of an earlier release of the campaign, with its id: too few learners have answered since for a new
        value, which would tell what those few said. Keys are codes of measures, with the group's code and a stroke before them
        where they are a learner group's; an empty key is the number of responses.
    adjusted
        By code of the scale: the score of a placement with its case-mix taken out, beside the one in ``scores``.
    pooled
        By code of the scale: the score of a placement over this campaign and earlier ones together.
    """

    place_id: str
    level: str
    responses: ShownResponses | SuppressedScore
    scores: Mapping[str, Shown]
    groups: Mapping[str, Mapping[str, Shown]]
    risk: Risk
    basis: RiskBasis = _NO_BASIS
    flags: Mapping[str, ScaleFlags] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)
    adjusted: Mapping[str, ShownAdjusted] = field(default_factory=dict)
    pooled: Mapping[str, ShownPooled] = field(default_factory=dict)

    def score(self, measure: str, group: str | None = None) -> Shown:
        """What is shown of one measure, for all learners or one learner group; the marker where nothing is."""
        cells = self.scores if group is None else self.groups.get(group, {})
        if measure not in cells:  # most are not, and a KeyError takes longer than to ask
            return _SUPPRESSED
        return cells[measure]

    def kept_from(self, measure: str, group: str | None = None) -> str:
        """The earlier release whose value a cell still has; an empty word where it has its own. No measure: the responses."""
        return self.kept.get(measure if group is None else f"{group}/{measure}", "")

    def told(self, suggestion: Suggestion) -> Suggestion:
        """What is suggested of this place, in words for whoever sees exact numbers: in those that it was suggested in."""
        return suggestion

    def flags_on(self, scale: str) -> ScaleFlags:
        """The flags of one scale."""
        return self.flags.get(scale, NO_FLAGS)
