"""Reason codes, contexts, identifiers, messages and kinds of leaves are the same lists on both sides.

Compared: each list, its entries in the order that the formats give them, and sorted where they give none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import IntEnum
from typing import get_args

from hypothesis import strategies as st

from mpctls.spec import identifiers
from mpctls.spec.commitments import CommitmentKind, CommitmentSecret, Opening, TranscriptCommitment
from mpctls.spec.contexts import Context
from mpctls.spec.messages import SessionMessage
from mpctls.spec.reasons import Reason

from ...fields import Fields, listed
from ...property import Operation


def _members(cases: Iterable[IntEnum]) -> list[str]:
    return [f"{case.value} {case.name.lower().replace('_', '-')}" for case in cases]


def _cases(union: object) -> list[str]:
    return [case.__name__ for case in get_args(get_args(union)[0])]


def _messages() -> list[str]:
    return [f"{index} {name}" for index, name in enumerate(_cases(SessionMessage))]


def _kinds(union: object) -> list[str]:
    """The cases by the first word of their names, which is what tells them apart."""
    names = (re.match("[A-Z][a-z]+", name) for name in _cases(union))
    return [f"{index} {name.group().lower()}" for index, name in enumerate(names) if name]


def _constants() -> list[str]:
    return [
        f"protocol version {identifiers.PROTOCOL_VERSION}",
        f"format version {identifiers.FORMAT_VERSION}",
        *(f"engine profile {name}" for name in identifiers.ENGINE_PROFILES),
        f"tls version {identifiers.TLS_1_2:#06x}",
        f"connection mode {identifiers.TWO_PARTY_DEFERRED}",
        *(f"cipher suite {suite:#06x}" for suite in identifiers.CIPHER_SUITES),
    ]


LISTS: dict[str, Callable[[], list[str]]] = {
    "reasons": lambda: sorted(reason.value for reason in Reason),
    "contexts": lambda: sorted(context.octets.decode("ascii") for context in Context),
    "hash-algorithms": lambda: _members(identifiers.HashAlgorithm),
    "signature-algorithms": lambda: _members(identifiers.SignatureAlgorithm),
    "directions": lambda: _members(identifiers.Direction),
    "lexical-classes": lambda: _members(identifiers.LexicalClass),
    "session-kinds": lambda: _members(identifiers.SessionKind),
    "constants": _constants,
    "messages": _messages,
    "leaf-kinds": lambda: _kinds(TranscriptCommitment),
    "openings": lambda: _kinds(Opening),
    "secrets": lambda: _kinds(CommitmentSecret),
    "commitment-kinds": lambda: _kinds(CommitmentKind),
}


def _list(fields: Fields) -> Fields:
    return {"entries": listed([entry.encode() for entry in LISTS[fields["list"].decode()]()])}


OPERATIONS = (
    Operation(
        name="foundation/registry",
        inputs=lambda: st.fixed_dictionaries({"list": st.sampled_from(sorted(LISTS)).map(str.encode)}),
        specification=_list,
    ),
)
