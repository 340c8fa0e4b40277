"""Receipts: short where they only prove, longer where they take a response back."""

import pytest

from nets.campaign import AnonymityMode
from nets.receipt import receipt_hash, receipt_of, typed_receipt

KEY = b"0b8f3c1e-6a52-4d0e-9c77-2f5d1a90e4b3"


def test_one_key_makes_one_receipt_of_letters_that_can_be_read_out() -> None:
    short, long = (receipt_of(KEY, mode) for mode in (AnonymityMode.ANONYMOUS, AnonymityMode.CONFIDENTIAL))
    assert [len(group) for group in short.split("-")] == [4, 4]
    assert [len(group) for group in long.split("-")] == [4, 4, 4]
    assert receipt_of(KEY, AnonymityMode.CONFIDENTIAL) == long
    many = {receipt_of(KEY + bytes([i]), AnonymityMode.CONFIDENTIAL) for i in range(100)}
    assert len(many) == 100
    assert not set("".join(many)) & set("01ILOU")
    assert len({receipt_hash(one) for one in many}) == 100


@pytest.mark.parametrize("typed", ["K7QM-4TXD-9PWR", "k7qm4txd9pwr", " K7QM 4TXD\u20139PWR "])
def test_a_receipt_is_taken_however_it_is_typed(typed: str) -> None:
    assert typed_receipt(typed) == "K7QM-4TXD-9PWR"


@pytest.mark.parametrize("typed", ["", "K7QM-4TXD", "K7QM-4TXD-9PW0", "K7QM-4TXD-9PWR-2", "K7QM-4TXD-9PWÄ"])
def test_what_can_be_none_is_none(typed: str) -> None:
    assert typed_receipt(typed) == ""
