"""What a Verifier trusts, as a JSON file: notaries by their keys, and setups of proofs by their digests."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from .closed_json import JsonError, load_closed_json
from .identifiers import SignatureAlgorithm
from .reasons import Rejection
from .signatures import VerifyingKey

_ALGORITHMS = {algorithm.text: algorithm for algorithm in SignatureAlgorithm}
_MEMBERS = {"name", "algorithm", "key", "not_before", "not_after"}
_SETUP_MEMBERS = {"name", "digest", "origin"}
_DIGEST = re.compile("[0-9a-f]{64}")


class TrustStoreError(Exception):
    """The Verifier's own file is not a trust store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedNotary:
    """A notary's key, trusted for attestations whose time lies in [not_before, not_after], in Unix seconds."""

    name: str
    verifying_key: VerifyingKey
    not_before: int
    not_after: int


class SetupOrigin(StrEnum):
    """Who drew the secret of a setup: many in public, the Verifier, or everybody knows it."""

    CEREMONY = "ceremony"
    OWN = "own"
    DEVELOPMENT = "development"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedSetup:
    """A setup under which the Verifier accepts proofs, by its digest."""

    name: str
    digest: bytes
    origin: SetupOrigin


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustStore:
    """All keys that the Verifier trusts, each for exactly one algorithm, and the setups that it accepts."""

    notaries: tuple[TrustedNotary, ...]
    setups: tuple[TrustedSetup, ...] = ()

    def find(self, key: VerifyingKey) -> TrustedNotary | None:
        """Return the entry of this key and algorithm, None when there is none."""
        return next((notary for notary in self.notaries if notary.verifying_key == key), None)


def parse_trust_store(text: str) -> TrustStore:
    """Return the trust store that a JSON text holds.

    Objects have exactly the members of the format, no member, no (algorithm, key) and no digest occurs twice,
    keys and digests are lower-case hexadecimal. Refuses anything else with TrustStoreError.
    """
    try:
        document = load_closed_json(text)
    except JsonError as error:
        raise TrustStoreError(str(error)) from None
    if not isinstance(document, dict) or document.keys() - {"setups"} != {"notaries"}:
        raise TrustStoreError("a trust store is an object with the member 'notaries', perhaps 'setups'")
    entries = document["notaries"]
    if not isinstance(entries, list):
        raise TrustStoreError("'notaries' is not a list")
    notaries = tuple(_notary(entry) for entry in entries)
    if len({notary.verifying_key for notary in notaries}) != len(notaries):
        raise TrustStoreError("a key occurs twice for one algorithm")
    setups = document.get("setups", [])
    if not isinstance(setups, list):
        raise TrustStoreError("'setups' is not a list")
    accepted = tuple(_setup(entry) for entry in setups)
    if len({setup.digest for setup in accepted}) != len(accepted):
        raise TrustStoreError("a digest occurs twice")
    return TrustStore(notaries=notaries, setups=accepted)


def _notary(entry: object) -> TrustedNotary:
    if not isinstance(entry, dict) or entry.keys() != _MEMBERS:
        raise TrustStoreError(f"a notary has exactly the members {', '.join(sorted(_MEMBERS))}")
    name, algorithm, key = entry["name"], entry["algorithm"], entry["key"]
    if not (isinstance(name, str) and isinstance(algorithm, str) and isinstance(key, str)):
        raise TrustStoreError("name, algorithm and key are text")
    if algorithm not in _ALGORITHMS:
        raise TrustStoreError(f"the algorithm is not one of {', '.join(_ALGORITHMS)}")
    return TrustedNotary(
        name=name,
        verifying_key=_verifying_key(_ALGORITHMS[algorithm], key),
        not_before=_seconds(entry["not_before"]),
        not_after=_seconds(entry["not_after"]),
    )


def _setup(entry: object) -> TrustedSetup:
    if not isinstance(entry, dict) or entry.keys() != _SETUP_MEMBERS:
        raise TrustStoreError(f"a setup has exactly the members {', '.join(sorted(_SETUP_MEMBERS))}")
    name, digest, origin = entry["name"], entry["digest"], entry["origin"]
    if not isinstance(name, str) or origin not in list(SetupOrigin):
        raise TrustStoreError(f"a setup has a name, and one of the origins {', '.join(SetupOrigin)}")
    if not isinstance(digest, str) or _DIGEST.fullmatch(digest) is None:
        raise TrustStoreError("a digest is not 64 lower-case hexadecimal digits")
    return TrustedSetup(name=name, digest=bytes.fromhex(digest), origin=SetupOrigin(origin))


def _verifying_key(algorithm: SignatureAlgorithm, text: str) -> VerifyingKey:
    try:
        octets = bytes.fromhex(text)
    except ValueError:
        raise TrustStoreError("a key is not hexadecimal") from None
    if octets.hex() != text:
        raise TrustStoreError("a key is not lower-case hexadecimal without spaces")
    try:
        return VerifyingKey(algorithm=algorithm, key=octets)
    except Rejection as rejection:
        raise TrustStoreError(f"a key is malformed: {rejection}") from None


def _seconds(value: object) -> int:
    if type(value) is not int or value < 0:
        raise TrustStoreError("not_before and not_after are Unix seconds")
    return value
