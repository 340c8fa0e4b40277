import threading

import pytest

from nets.errors import StoreBusy
from survey_api.staff import throttle as throttles
from survey_api.staff.throttle import PasswordChecks, Throttle


def fail(throttle: Throttle, times: int, now: float = 0.0, name: str = "jo") -> int:
    for _ in range(times):
        throttle.note_failure(name, now)
    return throttle.seconds_to_wait(name, now)


def test_some_failures_are_free_and_then_each_doubles_the_wait_up_to_a_quarter_of_an_hour() -> None:
    throttle = Throttle()
    assert fail(throttle, 4) == 0
    assert [fail(throttle, 1) for _ in range(7)] == [30, 60, 120, 240, 480, 900, 900]
    assert fail(throttle, 1_000) == 900
    assert throttle.seconds_to_wait("jo", 899) == 1
    assert throttle.seconds_to_wait("jo", 900) == 0
    assert throttle.seconds_to_wait("somebody else", 0) == 0


def test_failures_are_forgotten_after_an_hour_or_with_the_right_password() -> None:
    throttle = Throttle()
    fail(throttle, 9)
    throttle.note_failure("jo", 3_601)
    assert throttle.seconds_to_wait("jo", 3_601) == 0
    fail(throttle, 9, 3_601)
    throttle.forget("jo")
    assert throttle.seconds_to_wait("jo", 3_601) == 0


def test_only_so_many_names_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttles, "_MOST_NAMES", 3)
    throttle = Throttle()
    for number in range(5):
        fail(throttle, 5, name=f"name {number}")
    assert [throttle.seconds_to_wait(f"name {number}", 0) > 0 for number in range(5)] == [
        False,
        False,
        True,
        True,
        True,
    ]


def test_passwords_are_checked_two_at_a_time_and_too_many_are_turned_away() -> None:
    gate, most, running = threading.Event(), [], [0]
    lock = threading.Lock()

    def slow(password: str, password_hash: str | None) -> bool:
        with lock:
            running[0] += 1
            most.append(running[0])
        gate.wait(10)
        with lock:
            running[0] -= 1
        return password == password_hash

    checks = PasswordChecks(slow)
    waiting = [checks.start("a", "a") for _ in range(20)]
    with pytest.raises(StoreBusy):
        checks.start("a", "a")
    gate.set()
    assert all(future.result(10) for future in waiting)
    assert max(most) == 2
    assert checks.start("a", "b").result(10) is False
    checks.close()
