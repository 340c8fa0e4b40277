import pytest

from survey_api.learner.code_tries import CodeTries


def spend(tries: CodeTries, times: int, now: float = 0.0, where: str = "nets-2026") -> list[int]:
    return [tries.begin(where, now) for _ in range(times)]


def test_a_minute_of_typing_errors_is_free_and_then_each_wrong_code_doubles_the_wait_up_to_a_minute() -> None:
    tries, now, waits = CodeTries(), 0.0, []
    assert spend(tries, 60) == [0] * 60
    for _ in range(200):
        wait = tries.begin("nets-2026", now)
        if wait:
            waits.append(wait)
        now += wait
    assert waits[:6] == [2, 4, 8, 16, 32, 60]
    assert set(waits[6:]) == {60}
    assert now < 86_400


def test_who_guesses_on_and_on_gets_less_than_one_guess_a_second() -> None:
    tries = CodeTries()
    allowed = sum(not tries.begin("nets-2026", second / 10) for second in range(36_000))
    assert 600 < allowed < 3_600


def test_the_right_code_is_not_counted() -> None:
    tries = CodeTries()
    for _ in range(300):
        assert tries.begin("nets-2026", 0.0) == 0
        tries.was_right("nets-2026", 0.0)


def test_another_campaign_goes_on_until_all_of_them_together_are_too_many() -> None:
    tries = CodeTries()
    assert spend(tries, 61)[-1] == 2
    assert [spend(tries, 60, where=f"campaign-{number}") for number in range(3)] == [[0] * 60] * 3
    assert spend(tries, 1, where="one-more") == [2]


@pytest.mark.parametrize(("later", "wait"), [(30, 0), (120, 0)])
def test_free_tries_come_back_with_time(later: float, wait: int) -> None:
    tries = CodeTries()
    spend(tries, 61)
    assert spend(tries, 10, now=later) == [wait] * 10
