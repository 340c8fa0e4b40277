import pytest
from pydantic import ValidationError

from nets.access.roles import Role
from nets.errors import InvalidSetting
from survey_api.app import create_app
from survey_api.settings import Settings


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETS_SERVICE_NAME", "Invented Survey")
    monkeypatch.setenv("NETS_PUBLIC_ORIGIN", "https://Survey.Example.org/")
    settings = Settings()
    assert settings.service_name == "Invented Survey"
    assert settings.public_origin == "https://survey.example.org"
    assert settings.is_https


@pytest.mark.parametrize(
    "address", ["survey.example.org", "ftp://survey.example.org", "https://survey.example.org/path"]
)
def test_a_public_origin_has_a_scheme_and_no_path(address: str) -> None:
    with pytest.raises(ValidationError, match="should be an origin"):
        Settings(public_origin=address)


def test_the_settings_of_an_openid_provider_come_whole_or_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETS_OIDC_ISSUER", "https://id.example.org")
    monkeypatch.setenv("NETS_OIDC_ROLES", '{"claim": "groups", "values": {"nets": {"role": "region"}}}')
    with pytest.raises(InvalidSetting) as raised:
        create_app()
    assert [problem.where for problem in raised.value.problems] == ["NETS_OIDC_CLIENT_ID", "NETS_OIDC_ROLES"]
    monkeypatch.setenv("NETS_OIDC_CLIENT_ID", "nets")
    monkeypatch.setenv("NETS_OIDC_CLIENT_SECRET", "a secret that two share")
    monkeypatch.setenv("NETS_OIDC_ROLES", '{"claim": "groups", "values": {"nets": {"role": "region", "scope": "R1"}}}')
    settings = Settings()
    assert "share" not in repr(settings)
    assert settings.oidc_roles is not None
    mapped = settings.oidc_roles.role_of({"groups": ["other", "nets"]})
    assert mapped is not None
    assert (mapped.role, mapped.scope) == (Role.REGION, "R1")
    assert settings.oidc_roles.role_of({"groups": "other"}) is None
    assert settings.oidc_roles.role_of({}) is None


@pytest.mark.parametrize(
    "address", ["id.example.org", "http://id.example.org", "https://id.example.org/?a=b", "https://"]
)
def test_an_issuer_is_reached_by_https(address: str) -> None:
    with pytest.raises(ValidationError, match="should be an https address"):
        Settings(oidc_issuer=address)


def test_every_setting_that_cannot_be_taken_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETS_DRAFT_DAYS", "many")
    monkeypatch.setenv("NETS_PUBLIC_ORIGIN", "survey.example.org")
    with pytest.raises(InvalidSetting) as raised:
        create_app()
    assert [problem.where for problem in raised.value.problems] == ["NETS_PUBLIC_ORIGIN", "NETS_DRAFT_DAYS"]


def test_the_product_name_holds_no_protected_letters() -> None:
    assert "NHS" not in Settings.model_fields["service_name"].default
