"""Lexical classes: the tables against independent oracles, the circuits against the tables."""

import itertools
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.mpc.circuits.automata import AUTOMATA
from mpctls.reference.mpc.circuits.circuit import evaluate_lanes, run
from mpctls.reference.mpc.circuits.lexical import accepting, initial_state, lexical_step

CLASSES = sorted(AUTOMATA)
EVERY_OCTET = (1 << 256) - 1

STRING_INTERIOR = re.compile(
    r'(?:[^"\\\x00-\x1f]'
    r'|\\["\\/bfnrt]'
    r"|\\u(?![dD][89a-fA-F])[0-9a-fA-F]{4}"
    r"|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})*"
)
NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
LITERAL = re.compile(rb"true|false|null")
HEADER_VALUE = re.compile(rb"[\x09\x20-\x7e\x80-\xff]*")


def belongs(lexical_class: str, octets: bytes) -> bool:
    """The oracle: the class by regular expressions and Python's own UTF-8 decoder."""
    if lexical_class == "json-string-interior":
        try:
            return STRING_INTERIOR.fullmatch(octets.decode("utf-8")) is not None
        except UnicodeDecodeError:
            return False
    pattern = {"json-number": NUMBER, "json-literal": LITERAL, "header-value": HEADER_VALUE}[lexical_class]
    return pattern.fullmatch(octets) is not None


def proved(lexical_class: str, octets: bytes) -> bool:
    """The class by its circuits, octet after octet."""
    state = initial_state(lexical_class)
    for octet in octets:
        (state,) = run(lexical_step(lexical_class), state, octet)
    return run(accepting(lexical_class), state) == (1,)


text_fragments = rb"""
    a " \ / u \n \u \ud83d \uDE00 \uD83D\uDE00 \u0041 d800 \x 0 1 9 - + . e E true false null , [
"""
# Characters of two to four octets, overlong forms, a surrogate, the last character and the one after it.
encoded_fragments = [b"\xc3\xa9", b"\xe2\x82\xac", b"\xf0\x9f\x98\x80", b"\xc0\xaf", b"\xe0\x80\x80"]
encoded_fragments += [
    b"\xf0\x8f\xbf\xbf",
    b"\xed\x9f\xbf",
    b"\xed\xa0\x80",
    b"\xf4\x8f\xbf\xbf",
    b"\xf4\x90\x80\x80",
]
fragments = st.sampled_from(
    [*text_fragments.split(), *encoded_fragments, b" ", b"\t", b"\r\n", b"\x1f", b"\x7f", b"\x80", b"\xff"]
)
octet_strings = st.lists(fragments | st.binary(min_size=1, max_size=2), max_size=8).map(b"".join)
valid_interiors = st.lists(
    st.characters(exclude_categories=["Cs"]).map(lambda character: json.dumps(character)[1:-1].encode())
    | st.characters(exclude_categories=["Cs", "Cc"], exclude_characters='"\\').map(str.encode),
    max_size=12,
).map(b"".join)


@given(octets=octet_strings | valid_interiors, lexical_class=st.sampled_from(CLASSES))
def test_tables_and_circuits_agree_with_the_oracle(octets: bytes, lexical_class: str) -> None:
    expected = belongs(lexical_class, octets)
    assert AUTOMATA[lexical_class].accepts(octets) == expected
    assert proved(lexical_class, octets) == expected


@given(octets=valid_interiors)
def test_whatever_json_writes_is_a_string_interior(octets: bytes) -> None:
    assert AUTOMATA["json-string-interior"].accepts(octets)


@given(octets=octet_strings)
def test_string_interiors_are_what_json_reads(octets: bytes) -> None:
    """Python's json is laxer in one way: it accepts escaped lone surrogates, which UTF-8 cannot encode."""
    try:
        json.loads(b'"%s"' % octets).encode("utf-8")
        expected = True
    except ValueError:
        expected = False
    assert AUTOMATA["json-string-interior"].accepts(octets) == expected


def test_string_interiors_of_one_and_two_octets() -> None:
    automaton = AUTOMATA["json-string-interior"]
    for octets in itertools.chain(itertools.product(range(256)), itertools.product(range(256), repeat=2)):
        assert automaton.accepts(bytes(octets)) == belongs(automaton.name, bytes(octets))


def test_encoded_characters_at_every_boundary() -> None:
    automaton = AUTOMATA["json-string-interior"]
    boundaries = (0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0)
    for tails in range(3):
        for octets in itertools.product(range(0xC0, 0x100), boundaries, *[(0x7F, 0x80, 0xBF, 0xC0)] * tails):
            assert automaton.accepts(bytes(octets)) == belongs(automaton.name, bytes(octets))


