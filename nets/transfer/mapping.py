"""What a mapping file may say: how the columns of somebody else's survey data become the answers of a campaign.

The shortest mapping names a questionnaire, a campaign, the column of the placement, its provider, the learner group and the
day; columns called like the items are then found by themselves. docs/importing.md explains every setting.
"""

import codecs
import io
import re
from contextlib import suppress
from datetime import date
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    model_validator,
)

from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.errors import InvalidSetting
from nets.questionnaire.version import NonResponse, Unanswered

_ISO_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_PROBE: Final = b'Q1,"2";\t\n'
_NOT_ON_THE_SCALE: Final = (*NonResponse, Unanswered.BLANK)


def _day(given: object) -> date:
    if isinstance(given, str) and _ISO_DATE.fullmatch(given):
        with suppress(ValueError):
            return date.fromisoformat(given)
    raise ValueError("should be a day such as 2026-10-31")


def _meaning(given: object) -> int | NonResponse | Unanswered:
    if isinstance(given, int) and not isinstance(given, bool):
        return given
    if isinstance(given, str) and given in _NOT_ON_THE_SCALE:
        return Unanswered.BLANK if given == Unanswered.BLANK else NonResponse(given)
    raise ValueError(f"should be an option value such as 4, or one of {', '.join(_NOT_ON_THE_SCALE)}")


def _encoding(name: str) -> str:
    try:
        # a wrapper, because it takes text encodings only: Python's codecs also compress
        readable = io.TextIOWrapper(io.BytesIO(_PROBE), name).read().encode("ascii") == _PROBE
    except (LookupError, ValueError):
        readable = False
    if not readable:
        raise ValueError(f"'{name}' is not an encoding that can be read here; utf-8, latin-1 and windows-1252 are")
    return "utf-8-sig" if codecs.lookup(name).name == "utf-8" else name


def _delimiter(given: str) -> str:
    if len(given) != 1 or given in '"\r\n\0':
        raise ValueError("should be one character, such as ',' or ';' or '\\t'")
    return given


def _short_for(setting: str) -> BeforeValidator:
    """Let a plain string stand for the object in which it is this setting."""

    def lengthened(given: object) -> object:
        if isinstance(given, str):
            return {setting: given}
        if isinstance(given, dict):
            return given
        raise ValueError("should be text or an object")

    return BeforeValidator(lengthened)


Day = Annotated[date, PlainValidator(_day)]
Meaning = Annotated[int | NonResponse | Unanswered, PlainValidator(_meaning)]
Text = Annotated[str, Field(min_length=1, max_length=500)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class QuestionnaireSource(_Shape):
    """A published version by id and version, or a file in the questionnaire format beside the mapping."""

    file: Text | None = None
    id: Text | None = None
    version: Text | None = None

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        by_name = self.id is not None and self.version is not None
        if (self.file is None) != by_name or (self.file is not None and (self.id or self.version)):
            raise ValueError("should have either 'file', or 'id' and 'version' of a published questionnaire")
        return self


class CampaignSettings(_Shape):
    """The campaign that the data becomes; its access mode is always ``imported``."""

    id: Text
    title: Text
    opens_on: Day
    closes_on: Day
    anonymity: Literal["anonymous", "confidential"] = "anonymous"
    place_floor: int = 5
    breakdown_floor: int = 10

    @model_validator(mode="after")
    def _keeps_the_rules(self) -> Self:
        try:
            self.campaign("questionnaire", "version")
        except InvalidSetting as error:
            raise ValueError("\n".join(map(str, error.problems))) from None
        return self

    def campaign(self, questionnaire_id: str, questionnaire_version: str) -> Campaign:
        """The campaign of this questionnaire version."""
        return Campaign(
            id=self.id,
            title=self.title,
            questionnaire_id=questionnaire_id,
            questionnaire_version=questionnaire_version,
            opens_on=self.opens_on,
            closes_on=self.closes_on,
            access_mode=AccessMode.IMPORTED,
            anonymity_mode=AnonymityMode(self.anonymity),
            place_floor=self.place_floor,
            breakdown_floor=self.breakdown_floor,
        )


class Place(_Shape):
    """An organisation above the placements: one name for all rows, a column of names, or one that the database has."""

    name: Text | None = None
    column: Text | None = None
    id: Text | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(setting is not None for setting in (self.name, self.column, self.id)) != 1:
            raise ValueError('should be a name, {"column": ...} or {"id": ...} of a place in the database')
        return self


class PlacementSource(_Shape):
    """The unit that gets a score, and where it hangs in the tree."""

    columns: Annotated[
        list[Text],
        Field(min_length=1, max_length=8),
        BeforeValidator(lambda given: [given] if isinstance(given, str) else given),
    ]
    name: Text | None = None
    existing: bool = False
    provider: Annotated[Place, _short_for("name")] | None = None
    site: Annotated[Place, _short_for("name")] | None = None
    local_office: Annotated[Place, _short_for("name")] | None = None
    region: Annotated[Place, _short_for("name")] | None = None

    @model_validator(mode="after")
    def _hangs_somewhere(self) -> Self:
        if len(set(self.columns)) < len(self.columns):
            raise ValueError("'columns' names a column twice")
        above = (self.site, self.provider, self.local_office, self.region)
        if self.existing:
            if self.name or any(above) or len(self.columns) > 1:
                raise ValueError(
                    "with 'existing', one column of placement ids says everything: leave the other settings out"
                )
            return self
        for place, higher in zip(above, (above[i + 1 :] for i in range(len(above))), strict=True):
            if place and place.id and any(higher):
                raise ValueError(
                    f"'{place.id}' is in the database with everything above it: leave the levels above it out"
                )
        if self.provider is None and not (self.site and self.site.id):
            raise ValueError("'provider' is needed, to hang the placements under")
        return self


class GroupSource(_Shape):
    """One learner group for every row, or a column with its codes."""

    constant: Text | None = None
    column: Text | None = None
    values: dict[str, Text] = {}

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.constant is None) == (self.column is None):
            raise ValueError('should be a learner group\'s code, or {"column": ..., "values": {...}}')
        if self.values and self.column is None:
            raise ValueError("'values' belong to a 'column'")
        return self


class DaySource(_Shape):
    """One day for every row, or a column of days."""

    constant: Day | None = None
    column: Text | None = None
    format: Text = "%Y-%m-%d"

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.constant is None) == (self.column is None):
            raise ValueError('should be a day such as 2026-10-31, or {"column": ..., "format": "%d/%m/%Y"}')
        return self


class ItemSource(_Shape):
    """The column of one item, where it is not called like the item, and what its cells mean."""

    column: Text | None = None
    answers: dict[str, Meaning] = {}


class ImportMapping(_Shape):
    """A whole mapping file.

    Attributes
    ----------
    answers
        What a cell stands for, for every item: ``{"9": "not_applicable", "-1": "blank"}``. As soon as one option value is
        among them for an item, they are all of its option values.
    items
        Item code to its column, or to column and answers of its own.
    """

    encoding: Annotated[str, AfterValidator(_encoding)] = "utf-8-sig"
    delimiter: Annotated[str, AfterValidator(_delimiter)] = ","
    questionnaire: QuestionnaireSource
    campaign: CampaignSettings
    placement: PlacementSource
    learner_group: Annotated[GroupSource, _short_for("constant")]
    answered_on: Annotated[DaySource, _short_for("constant")]
    answers: dict[str, Meaning] = {}
    items: dict[str, Annotated[ItemSource, _short_for("column")]] = {}
    not_asked: list[str] = []
