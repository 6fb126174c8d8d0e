"""The Verifier's trust store: which Notaries it believes, when, and which setups of predicate proofs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..foundation.errors import Refused
from ..foundation.identifiers import SignatureAlgorithm
from ..foundation.signatures import VerifyingKey

_ALGORITHMS = {each.label: each for each in SignatureAlgorithm}
_MEMBERS = frozenset({"name", "algorithm", "key", "not_before", "not_after"})
_SETUP_MEMBERS = frozenset({"name", "digest", "origin"})
_ORIGINS = ("ceremony", "own", "development")
_DIGEST = re.compile(r"[0-9a-f]{64}")
MAXIMUM_STORE = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedNotary:
    """One Notary's key and the span (Unix seconds, inclusive) in which it is believed."""

    name: str
    verifying_key: VerifyingKey
    not_before: int
    not_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedSetup:
    """The digest of a setup that predicate proofs may be made with, and who made it."""

    name: str
    digest: bytes
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustStore:
    """The Notaries a Verifier believes, and the setups it accepts; none named: those that it is given."""

    notaries: tuple[TrustedNotary, ...]
    setups: tuple[TrustedSetup, ...] = ()

    def trusts_setup(self, digest: bytes) -> bool:
        """Whether a setup with this digest is listed."""
        return any(each.digest == digest for each in self.setups)

    def find(self, key: VerifyingKey, attested: int) -> TrustedNotary:
        """The entry for exactly this algorithm and key, valid at the attested time.

        Refuses with `verification/untrusted-notary` or `verification/notary-key-expired`.
        """
        for each in self.notaries:
            if each.verifying_key == key:
                if not each.not_before <= attested <= each.not_after:
                    raise Refused("verification/notary-key-expired", f"{each.name} at {attested}")
                return each
        raise Refused("verification/untrusted-notary", "no trusted notary has this algorithm and key")


def _malformed(what: str) -> Refused:
    return Refused("command/malformed-trust-store", what)


def _closed_object(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    members: dict[str, object] = {}
    for name, value in pairs:
        if name in members:
            raise _malformed(f"member {name!r} stands twice")
        members[name] = value
    return members


def _reject_constant(text: str) -> object:
    raise _malformed(f"{text} is no JSON")


def _notary(entry: object) -> TrustedNotary:
    if not isinstance(entry, dict) or entry.keys() != _MEMBERS:
        raise _malformed(f"a notary has exactly the members {', '.join(sorted(_MEMBERS))}")
    name, algorithm, key = entry["name"], entry["algorithm"], entry["key"]
    if not isinstance(name, str) or not isinstance(algorithm, str) or algorithm not in _ALGORITHMS:
        raise _malformed(f"name or algorithm (one of {', '.join(_ALGORITHMS)})")
    if any("\ud800" <= each <= "\udfff" for each in name):
        raise _malformed("a name with a lone surrogate")
    if not isinstance(key, str) or key != key.lower() or not key.isascii() or not key.isalnum():
        raise _malformed("a key is lower-case hexadecimal")
    times = (entry["not_before"], entry["not_after"])
    if any(not isinstance(each, int) or isinstance(each, bool) or not 0 <= each < 2**64 for each in times):
        raise _malformed("not_before and not_after are Unix seconds")
    try:
        verifying_key = VerifyingKey(algorithm=_ALGORITHMS[algorithm].value, key=bytes.fromhex(key))
    except (ValueError, Refused):
        raise _malformed(f"the key of {name!r} is no {algorithm} key in canonical form") from None
    return TrustedNotary(
        name=name, verifying_key=verifying_key, not_before=entry["not_before"], not_after=entry["not_after"]
    )


def _setup(entry: object) -> TrustedSetup:
    if not isinstance(entry, dict) or entry.keys() != _SETUP_MEMBERS:
        raise _malformed(f"a setup has exactly the members {', '.join(sorted(_SETUP_MEMBERS))}")
    name, digest, origin = entry["name"], entry["digest"], entry["origin"]
    if not isinstance(name, str) or any("\ud800" <= each <= "\udfff" for each in name):
        raise _malformed("the name of a setup")
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise _malformed("a digest is 64 lower-case hexadecimal digits")
    if origin not in _ORIGINS:
        raise _malformed(f"an origin is one of {', '.join(_ORIGINS)}")
    return TrustedSetup(name=name, digest=bytes.fromhex(digest), origin=origin)


def parse_trust_store(octets: bytes) -> TrustStore:
    """Read the JSON form (formats page, section 8); refuses with `command/malformed-trust-store`."""
    if len(octets) > MAXIMUM_STORE:
        raise _malformed(f"more than {MAXIMUM_STORE} octets")
    try:
        text = octets.decode("utf-8")
        document = json.loads(text, object_pairs_hook=_closed_object, parse_constant=_reject_constant)
    except (ValueError, RecursionError):
        raise _malformed("not JSON") from None
    if (
        not isinstance(document, dict)
        or document.keys() not in ({"notaries"}, {"notaries", "setups"})
        or not all(isinstance(each, list) for each in document.values())
    ):
        raise _malformed(
            "the document is an object with the members notaries and, if any, setups, both lists"
        )
    notaries = tuple(_notary(entry) for entry in document["notaries"])
    keys = [each.verifying_key for each in notaries]
    if len(set(keys)) != len(keys):
        raise _malformed("a key stands twice")
    setups = tuple(_setup(entry) for entry in document.get("setups", ()))
    if len({each.digest for each in setups}) != len(setups):
        raise _malformed("a setup stands twice")
    return TrustStore(notaries=notaries, setups=setups)


def render_trust_store(store: TrustStore) -> bytes:
    """The JSON form of a trust store."""
    entries = [
        {
            "name": each.name,
            "algorithm": SignatureAlgorithm(each.verifying_key.algorithm).label,
            "key": each.verifying_key.key.hex(),
            "not_before": each.not_before,
            "not_after": each.not_after,
        }
        for each in store.notaries
    ]
    document: dict[str, object] = {"notaries": entries}
    if store.setups:
        document["setups"] = [
            {"name": each.name, "digest": each.digest.hex(), "origin": each.origin} for each in store.setups
        ]
    return (json.dumps(document, indent=2) + "\n").encode()
