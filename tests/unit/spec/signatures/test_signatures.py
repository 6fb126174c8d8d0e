"""Signatures against published vectors, their one form, keys in theirs, and trust stores."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from mpctls.spec.identifiers import SignatureAlgorithm
from mpctls.spec.reasons import Reason
from mpctls.spec.signatures import SigningKey, VerifyingKey, verify_signature
from mpctls.spec.trust_store import SetupOrigin, TrustStoreError, parse_trust_store

from ..session.stages import rejects

ED25519 = SignatureAlgorithm.ED25519
P256 = SignatureAlgorithm.ECDSA_P256_SHA256
SECP256K1 = SignatureAlgorithm.ECDSA_SECP256K1_SHA256
KECCAK = SignatureAlgorithm.ECDSA_SECP256K1_KECCAK256
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SECP256K1_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
INVALID = Reason.VERIFICATION_SIGNATURE_INVALID

P256_SECRET = "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721"
VECTORS = [
    # RFC 8032 section 7.1, tests 1 and 2.
    (
        ED25519,
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        b"",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        ED25519,
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        b"\x72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    # RFC 6979 section A.2.5 with SHA-256; of "sample" the published s is above n/2 and stands here as n - s.
    (
        P256,
        P256_SECRET,
        b"sample",
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
        + f"{P256_ORDER - 0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8:064x}",
    ),
    (
        P256,
        P256_SECRET,
        b"test",
        "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367"
        "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083",
    ),
    # The RFC 6979 vector for secp256k1 that Bitcoin implementations share (key 1).
    (
        SECP256K1,
        f"{1:064x}",
        b"Satoshi Nakamoto",
        "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8"
        "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5",
    ),
    # The example of web3.js for accounts.sign, with EIP-191's prefix as part of the message.
    (
        KECCAK,
        "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318",
        b"\x19Ethereum Signed Message:\n9Some data",
        "b91467e570a6466aa9e9876cbcd013baba02900b8979d43fe208a4a4f339f5fd"
        "6007e74cd82e037b800186422fc2da167c747ef045e5d18a5f5d4300f8e1a029",
    ),
]


@pytest.mark.parametrize(("algorithm", "secret", "message", "signature"), VECTORS)
def test_published_signatures(
    algorithm: SignatureAlgorithm, secret: str, message: bytes, signature: str
) -> None:
    key = SigningKey(algorithm=algorithm, secret=bytes.fromhex(secret))
    assert key.sign(message).hex() == signature.lower()
    verify_signature(key.verifying_key, bytes.fromhex(signature), message, otherwise=INVALID)
    assert secret.lower() not in repr(key)


def test_the_published_key_of_an_ed25519_seed() -> None:
    """RFC 8032 section 7.1, test 1."""
    key = SigningKey(algorithm=ED25519, secret=bytes.fromhex(VECTORS[0][1])).verifying_key
    assert key.key.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert key.encode().hex() == "0120" + key.key.hex()


@given(
    st.sampled_from(SignatureAlgorithm),
    st.integers(1, 2**200),
    st.binary(max_size=20),
    st.data(),
)
def test_a_changed_signature_message_or_key_is_refused(
    algorithm: SignatureAlgorithm, secret: int, message: bytes, data: st.DataObject
) -> None:
    key = SigningKey(algorithm=algorithm, secret=secret.to_bytes(32, "big"))
    signature = bytearray(key.sign(message))
    verify_signature(key.verifying_key, bytes(signature), message, otherwise=INVALID)
    other = SigningKey(algorithm=algorithm, secret=(secret + 1).to_bytes(32, "big")).verifying_key
    with rejects(INVALID):
        verify_signature(other, bytes(signature), message, otherwise=INVALID)
    with rejects(INVALID):
        verify_signature(key.verifying_key, bytes(signature), message + b"x", otherwise=INVALID)
    signature[data.draw(st.integers(0, 63))] ^= data.draw(st.integers(1, 255))
    with rejects(INVALID):
        verify_signature(key.verifying_key, bytes(signature), message, otherwise=INVALID)


@pytest.mark.parametrize(
    ("algorithm", "order"), [(P256, P256_ORDER), (SECP256K1, SECP256K1_ORDER), (KECCAK, SECP256K1_ORDER)]
)
def test_the_other_signature_of_the_same_equation_is_refused(
    algorithm: SignatureAlgorithm, order: int
) -> None:
    key = SigningKey(algorithm=algorithm, secret=bytes(31) + b"\x05")
    signature = key.sign(b"message")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    assert 0 < s <= order // 2
    for r_, s_ in ((r, order - s), (0, s), (r, 0), (order, s)):
        octets = r_.to_bytes(32, "big") + s_.to_bytes(32, "big")
        with rejects(INVALID):
            verify_signature(key.verifying_key, octets, b"message", otherwise=INVALID)
    with rejects(INVALID):
        verify_signature(key.verifying_key, signature + b"\0", b"message", otherwise=INVALID)


def test_an_ed25519_scalar_is_below_the_order() -> None:
    key = SigningKey(algorithm=ED25519, secret=bytes(32))
    signature = key.sign(b"message")
    order = 2**252 + 27742317777372353535851937790883648493
    larger = int.from_bytes(signature[32:], "little") + order
    forged = signature[:32] + larger.to_bytes(32, "little")
    with rejects(INVALID):
        verify_signature(key.verifying_key, forged, b"message", otherwise=INVALID)


SMALL_ORDER_POINTS = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]
"""libsodium's list of points of small order, ge25519_has_small_order, with both signs of x."""

