"""The Verifier's trust store: which Notaries it believes, when."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from ..foundation.errors import Refused
from ..foundation.identifiers import SignatureAlgorithm
from ..foundation.signatures import VerifyingKey

_ALGORITHMS = {each.label: each for each in SignatureAlgorithm}
_MEMBERS = frozenset({"name", "algorithm", "key", "not_before", "not_after"})
MAXIMUM_STORE = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedNotary:
    """One Notary's key and the span (Unix seconds, inclusive) in which it is believed."""

    name: str
    verifying_key: VerifyingKey
    not_before: int
    not_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustStore:
    """The Notaries a Verifier believes."""

    notaries: tuple[TrustedNotary, ...]

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
        or document.keys() != {"notaries"}
        or not isinstance(document["notaries"], list)
    ):
        raise _malformed("the document is an object with the one member notaries, a list")
    notaries = tuple(_notary(entry) for entry in document["notaries"])
    keys = [each.verifying_key for each in notaries]
    if len(set(keys)) != len(keys):
        raise _malformed("a key stands twice")
    return TrustStore(notaries=notaries)


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
    return (json.dumps({"notaries": entries}, indent=2) + "\n").encode()
