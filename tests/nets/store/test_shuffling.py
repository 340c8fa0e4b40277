"""The attack on anonymity: with the whole database in hand, find the response of a learner whose key or token is known.

Every column and system column of one table is held against every one of another: rows of equal values, rows of equal rank, and
where the ids lie in the files. Before shuffling the attack must succeed, or it would prove nothing; after it, it must do no
better than somebody who guesses.
"""

import hashlib
import itertools
import random
import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import text

from nets.campaign import AccessMode, AnonymityMode
from nets.errors import StoreUnavailable
from nets.invitation import InvitationKey, Invited, SpentInvitation, token_hash
from nets.retest import PlacementChange, SecondAnswers
from nets.store import retest_consents, second_answers, submissions
from nets.store.campaigns import add_campaign
from nets.store.database import Database
from nets.store.drafts import load_draft, save_draft
from nets.store.invitations import add_invitations, spend_invitation
from nets.store.mailings import due_invitations
from nets.store.responses import count_responses, read_responses
from nets.store.retest_consents import keep_consent
from nets.store.retests import OpenRetest, get_open_retest, open_retest
from nets.store.second_answers import keep_answers
from nets.store.shuffling import CHANGED_BY_LEARNERS, WRITTEN_BY_LEARNERS, shuffle
from nets.store.submissions import RETRY_WINDOW, submit
from nets.store.tables import metadata
from nets.store.writer import Writer

TODAY = date(2026, 2, 2)
LEARNERS = 500
RECENT = 100
INVITED = "invited-2026"
KEY = InvitationKey("k" * 32)
_ROW_OF_THE_LEDGER = bytes([6, 76, 76, 13 + 2 * len(INVITED), 76, 76])
_LOG_HEAD, _FRAME = 32, 24 + 4096

Trace: TypeAlias = Mapping[str, Sequence[Any]]
"""What the database shows of each learner's row in one table: column by column, in the order of the learners."""


@dataclass(slots=True)
class Learners:
    """Who has sent, and under which ids it was stored: what the attacker would like to know."""

    keys: list[str]
    tokens: list[str]
    invitations: list[str]
    responses: list[bytes]
    comments: list[bytes]
    consents: list[bytes]
    second_answers: list[bytes]


@pytest.fixture
def sent(filled: Database, small: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Learners]:
    """Sends for so many learners, one transaction each, and remembers everything."""
    learners = Learners([], [], [], [], [], [], [])
    with filled.begin() as connection:
        invited = replace(small.campaign, id=INVITED, access_mode=AccessMode.INVITATION)
        add_campaign(connection, replace(invited, anonymity_mode=AnonymityMode.CONFIDENTIAL))
        open_retest(connection, KEY, INVITED, 100, TODAY)
        retest = get_open_retest(connection, INVITED)
    made: list[bytes] = []
    monkeypatch.setattr(submissions, "uuid4", _remembered(made))
    monkeypatch.setattr(retest_consents, "uuid4", _remembered(learners.consents))
    monkeypatch.setattr(second_answers, "uuid4", _remembered(learners.second_answers))

    def send(n: int) -> Learners:
        for invitation in invite(filled, n):
            key, token = str(uuid4()), uuid4().hex
            answers = {code: random.randint(1, 5) for code in ("TEA01", "TEA02", "TEA03")}
            response = small.response_with(answers=answers, answered_on=TODAY)
            with filled.begin() as connection:
                submit(connection, small.campaign.id, response, key)
                save_draft(connection, token, b"sent", TODAY + timedelta(days=14))
                spent = spend_invitation(connection, token_hash(invitation))
                assert spent
                retested(connection, retest, spent, response, made[-2])
            response_id, comment_id = made[-2:]
            learners.responses.append(response_id)
            learners.comments.append(comment_id)
            learners.invitations.append(invitation)
            learners.keys.append(key)
            learners.tokens.append(token)
        return learners

    return send


def retested(connection: Any, retest: OpenRetest, spent: SpentInvitation, response: Any, response_id: bytes) -> None:
    """The learner agrees to be asked once more, and another's second answer is stored beside hers."""
    about = {"placement_id": response.placement_id, "learner_group": response.learner_group}
    keep_consent(connection, INVITED, retest.public_key, spent, response_id=UUID(bytes=response_id), **about)
    again = SecondAnswers(TODAY, b"123")
    keep_answers(connection, retest, secrets.token_bytes(32), again, PlacementChange.STABLE, str(uuid4()))


