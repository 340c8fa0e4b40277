from nets.kept import MOST_RELEASES, KeptOfReleases


def test_what_was_put_in_is_there_until_so_many_other_releases_were_asked_for() -> None:
    kept = KeptOfReleases[str]()
    kept.of("first")["W-1"] = kept.of("second")["W-1"] = "tea"
    for number in range(MOST_RELEASES - 1):
        assert kept.of("first") == {"W-1": "tea"}
        kept.of(f"another {number}")
    assert kept.of("second") == {}
    assert kept.of("first") == {"W-1": "tea"}


def test_so_many_are_kept_as_was_said() -> None:
    kept = KeptOfReleases[str](most=1)
    kept.of("first")["W-1"] = "tea"
    assert kept.of("second") == {}
    assert kept.of("first") == {}