def test_escaped_code_units_and_pairs() -> None:
    automaton = AUTOMATA["json-string-interior"]
    digits = b"0123456789abcdefABCDEFgG:@/`"
    units = [bytes([first, second]) for first in digits for second in digits]
    pairs = itertools.product([b"d7", b"d8", b"DB", b"Db", b"dc", b"D", b"e8"], units)
    for octets in itertools.chain(
        (b"\\u%b0%c" % (unit, last) for unit in units for last in b"9fFg"),
        (b"\\u%bFf\\u%b0a" % pair for pair in pairs),
    ):
        assert automaton.accepts(octets) == belongs(automaton.name, octets)


def test_headers_and_literals_octet_by_octet() -> None:
    for octet in range(256):
        for octets in (bytes([octet]), b"a" + bytes([octet])):
            assert AUTOMATA["header-value"].accepts(octets) == belongs("header-value", octets)
        for word in (b"true", b"false", b"null"):
            for position in range(len(word) + 1):
                for octets in (
                    word[:position] + bytes([octet]) + word[position:],
                    word[:position] + bytes([octet]) + word[position + 1 :],
                ):
                    assert AUTOMATA["json-literal"].accepts(octets) == belongs("json-literal", octets)


@pytest.mark.parametrize("lexical_class", CLASSES)
def test_circuit_follows_the_table_for_every_state_and_octet(lexical_class: str) -> None:
    automaton = AUTOMATA[lexical_class]
    bits = [sum(1 << octet for octet in range(256) if (octet >> bit) & 1) for bit in range(8)]
    for state in automaton.states:
        encoded = [EVERY_OCTET if other == state else 0 for other in automaton.states[1:]]
        alive, *others = evaluate_lanes(
            lexical_step(lexical_class), [EVERY_OCTET, *encoded, *bits], lanes=256
        )
        for octet in range(256):
            following = automaton.next_state(state, octet)
            assert (alive >> octet) & 1 == (following is not None)
            if following is not None:
                reached = [(other >> octet) & 1 for other in others]
                assert reached == [int(other == following) for other in automaton.states[1:]]
        (accepted,) = evaluate_lanes(accepting(lexical_class), [1, *(lane & 1 for lane in encoded)], lanes=1)
        assert accepted == (state in automaton.accepting)


@pytest.mark.parametrize("lexical_class", CLASSES)
def test_a_refused_octet_is_never_forgiven(lexical_class: str) -> None:
    size = lexical_step(lexical_class).input_sizes[0]
    bits = [sum(1 << octet for octet in range(256) if (octet >> bit) & 1) for bit in range(8)]
    for others in itertools.chain([0, (1 << (size - 1)) - 1], (1 << bit for bit in range(size - 1))):
        state = [EVERY_OCTET * ((others >> bit) & 1) for bit in range(size - 1)]
        alive, *_ = evaluate_lanes(lexical_step(lexical_class), [0, *state, *bits], lanes=256)
        assert alive == 0
        assert run(accepting(lexical_class), others << 1) == (0,)


@pytest.mark.parametrize("lexical_class", CLASSES)
def test_states_and_octets_of_the_tables_are_disjoint(lexical_class: str) -> None:
    for rows in AUTOMATA[lexical_class].transitions.values():
        assert sum(len(octets) for octets, _ in rows) == len(
            frozenset().union(*(octets for octets, _ in rows))
        )


def test_numbers_of_up_to_five_octets() -> None:
    for size in range(6):
        for octets in map(bytes, itertools.product(b"-+.eE019", repeat=size)):
            assert AUTOMATA["json-number"].accepts(octets) == (NUMBER.fullmatch(octets) is not None)


@pytest.mark.parametrize(
    ("lexical_class", "octets"),
    [
        # Protocol review, items 28 and 29: redactions that reach out of their token.
        ("json-string-interior", b'alice"},"balance":"5'),
        ("json-string-interior", b"ends in an escape\\"),
        ("json-string-interior", b"\\ud83d"),
        ("json-string-interior", b"\\ude00\\ud83d"),
        ("json-string-interior", b"\\ud83d\\u0041"),
        ("json-string-interior", b"\\ud83d\\ud83d\\ude00"),
        ("json-string-interior", b"\xc0\xa2"),
        ("json-string-interior", b"\xe2\x82"),
        ("json-number", b"10,20],[900"),
        ("json-number", b"01"),
        ("json-number", b"1."),
        ("json-number", b""),
        ("json-literal", b"true,false"),
        ("json-literal", b"nul"),
        ("json-literal", b""),
        ("header-value", b"token\r\nHost: other"),
        ("header-value", b"\x7f"),
    ],
)
def test_refuses_what_leaves_the_token(lexical_class: str, octets: bytes) -> None:
    assert not AUTOMATA[lexical_class].accepts(octets)
    assert not proved(lexical_class, octets)


@pytest.mark.parametrize("lexical_class", ["any", "json-string", ""])
def test_refuses_classes_without_an_automaton(lexical_class: str) -> None:
    for function in (lexical_step, accepting, initial_state):
        with pytest.raises(Refused) as refusal:
            function(lexical_class)
        assert refusal.value.reason == "circuit/unknown-class"
