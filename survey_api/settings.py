"""What an operator may set, by environment variables with the prefix ``NETS_``; docs/settings.md explains each."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from nets.errors import InvalidSetting, Problem
from nets.origin import as_origin
from nets.questionnaire.publishing import DEFAULT_FOLDER
from survey_api.languages import FOLDER as LANGUAGE_FOLDER
from survey_api.staff.role_mapping import RoleMapping, read_mapping


def _as_issuer(address: str) -> str:
    parts = urlsplit(address)
    is_here = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"}
    if not parts.hostname or parts.query or parts.fragment or not (parts.scheme == "https" or is_here):
        raise ValueError("should be an https address without ? and #, exactly as the provider calls itself")
    return address


class Settings(BaseSettings):
    """Settings of the service. Every field is ``NETS_`` and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="NETS_", extra="ignore", frozen=True)

    database_url: str = Field(default="sqlite:///nets.sqlite3", description="Where responses and releases are kept.")
    questionnaire_folder: Path = Field(
        default=DEFAULT_FOLDER, description="The published questionnaires and their PUBLISHED list."
    )
    service_name: str = Field(
        default="Training Experience Survey",
        min_length=1,
        max_length=60,
        description="The name in the header of every page.",
    )
    operator: str = Field(default="", max_length=120, description="Who runs the survey; named in the privacy notice.")
    contact: str = Field(
        default="", max_length=120, description="An e-mail address for questions on privacy and accessibility."
    )
    language_folder: Path = Field(default=LANGUAGE_FOLDER, description="The texts of the pages, one file a language.")
    public_origin: Annotated[str, AfterValidator(as_origin)] | None = Field(
        default=None, description="Scheme and host that learners see, where a proxy stands in front."
    )
    night_hour: int = Field(
        default=3, ge=0, le=23, description="Hour at which what has had its time is forgotten and the rest shuffled."
    )
    draft_days: int = Field(default=14, ge=1, le=90, description="Days that unsent answers and receipts can be opened.")
    oidc_issuer: Annotated[str, AfterValidator(_as_issuer)] | None = Field(
        default=None, description="The address of the OpenID Connect provider by which staff sign in."
    )
    oidc_client_id: str = Field(
        default="", validate_default=True, description="What this service is called at that provider."
    )
    oidc_client_secret: SecretStr = Field(default=SecretStr(""), description="The secret that the two share.")
    oidc_name: str = Field(
        default="your organisation", max_length=60, description="What the sign-in page calls that provider."
    )
    oidc_roles: Annotated[RoleMapping | None, NoDecode, BeforeValidator(read_mapping)] = Field(
        default=None, description="Which role each value of a claim means, as JSON; accounts say it otherwise."
    )
    session_idle_minutes: int = Field(
        default=30, ge=5, le=240, description="Minutes after which a session that is not used has to sign in again."
    )
    session_hours: int = Field(default=10, ge=1, le=24, description="Hours after which every session has to.")
    requests_a_minute: int = Field(
        default=300,
        ge=10,
        le=100_000,
        description="Requests a minute of somebody who signed in; a key has its own number.",
    )
    body_limit: int = Field(default=16_384, ge=4_096, le=1_048_576, description="Longest request body in bytes.")

    @field_validator("oidc_client_id")
    @classmethod
    def _has_client(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("oidc_issuer") and not value:
            raise ValueError("is needed beside NETS_OIDC_ISSUER")
        return value

    @property
    def is_https(self) -> bool:
        """Whether learners come over https, so that cookies may be held to it."""
        return self.public_origin is not None and self.public_origin.startswith("https:")


def read_settings() -> Settings:
    """The settings that the environment asks for.

    Raises
    ------
    InvalidSetting
        Naming every variable that cannot be taken, and why.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise InvalidSetting(
            Problem(f"NETS_{str(entry['loc'][0]).upper()}", entry["msg"].removeprefix("Value error, "))
            for entry in error.errors()
        ) from None
