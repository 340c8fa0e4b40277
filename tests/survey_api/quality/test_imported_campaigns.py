"""Survey data from elsewhere goes the whole way: file, campaign, release, scores, page."""

import csv
import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any, Final

import pytest
from fastapi.testclient import TestClient

from analysis import cronbach_alpha
from nets.disclosure.shown import ShownScore, SuppressedScore
from nets.organisation import Level
from nets.packing import answer_matrix, rating_values
from nets.questionnaire.document import read_version
from nets.releases.document import record_from_json
from nets.releases.place_record import PlaceRecord
from nets.releases.releasing import make_release
from nets.store.database import Database
from nets.store.releases import read_places
from nets.store.responses import read_responses
from nets.transfer.importing import Imported, import_responses
from survey_api.app import create_app
from survey_api.settings import Settings

TESTS: Final = Path(__file__).parents[2]
INVENTED: Final = TESTS / "instruments"
GAZI_FIGURES: Final[Mapping[str, Any]] = json.loads((TESTS / "reference/expected/gazi__units.json").read_bytes())[
    "result"
]
GAZI_ITEMS: Final = [f"Q{number}" for number in range(1, 29)]
GAZI_SCALES: Final = {"course": GAZI_ITEMS[:12], "instructor": GAZI_ITEMS[12:]}


def import_and_release(database: Database, data: Path, mapping: Path) -> tuple[Imported, Mapping[str, PlaceRecord]]:
    done = import_responses(database, data, mapping, by="invented")
    release = make_release(database, done.campaign_id, date(2026, 11, 24))
    with database.read() as connection:
        documents = read_places(connection, release.header.id, level=Level.PLACEMENT)
    return done, {placement_id: record_from_json(document) for placement_id, document in documents.items()}


@pytest.fixture
def page_of(tmp_path: Path, new_session: Callable[..., str]) -> Callable[[str], str]:
    """Reads the words on a quality page of the service on this test's database."""

    def read(address: str) -> str:
        app = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'test.sqlite3'}"))
        database = app.state.service.database
        answer = TestClient(app, cookies={"session": new_session(database)}).get(f"/quality/{address}")
        database.dispose()
        assert answer.status_code == 200
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.text.split("<main", 1)[1])).split())

    return read


def climate_score(row: Mapping[str, str]) -> float | None:
    """By hand: the mean of at least two answers of three, on 0-100, two of them turned round."""
    answers = [
        (int(row[column]) - 1) * 25 if column == "q1" else (5 - int(row[column])) * 25
        for column in ("q1", "q2", "q3")
        if row[column] in set("12345")
    ]
    return sum(answers) / len(answers) if len(answers) >= 2 else None


def test_an_invented_survey_goes_from_file_to_page(sqlite_database: Database, page_of: Callable[[str], str]) -> None:
    data, mapping = INVENTED / "team-climate.csv", INVENTED / "team-climate-mapping.json"
    done, records = import_and_release(sqlite_database, data, mapping)
    assert (done.n_responses, done.n_placements, done.n_comments, done.n_not_routed) == (60, 5, 18, 0)

    with data.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    by_ward: dict[str, list[float]] = {}
    for row in rows:
        score = climate_score(row)
        if score is not None:
            by_ward.setdefault(row["Ward"], []).append(score)
    shown = {placement_id: record.score("climate") for placement_id, record in records.items()}
    # The clinic is small, and with the rest of its hospital shown its score would be what is left of the hospital's.
    for hidden in ("made-up-hospital-spoon-clinic", "made-up-hospital-ty-llwy"):
        assert isinstance(shown.pop(hidden), SuppressedScore)
    by_hand: dict[str, Any] = {
        f"{hospital}-{slug}": (len(by_ward[ward]), pytest.approx(sum(by_ward[ward]) / len(by_ward[ward]), abs=0.05))
        for hospital, slug, ward in (
            ("invented-infirmary", "kettle-ward", "Kettle Ward"),
            ("invented-infirmary", "teapot-ward", "Teapot Ward"),
            ("made-up-hospital", "saucer-ward", "Saucer Ward"),
        )
    }
    assert {
        placement_id: (score.n, score.mean) for placement_id, score in shown.items() if isinstance(score, ShownScore)
    } == by_hand

    assert "Tŷ Llwy" in page_of("team-climate-2025-r1/places/made-up-hospital-ty-llwy")
    ward = page_of("team-climate-2025-r1/places/made-up-hospital-saucer-ward")
    climate = records["made-up-hospital-saucer-ward"].score("climate")
    assert isinstance(climate, ShownScore)
    assert f"{climate.mean:.1f}" in ward
    assert "Teapot Ward" in page_of("team-climate-2025-r1/places/provider-invented-infirmary")


