"""Predicates in words."""

from __future__ import annotations

import pytest

from mpctls.zkp.predicate.explain import explain, quoted
from mpctls.zkp.predicate.text_form import read_text

ROOT = "00" * 31 + "01"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (
            "response $.balance: decimal(2) >= 1000",
            "the number at $.balance of the response, read with 2 decimal places, is at least 1000",
        ),
        (
            'request header authorization: text(64) starts with "Bearer "',
            'the text in the header authorization of the request begins with "Bearer "',
        ),
        (
            "age(response $.born: date(DD.MM.YYYY), 2026-11-22) >= 18",
            "the age in years, on 2026-11-22, of who was born on the date at $.born of the response"
            " (written DD.MM.YYYY) is at least 18",
        ),
        (
            "response $.born: date(YYYY-MM-DD) < 2008-11-23",
            "the date at $.born of the response, written YYYY-MM-DD, is before 2008-11-23",
        ),
        (
            "2026-11-22 - response $.since: date(YYYYMMDD) > 30",
            "the number of days from the date at $.since of the response (written YYYYMMDD) to 2026-11-22"
            " is greater than 30",
        ),
        (
            "response $.a: integer + response $.b: integer + 5 <= 12.50",
            "the sum of the whole number at $.a of the response, the whole number at $.b of the response and 5"
            " is at most 12.5",
        ),
        (
            "average(response $.a: integer, response $.b: decimal(1)) = 3",
            "the average of the whole number at $.a of the response and the number at $.b of the response"
            " (read with 1 decimal place) equals 3",
        ),
        (
            "response $.a: integer - 3 between -1 and 1",
            "the difference the whole number at $.a of the response minus 3 is between -1 and 1 (both included)",
        ),
        (
            'response $.c: text(9) in {"b", "a"}',
            'the text at $.c of the response is "a" or "b"',
        ),
        (
            f"response $.c: text(9) not in tree(3, {ROOT})",
            f"the text at $.c of the response is not in the set with root {ROOT}",
        ),
        (
            'response $.c: text(9) matches "[a-z]+"',
            'the pattern "[a-z]+" describes the text at $.c of the response',
        ),
        (
            "length(response $.c: text(9)) != 4",
            "the number of characters of the text at $.c of the response does not equal 4",
        ),
        (
            'not (response $.f: boolean is true or response $.c: text(9) = "x")'
            ' and pseudonym(response $.c, "shop")',
            "it is not so that (the truth value at $.f of the response is true; or the text at $.c of the response"
            ' equals "x"); and the enumerable pseudonym of the text at $.c of the response in the scope "shop"'
            " is shown",
        ),
    ],
)
def test_one_sentence(written: str, words: str) -> None:
    assert explain(read_text(written)) == words


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (b"a b", '"a b"'),
        (b'"', '"\\""'),
        (b"\x1b[2J", "the octets 0x1b5b324a"),
        (b"\xff", "the octets 0xff"),
        (b"", "nothing"),
    ],
)
def test_octets_are_quoted_without_control_characters(octets: bytes, words: str) -> None:
    assert quoted(octets) == words
