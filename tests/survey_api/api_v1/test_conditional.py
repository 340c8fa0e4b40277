from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.roles import Role
from nets.organisation import Level, Organisation
from nets.store.organisations import add_organisations

RELEASE = "/v1/releases/paddle-2025-r1"
TAGGED = (
    "/v1/campaigns", "/v1/organisations", "/v1/organisations/W-1", "/v1/releases", RELEASE, "/v1/scores", f"{RELEASE}/scores",
    f"{RELEASE}/distributions", f"{RELEASE}/flags", f"{RELEASE}/flag-lists", f"{RELEASE}/risks",
)  # fmt: skip


@pytest.mark.parametrize("address", TAGGED)
def test_who_has_an_answer_is_not_sent_it_again(national: TestClient, address: str) -> None:
    first = national.get(address)
    etag = first.headers["etag"]
    assert etag.startswith('"')
    assert first.headers["cache-control"] == "private, no-cache"
    assert {"Authorization", "Cookie"} <= set(first.headers["vary"].split(", "))
    for known in (etag, f"W/{etag}", f'"other", {etag}'):
        again = national.get(address, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert national.get(address, headers={"If-None-Match": '"other"'}).content == first.content


def test_who_has_the_scores_costs_no_reading_of_scores(national: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    etag = national.get(f"{RELEASE}/scores").headers["etag"]

    def read_nothing(*_: Any, **__: Any) -> None:
        raise AssertionError("scores are read")

    monkeypatch.setattr("nets.reading.read_places", read_nothing)
    monkeypatch.setattr("nets.reading.read_nation", read_nothing)
    assert national.get(f"{RELEASE}/scores", headers={"If-None-Match": etag}).status_code == 304


def test_every_view_and_every_question_has_a_tag_of_its_own(
    national: TestClient, program: Callable[[Role], TestClient]
) -> None:
    tags = [
        national.get(f"{RELEASE}/scores").headers["etag"],
        national.get(f"{RELEASE}/scores?limit=5").headers["etag"],
        national.get(f"{RELEASE}/scores", headers={"Accept-Encoding": "identity"}).headers["etag"],
        *(program(role).get(f"{RELEASE}/scores").headers["etag"] for role in (Role.REGION, Role.PROVIDER)),
    ]
    assert len(set(tags)) == len(tags)


@pytest.mark.parametrize("address", ["/v1/organisations", f"{RELEASE}/scores"])
def test_a_new_place_is_a_new_answer(reader: TestClient, paddle: Any, address: str) -> None:
    etag = reader.get(address).headers["etag"]
    with paddle.database.begin() as connection:
        add_organisations(connection, [Organisation("W-9", Level.PLACEMENT, "Ward 9", "S-1")])
    assert reader.get(address, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("query", ["place=W-99", "measure=coffee"])
def test_what_is_not_there_is_not_taken_for_known(national: TestClient, query: str) -> None:
    assert national.get(f"{RELEASE}/scores?{query}", headers={"If-None-Match": "*"}).status_code in {404, 422}
