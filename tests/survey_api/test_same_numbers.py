"""Page, table, interface for programs and command line tell the same number for the same cell: a whole release, for each role."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.api_key import ApiKey
from nets.access.roles import Role
from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.cli import main
from nets.conducting import take_roster
from nets.organisation import Level
from nets.packing import pack
from nets.questionnaire.publishing import DEFAULT_FOLDER, QuestionnaireFolder
from nets.releases.releasing import make_release
from nets.response_rate import RosterEntry
from nets.simulation.learners import simulate_learners
from nets.simulation.places import invented_places
from nets.store.api_keys import add_key
from nets.store.campaigns import add_campaign
from nets.store.database import Database
from nets.store.organisations import add_organisations, list_organisations
from nets.store.questionnaires import add_version
from nets.store.responses import add_responses
from survey_api.app import create_app
from survey_api.settings import Settings

TODAY = date(2026, 11, 24)
SCOPES = {Role.NATIONAL: None, Role.REGION: "R1", Role.LOCAL_OFFICE: "L01", Role.PROVIDER: "T001"}
RELEASE = "nets-2026-r1"
MARKER = "suppressed"


@dataclass(frozen=True)
class Survey:
    """The invented places with the answers of one region, as everybody asks for it."""

    address: str
    programs: dict[Role, TestClient]

    def everything(self, role: Role, what: str, **filters: Any) -> Iterator[Any]:
        """All entries of a list, page after page."""
        cursor: dict[str, str] = {}
        while True:
            asked = {"limit": 1000, **filters, **cursor}
            page = self.programs[role].get(f"/v1/releases/{RELEASE}/{what}", params=asked).json()
            yield from page["items"]
            if page["next_cursor"] is None:
                return
            cursor = {"cursor": page["next_cursor"]}

    def page(self, role: Role, address: str) -> str:
        answer = self.programs[role].get(f"/quality/{RELEASE}/places/{address}")
        assert answer.status_code == 200
        return answer.text

    def table(self, role: Role, address: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.page(role, address))))


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Survey]:
    path = tmp_path_factory.mktemp("same") / "nets.sqlite3"
    path.write_bytes(migrated_sqlite.read_bytes())
    address = f"sqlite:///{path}"
    database, version = Database(address), QuestionnaireFolder(DEFAULT_FOLDER).read("nets", "2026.1")
    campaign = Campaign(
        "nets-2026", "Survey of 2026", "nets", "2026.1", date(2026, 1, 1), date(2026, 12, 31), AccessMode.OPEN_LINK,
        AnonymityMode.ANONYMOUS,
    )  # fmt: skip
    before = replace(campaign, id="nets-2025", opens_on=date(2025, 1, 1), closes_on=date(2025, 12, 31))
    with database.begin() as connection:
        add_version(connection, version)
        add_organisations(connection, invented_places())
        for one, n, under, seed in ((before, 120, "L01", 20_250), (campaign, 400, "R1", 20_260)):
            add_campaign(connection, one)
            placements = list_organisations(connection, level=Level.PLACEMENT, under=under)
            days = (one.opens_on, min(one.closes_on, TODAY))
            learners = list(simulate_learners(version, placements, n, days=days, seed=seed, stories={}))
            packed = (
                (who.placement_id, who.learner_group, who.answered_on, pack(version, who.answers)) for who in learners
            )
            add_responses(connection, one.id, packed)
            # half or fewer of each group answered; some wards are on no roster
            there = Counter((who.placement_id, who.learner_group) for who in learners if who.placement_id[-1] != "3")
            take_roster(connection, one.id, [RosterEntry(*cell, 2 * n + 1) for cell, n in there.items()], by="test")
        keys = {
            role: add_key(
                connection, ApiKey(f"k7qmt4x{'abcd'[n]}", "tests", role, scope, 100_000, TODAY, TODAY), by="test"
            )
            for n, (role, scope) in enumerate(SCOPES.items())
        }
    for one in (before, campaign):
        make_release(database, one.id, min(one.closes_on, TODAY))
    database.dispose()
    app = create_app(Settings(database_url=address), today=lambda: TODAY)
    yield Survey(
        address, {role: TestClient(app, headers={"Authorization": f"Bearer {key}"}) for role, key in keys.items()}
    )
    app.state.service.writer.close()
    app.state.service.database.dispose()


def words(cell: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", re.sub(r"<svg.*?</svg>", "", cell, flags=re.S))).split())


def in_words(score: Any) -> list[str]:
    """How a page writes a score: mean with learners, interval and, where there are any, reliability and shrunken score."""
    if score["kind"] == MARKER:
        return [MARKER]
    banded = score["kind"].startswith("banded")
    learners = (
        f"about {score['mean']} {learners_of(score)} learners" if banded else f"{score['mean']:.1f} n = {score['n']}"
    )
    point = str if banded else "{:.1f}".format
    told = [learners, f"{point(score['low'])} to {point(score['high'])}"]
    if "verdict" in score:
        sign = {"reportable": "●", "indicative": "◐", "insufficient": "○"}[score["verdict"]]
        told.append(f"{score['reliability']:.2f} {sign} {score['verdict']}")
        ends = f"{point(score['shrunken_low'])} to {point(score['shrunken_high'])}"
        told.append(f"{point(score['shrunken'])} ({ends})")
    return told


def on_page(text: str) -> dict[str, list[str]]:
    """The scores of a place's page by title of the scale."""
    body = text.partition("app-scores")[2].partition("<tbody")[2].partition("</tbody>")[0]
    found = {}
    for row in body.split("<tr ")[1:]:
        title, *cells = (words(re.sub(r'<span class="nhsuk-table__heading".*?</span>', "", cell)) for cell in re.findall(
            r"<t[hd] .*?</t[hd]>", row, flags=re.S
        ))  # fmt: skip
        hidden = cells[0].startswith("–")
        found[title] = [MARKER] if hidden else cells[: 2 if len(cells) == 3 else 4]
    return found


