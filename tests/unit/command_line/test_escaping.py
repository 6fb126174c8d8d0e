"""Untrusted text on a terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.command_line.escaping import escape_line, escape_octets

# Octets that look like text of many kinds, rather than mostly invalid UTF-8.
OCTETS = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.lists(
        st.sampled_from(
            [b"\x1b[7m", b"\\x1b", b"\\", b"\xe2\x80\xae", b"[", b"\xff", b"A", b"\r", b"\xc2\x9b"]
        )
    ).map(b"".join),
)


@given(OCTETS)
def test_nothing_that_acts_on_a_terminal_comes_through(octets: bytes) -> None:
    shown = escape_octets(octets)
    for character in shown:
        assert character.isprintable()
        assert unicodedata.category(character)[0] not in "CZM" or character == " "
        assert unicodedata.bidirectional(character) not in (
            "R",
            "AL",
            "AN",
            "RLO",
            "LRO",
            "RLE",
            "LRE",
            "PDF",
            "PDI",
        )


@given(OCTETS, OCTETS)
def test_different_octets_look_different(left: bytes, right: bytes) -> None:
    assert (escape_octets(left) == escape_octets(right)) == (left == right)


@given(OCTETS)
def test_escaped_characters_never_stand_for_themselves(octets: bytes) -> None:
    assert not set("⟦⟧[]") & set(escape_octets(octets, "⟦⟧[]"))


@pytest.mark.parametrize(
    ("octets", "shown"),
    [
        (b'plain text, {"a": [1]}', 'plain text, {"a": [1]}'),
        ("Müller 東京 €5".encode(), "Müller 東京 €5"),
        (b"\x1b[31mred", "\\x1b[31mred"),
        (b"back\\slash", "back\\\\slash"),
        (b"\r\n\t\x7f", "\\x0d\\x0a\\x09\\x7f"),
        (b"\xff\xfe", "\\xff\\xfe"),
        ("\u0080\u009b".encode(), "\\u0080\\u009b"),
        ("a\u202eb\u2066c".encode(), "a\\u202eb\\u2066c"),
        ("\u200b\ufeff\u00ad".encode(), "\\u200b\\ufeff\\u00ad"),
        ("e\u0301".encode(), "e\\u0301"),
        ("שלום".encode(), "\\u05e9\\u05dc\\u05d5\\u05dd"),
        (b"\xed\xa0\x80", "\\xed\\xa0\\x80"),
        ("\U000e0041".encode(), "\\U000e0041"),
    ],
)
def test_known_answers(octets: bytes, shown: str) -> None:
    assert escape_octets(octets) == shown


def test_a_line_of_a_message_takes_any_text() -> None:
    assert escape_line("reason: a\nb\x1b\udcff") == "reason: a\\x0ab\\x1b\\xed\\xb3\\xbf"
