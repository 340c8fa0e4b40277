"""Whatever is asked, the service does not fail and answers as the interface is described: schemathesis asks.

It runs as a command beside the tests, against the service over HTTP, since it would change how pytest itself works; its requests
are the same every time.
"""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient
from pydantic import BaseModel

from survey_api.app import create_app

# Rules that no schema holds (a cursor that was given out, a place that is there) make requests that fit the schema fail, with 422.
NOT_CHECKED = "positive_data_acceptance"
CONFIRM = "POST /v1/risks/{place_id}/assessments"


@pytest.fixture
def copied(demo: TestClient, tmp_path: Path) -> Iterator[FastAPI]:
    """The service on a copy of the demo's survey: whatever is stored here, others find the examples as they were."""
    whole: Any = demo.app
    service = whole.state.service
    with sqlite3.connect(service.settings.database_url.removeprefix("sqlite:///")) as connection:
        connection.execute("VACUUM INTO ?", (str(tmp_path / "copied.sqlite3"),))
    connection.close()
    settings = service.settings.model_copy(update={"database_url": f"sqlite:///{tmp_path / 'copied.sqlite3'}"})
    app = create_app(settings, today=service.today)
    yield app
    app.state.service.writer.close()
    app.state.service.database.dispose()


@pytest.fixture
def asked(
    copied: FastAPI, served: Callable[..., AbstractContextManager[str]], tmp_path: Path
) -> Callable[..., dict[str, Any]]:
    """What schemathesis reports of the service on the demo's survey."""

    def ask(*options: str, application: FastAPI = copied) -> dict[str, Any]:
        report = tmp_path / "report.json"
        with served(application) as address:
            command = [
                *(sys.executable, "-m", "schemathesis.cli", "run", f"{address}/v1/openapi.json", "--no-color"),
                *("--generation-deterministic", "--exclude-checks", NOT_CHECKED, "--request-timeout", "60"),
                *("--report", "json", "--report-json-path", str(report), *options),
            ]
            environment = {**os.environ, "NO_PROXY": "127.0.0.1"}
            run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert run.returncode in {0, 1}, run.stdout + run.stderr
        print(run.stdout)  # shown where a test fails: every finding with the command that repeats it
        found: dict[str, Any] = json.loads(report.read_text("utf-8"))
        return found

    return ask


def operations(demo: TestClient, *, with_key: bool = False) -> set[str]:
    paths = demo.get("/v1/openapi.json").json()["paths"]
    return {
        f"{method.upper()} {path}"
        for path, described in paths.items()
        for method, operation in described.items()
        if "security" in operation or not with_key
    }


def answered(report: dict[str, Any]) -> set[str]:
    """The operations that did what they were asked to, once at least."""
    rates = report["valid_rates"].items()
    return {operation for operation, phases in rates if any(phase["accepted"] for phase in phases.values())}


def assert_nothing_found(report: dict[str, Any], demo: TestClient) -> None:
    assert (report["failures"], report["errors"], report["complete"]) == ([], [], True)
    assert report["operations"]["tested"] == report["operations"]["total"] == len(operations(demo))


def test_no_request_of_the_national_role_finds_a_fault_or_an_answer_that_is_not_as_described(
    asked: Callable[..., dict[str, Any]], demo: TestClient
) -> None:
    report = asked("--max-examples", "8", "--header", f"Authorization: {demo.headers['Authorization']}")
    assert_nothing_found(report, demo)
    # It came to the answers themselves; but to confirm a risk, one must send back what one has seen.
    assert operations(demo) - answered(report) <= {CONFIRM}


def test_no_request_without_a_key_finds_a_fault_or_gets_by_the_need_for_one(
    asked: Callable[..., dict[str, Any]], demo: TestClient
) -> None:
    report = asked("--phases", "examples,fuzzing", "--max-examples", "4")
    assert_nothing_found(report, demo)
    assert answered(report) == operations(demo) - operations(demo, with_key=True)


def test_a_fault_and_answers_that_are_not_as_described_are_found(
    asked: Callable[..., dict[str, Any]], demo: TestClient
) -> None:
    broken = APIRouter(prefix="/v1/broken")

    class Count(BaseModel):
        count: int

    @broken.get("/fault")
    def fault() -> Count:
        raise RuntimeError("nobody foresaw this")

    @broken.get("/answer", response_model=Count)
    def answer() -> JSONResponse:
        return JSONResponse({"count": "many"})

    @broken.get("/status", response_model=Count)
    def status() -> JSONResponse:
        return JSONResponse({"count": 1}, 202)

    whole: Any = demo.app
    app = create_app(whole.state.service.settings)
    app.include_router(broken)
    report = asked("--phases", "fuzzing", "--include-path-regex", "^/v1/broken/", application=app)
    app.state.service.database.dispose()
    found = {failure["type"]: failure["operations"] for failure in report["failures"]}
    assert found["ServerError"] == ["GET /v1/broken/fault"]
    assert found["JsonSchemaError"] == ["GET /v1/broken/answer"]
    assert set(found["UndefinedStatusCode"]) == {"GET /v1/broken/fault", "GET /v1/broken/status"}