def learners_of(score: Any) -> str:
    return f"{score['n_low']:,} to {score['n_high']:,}" if "n_low" in score else str(score["n"])


@pytest.mark.parametrize("role", SCOPES)
def test_pages_and_tables_tell_what_programs_are_told(survey: Survey, role: Role) -> None:
    scores = {
        (one["place_id"], one["measure"]): one["score"] for one in survey.everything(role, "scores", kind="scale")
    }
    release = survey.programs[role].get(f"/v1/releases/{RELEASE}").json()
    titles = {one["code"]: one["title"] for one in release["measures"] if one["kind"] == "scale"}
    places = list(dict.fromkeys(place_id for place_id, _ in scores))
    assert len(places) > 10
    for place_id in places:
        page = survey.page(role, place_id)
        cells = {title: in_words(scores[place_id, code]) for code, title in titles.items()}
        if all(cell == [MARKER] for cell in cells.values()):  # said once of all
            assert scores[place_id, next(iter(titles))]["reason"] in words(page), place_id
            cells = {}
        assert on_page(page) == cells, place_id
    top = places[0]
    rows = survey.table(role, f"{top}/heat.csv?kind=scale")
    assert len(rows) == sum(1 for place_id, _ in scores if place_id.startswith("P"))
    for row in rows:
        score = scores[row["placement_id"], row["measure"]]
        told = (row["n"], row["mean"], row["shrunken"], row["verdict"])
        if score["kind"] == MARKER:
            assert told == ("", "", "", "")
        else:
            assert told == (learners_of(score), str(score["mean"]), str(score["shrunken"]), score["verdict"])
    kinds = {score["kind"] for score in scores.values()}
    assert kinds >= ({"shown", MARKER} if role is Role.NATIONAL else {"banded", MARKER})


