"""Trust stores: closed, strict, and looked up by exactly one algorithm and key."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import SignatureAlgorithm
from mpctls.reference.foundation.signatures import SigningKey, VerifyingKey
from mpctls.reference.presentation.trust import (
    MAXIMUM_STORE,
    TrustedNotary,
    TrustStore,
    parse_trust_store,
    render_trust_store,
)
from tests.unit.attestation.material import notary_key, trust_store
from tests.unit.foundation.refusals import refused

MALFORMED = "command/malformed-trust-store"
KEY = notary_key(SignatureAlgorithm.ED25519).verifying_key
ENTRY: dict[str, object] = {
    "name": "notary",
    "algorithm": "ed25519",
    "key": KEY.key.hex(),
    "not_before": 1,
    "not_after": 2**64 - 1,
}
TEXT = json.dumps({"notaries": [ENTRY]})


def store_of(*entries: object) -> bytes:
    return json.dumps({"notaries": entries}).encode()


def test_stores_round_trip() -> None:
    store = trust_store()
    assert len(store.notaries) == 4
    assert parse_trust_store(render_trust_store(store)) == store
    assert parse_trust_store(b'{"notaries": []}') == TrustStore(notaries=())
    named = TrustedNotary(name='Zoë "x"\n', verifying_key=KEY, not_before=0, not_after=1)
    assert parse_trust_store(render_trust_store(TrustStore(notaries=(named,)))).notaries == (named,)


def test_a_store_of_the_largest_size_is_read() -> None:
    assert len(parse_trust_store(TEXT.encode().ljust(MAXIMUM_STORE)).notaries) == 1
    with refused(MALFORMED):
        parse_trust_store(TEXT.encode().ljust(MAXIMUM_STORE + 1))


def test_the_formats_example_is_read() -> None:
    (found,) = parse_trust_store(store_of(ENTRY)).notaries
    assert found == TrustedNotary(name="notary", verifying_key=KEY, not_before=1, not_after=2**64 - 1)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b'{"notaries": {}}',
        b'{"notaries": null}',
        b'{"notaries": [1]}',
        b'{"notaries": [], "more": 1}',
        b'{"notaries": [], "notaries": []}',
        b'{"notaries": []} x',
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-32"),
        TEXT.encode().replace(b"notary", b"not\xffry"),
        TEXT.encode().replace(b'"name"', b'"name": "x", "name"'),
        b"[" * 100_000,
        b'{"notaries": [NaN]}',
        b'{"notaries": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_no_store_is_refused(octets: bytes) -> None:
    with refused(MALFORMED):
        parse_trust_store(octets)


@pytest.mark.parametrize(
    "change",
    [
        {"name": 1},
        {"name": None},
        {"name": "\ud800"},
        {"name": "a\udfff"},
        {"algorithm": "ED25519"},
        {"algorithm": "rsa"},
        {"algorithm": 1},
        {"algorithm": ["ed25519"]},
        {"algorithm": "ecdsa-p256-sha256"},
        {"key": KEY.key.hex().upper() if KEY.key.hex().upper() != KEY.key.hex() else "AB" * 32},
        {"key": KEY.key.hex()[:-2]},
        {"key": KEY.key.hex() + "00"},
        {"key": KEY.key.hex()[:-1]},
        {"key": " " + KEY.key.hex()},
        {"key": KEY.key.hex(" ")},
        {"key": "zz" * 32},
        {"key": "١" * 64},
        {"key": "00" * 32},
        {"key": ""},
        {"key": 1},
        {"key": None},
        {"not_before": -1},
        {"not_before": 2**64},
        {"not_before": True},
        {"not_before": 1.0},
        {"not_before": "1"},
        {"not_after": None},
        {"not_after": False},
        {"not_after": 1e400},
        {"more": 1},
    ],
)
def test_entries_are_closed_and_typed(change: dict[str, object]) -> None:
    with refused(MALFORMED):
        parse_trust_store(store_of(ENTRY | change))


@pytest.mark.parametrize("member", sorted(ENTRY))
def test_no_member_may_be_missing(member: str) -> None:
    with refused(MALFORMED):
        parse_trust_store(store_of({name: value for name, value in ENTRY.items() if name != member}))


def test_no_key_stands_twice_under_one_algorithm() -> None:
    with refused(MALFORMED):
        parse_trust_store(store_of(ENTRY, ENTRY | {"name": "again"}))
    key = SigningKey.generate(SignatureAlgorithm.ECDSA_SECP256K1_SHA256).verifying_key.key.hex()
    both = [
        ENTRY | {"key": key, "algorithm": algorithm}
        for algorithm in ("ecdsa-secp256k1-sha256", "ecdsa-secp256k1-keccak256")
    ]
    assert len(parse_trust_store(store_of(*both)).notaries) == 2


def test_lookup_is_by_algorithm_and_key_and_time() -> None:
    one = TrustedNotary(name="one", verifying_key=KEY, not_before=10, not_after=20)
    key = notary_key(SignatureAlgorithm.ECDSA_SECP256K1_SHA256).verifying_key
    two = TrustedNotary(name="two", verifying_key=key, not_before=0, not_after=100)
    store = TrustStore(notaries=(one, two))
    assert [store.find(KEY, time) for time in (10, 20)] == [one, one]
    assert store.find(key, 0) is two
    for time in (9, 21):
        with refused("verification/notary-key-expired"):
            store.find(KEY, time)
    swapped = VerifyingKey(algorithm=SignatureAlgorithm.ECDSA_SECP256K1_KECCAK256.value, key=key.key)
    with refused("verification/untrusted-notary"):
        store.find(swapped, 50)


@given(st.binary(max_size=60) | st.text(alphabet='{}[]":,notaries0\\u1 ', max_size=60).map(str.encode))
def test_random_octets_are_refused_with_the_one_reason(octets: bytes) -> None:
    try:
        assert parse_trust_store(octets) == TrustStore(notaries=())
    except Refused as refusal:
        assert refusal.reason == MALFORMED
