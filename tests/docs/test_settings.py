"""docs/settings.md: every setting of the service with its default, and none that is gone."""

import re
from pathlib import Path

from nets.sending.settings import SendingSettings
from survey_api.settings import Settings

FIELDS = Settings.model_fields | SendingSettings.model_fields
PAGE = (Path(__file__).parents[2] / "docs" / "settings.md").read_text("utf-8")


def test_every_setting_stands_there_and_none_that_is_gone() -> None:
    rows = re.findall(r"^\| `NETS_(\w+)` \|", PAGE, flags=re.M)
    assert sorted(row.lower() for row in rows) == sorted(FIELDS)
    assert {name.lower() for name in re.findall(r"NETS_([A-Z_]+)", PAGE)} == set(FIELDS)


def test_every_default_is_the_one_of_the_code() -> None:
    for name, default in re.findall(r"^\| `NETS_(\w+)` \| ([^|]*) \|", PAGE, flags=re.M):
        value = FIELDS[name.lower()].default
        in_words = {
            "QUESTIONNAIRE_FOLDER": "the repository's `questionnaires/`",
            "LANGUAGE_FOLDER": "the repository's `survey_api/languages/`",
            **dict.fromkeys(("PUBLIC_ORIGIN", "OPERATOR", "CONTACT"), "none"),
            **dict.fromkeys(
                (f"NOTIFY_{name}" for name in ("KEY", "TEMPLATE", "REMINDER_TEMPLATE", "RETEST_TEMPLATE")), "none"
            ),
            **dict.fromkeys(("INVITATION_KEY", "SENDER", "SENDER_ADDRESS", "SMTP_USER", "SMTP_PASSWORD"), "none"),
            **dict.fromkeys((f"OIDC_{name}" for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET", "ROLES")), "none"),
        }
        assert default.strip("` ") == in_words.get(name, str(value)).strip("`"), name