def invite(database: Database, n: int) -> list[str]:
    """Enters so many learners of one ward in the ledger; their tokens in an order of their own."""
    with database.begin() as connection:
        people = [Invited(f"{uuid4()}@example.org", "W-1", "nursing") for _ in range(n)]
        add_invitations(connection, KEY, INVITED, people, TODAY)
    with database.read() as connection:
        due = due_invitations(connection, INVITED)
    tokens = [KEY.open(one.sealed, one.token_hash)[0] for one in due]
    random.shuffle(tokens)
    return tokens


def _remembered(ids: list[bytes]) -> Callable[[], UUID]:
    def make() -> UUID:
        made = uuid4()
        ids.append(made.bytes)
        return made

    return make


def ids_of(learners: Learners, table: str) -> list[bytes]:
    """The id of each learner's row: known of keys and drafts to who holds her phone, of the others to nobody."""
    if table == "submission_keys":
        return [hashlib.sha256(b"nets submission key\0" + key.encode()).digest() for key in learners.keys]
    if table == "answered_invitations":
        return [token_hash(token) for token in learners.invitations]
    if table == "drafts":
        from nets.store.drafts import _derived

        return [_derived(token, "row") for token in learners.tokens]
    return {
        "responses": learners.responses,
        "comments": learners.comments,
        "retest_consents": learners.consents,
        "retest_answers": learners.second_answers,
    }[table]


def traces(database: Database, learners: Learners, table: str) -> Trace:
    """Everything that is to be seen of each learner's row."""
    ids = ids_of(learners, table)
    id_column = {"submission_keys": "key_hash", "answered_invitations": "token_hash"}.get(table, "id")
    system = ", ctid, xmin, cmin, xmax" if database.is_postgresql else ""
    with database.read() as connection:
        rows = connection.execute(text(f"SELECT *{system} FROM {table}")).mappings().all()
    by_id = {_as_bytes(row[id_column]): row for row in rows}
    assert set(by_id) == set(ids)
    shown = {name: [_sortable(by_id[own][name]) for own in ids] for name in rows[0]}
    if not database.is_postgresql:
        # as the row begins in the file; the bare hash stands in the invitation, too, which all were given in one commit
        row = _ROW_OF_THE_LEDGER if table == "answered_invitations" else b""
        shown |= _places_in_files(database, [row + own for own in ids])
    return shown


def _as_bytes(value: Any) -> bytes:
    return value.bytes if isinstance(value, UUID) else bytes(value)


def _sortable(value: Any) -> Any:
    if isinstance(value, (bytes, memoryview, UUID)):
        return _as_bytes(value)
    if isinstance(value, str) and (place := re.fullmatch(r"\((\d+),(\d+)\)", value)):
        return int(place[1]), int(place[2])
    return int(value) if isinstance(value, str) and value.isdigit() else value