@pytest.mark.parametrize("role", SCOPES)
def test_the_command_line_tells_what_programs_are_told(
    survey: Survey, role: Role, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {
        (one["place_id"], one["measure"]): (one["level"], one["score"])
        for one in survey.everything(role, "scores", kind="scale")
    }
    scope = ["--scope", SCOPES[role] or ""] if SCOPES[role] else []
    printed: dict[tuple[str, str], Any] = {}
    for level in dict.fromkeys(level for level, _ in told.values()):
        as_asked = ["--level", level, "--role", role.value, *scope, "--json", "--database", survey.address]
        assert main(["scores", RELEASE, *as_asked]) == 0
        for one in json.loads(capsys.readouterr().out)["scores"]:
            printed[one["place"], one["measure"]] = one
    assert printed.keys() == told.keys()
    for cell, (_, score) in told.items():
        assert same_as_printed(score, printed[cell]), cell


def same_as_printed(score: Any, printed: Any) -> bool:
    if score["kind"] != printed["kind"]:
        return False
    renamed = {
        name: printed[whole][at]
        for whole, ends in (("interval", ("low", "high")), ("shrunken_interval", ("shrunken_low", "shrunken_high")))
        if whole in printed
        for at, name in enumerate(ends)
    }
    if "learners" in printed:
        renamed |= {"n_low": printed["learners"]["low"], "n_high": printed["learners"]["high"]}
    return all(renamed.get(name, printed.get(name)) == value for name, value in score.items())


def there(cell: Any) -> Any:
    """What stands beside a score, if anything does."""
    return None if cell["kind"] == "none" else cell


def beside_in_words(title: str, one: Any) -> list[str]:
    """How a page writes what stands beside a score."""
    adjusted, pooled = there(one["adjusted"]), there(one["pooled"])
    point = str if one["score"]["kind"].startswith("banded") else "{:.1f}".format
    told = [title, "–", "–", "–"]
    if adjusted:
        interval = f" ({adjusted['low']} to {adjusted['high']})" if "low" in adjusted else ""
        ends = f"{point(adjusted['shrunken_low'])} to {point(adjusted['shrunken_high'])}"
        told[1] = f"{point(adjusted['mean'])}{interval}; shrunken {point(adjusted['shrunken'])} ({ends})"
    if pooled:
        mean, learners = f"{pooled['mean']:.1f}", f"n = {pooled.get('n')}"
        if "n_low" in pooled:
            mean, learners = f"about {pooled['mean']}", f"{learners_of(pooled)} learners"
        told[2] = (
            f"{mean} ({point(pooled['low'])} to {point(pooled['high'])}), {learners}, {len(pooled['campaigns'])} campaigns; "
            f"shrunken {point(pooled['shrunken'])}"
        )
        sign = {"reportable": "●", "indicative": "◐", "insufficient": "○"}[pooled["verdict"]]
        told[3] = f"{pooled['reliability']:.2f} {sign} {pooled['verdict']}"
    return told


@pytest.mark.parametrize("role", SCOPES)
def test_what_stands_beside_scores_is_the_same_everywhere(
    survey: Survey, role: Role, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = {"level": "placement", "kind": "scale"}
    told = {(one["place_id"], one["measure"]): one for one in survey.everything(role, "scores-beside", **asked)}
    for one in survey.everything(role, "scores", **asked):
        assert told[one["place_id"], one["measure"]]["score"] == one["score"]
    scope = ["--scope", SCOPES[role] or ""] if SCOPES[role] else []
    assert main(["scores", RELEASE, "--role", role.value, *scope, "--csv", "--database", survey.address]) == 0
    printed = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {(row["place_id"], row["measure"]) for row in printed} == told.keys()
    names = ("mean", "shrunken", "shrunken_low", "shrunken_high")
    for row in printed:
        adjusted, pooled = (there(told[row["place_id"], row["measure"]][name]) for name in ("adjusted", "pooled"))
        in_row = tuple(row[name] for name in ("adjusted_mean", "adjusted", "adjusted_low", "adjusted_high"))
        assert in_row == (tuple(str(adjusted[name]) for name in names) if adjusted else ("",) * 4)
        in_row = tuple(row[f"pooled{name}"] for name in ("_mean", "_low", "_high", "", "_verdict", "_n", "_campaigns"))
        assert in_row == (
            (
                *(str(pooled[name]) for name in ("mean", "low", "high", "shrunken", "verdict")),
                learners_of(pooled),
                " ".join(pooled["campaigns"]),
            )
            if pooled
            else ("",) * 7
        )
    release = survey.programs[role].get(f"/v1/releases/{RELEASE}").json()
    titles = {one["code"]: one["title"] for one in release["measures"] if one["kind"] == "scale"}
    for place_id in dict.fromkeys(place_id for (place_id, _), one in told.items() if there(one["pooled"])):
        wanted = [beside_in_words(title, told[place_id, code]) for code, title in titles.items()]
        body = survey.page(role, place_id).partition("never instead")[2].partition("<tbody")[2].partition("</tbody>")[0]
        shown = [
            [words(re.sub(r'<span class="nhsuk-table__heading".*?</span>', "", cell))
             for cell in re.findall(r"<t[hd] .*?</t[hd]>", row, flags=re.S)]
            for row in body.split("<tr ")[1:]
        ]  # fmt: skip
        assert shown == [row for row in wanted if row[1:] != ["–"] * 3], place_id
    for name in ("adjusted", "pooled"):
        kinds = {one[name]["kind"] for one in told.values() if there(one[name])}
        too_small = role is Role.PROVIDER and name == "adjusted"  # no placement of hers has twenty learners
        wanted_kinds = {name if role is Role.NATIONAL else f"banded_{name}"}
        assert kinds == (set() if too_small else wanted_kinds), name


@pytest.mark.parametrize("role", SCOPES)
def test_flags_and_risks_are_the_same_for_programs_and_on_the_command_line(
    survey: Survey, role: Role, capsys: pytest.CaptureFixture[str]
) -> None:
    def printed(*command: str) -> Any:
        scope = ["--scope", SCOPES[role] or ""] if SCOPES[role] else []
        asked = [*command, "--role", role.value, *scope, "--output", "json", "--database", survey.address]
        assert main(asked) == 0
        return json.loads(capsys.readouterr().out)

    for level in ("provider", "placement"):
        flags = {
            (one["place_id"], one["scale"]): (one["lists"], one["low_for"], one["groups"])
            for one in survey.everything(role, "flags", level=level)
        }
        places = printed("flags", RELEASE, "--level", level)["places"]
        told = {(one["place_id"], one["scale"]): (one["lists"], one["low_for"], one["groups"]) for one in places}
        assert told == flags
        assert told or level == "provider"
    risks = {
        one["place_id"]: one for one in survey.programs[role].get("/v1/risks", params={"limit": 1000}).json()["items"]
    }
    listed = printed("risk", "list", "nets-2026", "--all", "--on", str(TODAY))
    assert {one["place_id"] for one in listed} == risks.keys()
    for one in listed:
        suggestion = risks[one["place_id"]]["suggestion"]
        assert one["suggestion"]["reasons"] == suggestion["reasons"]
        for name in ("likelihood", "impact", "colour", "level", "robustness"):
            assert one["suggestion"].get(name) == (
                suggestion.get(name) if suggestion["outcome"] == "suggested" else None
            )
    shown = max(listed, key=lambda one: len(one["suggestion"]["reasons"]))
    text = words(survey.page(role, f"{shown['place_id']}/risk"))
    assert all(words(reason) in text for reason in shown["suggestion"]["reasons"])


@pytest.mark.parametrize("role", SCOPES)
def test_groups_and_answers_are_the_same_in_tables_and_for_programs(survey: Survey, role: Role) -> None:
    release = survey.programs[role].get(f"/v1/releases/{RELEASE}").json()
    groups = [group["code"] for group in release["learner_groups"]]
    in_groups: dict[str, set[tuple[str, ...]]] = {}
    for one in survey.everything(role, "scores", learner_group=groups):
        if one["score"]["kind"] != MARKER:
            cell = (one["measure"], one["learner_group"], learners_of(one["score"]), str(one["score"]["mean"]))
            in_groups.setdefault(one["place_id"], set()).add(cell)
    options = {one["items"][0]: one["options"] for one in release["measures"] if one["kind"] == "item"}
    answers: dict[str, list[tuple[str, str, str]]] = {}
    for one in survey.everything(role, "distributions", kind="item"):
        cell, item = one["distribution"], one["measure"].removeprefix("item:")
        if cell["kind"] != MARKER:
            n = sum(cell.get("counts", ()))
            shares = cell["shares"] if "shares" in cell else [round(100 * count / n, 1) for count in cell["counts"]]
            answers.setdefault(one["place_id"], []).extend(
                (item, option, f"{share:.1f}") for option, share in zip(options[item], shares, strict=True)
            )
    assert in_groups or role is Role.PROVIDER
    assert answers
    for place_id in {*in_groups, *answers}:
        rows = survey.table(role, f"{place_id}/groups.csv")
        assert {(row["scale"], row["learner_group"], row["n"], row["mean"]) for row in rows} == in_groups.get(
            place_id, set()
        )
        told = [
            (row["item"], row["option"], f"{float(row['per_cent']):.1f}")
            for row in survey.table(role, f"{place_id}/answers.csv")
            if row["option"] != "no answer"
        ]
        assert told == answers.get(place_id, [])


def in_table(one: Any, measure: str) -> dict[str, str]:
    """A response rate as a table has it: the columns that tell numbers."""
    answered, rate = one["answered"], one["answered"].get("rate", {})
    (bounds,) = rate.get("bounds") or [{"measure": measure}]  # those of the scale that was asked for, and no others
    assert bounds["measure"] == measure
    told = {
        "responses": "" if answered["kind"] == MARKER else learners_of(answered),
        "learners": rate.get("learners", ""),
        "per_cent": rate.get("low", rate.get("per_cent", "")),
        "per_cent_high": rate.get("high", rate.get("per_cent", "")),
        **{name: bounds.get(name, "") for name in ("mean", "worst", "best")},
    }
    return {name: str(value) for name, value in told.items()}


def rate_in_words(one: Any) -> list[str]:
    """How a page writes how many answered, and of how many."""
    answered = one["answered"]
    if answered["kind"] == MARKER:
        return ["– not shown, to protect the learners"]
    rate = answered["rate"]
    if rate["kind"] == "rate":
        told = f"{rate['per_cent']:.1f}% {rate['responses']:,} of {rate['learners']:,}"
    else:
        told = "no response rate" if rate["kind"] == "no_rate" else f"{rate['low']} to {rate['high']}%"
    return [learners_of(answered), told]


@pytest.mark.parametrize("role", SCOPES)
def test_response_rates_are_the_same_everywhere(survey: Survey, role: Role, capsys: pytest.CaptureFixture[str]) -> None:
    told = {one["place_id"]: one for one in survey.everything(role, "response-rates", measure="overall")}
    tables: dict[str, dict[str, str]] = {}
    on_pages: dict[str, list[str]] = {}
    for place_id, one in told.items():
        if one["level"] not in {"site", "placement"}:  # a provider has its placements on one page
            rows = survey.table(role, f"{place_id}/response-rates.csv?measure=overall")
            tables |= {row["place_id"]: row for row in rows}
            body = survey.page(role, f"{place_id}/response-rates?measure=overall").partition("<tbody")[2]
            cells = [
                [words(re.sub(r'<span class="nhsuk-table__heading".*?</span>', "", cell))
                 for cell in re.findall(r"<t[hd] .*?</t[hd]>", row, flags=re.S)]
                for row in body.partition("</tbody>")[0].split("<tr ")[1:]
            ]  # fmt: skip
            on_pages |= {row["place_id"]: found[1:3] for row, found in zip(rows, cells, strict=True)}
    scope = ["--scope", SCOPES[role] or ""] if SCOPES[role] else []
    printed: dict[str, dict[str, str]] = {}
    for level in dict.fromkeys(one["level"] for one in told.values()):
        asked = ["--level", level, "--scale", "overall", "--role", role.value, *scope, "--output", "csv"]
        assert main(["released-rates", RELEASE, *asked, "--database", survey.address]) == 0
        printed |= {row["place_id"]: row for row in csv.DictReader(io.StringIO(capsys.readouterr().out))}
    assert told.keys() == printed.keys() >= tables.keys()
    assert told.keys() - tables.keys() <= {place_id for place_id, one in told.items() if one["level"] == "site"}
    for place_id, one in told.items():
        wanted = in_table(one, "overall")
        for row in (printed[place_id], tables.get(place_id, printed[place_id])):
            assert {name: row[name] for name in wanted} == wanted, place_id
            kept = row["responses_kept_from"], row["place"], row["level"]
            assert kept == (one["kept_from"] or "", one["place"], one["level"])
        assert on_pages.get(place_id, rate_in_words(one)) == rate_in_words(one), place_id
    kinds = {(one["answered"]["kind"], one["answered"].get("rate", {}).get("kind")) for one in told.values()}
    there = ("responses", "rate") if role is Role.NATIONAL else ("banded_responses", "banded_rate")
    assert kinds >= {there, (MARKER, None)}
    assert any(one["answered"].get("rate", {}).get("bounds") for one in told.values()) is (role is Role.NATIONAL)
