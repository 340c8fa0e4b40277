"""What pages and JSON interface read of a release: the same records by the same way, for placements that nobody answered too."""

from collections.abc import Sequence
from dataclasses import dataclass

from nets.access import Principal
from nets.disclosure import SuppressedScore
from nets.organisation import Level, Organisation
from nets.place_record import PlaceRecord
from nets.release import ReleaseHeader
from nets.release_document import record_from_json
from nets.risk import Evidence, RiskSuggestion, SurveyEvidence, read_rule, severity, suggest_risk
from nets.store.database import Connection
from nets.store.organisations import list_organisations
from nets.store.releases import read_place, read_places
from survey_api.staff.visible_places import visible_place


@dataclass(frozen=True, slots=True)
class PlacementView:
    """A placement of a release with the places above it, from its region down."""

    placement: Organisation
    above: tuple[Organisation, ...]
    record: PlaceRecord

    @property
    def provider(self) -> Organisation:
        """The provider that the placement belongs to."""
        return next(place for place in self.above if place.level is Level.PROVIDER)

    @property
    def site(self) -> Organisation:
        """The site that the placement is on."""
        return next(place for place in self.above if place.level is Level.SITE)


def placement_view(
    connection: Connection, reader: Principal, header: ReleaseHeader, placement_id: str
) -> PlacementView:
    """One placement as the release has it; NotFound outside of the reader's scope."""
    visible = visible_place(connection, reader, placement_id, Level.PLACEMENT)
    document = read_place(connection, header.id, placement_id)
    record = record_from_json(document) if document else _unanswered(header, placement_id)
    return PlacementView(visible.place, visible.above, record)


def provider_views(
    connection: Connection, reader: Principal, header: ReleaseHeader, provider_id: str
) -> tuple[PlacementView, ...]:
    """Every placement of a provider in the order of sites and names; those that nobody answered about are among them.

    Raises
    ------
    NotFound
        For a provider outside of the reader's scope.
    """
    provider = visible_place(connection, reader, provider_id, Level.PROVIDER).place
    sites = {site.id: site for site in list_organisations(connection, Level.SITE, under=provider.id)}
    documents = read_places(connection, header.id, level=Level.PLACEMENT, under=provider.id)
    views = [
        PlacementView(
            placement,
            (provider, sites[str(placement.parent_id)]),
            record_from_json(documents[placement.id])
            if placement.id in documents
            else _unanswered(header, placement.id),
        )
        for placement in list_organisations(connection, Level.PLACEMENT, under=provider.id)
    ]
    return tuple(sorted(views, key=lambda view: (view.site.name, view.placement.name)))


def most_severe_first(views: Sequence[PlacementView]) -> list[PlacementView]:
    """The placements for which a risk is suggested; equally severe ones stay in the order they came in."""
    cells = [
        (severity(risk.likelihood, risk.impact), view)
        for view in views
        if isinstance(risk := view.record.risk, RiskSuggestion)
    ]
    return [view for _, view in sorted(cells, key=lambda cell: cell[0], reverse=True)]


def _unanswered(header: ReleaseHeader, placement_id: str) -> PlaceRecord:
    """A placement that is not in the release looks like one with too few learners, so that the two cannot be told apart."""
    risk = suggest_risk(Evidence(SurveyEvidence(header.id)), read_rule(header.rule_version))
    return PlaceRecord(placement_id, Level.PLACEMENT, SuppressedScore(), {}, {}, risk)
