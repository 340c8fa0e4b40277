"""What is known of a place on a day, and the risk that is suggested of it.

A release froze the survey's part; evidence and concerns that came since are added here, when it is read.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from nets.errors import NotFound
from nets.organisation import Level, Organisation
from nets.releases.document import record_from_json
from nets.releases.place_record import PlaceRecord
from nets.releases.release import ReleaseHeader
from nets.risk import (
    EarlierAssessment,
    Evidence,
    RiskRule,
    RiskSuggestion,
    Suggestion,
    SurveyEvidence,
    read_rule,
    severity,
    suggest_risk,
)
from nets.risk.assessment import Assessment, evidence_to_json
from nets.risk.basis import survey_evidence
from nets.store.assessments import list_assessments
from nets.store.campaigns import get_campaign, list_campaigns
from nets.store.concerns import ConcernOnRecord, list_concerns
from nets.store.database import Connection
from nets.store.evidence import EvidenceOnRecord, list_evidence
from nets.store.organisations import get_organisation, read_tree
from nets.store.questionnaires import get_version
from nets.store.releases import get_release, latest_release, list_releases, read_place, read_places


@dataclass(frozen=True, slots=True)
class RiskOnDay:
    """What is known of a place, or of one programme there, on a day.

    Attributes
    ----------
    evidence, suggestion
        Everything known, and what the rule makes of it.
    rule
        The release's own rule; the newest where there is no release.
    history
        Every assessment until that day, the newest first.
    """

    place: Organisation
    programme: str
    evidence: Evidence
    suggestion: Suggestion
    rule: RiskRule
    history: tuple[Assessment, ...]

    @property
    def state(self) -> str:
        """Stands for everything that was known when this was read: another one means that something has come since.

        Of the survey it holds the release, whose scores are frozen: who sees them in bands could find exact ones out by trying.
        """
        frozen = SurveyEvidence(self.evidence.survey.release_id)
        known = f"{len(self.history)}\n{evidence_to_json(replace(self.evidence, survey=frozen))}"
        return hashlib.sha256(known.encode()).hexdigest()

    @property
    def severity(self) -> tuple[int, int, int]:
        """A key that puts the more severe last: by the cell that a person confirmed, by the suggested one where nobody did."""
        cell = self.history[0] if self.history else self.suggestion
        return (
            (0, 0, 0) if not isinstance(cell, Assessment | RiskSuggestion) else severity(cell.likelihood, cell.impact)
        )


def risk_on(
    connection: Connection,
    place_id: str,
    on: date,
    *,
    programme: str = "",
    campaign_id: str = "",
    header: ReleaseHeader | None = None,
    asked_for: bool = False,
) -> RiskOnDay:
    """Gather what is known of a place on a day, and suggest.

    Parameters
    ----------
    programme
        Of one programme there alone: its own evidence and concerns, beside those of the whole place, and the survey's scores of
        the learner group of that name.
    campaign_id
        Whose newest release is read; the newest of all where it is empty.
    header
        The release that is read, where it is a certain one.
    asked_for
        Whether a cell is wanted although nothing suggests one.

    Raises
    ------
    NotFound
        If there is no such place or campaign, or the campaign has no release.
    """
    place = get_organisation(connection, place_id)
    known = _Known.of(connection, header or _release(connection, campaign_id), on, place_id=place_id)
    return known.risk_of(place, programme, asked_for=asked_for)


def risks_on(
    connection: Connection,
    on: date,
    *,
    under: str | None = None,
    campaign_id: str = "",
    header: ReleaseHeader | None = None,
    with_silent: bool = True,
) -> tuple[RiskOnDay, ...]:
    """The same for many places, the most severe first: placements of the release, and whatever has evidence, concerns or history.

    Parameters
    ----------
    under
        Only one place and everything below it.
    header
        The release that is read, where it is a certain one.
    with_silent
        Placements too about which nobody has written anything: of those the release itself says what is suggested, and reading
        two thousand of them again takes seconds.
    """
    header = header or _release(connection, campaign_id)
    if under is not None:
        get_organisation(connection, under)
    known = _Known.of(connection, header, on, under=under, with_silent=with_silent)
    spoken_of = {(place_id, "") for place_id, record in known.records.items() if record.level == Level.PLACEMENT}
    spoken_of |= {(made.place_id, made.programme) for made in known.assessments}
    spoken_of |= {(kept.evidence.place_id, kept.evidence.programme) for kept in known.external}
    spoken_of |= {(kept.concern.place_id, kept.concern.programme) for kept in known.concerns}
    places = read_tree(connection).places
    found = [known.risk_of(places[place_id].organisation, programme) for place_id, programme in sorted(spoken_of)]
    return tuple(sorted(found, key=lambda risk: risk.severity, reverse=True))


def same_programme(one: str, other: str) -> bool:
    """Whether two people mean the same programme, whatever the case and the spaces."""
    return _plain(one) == _plain(other)


@dataclass(frozen=True, slots=True)
class _Known:
    """Everything that is known of some places on a day, read once; what came later is not among it."""

    header: ReleaseHeader | None
    rule: RiskRule
    group_titles: Mapping[str, str]
    records: Mapping[str, PlaceRecord]
    external: Sequence[EvidenceOnRecord]
    concerns: Sequence[ConcernOnRecord]
    assessments: Sequence[Assessment]
    opened: Mapping[str, date]

    @classmethod
    def of(
        cls,
        connection: Connection,
        header: ReleaseHeader | None,
        on: date,
        *,
        place_id: str | None = None,
        under: str | None = None,
        with_silent: bool = True,
    ) -> "_Known":
        """Of one place, of one place with everything below it, or of all."""
        rule = read_rule(header.rule_version) if header else read_rule()
        external = list_evidence(connection, place_id=place_id)
        concerns = list_concerns(connection, place_id=place_id)
        assessments = list_assessments(connection, place_id=place_id)
        if under is not None:
            tree = read_tree(connection)
            inside = {under, *(place.place_id for place in tree.below(tree.places[under]))}
            external = tuple(kept for kept in external if kept.evidence.place_id in inside)
            concerns = tuple(kept for kept in concerns if kept.concern.place_id in inside)
            assessments = tuple(made for made in assessments if made.place_id in inside)
        written_about = {
            *(kept.evidence.place_id for kept in external),
            *(kept.concern.place_id for kept in concerns),
            *(made.place_id for made in assessments),
        }
        records: dict[str, PlaceRecord] = {}
        if header and with_silent:
            records = _records(connection, header, place_id, under)
        elif header:
            documents = read_places(connection, header.id, written_about)
            records = {one: record_from_json(document) for one, document in documents.items()}
        opened = {campaign.id: campaign.opens_on for campaign in list_campaigns(connection)}
        releases = {made.release_id for made in assessments if made.release_id}
        campaign_of = {release_id: get_release(connection, release_id).campaign_id for release_id in releases}
        return cls(
            header,
            rule,
            _group_titles(connection, header) if header else {},
            records,
            [kept for kept in external if kept.counts(on, rule.evidence_days)],
            [kept for kept in concerns if kept.counts(on)],
            [made for made in assessments if made.confirmed_on <= on],
            {release_id: opened[campaign_id] for release_id, campaign_id in campaign_of.items()}
            | ({"": opened[header.campaign_id]} if header else {}),
        )

    def risk_of(self, place: Organisation, programme: str, *, asked_for: bool = False) -> RiskOnDay:
        """What the rule makes of it for one place, or one programme there."""
        history = tuple(
            made for made in self.assessments if made.place_id == place.id and same_programme(made.programme, programme)
        )
        evidence = Evidence(
            survey=self._survey(place.id, programme),
            external=tuple(
                kept.evidence
                for kept in self.external
                if kept.evidence.place_id == place.id and _bears_on(kept.evidence.programme, programme)
            ),
            concerns=tuple(
                kept.concern.notice
                for kept in self.concerns
                if kept.concern.place_id == place.id and _bears_on(kept.concern.programme, programme)
            ),
            earlier=self._earlier(history),
            asked_for=asked_for,
        )
        return RiskOnDay(place, programme, evidence, suggest_risk(evidence, self.rule), self.rule, history)

    def _survey(self, place_id: str, programme: str) -> SurveyEvidence:
        if self.header is None:
            return SurveyEvidence("")
        group = ""
        if programme:
            named = {_plain(name): code for code, title in self.group_titles.items() for name in (code, title)}
            if _plain(programme) not in named:
                return SurveyEvidence(self.header.id)
            group = named[_plain(programme)]
        if place_id not in self.records:
            return SurveyEvidence(self.header.id)
        record = self.records[place_id]
        return survey_evidence(self.header.id, record, self.header.scales, self.group_titles, group=group)

    def _earlier(self, history: Sequence[Assessment]) -> tuple[EarlierAssessment, ...]:
        """The newest assessment that an earlier campaign led to, or that was made before this one's campaign opened."""
        if self.header is None:
            return ()
        opens_on = self.opened[""]
        for made in history:
            led_to_by = self.opened[made.release_id] if made.release_id else made.confirmed_on
            if led_to_by < opens_on:
                about = made.suggestion.about if isinstance(made.suggestion, RiskSuggestion) else ""
                done = (*made.interventions, *made.supportive)
                return (EarlierAssessment(made.id, about, made.likelihood, made.impact, done, made.confirmed_on),)
        return ()


def _release(connection: Connection, campaign_id: str) -> ReleaseHeader | None:
    if not campaign_id:
        return next(iter(list_releases(connection)), None)
    get_campaign(connection, campaign_id)
    header = latest_release(connection, campaign_id)
    if header is None:
        raise NotFound(f"campaign {campaign_id} has no release yet; make one with: nets release {campaign_id}")
    return header


def _group_titles(connection: Connection, header: ReleaseHeader) -> dict[str, str]:
    version = get_version(connection, header.questionnaire_id, header.questionnaire_version)
    return {group.code: group.label[version.languages[0]] for group in version.learner_groups}


def _records(
    connection: Connection, header: ReleaseHeader, place_id: str | None, under: str | None
) -> dict[str, PlaceRecord]:
    if place_id is None:
        documents = read_places(connection, header.id, under=under)
        place_id = under
    else:
        documents = {}
    own = read_place(connection, header.id, place_id) if place_id else None
    if place_id and own:
        documents[place_id] = own
    return {found: record_from_json(document) for found, document in documents.items()}


def _bears_on(theirs: str, programme: str) -> bool:
    """On a whole place all that is known of its programmes; on a programme its own and what is about the whole place."""
    return not programme or not theirs or same_programme(theirs, programme)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
