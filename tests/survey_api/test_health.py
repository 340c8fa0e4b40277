import shutil
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.errors import NetsError
from survey_api.app import create_app


def test_health_says_that_the_process_lives(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ok"}


def test_ready_says_that_answers_can_be_taken(client: TestClient) -> None:
    answer = client.get("/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "database_writable": True,
        "migrations_current": True,
        "questionnaires_verified": True,
        "queue_has_room": True,
        "queue_depth": 0,
        "disk_has_room": True,
    }


def test_ready_notices_a_published_questionnaire_that_was_changed(
    paddle: Any, client: TestClient, tmp_path: Any
) -> None:
    file = paddle.settings.questionnaire_folder / "paddle" / "1.0.json"
    published = file.read_bytes()
    try:
        file.write_bytes(published.replace(b"kettle", b"heater"))
        answer = client.get("/ready")
        assert answer.status_code == 503
        assert answer.json()["questionnaires_verified"] is False
        with pytest.raises(NetsError):
            create_app(paddle.settings)
    finally:
        file.write_bytes(published)


def test_ready_notices_that_the_list_of_what_is_published_no_longer_fits_the_database(
    paddle: Any, client: TestClient
) -> None:
    published = paddle.settings.questionnaire_folder / "PUBLISHED"
    lines = published.read_text()
    try:
        published.write_text("")
        answer = client.get("/ready")
    finally:
        published.write_text(lines)
    assert answer.status_code == 503
    assert answer.json()["questionnaires_verified"] is False


def test_ready_notices_a_full_queue(paddle: Any, client: TestClient) -> None:
    paddle.app.state.service.writer.close()  # who is stopping takes no more either
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["queue_has_room"] is False
    assert answer.json()["database_writable"] is True


def test_ready_notices_a_full_disk(paddle: Any, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=99 * 1024 * 1024))
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["disk_has_room"] is False


def test_ready_notices_tables_of_another_version(paddle: Any, client: TestClient) -> None:
    import sqlite3

    path = paddle.settings.database_url.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.close()
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["migrations_current"] is False
    with pytest.raises(NetsError, match="tables"):
        create_app(paddle.settings)


def test_ready_notices_a_database_that_cannot_be_written(paddle: Any, client: TestClient) -> None:
    import sqlite3

    path = paddle.settings.database_url.removeprefix("sqlite:///")
    paddle.database.dispose()
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE drafts")
    connection.close()
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["database_writable"] is False


def test_the_service_does_not_start_without_a_database(paddle: Any, tmp_path: Any) -> None:
    settings = paddle.settings.model_copy(update={"database_url": f"sqlite:///{tmp_path / 'empty.sqlite3'}"})
    with pytest.raises(NetsError, match="there is no database"):
        create_app(settings)
    (tmp_path / "empty.sqlite3").touch()
    with pytest.raises(NetsError, match="no tables of this program yet"):
        create_app(settings)


def test_the_service_does_not_start_when_a_line_of_what_learners_are_asked_is_gone(paddle: Any, tmp_path: Any) -> None:
    folder = tmp_path / "questionnaires"
    shutil.copytree(paddle.settings.questionnaire_folder, folder)
    settings = paddle.settings.model_copy(update={"questionnaire_folder": folder})
    create_app(settings).state.service.database.dispose()
    line = (folder / "PUBLISHED").read_text()
    (folder / "PUBLISHED").write_text("")
    with pytest.raises(NetsError, match=r"the line of paddle/1\.0\.json is gone or was changed"):
        create_app(settings)
    (folder / "PUBLISHED").write_text(line * 2)
    with pytest.raises(NetsError, match=r"line 2: paddle/1\.0\.json is published twice"):
        create_app(settings)
