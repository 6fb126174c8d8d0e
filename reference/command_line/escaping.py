"""Untrusted text on a terminal: what is shown as it is, and what is shown as an escape."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from typing import Final

_SHOWN_CATEGORIES: Final = frozenset(
    {"Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "No", "Sc", "Sm", "So", "Pd", "Po"}
)
"""Letters, digits, most symbols; no marks that join the character before, no brackets or quotes, no other spaces."""
_REORDERING: Final = frozenset(
    {"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI", "PDF", "PDI"}
)
"""Bidirectional classes that would move what stands beside them (Unicode annex 9)."""


def escape_character(character: str, escaped: Collection[str] = ()) -> str:
    """One character as it is shown: itself when it is plain and not among `escaped`, else a backslash escape."""
    code = ord(character)
    if character == "\\":
        return "\\\\"
    if character not in escaped and _is_plain(character, code):
        return character
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _is_plain(character: str, code: int) -> bool:
    if code < 0x80:
        return 0x20 <= code < 0x7F
    return (
        unicodedata.category(character) in _SHOWN_CATEGORIES
        and unicodedata.bidirectional(character) not in _REORDERING
    )


def escape_octets(octets: bytes, escaped: Collection[str] = ()) -> str:
    """Octets as text: UTF-8 where they are, each octet that is not as `\\xNN`, and nothing that acts on a terminal.

    The result is one line, and different octets give different text.
    """
    text = octets.decode("utf-8", "surrogateescape")
    return "".join(
        f"\\x{ord(each) - 0xDC00:02x}" if 0xDC80 <= ord(each) <= 0xDCFF else escape_character(each, escaped)
        for each in text
    )


def escape_line(text: str) -> str:
    """Text from outside on one line of a message."""
    return escape_octets(text.encode("utf-8", "surrogatepass"))
