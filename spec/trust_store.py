"""The notaries that a Verifier trusts, as a JSON file: keys, algorithms, times of validity."""

from __future__ import annotations

import json
from dataclasses import dataclass

from .identifiers import SignatureAlgorithm
from .reasons import Rejection
from .signatures import VerifyingKey

_ALGORITHMS = {algorithm.text: algorithm for algorithm in SignatureAlgorithm}
_MEMBERS = {"name", "algorithm", "key", "not_before", "not_after"}


class TrustStoreError(Exception):
    """The Verifier's own file is not a trust store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedNotary:
    """A notary's key, trusted for attestations whose time lies in [not_before, not_after], in Unix seconds."""

    name: str
    verifying_key: VerifyingKey
    not_before: int
    not_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustStore:
    """All keys that the Verifier trusts, each for exactly one algorithm."""

    notaries: tuple[TrustedNotary, ...]

    def find(self, key: VerifyingKey) -> TrustedNotary | None:
        """Return the entry of this key and algorithm, None when there is none."""
        return next((notary for notary in self.notaries if notary.verifying_key == key), None)


def parse_trust_store(text: str) -> TrustStore:
    """Return the trust store that a JSON text holds.

    Objects have exactly the members of the format, no member and no (algorithm, key) occurs twice, keys are
    lower-case hexadecimal. Refuses anything else with TrustStoreError.
    """
    try:
        document = json.loads(text, object_pairs_hook=_object_without_duplicates)
    except (ValueError, RecursionError) as error:
        raise TrustStoreError(f"not JSON: {error}") from None
    if not isinstance(document, dict) or document.keys() != {"notaries"}:
        raise TrustStoreError("a trust store is an object with the member 'notaries'")
    entries = document["notaries"]
    if not isinstance(entries, list):
        raise TrustStoreError("'notaries' is not a list")
    notaries = tuple(_notary(entry) for entry in entries)
    if len({notary.verifying_key for notary in notaries}) != len(notaries):
        raise TrustStoreError("a key occurs twice for one algorithm")
    return TrustStore(notaries=notaries)


def _object_without_duplicates(members: list[tuple[str, object]]) -> dict[str, object]:
    if len(dict(members)) != len(members):
        raise TrustStoreError("an object has a member twice")
    return dict(members)


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
