"""``nets upgrade``: what makes the tables that every other command needs."""

import sqlite3
from pathlib import Path
from typing import Any


def test_it_makes_the_database_and_is_content_with_one_that_is_there(nets: Any, database_file: Path) -> None:
    database_file.unlink()
    for _ in range(2):
        said = nets("upgrade")
        assert (said.code, said.out, said.errors) == (0, "the database is up to date\n", [])
    assert nets("campaign", "list").code == 0


def test_the_address_of_the_option_counts_before_that_of_the_environment(
    nets: Any, tmp_path: Path, database_file: Path
) -> None:
    database_file.unlink()
    assert nets("upgrade", "--database", f"sqlite:///{tmp_path / 'other.sqlite3'}").code == 0
    assert (tmp_path / "other.sqlite3").exists()
    assert not database_file.exists()


def test_what_is_in_the_database_stays(nets: Any, trial: str) -> None:
    assert nets("upgrade").code == 0
    assert trial in nets("campaign", "list").out


def test_a_folder_that_is_not_there_is_named(nets: Any, tmp_path: Path) -> None:
    said = nets("upgrade", "--database", f"sqlite:///{tmp_path}/nowhere/nets.sqlite3")
    assert (said.code, said.errors) == (1, [f"nets: there is no folder {tmp_path}/nowhere to make the database in"])


def test_the_tables_of_a_newer_program_are_left_alone(nets: Any, database_file: Path) -> None:
    with sqlite3.connect(database_file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    said = nets("upgrade")
    assert said.code == 1
    (line,) = said.errors
    assert "those of a newer program (migration 9999): use that version of the program" in line