GENERATOR = ec.derive_private_key(1, ec.SECP256R1()).public_key()


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        *((ED25519, point) for point in SMALL_ORDER_POINTS),
        (ED25519, (2**255 - 19).to_bytes(32, "little").hex()),
        (ED25519, (2**255 - 1).to_bytes(32, "little").hex()),
        (ED25519, "02" * 31),
        (ED25519, "02" * 33),
        (P256, GENERATOR.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint).hex()),
        (P256, "05" + "00" * 32),
        (P256, "02" + "ff" * 32),
        (SECP256K1, "02" + "00" * 31 + "05"),
        (SECP256K1, "00"),
        (SECP256K1, "04" + "00" * 32),
        (P256, "03" + "11" * 31),
    ],
)
def test_keys_in_another_form_are_refused(algorithm: SignatureAlgorithm, key: str) -> None:
    with rejects(Reason.ENCODING_NOT_CANONICAL):
        VerifyingKey(algorithm=algorithm, key=bytes.fromhex(key))


def entry(**members: object) -> dict[str, object]:
    return {
        "name": "notary",
        "algorithm": "ed25519",
        "key": "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "not_before": 0,
        "not_after": 10,
        **members,
    }


def test_a_trust_store_is_read() -> None:
    store = parse_trust_store(json.dumps({"notaries": [entry()]}))
    (notary,) = store.notaries
    assert store.find(notary.verifying_key) == notary
    other = SigningKey(algorithm=ED25519, secret=bytes(32)).verifying_key
    assert store.find(other) is None
    assert parse_trust_store('{"notaries": []}').notaries == ()


def setup(**changes: object) -> dict[str, object]:
    return {"name": "ours", "digest": "07" * 32, "origin": "own", **changes}


def test_a_trust_store_may_hold_setups() -> None:
    setups = [setup(), setup(digest="08" * 32, origin="development", name="known")]
    store = parse_trust_store(json.dumps({"notaries": [], "setups": setups}))
    assert [each.origin for each in store.setups] == [SetupOrigin.OWN, SetupOrigin.DEVELOPMENT]
    assert store.setups[0].digest == b"\x07" * 32
    assert parse_trust_store('{"notaries": []}').setups == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[" * 100_000,
        "9" * 5_000,
        "[]",
        "{}",
        '{"notaries": [], "more": 1}',
        '{"notaries": {}}',
        '{"notaries": [], "notaries": []}',
        json.dumps({"notaries": [1]}),
        json.dumps({"notaries": [{"name": "notary"}]}),
        json.dumps({"notaries": [entry(more=1)]}),
        json.dumps({"notaries": [entry(name=1)]}),
        json.dumps({"notaries": [entry(algorithm="rsa")]}),
        json.dumps({"notaries": [entry(algorithm=["ed25519"])]}),
        json.dumps({"notaries": [entry(key=1)]}),
        json.dumps({"notaries": [entry(key="zz")]}),
        json.dumps({"notaries": [entry(key=str(entry()["key"]).upper())]}),
        json.dumps({"notaries": [entry(key="00")]}),
        json.dumps({"notaries": [entry(not_before=True)]}),
        json.dumps({"notaries": [entry(not_after=1.5)]}),
        json.dumps({"notaries": [entry(not_before=-1)]}),
        json.dumps({"notaries": [entry(), entry(name="again")]}),
        json.dumps({"setups": [setup()]}),
        json.dumps({"notaries": [], "setups": {}}),
        json.dumps({"notaries": [], "setups": [1]}),
        json.dumps({"notaries": [], "setups": [setup(more=1)]}),
        json.dumps({"notaries": [], "setups": [setup(name=1)]}),
        json.dumps({"notaries": [], "setups": [setup(origin="public")]}),
        json.dumps({"notaries": [], "setups": [setup(origin=["own"])]}),
        json.dumps({"notaries": [], "setups": [setup(digest=7)]}),
        json.dumps({"notaries": [], "setups": [setup(digest="AA" * 32)]}),
        json.dumps({"notaries": [], "setups": [setup(digest="07" * 31)]}),
        json.dumps({"notaries": [], "setups": [setup(), setup(name="again")]}),
    ],
)
def test_what_is_no_trust_store_is_refused(text: str) -> None:
    with pytest.raises(TrustStoreError):
        parse_trust_store(text)
