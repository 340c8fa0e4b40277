import pytest

from survey_api.staff import request_rate
from survey_api.staff.request_rate import RequestRate


def ask(rate: RequestRate, times: int, now: float, who: str = "jo") -> list[int]:
    return [rate.seconds_to_wait(who, 6, now) for _ in range(times)]


def test_a_minutes_worth_may_come_at_once_and_comes_back_evenly() -> None:
    rate = RequestRate()
    assert ask(rate, 7, 100) == [0] * 6 + [10]
    assert ask(rate, 1, 105) == [5]
    assert ask(rate, 2, 110) == [0, 10]
    assert ask(rate, 7, 1_000) == [0] * 6 + [10]


def test_who_was_turned_away_does_not_wait_longer_for_it() -> None:
    rate = RequestRate()
    ask(rate, 100, 0)
    assert ask(rate, 1, 10) == [0]


def test_everybody_is_counted_apart() -> None:
    rate = RequestRate()
    ask(rate, 7, 0)
    assert ask(rate, 1, 0, "somebody else") == [0]


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    rate = RequestRate()
    ask(rate, 6, 100)
    assert ask(rate, 1, 50)[0] > 0


def test_only_so_many_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_rate, "_MOST_KNOWN", 2)
    rate = RequestRate()
    for who in ("a", "b", "c"):
        ask(rate, 6, 0, who)
    assert [ask(rate, 1, 0, who)[0] > 0 for who in ("c", "b")] == [True, True]
    assert ask(rate, 1, 0, "a") == [0]
