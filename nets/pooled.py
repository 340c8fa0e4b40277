"""Scores over several campaigns as somebody may see them: every campaign's release is read for the same reader."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from nets.disclosure.banded import BandedMean, BandedPooled, BandedScore, SeenPooled
from nets.disclosure.banded_record import BandedRecord
from nets.disclosure.banding_beside import BandedYear, banded_pooled
from nets.disclosure.shown_beside import NotPooled
from nets.reading import PlaceView, ReleaseReader, SeenRecord
from nets.releases.place_record import PlaceRecord
from nets.store.releases import get_release

PooledOfPlace: TypeAlias = Mapping[str, SeenPooled]
"""By code of the scale."""


def read_pooled(release: ReleaseReader, views: Sequence[PlaceView]) -> dict[str, PooledOfPlace]:
    """The pooled scores of places of a release, by id of the place; of most there are none.

    The national role sees those of the release. For everybody else they are made of the scores in bands, of this release and of
    those that the release has pooled.
    """
    if release.principal.is_national:
        return {view.place_id: view.record.pooled for view in views if isinstance(view.record, PlaceRecord)}
    pooled = [view for view in views if isinstance(view.record, BandedRecord) and view.record.years_pooled]
    ids = {one for over in release.header.pooled_over.values() for one in over.releases.values()} if pooled else set()
    years = {release.header.campaign_id: {view.place_id: (release, view.record) for view in pooled}}
    for release_id in sorted(ids):
        earlier = release.beside(get_release(release.connection, release_id))
        found = earlier.views([view.place for view in pooled])
        years[earlier.header.campaign_id] = {view.place_id: (earlier, view.record) for view in found}
    return {view.place_id: dict(_made_of(release, view, years)) for view in pooled}


_Year: TypeAlias = Mapping[str, tuple[ReleaseReader, SeenRecord]]
"""A release and what it shows, by id of the place."""


def _made_of(release: ReleaseReader, view: PlaceView, years: Mapping[str, _Year]) -> Iterator[tuple[str, BandedPooled]]:
    pooled = view.record.years_pooled if isinstance(view.record, BandedRecord) else {}
    for scale, campaigns in pooled.items():
        over = release.header.pooled_over.get(scale)
        if over is None or isinstance(over.benchmark, NotPooled):
            continue
        found = [years[campaign][view.place_id] for campaign in campaigns.split() if campaign in years]
        made_of = [
            BandedYear(score, one.banded.fewest(score.learners))
            for one, record in found
            if isinstance(score := record.score(scale), BandedScore | BandedMean)
        ]
        if len(made_of) == len(campaigns.split()):
            yield scale, banded_pooled(campaigns, made_of, over.benchmark)
