"""What documentation shows of the interface works as it stands, on the survey that the demo makes."""

import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

PAGE = Path(__file__).parents[3] / "docs" / "addresses.md"
CLIENT_PAGE = PAGE.with_name("api-client.md")


@pytest.fixture(scope="module")
def described(demo: TestClient) -> Any:
    return demo.get("/v1/openapi.json").json()


def example(described: Any, schema: Any) -> Any:
    """The first example of a parameter or a schema, or the first value that it takes."""
    if "in" in schema:
        given = list(schema.get("examples", {}).values())
        return given[0]["value"] if given else example(described, schema["schema"])
    while "$ref" in schema and "examples" not in schema:
        schema = described["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    if "examples" in schema:
        return schema["examples"][0]
    if "properties" in schema:  # what may be left out and has no example is
        fields = schema["properties"].items()
        return {name: example(described, field) for name, field in fields if "examples" in field}
    return schema["enum"][0]


def requests(described: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Of every operation a request with the examples of what it needs, and one more with each filter that has an example."""
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            parameters = operation.get("parameters", ())
            needed = [parameter for parameter in parameters if parameter["required"]]
            filters = [parameter for parameter in parameters if not parameter["required"] and has_example(parameter)]
            for chosen in ([], *([one] for one in filters)):
                values: dict[str, dict[str, Any]] = {kind: {} for kind in ("path", "query", "header")}
                for parameter in (*needed, *chosen):
                    values[parameter["in"]][parameter["name"]] = example(described, parameter)
                body = operation.get("requestBody")
                yield (
                    method,
                    path.format(**values["path"]),
                    {
                        "params": values["query"],
                        "headers": values["header"],
                        "json": example(described, body["content"]["application/json"]["schema"]) if body else None,
                    },
                )


def has_example(parameter: Any) -> bool:
    return bool({"examples", "example"} & ({*parameter} | {*parameter["schema"]}))


def test_every_operation_answers_the_examples_of_its_description(demo: TestClient, described: Any) -> None:
    asked = set()
    for method, address, sent in requests(described):
        answer = demo.request(method, address, **sent)
        # what the example of a confirmation has seen is nothing that was ever so
        wanted = {409} if (method, address) == ("post", "/v1/risks/P0001/assessments") else {200, 201}
        assert answer.status_code in wanted, (method, address, sent, answer.text)
        asked.add((method, address))
    assert len(asked) == sum(len(operations) for operations in described["paths"].values())


def test_the_example_of_a_problem_is_one(demo: TestClient, described: Any) -> None:
    schemas = described["components"]["schemas"]
    sent = example(described, schemas["SubmittedResponse"])
    answer = demo.post(
        "/v1/campaigns/nets-2026/responses",
        json={**sent, "answers": {"IND01": 6}},
        headers={"Idempotency-Key": "7c7c1f43-2f0b-4f53-8d35-0f4d3a3f2a11"},
    )
    details, place = schemas["ProblemDetails"]["properties"], schemas["ProblemPlace"]["properties"]
    assert answer.json() == {
        **{name: example(described, details[name]) for name in ("type", "title", "status")},
        "problems": [{name: example(described, place[name]) for name in ("where", "what")}],
    }


def test_the_example_of_a_digest_is_that_of_the_published_version(demo: TestClient, described: Any) -> None:
    fields = described["components"]["schemas"]["PublishedVersion"]["properties"]
    assert demo.get("/v1/questionnaires").json()["questionnaires"] == [
        {name: example(described, field) for name, field in fields.items()}
    ]


def test_the_examples_of_places_measures_and_releases_are_those_of_the_demo(demo: TestClient, described: Any) -> None:
    schemas = described["components"]["schemas"]

    def held(schema: str, found: Any, *but: str) -> None:
        fields = schemas[schema]["properties"]
        told = {name: example(described, field) for name, field in fields.items() if name not in but}
        assert told == {name: found[name] for name in told}

    place = demo.get("/v1/organisations/P0001").json()
    held("OrganisationOfTree", place, "above")
    held("PlaceAbove", place["above"][2])
    release = demo.get("/v1/releases/nets-2026-r1").json()
    held("ReleaseInList", release, "about_responses", "sha256")
    held("GroupInRelease", release["learner_groups"][0])
    held("MeasureInRelease", release["measures"][1])
    (campaign,) = (one for one in demo.get("/v1/campaigns").json()["items"] if one["id"] == "nets-2026")
    held("CampaignInList", campaign)
    (score,) = demo.get("/v1/releases/nets-2026-r1/scores?place=P0001&measure=supervision").json()["items"]
    held("ReleasedScore", score, "score")


def test_every_curl_command_of_the_page_is_answered(demo: TestClient) -> None:
    (block,) = re.findall(r"```console\n(.*?)```", PAGE.read_text("utf-8"), flags=re.S)
    lines = block.replace("\\\n", " ")
    commands = [shlex.split(command) for command in re.split(r"^\$ curl ", lines, flags=re.M) if command]
    assert len(commands) == 4
    for address, *options in commands:
        given = list(zip(options[::2], options[1::2], strict=True))
        headers = dict(value.split(": ", 1) for option, value in given if option == "-H")
        if "responses" not in address:  # the page has a variable of the shell in the place of a key
            assert headers.pop("Authorization") == "Bearer $NETS_KEY"
        body = next((value for option, value in given if option == "-d"), None)
        answer = demo.request(
            "POST" if body else "GET", address.removeprefix("http://127.0.0.1:8000"), headers=headers, content=body
        )
        assert answer.status_code == (201 if body else 200), answer.text


def test_the_client_of_its_page_reads_scores_over_the_years_from_a_running_service(
    demo: TestClient, served: Callable[..., AbstractContextManager[str]]
) -> None:
    with served(demo.app) as origin:
        names: dict[str, Any] = {"address": origin, "key": demo.headers["Authorization"].split()[1]}
        for block in re.findall(r"```python\n(.*?)```", CLIENT_PAGE.read_text("utf-8"), flags=re.S):
            exec(compile(block, CLIENT_PAGE.name, "exec", dont_inherit=True), names)
        assert list(names["means"].columns) == [2024, 2025, 2026]
        assert len(names["means"]) == 9
        told = demo.get("/v1/scores?place=P0001&kind=scale&limit=1000").json()["items"]
        cells = {(one["measure"], one["year"]): one["score"].get("mean") for one in told}
        for row in names["frame"].to_dict("records"):
            mean = cells[row["measure"], row["year"]]
            assert row["mean"] == mean or (mean is None and row["mean"] != row["mean"])
        with pytest.raises(ValueError, match="query: there is a filter that it does not have"):
            names["survey"].scores(places="P0001")
        names["survey"].http.close()
