"""How messages are sent, by environment variables with the prefix ``NETS_``; docs/settings.md explains each."""

from collections.abc import Callable
from email.utils import parseaddr
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from nets.errors import InvalidSetting, Problem
from nets.invitation import InvitationKey, address_problem
from nets.origin import as_origin
from nets.sending.console import ConsoleSender
from nets.sending.message import Sender
from nets.sending.smtp import Security, SmtpSender, SmtpServer

NOTIFY: Final = "https://api.notifications.service.gov.uk"


class SendingSettings(BaseSettings):
    """Settings of the commands that send. Every field is ``NETS_`` and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="NETS_", extra="ignore", frozen=True)

    invitation_key: SecretStr = Field(
        default=SecretStr(""), description="What addresses and links in the ledger are sealed with."
    )
    sender: Literal["", "console", "smtp", "notify"] = Field(default="", description="By what messages are sent.")
    sender_address: str = Field(default="", description="Who writes, with SMTP.")
    sends_a_minute: int = Field(default=300, ge=1, le=3000, description="Most messages a minute.")
    smtp_host: str = Field(default="localhost", min_length=1, description="The mail server.")
    smtp_port: int = Field(default=587, ge=1, le=65_535, description="Its port.")
    smtp_security: Security = Field(default="starttls", description="How the connection is encrypted.")
    smtp_user: str = Field(default="", description="Whom to sign in as.")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="The password.")
    notify_key: SecretStr = Field(default=SecretStr(""), description="API key of GOV.UK Notify.")
    notify_template: str = Field(default="", description="Id of Notify's template for invitations.")
    notify_reminder_template: str = Field(default="", description="Id of Notify's template for reminders.")
    notify_retest_template: str = Field(default="", description="Id of Notify's template for the retest.")
    notify_origin: Annotated[str, AfterValidator(as_origin)] = Field(
        default=NOTIFY, description="Where Notify's API is."
    )

    def key(self) -> InvitationKey:
        """The key to the ledger.

        Raises
        ------
        InvalidSetting
            If it is missing or too short.
        """
        return InvitationKey(self.invitation_key.get_secret_value())

    def open_sender(self, write: Callable[[str], None], *, again: bool = False) -> Sender:
        """The sender that is set; ``write`` is where the console's messages go, ``again`` is for the retest's messages.

        Raises
        ------
        InvalidSetting
            Naming everything that it lacks.
        """
        problems = list(self._lacking(again))
        if problems:
            raise InvalidSetting(problems)
        if self.sender == "smtp":
            password = self.smtp_password.get_secret_value()
            server = SmtpServer(self.smtp_host, self.smtp_port, self.smtp_security, self.smtp_user, password)
            return SmtpSender(server, self.sender_address)
        if self.sender == "notify":
            from nets.sending.notify import NotifySender  # with an HTTP client, which no other command needs

            templates = {
                "invitation": self.notify_template,
                "reminder": self.notify_reminder_template,
                "retest": self.notify_retest_template,
            }
            return NotifySender(self.notify_key.get_secret_value(), templates, self.notify_origin)
        return ConsoleSender(write)

    def _lacking(self, again: bool) -> list[Problem]:
        if not self.sender:
            return [Problem("NETS_SENDER", "has to say by what messages are sent: console, smtp or notify")]
        problems = []
        if self.sender == "smtp" and address_problem(parseaddr(self.sender_address)[1]):
            problems.append(
                Problem("NETS_SENDER_ADDRESS", "has to be an address such as The survey <survey@example.org>")
            )
        if self.sender == "notify":
            problems += [
                Problem(f"NETS_{name.upper()}", "has to be the id of a template of GOV.UK Notify")
                for name in (("notify_retest_template",) if again else ("notify_template", "notify_reminder_template"))
                if not getattr(self, name)
            ]
        return problems


def read_sending_settings() -> SendingSettings:
    """The settings that the environment asks for.

    Raises
    ------
    InvalidSetting
        Naming every variable that cannot be taken, and why; never its value.
    """
    try:
        return SendingSettings()
    except ValidationError as error:
        raise InvalidSetting(
            Problem(f"NETS_{str(entry['loc'][0]).upper()}", entry["msg"].removeprefix("Value error, "))
            for entry in error.errors()
        ) from None
