"""The canonical octets of a predicate and the digest that names it (predicates page, section 2)."""

from __future__ import annotations

from mpctls.reference.foundation.contexts import PREDICATE as PREDICATE_CONTEXT
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.hashes import sha256

from .checking import check, check_form
from .conditions import PREDICATE, Predicate
from .nodes import MAXIMUM_OCTETS, NodeReader


def encode(predicate: Predicate) -> bytes:
    """The canonical octets of a well-formed predicate; refuses as `checking.check` does, or `predicate/too-large`."""
    check(predicate)
    octets = PREDICATE.encode(predicate)
    _require_octet_count(octets)
    return octets


def decode(octets: bytes) -> Predicate:
    """The well-formed predicate with these canonical octets.

    Refuses with `encoding/…` octets that are no predicate or not canonical, with `predicate/too-large` what exceeds a
    limit (as soon as it does), then as `checking.check` does.
    """
    _require_octet_count(octets)
    reader = NodeReader(octets)
    predicate = PREDICATE.read(reader)
    check_form(predicate)
    reader.finish()
    check(predicate)
    return predicate


def digest(predicate: Predicate) -> bytes:
    """SHA-256 over the context and the canonical octets."""
    return digest_of_octets(encode(predicate))


def digest_of_octets(octets: bytes) -> bytes:
    """The digest of the predicate with these canonical octets."""
    return sha256(PREDICATE_CONTEXT, octets)


def _require_octet_count(octets: bytes) -> None:
    if len(octets) > MAXIMUM_OCTETS:
        raise Refused("predicate/too-large", f"{len(octets)} octets, at most {MAXIMUM_OCTETS}")
