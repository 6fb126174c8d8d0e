"""A sequence of octets is a word of a lexical class or is not.

Compared: the answer, for words, words with one fault, and arbitrary octets.
"""

from __future__ import annotations

import json

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from mpctls.spec.identifiers import LexicalClass
from mpctls.spec.lexical import belongs_to

from ...fields import Fields, flag, number, read_number
from ...property import Operation
from ..drawing import damaged

_PARTS = (
    b"a", b"\\", b'"', b"\\n", b"\\u", b"\\u0041", b"\\ud83d", b"\\uDE00", b"\\uD83d\\uDe00", b"\\uDC00", b"\x1f",
    b"\x7f", b"\xc2\x80", b"\xc0\x80", b"\xe0\xa0\x80", b"\xed\xa0\x80", b"\xef\xbf\xbf", b"\xf0\x90\x80\x80",
    b"\xf4\x8f\xbf\xbf", b"\xf4\x90\x80\x80", b"\xff", b"/", b"\\/", b"0", b"1", b"-", b".", b"e", b"E", b"+",
    b"true", b"false", b"null", b"\t", b"\r\n", b" ",
)  # fmt: skip


def words() -> SearchStrategy[bytes]:
    """Words of the classes, whatever class they will be held to."""
    numbers = st.from_regex(rb"-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)
    strings = st.text(max_size=6).filter(_is_unicode).map(lambda text: json.dumps(text)[1:-1].encode())
    plain = st.text(st.characters(min_codepoint=0x80, exclude_categories=["Cs"]), max_size=4).map(str.encode)
    literals = st.sampled_from((b"true", b"false", b"null"))
    return st.one_of(numbers, strings, plain, literals, st.just(b""))


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


@st.composite
def _inputs(draw: DrawFn) -> Fields:
    octets = draw(
        st.one_of(words(), st.lists(st.sampled_from(_PARTS), max_size=4).map(b"".join), st.binary(max_size=6))
    )
    if draw(st.integers(0, 3)) == 0:
        octets = draw(damaged(octets))
    return {"class": number(draw(st.sampled_from(LexicalClass))), "octets": octets}


def _belongs(fields: Fields) -> Fields:
    return {"belongs": flag(belongs_to(fields["octets"], LexicalClass(read_number(fields["class"]))))}


OPERATIONS = (Operation(name="foundation/lexical-class", inputs=_inputs, specification=_belongs),)