def gazi_mapping(folder: Path) -> Path:
    """Two invented scales over the 28 statements, whose texts are not ours to repeat."""
    document = {
        "format": 1,
        "id": "course-evaluation",
        "version": "1",
        "title": {"en": "Course evaluation"},
        "languages": ["en"],
        "framework": "hee-2017-18",
        "non_response_labels": {},
        "learner_groups": [{"code": "student", "label": {"en": "Student"}}],
        "response_scales": [
            {
                "code": "agreement",
                "options": [{"value": n, "code": f"option_{n}", "label": {"en": f"Option {n}"}} for n in range(1, 6)],
            }
        ],
        "items": [
            {"code": code, "kind": "rating", "text": {"en": f"Statement {code}."}, "response_scale": "agreement"}
            for code in GAZI_ITEMS
        ],
        "scales": [
            {"code": code, "kind": "theme", "title": {"en": code.capitalize()}, "items": items}
            for code, items in GAZI_SCALES.items()
        ],
        "sections": [{"code": "all", "title": {"en": "All"}}],
        "pages": [{"code": "all", "section": "all", "title": {"en": "All"}, "items": GAZI_ITEMS}],
    }
    (folder / "course-evaluation.json").write_text(json.dumps(document))
    mapping = folder / "mapping.json"
    settings = {
        "questionnaire": {"file": "course-evaluation.json"},
        "campaign": {"id": "gazi", "title": "Courses", "opens_on": "2013-01-01", "closes_on": "2013-12-31"},
        "placement": {"columns": ["class", "instr"], "provider": "Gazi University"},
        "learner_group": "student",
        "answered_on": "2013-06-01",
    }
    mapping.write_text(json.dumps(settings))
    return mapping


def test_the_gazi_course_evaluations_give_the_scores_and_reliabilities_of_r(
    shared_data: Path, sqlite_database: Database, tmp_path: Path, page_of: Callable[[str], str]
) -> None:
    mapping = gazi_mapping(tmp_path)
    done, records = import_and_release(sqlite_database, shared_data / "gazi_student_evaluation.csv", mapping)
    assert (done.n_responses, done.n_placements) == (5_820, 14)
    assert done.unused_columns == ("nb.repeat", "attendance", "difficulty")

    for scale in GAZI_SCALES:
        found = {placement_id: record.score(scale) for placement_id, record in records.items()}
        expected: dict[str, Any] = {
            f"gazi-university-{unit.replace('.', '-')}": (
                r["n"],
                pytest.approx(r["mean"], abs=0.05 + 1e-9),  # a release shows tenths
                pytest.approx(r["reliability"], abs=0.005 + 1e-5),  # and hundredths; R's search stops near 1e-6
            )
            for unit, r in GAZI_FIGURES[scale]["units"].items()
        }
        assert {
            placement_id: (score.n, score.mean, score.reliability)
            for placement_id, score in found.items()
            if isinstance(score, ShownScore)
        } == expected

    version = read_version((tmp_path / "course-evaluation.json").read_bytes(), "course-evaluation.json")
    with sqlite_database.read() as connection:
        stored = read_responses(connection, "gazi")
    values = rating_values(answer_matrix(version, stored.packed))
    for scale, items in GAZI_SCALES.items():
        alpha = cronbach_alpha(values[:, [GAZI_ITEMS.index(item) for item in items]])
        assert alpha.coefficient == pytest.approx(GAZI_FIGURES[scale]["alpha"], rel=1e-10)

    page = page_of("gazi-r1/places/gazi-university-13-3")
    assert "class 13, instr 3" in page
    for number in ("742", "43.7", "47.2", "0.97", "0.96"):
        assert number in page
    assert "class 12, instr 3" in page_of("gazi-r1/places/provider-gazi-university")
