"""What needs attention among some places: those that ask for action, in bands of urgency, and never in the order of their scores.

A band says what is to be done next. Within it places stand in the order of the tree and of names: two placements of one band differ
in where they lie and not in rank.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from nets.disclosure.banded import BandedScore, Seen
from nets.disclosure.shown import ShownScore
from nets.flags.place_flags import ListSummary, ScaleLists
from nets.flags.rule import FlagQuestion, Side, flag_questions, read_flag_rule
from nets.organisation import Level
from nets.placement import Verdict
from nets.reading import PlaceView
from nets.releases.place_record import NotAssessed, Risk
from nets.releases.release import ReleaseHeader
from nets.risk import Evidence, RiskLevel, RiskSuggestion, Suggestion, severity
from nets.risk.as_released import as_released
from nets.risk.on_day import RiskOnDay
from nets.risk.words import in_short, knows_no_group


class Urgency(StrEnum):
    """The bands, the most urgent first."""

    ACT = "act"
    LOOK = "look"
    WATCH = "watch"
    ASK = "ask"
    ASSESSED = "assessed"


_OF_LEVEL: Final[Mapping[RiskLevel, Urgency]] = {
    RiskLevel.HIGH: Urgency.ACT,
    RiskLevel.MEDIUM: Urgency.LOOK,
    RiskLevel.LOW: Urgency.WATCH,
}


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of low scores that a placement is on, with what is known of the list over all placements."""

    question: FlagQuestion
    scale: str
    scale_title: str
    summary: ListSummary


@dataclass(frozen=True, slots=True)
class Attention:
    """A place, or one programme there, that needs attention.

    Attributes
    ----------
    view
        The place with what the release shows of it.
    risk
        What is known of it today: suggestion, reasons in the words for its reader, assessments.
    listings
        Lists of low scores that it is on, in the order of scales and rules.
    is_of_newer_release
        Whether it was assessed, and this release has come out since.
    is_more_severe
        Whether it was assessed, and something more severe is suggested now than was suggested then.
    is_on_more
        Whether it was assessed, and a concern or adverse evidence counts now that was not known then, however severe.
    """

    urgency: Urgency
    view: PlaceView
    risk: RiskOnDay
    listings: tuple[Listing, ...]
    is_of_newer_release: bool
    is_more_severe: bool
    is_on_more: bool

    @property
    def why(self) -> str:
        """The reason for the suggested cell, in short."""
        return in_short(self.risk.suggestion.reasons[0])

    @property
    def listed(self) -> str:
        """Of which scales those lists are, and how many of each."""
        return ", ".join(f"{title} ({n})" for title, n in Counter(one.scale_title for one in self.listings).items())

    @property
    def knows_no_group(self) -> bool:
        """Whether no score can tell if what is low is one learner group's or everyone's."""
        return knows_no_group(self.risk.suggestion.reasons[0])

    @property
    def n_reasons(self) -> int:
        """How many reasons there are in all, what the suggestion says of robustness among them."""
        return len(self.risk.suggestion.reasons) + bool(getattr(self.risk.suggestion, "robustness", ""))

    @property
    def about(self) -> str:
        """The subject of the suggested cell; empty where none is suggested."""
        return self.risk.suggestion.about if isinstance(self.risk.suggestion, RiskSuggestion) else ""

    @property
    def score(self) -> Seen:
        """The score on that subject as the release shows it, or the marker of one that is not shown."""
        return self.view.record.score(self.about)

    @property
    def is_on_little(self) -> bool:
        """Whether a risk is suggested beside a score that by itself says little."""
        return is_on_little(self.risk.suggestion, self.view)


def is_on_little(suggestion: Risk, view: PlaceView) -> bool:
    """Whether a risk is suggested on a subject whose score by itself says little: other evidence counts beside it."""
    if not isinstance(suggestion, RiskSuggestion):
        return False
    score = view.record.score(suggestion.about)
    return isinstance(score, ShownScore | BandedScore) and score.verdict is Verdict.INSUFFICIENT


