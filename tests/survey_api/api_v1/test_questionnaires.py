import hashlib
from typing import Any

from fastapi.testclient import TestClient


def test_the_list_leads_to_every_document(client: TestClient, paddle: Any) -> None:
    listed = client.get("/v1/questionnaires").json()["questionnaires"]
    assert [(entry["id"], entry["version"], entry["digest"]) for entry in listed] == [
        ("paddle", "1.0", paddle.version.digest)
    ]
    assert client.get(listed[0]["href"]).content == paddle.version.document


def test_a_document_is_served_byte_for_byte_with_its_digest(client: TestClient) -> None:
    answer = client.get("/v1/questionnaires/paddle/1.0")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["etag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'
    assert "immutable" in answer.headers["cache-control"]


def test_who_has_the_document_is_not_sent_it_again(client: TestClient) -> None:
    etag = client.get("/v1/questionnaires/paddle/1.0").headers["etag"]
    answer = client.get("/v1/questionnaires/paddle/1.0", headers={"If-None-Match": f'"other", W/{etag}'})
    assert answer.status_code == 304
    assert answer.content == b""
    assert client.get("/v1/questionnaires/paddle/1.0", headers={"If-None-Match": '"other"'}).status_code == 200
