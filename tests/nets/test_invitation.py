"""What an invitation is known by, and the key without which the ledger names nobody."""

from itertools import pairwise

import pytest

from nets.errors import InvalidSetting
from nets.invitation import (
    InvitationKey,
    Invited,
    address_problem,
    draft_token,
    is_token,
    new_token,
    stop_hash,
    stop_token,
    token_hash,
)

KEY = InvitationKey("k" * 32)
ASH = Invited("ash@example.org", "W-1", "nursing")


def test_tokens_are_of_128_random_bits_and_hold_what_no_mail_program_breaks() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(is_token(token) and token.isalnum() for token in tokens)
    bits = [f"{int(token, 16):0128b}" for token in tokens]
    assert all(400 < sum(bit[i] == "1" for bit in bits) < 600 for i in range(128))
    assert not is_token(new_token().upper())
    assert not is_token(new_token()[:-1])


def test_everything_that_follows_from_a_token_is_its_own() -> None:
    token = new_token()
    derived = [token_hash(token).hex(), draft_token(token), stop_token(token), stop_hash(stop_token(token)).hex()]
    assert all(token not in value for value in derived)
    assert all(a[:32] != b[:32] for a, b in pairwise(sorted(derived)))


def test_what_is_sealed_opens_with_the_key_and_in_its_place_alone() -> None:
    token = new_token()
    sealed = KEY.seal(token, "Ash@example.org")
    assert b"example" not in sealed
    assert token.encode() not in sealed
    assert KEY.open(sealed, token_hash(token)) == (token, "Ash@example.org")
    assert KEY.seal(token, "Ash@example.org") != sealed
    for key, known_by in ((InvitationKey("x" * 32), token_hash(token)), (KEY, token_hash(new_token()))):
        with pytest.raises(InvalidSetting, match="another NETS_INVITATION_KEY"):
            key.open(sealed, known_by)


def test_marks_tell_one_address_from_another_and_nothing_without_the_key() -> None:
    assert KEY.person("a", " ASH@Example.org ") == KEY.person("a", ASH.address)
    marks = {
        KEY.person("a", ASH.address),
        KEY.person("b", ASH.address),
        KEY.person("a", "elm@example.org"),
        InvitationKey("x" * 32).person("a", ASH.address),
        KEY.recipient("a", ASH),
        KEY.recipient("a", Invited(ASH.address, "W-2", "nursing")),
    }
    assert len(marks) == 6
    assert KEY.recipient("a", ASH) == KEY.recipient("a", Invited(ASH.address, "W-1", "midwifery"))


@pytest.mark.parametrize("secret", ["", "short", " " * 40, "k" * 31])
def test_a_key_that_could_be_guessed_is_refused(secret: str) -> None:
    with pytest.raises(InvalidSetting, match="nets invitations key"):
        InvitationKey(secret)


@pytest.mark.parametrize("address", ["a@b.uk", "o'hara+nets@mail.example.ac.uk", "x_1.y@a-b.example", "A@B.ORG"])
def test_addresses_are_taken(address: str) -> None:
    assert address_problem(address) is None


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@b", "@b.uk", "a@", "a b@c.uk", "a@b..uk", "a..b@c.uk", ".a@c.uk", "a.@c.uk", "a@-b.uk", "a@b.uk\n",
     "a@b.uk, c@d.uk", "A <a@b.uk>", "a@b.uk\r\nBcc: c@d.uk", "é@b.uk", "a@[127.0.0.1]", "a" * 65 + "@b.uk",
     "a@" + "b." * 130 + "uk"],
)  # fmt: skip
def test_what_is_no_address_is_told(address: str) -> None:
    assert address_problem(address) == "is not an e-mail address"
