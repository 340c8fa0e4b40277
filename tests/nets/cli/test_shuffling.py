"""``nets shuffle``: old drafts are gone from the file, and it says that it is done."""

from datetime import date
from pathlib import Path
from typing import Any

from nets.store.database import Database
from nets.store.drafts import save_draft


def test_it_forgets_what_has_had_its_time_and_empties_the_log(nets: Any, database_file: Path) -> None:
    database = Database(f"sqlite:///{database_file}")
    with database.begin() as connection:
        save_draft(connection, "t" * 22, b"old", date(2020, 1, 1))
    said = nets("shuffle")
    assert (said.code, said.out, said.errors) == (0, "shuffled\n", [])
    assert database_file.with_name(f"{database_file.name}-wal").stat().st_size == 0
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM drafts").scalar() == 0
    database.dispose()


def test_a_database_that_is_busy_is_told(nets: Any, database_file: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("NETS_DATABASE_URL", f"sqlite:///{database_file}?timeout=0.05")
    database = Database(f"sqlite:///{database_file}")
    with database.begin():
        said = nets("shuffle")
    database.dispose()
    assert said.code == 1
    assert said.errors == ["nets: the database did not answer as it should: database is locked"]