def _places_in_files(database: Database, ids: list[bytes]) -> dict[str, list[Any]]:
    """Where each id lies: in the log, first and last, and in which page of the file behind how many others."""
    file = Path(str(database._file))
    log = file.with_name(f"{file.name}-wal")
    logged, stored = log.read_bytes() if log.exists() else b"", file.read_bytes()
    places, first, last = _last(stored, ids), _first(logged, ids), _last(logged, ids)
    commits = _commits(logged)
    return {
        "commit in the log": [commits[max(0, place - _LOG_HEAD) // _FRAME] for place in first],
        "first in the log": first,
        "last in the log": last,
        "place in the file": places,
        "page, newest first": [(place // 4096, -place) for place in places],
    }


def _first(file: bytes, ids: list[bytes]) -> list[int]:
    found = _found(file, ids)
    return [min(found[own], default=-1) for own in ids]


def _last(file: bytes, ids: list[bytes]) -> list[int]:
    found = _found(file, ids)
    return [max(found[own], default=-1) for own in ids]


def _found(file: bytes, ids: list[bytes]) -> dict[bytes, list[int]]:
    """Every place of each id, as ``bytes.find`` has it for one; by the last two bytes first, for a log has millions."""
    found: dict[bytes, list[int]] = {own: [] for own in ids}
    by_end = {own[-8:]: own for own in ids}
    ends = np.zeros(65536, dtype=np.bool_)
    ends[[int.from_bytes(end[-2:], "little") for end in by_end]] = True
    for shift in range(2):
        pairs = np.frombuffer(file, dtype="<u2", offset=min(shift, len(file)), count=max(0, len(file) - shift) // 2)
        for place in (2 * np.flatnonzero(ends[pairs]) + shift + 2).tolist():
            own = by_end.get(file[max(0, place - 8) : place])
            if own is not None and file[max(0, place - len(own)) : place] == own:
                found[own].append(place - len(own))
    return found


def _commits(logged: bytes) -> list[int]:
    """For each frame of the log the number of the commit that it belongs to; the last frame of a commit says so."""
    commits, number = [0], 0
    for frame in range(_LOG_HEAD, len(logged), _FRAME):
        commits.append(number)
        number += logged[frame + 4 : frame + 8] != bytes(4)
    return commits[1:] or commits


def certainty(known: Trace, wanted: Trace) -> float:
    """How many learners are found on average by who draws among the rows that have an equal value, by the best two columns."""
    best = 0.0
    for one, other in itertools.product(known.values(), wanted.values()):
        alike = Counter(other)
        best = max(best, sum(1 / alike[a] for a, b in zip(one, other, strict=True) if a == b))
    return best


def rank_matches(known: Trace, wanted: Trace) -> tuple[int, float]:
    """How many learners have the same rank in two columns, and how strongly the ranks agree, by the best two columns."""
    best, strongest = 0, 0.0
    for one, other in itertools.product(_orders(known), _orders(wanted)):
        hits = max(int((one == other).sum()), int((one == len(other) - 1 - other).sum()))
        # of ranks without ties Pearson's correlation is Spearman's
        best, strongest = max(best, hits), max(strongest, abs(float(np.corrcoef(one, other)[0, 1])))
    return best, strongest


def _orders(trace: Trace) -> Iterator[NDArray[np.int64]]:
    """The ranks by each column, where it tells rows apart."""
    for column in trace.values():
        if len(set(column)) > len(column) * 0.9:
            order = sorted(range(len(column)), key=column.__getitem__)
            ranks = np.empty(len(column), dtype=np.int64)
            ranks[order] = np.arange(len(column))
            yield ranks


PAIRS = [
    (known, wanted)
    for known in ("submission_keys", "drafts", "answered_invitations")
    for wanted in ("responses", "comments")
] + [
    ("comments", "responses"),
    ("retest_consents", "responses"),
    ("answered_invitations", "retest_answers"),
    ("retest_answers", "responses"),
]


def attack(database: Database, learners: Learners) -> dict[tuple[str, str], tuple[float, int, float]]:
    """What the attack makes of each pair of tables: found by equal values, found by equal rank, agreement of ranks."""
    shown = {table: traces(database, learners, table) for table in {name for pair in PAIRS for name in pair}}
    return {
        (known, wanted): (certainty(shown[known], shown[wanted]), *rank_matches(shown[known], shown[wanted]))
        for known, wanted in PAIRS
    }


def test_whoever_holds_database_and_key_finds_a_response_before_shuffling_and_guesses_after(
    filled: Database, small: Any, sent: Callable[[int], Learners]
) -> None:
    sent(LEARNERS - RECENT)
    with filled.read() as reader:  # on SQLite somebody who reads keeps the log from being overwritten
        assert count_responses(reader, small.campaign.id) == LEARNERS - RECENT
        learners = sent(RECENT)
    for pair, (by_value, by_rank, agreement) in attack(filled, learners).items():
        if filled.is_postgresql:
            assert by_value == LEARNERS, pair  # by xmin
            assert by_rank == LEARNERS, pair  # by ctid
            assert agreement == pytest.approx(1), pair
        else:
            # by the commit, of those that the log still holds; the rest was overwritten
            assert by_value >= RECENT, pair
    before = everything(filled, small)
    shuffle(filled, TODAY)
    assert everything(filled, small) == before
    for pair, (by_value, by_rank, agreement) in attack(filled, learners).items():
        # all have sent on one day, so one of 500 by any column that is the same for all; where a column tells rows apart, one on
        # average by chance, and 13 once in ten thousand million times
        assert by_value <= 12, pair
        assert by_rank <= 12, pair
        assert agreement < 0.25, pair  # five standard errors


def everything(database: Database, small: Any) -> tuple[Any, ...]:
    """All that is stored, without the order."""
    with database.read() as connection:
        return tuple(
            sorted(
                str([_sortable(value) for value in row]) for row in connection.execute(text(f"SELECT * FROM {table}"))
            )
            for table in (table.name for table in (*WRITTEN_BY_LEARNERS, *CHANGED_BY_LEARNERS))
        )


def test_those_of_two_days_are_shuffled_into_one_another(filled: Database, sent: Callable[[int], Learners]) -> None:
    sent(100)
    shuffle(filled, TODAY)
    learners = sent(100)
    shuffle(filled, TODAY)
    for pair, (by_value, by_rank, agreement) in attack(filled, learners).items():
        assert by_value <= 12, pair
        assert by_rank <= 12, pair
        assert agreement < 0.36, pair  # five standard errors of 200


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_what_was_deleted_is_gone_from_the_files(filled: Database, sent: Callable[[int], Learners]) -> None:
    learners = sent(40)
    ids = ids_of(learners, "submission_keys") + ids_of(learners, "drafts")
    shuffle(filled, TODAY + timedelta(days=30))
    file = Path(str(filled._file))
    files = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    assert all(response in files for response in learners.responses)
    assert not any(gone in files for gone in ids)


def test_what_has_had_its_time_is_forgotten_and_nothing_else(filled: Database, sent: Callable[[int], Learners]) -> None:
    learners = sent(1)
    shuffle(filled, TODAY + RETRY_WINDOW)
    with filled.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM submission_keys")).scalar() == 1
    shuffle(filled, TODAY + RETRY_WINDOW + timedelta(days=1))
    with filled.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM submission_keys")).scalar() == 0
        assert load_draft(connection, learners.tokens[0]) == b"sent"
        assert count_responses(connection, "small-2026") == 1


def test_learners_go_on_sending_while_it_works(filled: Database, small: Any, sent: Callable[[int], Learners]) -> None:
    token = sent(50).tokens[0]
    writer = Writer(filled)

    def change(number: int) -> Callable[..., None]:
        def job(connection: Any) -> None:
            assert load_draft(connection, token) is not None
            save_draft(connection, token, str(number).encode(), TODAY)
            submit(connection, small.campaign.id, small.response, f"{number:030}")

        return job

    answers = []
    for number in range(60):
        answers.append(writer.enqueue(change(number)))
        if number % 20 == 10:
            shuffle(filled, TODAY)
    for answer in answers:
        answer.result(30)
    writer.close()
    with filled.read() as connection:
        assert load_draft(connection, token) == b"59"
        assert len(read_responses(connection, small.campaign.id).packed) == 110


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_it_says_when_traces_are_left_because_somebody_reads(
    filled: Database, small: Any, sent: Callable[[int], Learners]
) -> None:
    impatient = Database(f"sqlite:///{filled._file}?timeout=0.05")
    sent(1)
    with filled.read() as reader:
        assert count_responses(reader, small.campaign.id) == 1
        with pytest.raises(StoreUnavailable):
            shuffle(impatient, TODAY)
    shuffle(impatient, TODAY)
    impatient.dispose()


def test_every_table_is_shuffled_or_written_by_no_learner() -> None:
    written_by_staff = {
        "questionnaire_versions", "organisations", "campaigns", "rosters", "releases", "release_places", "accounts", "sessions",
        "api_keys", "audit_rows", "evidence", "evidence_withdrawals", "concerns", "concern_steps", "assessments", "release_sums",
        "release_calibrations", "retests", "released_comments", "comment_reviews",
    }  # fmt: skip
    sums = {"break_offs"}
    shuffled = {table.name for table in (*WRITTEN_BY_LEARNERS, *CHANGED_BY_LEARNERS)}
    assert shuffled | written_by_staff | sums == set(metadata.tables)
