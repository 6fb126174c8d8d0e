"""Patterns against Python's own engine, and the grammar's edges."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.zkp.predicate.automata import automaton_of
from mpctls.zkp.predicate.pattern import parse_pattern, positions
from tests.unit.foundation.refusals import refused

# Written the same in both dialects; \s and \w of the page are narrower than Python's and are put in as classes.
ATOMS = ("a", "b", "é", "日", ".", "[ab]", "[^a]", "[a-c0]", r"\d", r"\.", "[0-9 ]", r"[^\d]", r"\-")
TEXTS = st.text("aabbc0.- é日\U0001f389", max_size=8)


def patterns() -> st.SearchStrategy[str]:
    repeated = ("", "", "*", "+", "?", "{2}", "{0,2}", "{1,}", "{0}")
    return st.recursive(
        st.sampled_from(ATOMS),
        lambda inner: st.one_of(
            st.lists(inner, min_size=0, max_size=3).map("".join),
            st.tuples(inner, inner).map(lambda pair: f"({pair[0]}|{pair[1]})"),
            st.tuples(inner, st.sampled_from(repeated)).map(lambda pair: f"({pair[0]}){pair[1]}"),
        ),
        max_leaves=8,
    )


@settings(max_examples=300, deadline=None)
@given(patterns(), st.lists(TEXTS, min_size=1, max_size=10))
def test_it_matches_what_python_matches(pattern: str, texts: list[str]) -> None:
    ours = automaton_of(pattern)
    theirs = re.compile(pattern, re.DOTALL | re.ASCII)
    for text in texts:
        assert ours.accepts(text.encode("utf-8")) == bool(theirs.fullmatch(text)), (pattern, text)


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("", [""], ["a"]),
        ("((a|ab)+)c", ["ac", "abc", "aababc"], ["c", "abb"]),
        (r"\s\w\d", [" _0", " z9"], ["\t_0", " é0", " a\u0660"]),
        (r"\S\W\D", ["a b", "é+日"], [" +a", "aba", "a 1"]),
        ("[^a]", ["b", "é", "\U0001f389", "\x7f"], ["a", "", "bb"]),
        ("é+", ["é", "éé"], ["e", "è", ""]),
        ("(a|b)*abb", ["abb", "aababb"], ["ab", "abba"]),
        ("a{2,3}", ["aa", "aaa"], ["a", "aaaa"]),
        (r"\"\'\/", ["\"'/"], [""]),
        ("|a", ["", "a"], ["b"]),
    ],
)
def test_examples(pattern: str, yes: list[str], no: list[str]) -> None:
    automaton = automaton_of(pattern)
    assert all(automaton.accepts(text.encode("utf-8")) for text in yes)
    assert not any(automaton.accepts(text.encode("utf-8")) for text in no)


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        ")",
        "(a",
        "a)",
        "[",
        "[]",
        "[^]",
        "[a",
        "[b-a]",
        "[a-]",
        "[-a]",
        "[é]",
        "[[]",
        "[^^]",
        "*",
        "+a",
        "a**",
        "a{",
        "a{}",
        "a{,2}",
        "a{2,1}",
        "a{101}",
        "a{01}",
        "a{2",
        "a{1, 2}",
        "}",
        "{2}",
        "]",
        "^a",
        "a$",
        "\\",
        "\\n",
        r"\b",
        r"\p",
        "\t",
        "\x7f",
        "[\x7f]",
        "a|*",
        "(?:a)",
        "(" * 200,
        "\ud800",
        "a" * 257,
        "a{1000000000000}",
    ],
)
def test_what_is_no_pattern(pattern: str) -> None:
    with refused("predicate/invalid-pattern"):
        parse_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        ("x{2,4}", 4),
        ("x{3,}", 4),
        ("x+", 2),
        ("x*", 1),
        ("x?", 1),
        ("(ab|c){2}", 6),
        ("x{0}", 0),
        ("(){100}", 0),
    ],
)
def test_positions_are_counted_as_written_out(pattern: str, count: int) -> None:
    assert positions(parse_pattern(pattern)) == count


def test_too_many_positions() -> None:
    assert positions(parse_pattern("(a{64}){16}")) == 1024
    with refused("predicate/automaton-too-large"):
        parse_pattern("(a{64}){16}b")
    with refused("predicate/automaton-too-large"):
        parse_pattern("((((a{100}){100}){100}){100}){100}")


def test_repetitions_of_nothing_cost_nothing() -> None:
    assert len(automaton_of("(((((){100}){100}){100}){100}){100}x").transitions) == 2


def test_too_many_states() -> None:
    assert len(automaton_of("(a|b)*a(a|b){7}").transitions) == 256
    with refused("predicate/automaton-too-large"):
        automaton_of("(a|b)*a(a|b){8}")
    with refused("predicate/automaton-too-large"):
        automaton_of("(a|b)*a(a|b){100}")


def test_automata_are_small() -> None:
    sizes = {
        pattern: len(automaton_of(pattern).transitions) for pattern in (".*", "a|b", "[^@]+@[^@]+", ".*foo.*")
    }
    assert sizes == {".*": 1, "a|b": 2, "[^@]+@[^@]+": 4, ".*foo.*": 4}
