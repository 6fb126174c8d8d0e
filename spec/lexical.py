"""Lexical classes: the languages that committed octets are proved to belong to, without being shown.

A Verifier that sees a redaction between two quotes knows that it is one string only because the octets in it
were proved to be the interior of one. So a class is about all octets of a commitment together, its ranges
joined.
"""

from __future__ import annotations

import re

from .identifiers import LexicalClass

_JSON_STRING_INTERIOR = re.compile(
    r"""(?: [^\x00-\x1f"\\]                                          # unescaped
          | \\ ["\\/bfnrt]                                           # short escape
          | \\u (?! [dD][89a-fA-F] ) [0-9a-fA-F]{4}                  # four hex digits that are no surrogate
          | \\u [dD][89abAB][0-9a-fA-F]{2} \\u [dD][c-fC-F][0-9a-fA-F]{2}  # a surrogate pair
        )*""",
    re.VERBOSE,
)
_JSON_NUMBER = re.compile(rb"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_JSON_LITERALS = (b"true", b"false", b"null")
_HEADER_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")


def belongs_to(octets: bytes, lexical_class: LexicalClass) -> bool:
    """Whether `octets` as a whole are a word of the class."""
    match lexical_class:
        case LexicalClass.ANY:
            return True
        case LexicalClass.JSON_STRING_INTERIOR:
            return _is_json_string_interior(octets)
        case LexicalClass.JSON_NUMBER:
            return _JSON_NUMBER.fullmatch(octets) is not None
        case LexicalClass.JSON_LITERAL:
            return octets in _JSON_LITERALS
        case LexicalClass.HEADER_VALUE:
            return _HEADER_VALUE.fullmatch(octets) is not None


def _is_json_string_interior(octets: bytes) -> bool:
    """RFC 8259 section 7, without lone surrogates, neither as UTF-8 nor as an escape."""
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return _JSON_STRING_INTERIOR.fullmatch(text) is not None
