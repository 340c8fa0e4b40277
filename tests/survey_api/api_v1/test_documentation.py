import re
from typing import Any

import pytest
from fastapi.testclient import TestClient


@pytest.fixture
def described(client: TestClient) -> Any:
    return client.get("/v1/openapi.json").json()


def test_the_interface_is_described_as_openapi_3_1(described: Any) -> None:
    assert described["openapi"].startswith("3.1")
    assert set(described["paths"]) == {
        "/v1/questionnaires",
        "/v1/questionnaires/{questionnaire_id}/{version}",
        "/v1/campaigns/{campaign_id}",
        "/v1/campaigns/{campaign_id}/responses",
        "/v1/releases",
        "/v1/releases/{release_id}",
        "/v1/releases/{release_id}/scores",
        "/v1/releases/{release_id}/risk",
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


def test_the_description_has_examples(described: Any) -> None:
    assert described["components"]["schemas"]["SubmittedResponse"]["examples"]
    assert described["components"]["schemas"]["ProblemDetails"]["properties"]["type"]["examples"]


def test_the_documentation_page_brings_its_own_assets(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    for address in re.findall(r'(?:src|href)="(/[^"]+)"', page.text):
        assert client.get(address).status_code in {200, 303}, address