def needing_attention(
    header: ReleaseHeader, risks: Sequence[RiskOnDay], views: Mapping[str, PlaceView]
) -> dict[Urgency, tuple[Attention, ...]]:
    """Those of some places that need attention, by band.

    Parameters
    ----------
    risks
        What is known of those that somebody has written about; of the others the release itself says what is suggested.
    views
        The places, by id, in the order in which they are to stand; one without a suggestion, an assessment or a flag is left out.
    """
    by_place: dict[str, list[RiskOnDay]] = {}
    for risk in sorted(risks, key=lambda risk: risk.programme):
        by_place.setdefault(risk.place.id, []).append(risk)
    lists = _LowLists(header)
    bands: dict[Urgency, list[Attention]] = {urgency: [] for urgency in Urgency}
    for place_id, view in views.items():
        listings = lists.of(view) if view.record.flags else ()
        for risk in by_place.get(place_id) or _as_released(header, view, is_flagged=bool(listings)):
            own = listings if not risk.programme else ()
            since = _is_of_newer_release(risk, header), _is_more_severe(risk), _is_on_more(risk)
            urgency = _urgency(risk, is_settled=bool(risk.history) and not any(since), is_flagged=bool(own))
            if urgency is not None:
                told = view.record.told(risk.suggestion)
                known = risk if told is risk.suggestion else replace(risk, suggestion=told)
                bands[urgency].append(Attention(urgency, view, known, own, *since))
    return {urgency: tuple(found) for urgency, found in bands.items()}


def _as_released(header: ReleaseHeader, view: PlaceView, *, is_flagged: bool) -> list[RiskOnDay]:
    """What is known of a place that nobody has written about: the survey's part, which is frozen; nothing above a placement.

    Most have nothing that is low, and need no attention.
    """
    suggestion = view.record.risk
    if isinstance(suggestion, NotAssessed) or not (is_flagged or isinstance(suggestion, RiskSuggestion)):
        return []
    return [as_released(header, view.place.organisation, suggestion)]


def _urgency(risk: RiskOnDay, *, is_settled: bool, is_flagged: bool) -> Urgency | None:
    """Of one that somebody has assessed since this release, and of which nothing has become known since: that it was assessed."""
    if is_settled:
        return Urgency.ASSESSED
    if isinstance(risk.suggestion, RiskSuggestion):
        return _OF_LEVEL[risk.suggestion.level]
    return Urgency.ASK if is_flagged else None


def _is_of_newer_release(risk: RiskOnDay, header: ReleaseHeader) -> bool:
    newest = next(iter(risk.history), None)
    return newest is not None and newest.release_id != header.id and newest.confirmed_on <= header.released_on


def _is_more_severe(risk: RiskOnDay) -> bool:
    return bool(risk.history) and _severity(risk.suggestion) > _severity(risk.history[0].suggestion)


def _is_on_more(risk: RiskOnDay) -> bool:
    """Beside a risk that could be no higher a new concern would else change nothing, and nobody would hear of it."""
    return bool(risk.history) and not _pointing(risk.evidence) <= _pointing(risk.history[0].evidence)


def _pointing(evidence: Evidence) -> set[str]:
    """The codes of what points to a risk by itself."""
    return {concern.id for concern in evidence.concerns} | {piece.id for piece in evidence.adverse}


def _severity(suggestion: Suggestion) -> tuple[int, int, int]:
    if not isinstance(suggestion, RiskSuggestion):
        return (0, 0, 0)
    return severity(suggestion.likelihood, suggestion.impact)


class _LowLists:
    """The lists of low scores of a release's placements, in the order of scales and rules."""

    def __init__(self, header: ReleaseHeader) -> None:
        version, summaries = header.flags.rule_version, header.flags.levels.get(Level.PLACEMENT, {})
        questions = flag_questions(read_flag_rule(version)).values() if version else ()
        low = [question for question in questions if question.side is Side.LOW]
        self._lists = [
            Listing(question, scale, title, known)
            for scale, title in header.scales.items()
            if isinstance(lists := summaries.get(scale), ScaleLists)
            for question in low
            if (known := lists.lists.get(question.code))
        ]
        self._at = {(one.scale, one.question.code): at for at, one in enumerate(self._lists)}

    def of(self, view: PlaceView) -> tuple[Listing, ...]:
        """Those that one placement is on."""
        if view.level != Level.PLACEMENT:
            return ()
        codes = [(scale, code) for scale, flags in view.record.flags.items() for code in flags.lists]
        return tuple([self._lists[at] for at in sorted([self._at[one] for one in codes if one in self._at])])
