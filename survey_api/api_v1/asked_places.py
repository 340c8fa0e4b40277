"""Which places of a release a program asks for: filters that choose among cells that were decided on, and make none."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from nets.errors import InvalidSetting, Problem
from nets.reading import ReleaseReader
from nets.tree import NamedPlace
from survey_api.api_v1.paging import Paged


class AskedLevel(StrEnum):
    """The levels of the tree, with the nation on top."""

    NATION = "nation"
    REGION = "region"
    LOCAL_OFFICE = "local_office"
    PROVIDER = "provider"
    SITE = "site"
    PLACEMENT = "placement"


PlaceId = Annotated[str, Field(pattern=r"^[!-~]{1,64}$")]


class AskedPlaces(Paged):
    """Places by level, by id, or below another; without a filter, all that the reader may see, from the top down."""

    level: AskedLevel | None = Field(default=None, description="Places of this level alone.", examples=["placement"])
    place: PlaceId | None = Field(
        default=None,
        description="This place alone, by its id. Your own region and `nation` may be asked for too, for comparison.",
        examples=["P0001"],
    )
    under: PlaceId | None = Field(
        default=None, description="Places below this one, by its id, without itself.", examples=["T001"]
    )

    def problems(self) -> list[Problem]:
        """What does not go together."""
        if self.place is None:
            return []
        others = [name for name, value in (("level", self.level), ("under", self.under)) if value is not None]
        return [Problem(f"query: {name}", "place names one place already; leave one of the two out") for name in others]

    def of(self, release: ReleaseReader) -> Sequence[NamedPlace]:
        """The places in the order in which they are told.

        Raises
        ------
        InvalidSetting
            For filters that do not go together.
        NotFound
            For a place that is not the reader's to see.
        """
        if problems := self.problems():
            raise InvalidSetting(problems)
        if self.place is not None:
            return [release.named(self.place)]
        return release.places(self.level, self.under)
