"""A learner with a browser, who knows her way."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

CAMPAIGN = "/c/paddle-2026"


@dataclass(frozen=True, slots=True)
class Learner:
    """One browser on one campaign's path; every step returns the answer as it came, without following redirects."""

    client: TestClient
    path: str = CAMPAIGN
    seen: list[str] = field(default_factory=list)

    def get(self, address: str = "") -> Response:
        """A page of the path."""
        return self.client.get(address if address.startswith("/") else f"{self.path}/{address}".rstrip("/"))

    def post(self, address: str, **fields: str) -> Response:
        """A form of the path."""
        return self.client.post(address if address.startswith("/") else f"{self.path}/{address}", data=fields)

    def begin(self, placement: str = "W-1", group: str = "nursing", device: str = "own") -> "Learner":
        """Up to the first question."""
        self.post("start", device=device)
        self.post("placement", placement=placement)
        self.post("group", group=group)
        return self

    def answer_everything(self) -> "Learner":
        """Up to the check page, by the longest way."""
        self.post("p/tea", TEA01="4", TEA02="do_not_know")
        self.post("p/ward", NUR01="5")
        self.post("p/pause")
        self.post("p/rude", SAF01="2")
        self.post("p/words", COM01="Warm the pot.")
        return self


@pytest.fixture
def new_learner(new_client: Callable[[], TestClient]) -> Callable[[], Learner]:
    """A learner with a browser of her own."""
    return lambda: Learner(new_client())


@pytest.fixture
def learner(new_learner: Callable[[], Learner]) -> Learner:
    """One learner."""
    return new_learner()


@pytest.fixture
def text_of() -> Callable[[Response], str]:
    """The words of a page, without its markup."""

    def words(answer: Response) -> str:
        body = answer.text.split("<main", 1)[1].split("</main>", 1)[0]
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())

    return words
