import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]


@pytest.fixture(scope="module")
def described(national: TestClient) -> Any:
    return national.get("/v1/openapi.json").json()


def test_the_interface_is_described_as_openapi_3_1(described: Any) -> None:
    assert described["openapi"].startswith("3.1")
    assert set(described["paths"]) == {
        "/v1/questionnaires",
        "/v1/questionnaires/{questionnaire_id}/{version}",
        "/v1/campaigns/{campaign_id}",
        "/v1/campaigns/{campaign_id}/responses",
        "/v1/campaigns",
        "/v1/organisations",
        "/v1/organisations/{place_id}",
        "/v1/releases",
        "/v1/releases/{release_id}",
        "/v1/releases/{release_id}/scores",
        "/v1/releases/{release_id}/distributions",
        "/v1/releases/{release_id}/scores-beside",
        "/v1/releases/{release_id}/comments",
        "/v1/releases/{release_id}/response-rates",
        "/v1/releases/{release_id}/flags",
        "/v1/releases/{release_id}/flag-lists",
        "/v1/releases/{release_id}/risks",
        "/v1/releases/{release_id}/trends",
        "/v1/risks",
        "/v1/risks/{place_id}",
        "/v1/risks/{place_id}/assessments",
        "/v1/risks/{place_id}/evidence",
        "/v1/risks/{place_id}/evidence/{evidence_id}/withdrawal",
        "/v1/scores",
        "/health",
        "/ready",
    }


def test_every_refusal_is_described_as_a_problem_document(described: Any) -> None:
    for path, operations in described["paths"].items():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if status.startswith(("4", "5")) and path != "/ready":
                    assert list(answer["content"]) == ["application/problem+json"], (path, status)


def test_every_address_is_described_with_what_it_may_answer_at_any_time(described: Any) -> None:
    for path, operations in described["paths"].items():
        for operation in operations.values():
            if path.startswith("/v1"):
                assert {"400", "503"} <= set(operation["responses"]), path


def test_answers_to_what_is_no_item_code_are_described_as_refused(described: Any) -> None:
    answers = described["components"]["schemas"]["SubmittedResponse"]["properties"]["answers"]
    assert answers["additionalProperties"] is False
    assert list(answers["patternProperties"]) == ["^[A-Z][A-Z0-9_]{0,19}$"]


def test_every_reference_of_the_description_leads_somewhere(described: Any) -> None:
    schemas = described["components"]["schemas"]
    for name in re.findall(r"#/components/schemas/([^'\"]+)", str(described)):
        assert name in schemas


def contents(described: Any) -> Iterator[tuple[str, Any]]:
    """Every answer of every operation that has a body, and every body that one takes."""
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            for status, answer in operation["responses"].items():
                for content in answer.get("content", {}).values():
                    yield f"{method} {path} {status}", content


def test_every_answer_has_an_example_that_its_schema_takes(described: Any) -> None:
    found = list(contents(described))
    assert len(found) > 90
    for where, content in found:
        schema = {**content["schema"], "components": described["components"]}
        faults = [fault.message for fault in Draft202012Validator(schema).iter_errors(content["example"])]
        assert not faults, (where, faults)


def test_the_examples_of_a_list_show_every_kind_of_entry(described: Any) -> None:
    answer = described["paths"]["/v1/releases/{release_id}/scores"]["get"]["responses"]["200"]
    items = answer["content"]["application/json"]["example"]["items"]
    assert [item["score"]["kind"] for item in items] == ["shown", "mean", "banded", "banded_mean", "suppressed"]


def test_every_field_and_filter_that_is_not_plain_says_what_it_is(described: Any) -> None:
    for name, schema in described["components"]["schemas"].items():
        assert schema.get("description") or "enum" in schema, name
    for path, operations in described["paths"].items():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                plain = path.startswith(("/v1/questionnaires", "/v1/campaigns/"))
                assert parameter.get("description") or plain, (path, parameter["name"])


def test_no_parameter_is_described_as_null(described: Any) -> None:
    for operations in described["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                assert "null" not in str(parameter["schema"]), parameter


def test_the_documentation_page_brings_its_own_assets(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    for address in re.findall(r'(?:src|href)="(/[^"]+)"', page.text):
        assert client.get(address).status_code in {200, 303}, address
