"""Keys and signatures: published answers, every non-canonical key, every malleable or degenerate signature."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.hashes import keccak256
from mpctls.reference.foundation.identifiers import SignatureAlgorithm
from mpctls.reference.foundation.signatures import VERIFYING_KEY, PrivateKey, SigningKey, VerifyingKey

from .refusals import refused

ED25519, P256 = SignatureAlgorithm.ED25519, SignatureAlgorithm.ECDSA_P256_SHA256
SECP256K1 = SignatureAlgorithm.ECDSA_SECP256K1_SHA256
SECP256K1_KECCAK = SignatureAlgorithm.ECDSA_SECP256K1_KECCAK256
ELLIPTIC = [P256, SECP256K1, SECP256K1_KECCAK]
INVALID = "verification/signature-invalid"

PRIME = 2**255 - 19
EDWARDS_ORDER = 2**252 + 27742317777372353535851937790883648493
# SEC 2, sections 2.4.1 and 2.4.2: order and field prime.
ORDERS = {
    P256: 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    SECP256K1: 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
    SECP256K1_KECCAK: 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
}
FIELDS = {P256: 2**256 - 2**224 + 2**192 + 2**96 - 1, SECP256K1: 2**256 - 2**32 - 977}

# RFC 6979 appendix A.2.5 (with the low s of the format), and the secp256k1 vectors of bitcoin implementations
# (trezor-crypto, bitcoinjs): private key, message, r, s.
RFC6979 = [
    (
        P256,
        0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721,
        b"sample",
        0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716,
        ORDERS[P256] - 0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8,
    ),
    (
        P256,
        0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721,
        b"test",
        0xF1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367,
        0x019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083,
    ),
    (
        SECP256K1,
        1,
        b"Satoshi Nakamoto",
        0x934B1EA10A4B3C1757E2B0C017D0B6143CE3C9A7E6A4A49860D7A6AB210EE3D8,
        0x2442CE9D2B916064108014783E923EC36B49743E2FFA1C4496F01A512AAFD9E5,
    ),
    (
        SECP256K1,
        1,
        b"All those moments will be lost in time, like tears in rain. Time to die...",
        0x8600DBD41E348FE5C9465AB92D23E3DB8B98B873BEECD930736488696438CB6B,
        0x547FE64427496DB33BF66019DACBF0039C04199ABB0122918601DB38A72CFC21,
    ),
]

# RFC 8032 section 7.1, tests 1 and 2.
RFC8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
]


def _curve(algorithm: SignatureAlgorithm) -> ec.EllipticCurve:
    return ec.SECP256R1() if algorithm is P256 else ec.SECP256K1()


def small_order_ordinates() -> set[int]:
    """y of the points with 8·P = 0 on -x² + y² = 1 + d·x²·y², computed: order 1, 2, 4, and 8 (where x² = -y²)."""
    constant = -121665 * pow(121666, -1, PRIME) % PRIME
    found = {1, PRIME - 1, 0}
    root_of_minus_one = pow(2, (PRIME - 1) // 4, PRIME)
    # 2·P has order 4, so y(2·P) = 0: y² = -x², hence with x = i·y: d·y⁴ + 2·y² - 1 = 0.
    discriminant = (1 + constant) % PRIME
    square = pow(discriminant, (PRIME + 3) // 8, PRIME)
    if square * square % PRIME != discriminant:
        square = square * root_of_minus_one % PRIME
    assert square * square % PRIME == discriminant
    for sign in (1, -1):
        ordinate_square = (-1 + sign * square) * pow(constant, -1, PRIME) % PRIME
        ordinate = pow(ordinate_square, (PRIME + 3) // 8, PRIME)
        if ordinate * ordinate % PRIME != ordinate_square:
            ordinate = ordinate * root_of_minus_one % PRIME
        if ordinate * ordinate % PRIME == ordinate_square:
            found |= {ordinate, PRIME - ordinate}
    return found


SMALL_ORDER = sorted(small_order_ordinates())


@pytest.mark.parametrize(("algorithm", "secret", "message", "r", "s"), RFC6979)
def test_deterministic_ecdsa(
    algorithm: SignatureAlgorithm, secret: int, message: bytes, r: int, s: int
) -> None:
    key = SigningKey(algorithm, ec.derive_private_key(secret, _curve(algorithm)))
    signature = key.sign(message)
    assert signature == r.to_bytes(32, "big") + s.to_bytes(32, "big")
    key.verifying_key.verify(signature, message, reason=INVALID)


@pytest.mark.parametrize(("secret", "public", "message", "signature"), RFC8032)
def test_ed25519(secret: str, public: str, message: str, signature: str) -> None:
    key = SigningKey(ED25519, ed25519.Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)))
    assert key.verifying_key.key.hex() == public
    assert key.sign(bytes.fromhex(message)).hex() == signature
    key.verifying_key.verify(bytes.fromhex(signature), bytes.fromhex(message), reason=INVALID)


def test_the_keccak_variant_takes_its_nonce_from_the_message_digest() -> None:
    # The same 32-octet digest under SHA-256 and Keccak-256 would give the same signature: RFC 6979 with HMAC-SHA-256.
    private = ec.derive_private_key(1, ec.SECP256K1())
    assert hashlib.sha256(b"message").digest() != keccak256(b"message")
    one, other = SigningKey(SECP256K1, private), SigningKey(SECP256K1_KECCAK, private)
    assert one.sign(b"message") != other.sign(b"message")
    assert other.sign(b"message") == other.sign(b"message")
    other.verifying_key.verify(other.sign(b"message"), b"message", reason=INVALID)


def test_there_are_five_ordinates_of_small_order() -> None:
    assert len(SMALL_ORDER) == 5


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("ordinate", SMALL_ORDER)
def test_small_order_keys_are_refused_in_every_encoding(ordinate: int, sign: int) -> None:
    encodings = [ordinate] + ([ordinate + PRIME] if ordinate + PRIME < 2**255 else [])
    for each in encodings:
        with refused("encoding/not-canonical"):
            VerifyingKey(algorithm=ED25519.value, key=(each | sign << 255).to_bytes(32, "little"))


@pytest.mark.parametrize("excess", range(19))
def test_ordinates_from_the_field_prime_on_are_refused(excess: int) -> None:
    with refused("encoding/not-canonical"):
        VerifyingKey(algorithm=ED25519.value, key=(PRIME + excess).to_bytes(32, "little"))


@pytest.mark.parametrize("algorithm", SignatureAlgorithm)
def test_keys_of_another_length_are_refused(algorithm: SignatureAlgorithm) -> None:
    key = SigningKey.generate(algorithm).verifying_key.key
    for other in (b"", key[:-1], key[1:], key + b"\0", b"\0" + key, key + key[:31]):
        with refused("encoding/not-canonical"):
            VerifyingKey(algorithm=algorithm.value, key=other)


@pytest.mark.parametrize("algorithm", ELLIPTIC)
def test_points_in_another_form_or_off_the_curve_are_refused(algorithm: SignatureAlgorithm) -> None:
    key = SigningKey.generate(algorithm).verifying_key.key
    for prefix in (0, 1, 4, 5, 6, 7, 0xFF):
        with refused("encoding/not-canonical"):
            VerifyingKey(algorithm=algorithm.value, key=bytes([prefix]) + key[1:])
    off = 0
    for abscissa in range(1, 20):
        try:
            ec.EllipticCurvePublicKey.from_encoded_point(
                _curve(algorithm), b"\2" + abscissa.to_bytes(32, "big")
            )
        except ValueError:
            off += 1
            with refused("encoding/not-canonical"):
                VerifyingKey(algorithm=algorithm.value, key=b"\2" + abscissa.to_bytes(32, "big"))
    assert off
    field = FIELDS[P256 if algorithm is P256 else SECP256K1]
    for abscissa in range(field, field + 40):
        with refused("encoding/not-canonical"):
            VerifyingKey(algorithm=algorithm.value, key=b"\2" + abscissa.to_bytes(32, "big"))


def test_unknown_algorithms_are_refused() -> None:
    for number in (0, 5, 255):
        with refused("encoding/unknown-variant"):
            VERIFYING_KEY.decode(bytes([number, 32]) + bytes(32))


@pytest.mark.parametrize("algorithm", SignatureAlgorithm)
def test_keys_round_trip(algorithm: SignatureAlgorithm) -> None:
    key = SigningKey.generate(algorithm).verifying_key
    assert VERIFYING_KEY.decode(VERIFYING_KEY.encode(key)) == key


@pytest.mark.parametrize("algorithm", SignatureAlgorithm)
def test_every_flipped_bit_of_a_signature_is_refused(algorithm: SignatureAlgorithm) -> None:
    key = SigningKey.generate(algorithm)
    signature = key.sign(b"message")
    key.verifying_key.verify(signature, b"message", reason=INVALID)
    for bit in range(512):
        changed = bytearray(signature)
        changed[bit // 8] ^= 1 << bit % 8
        with refused(INVALID):
            key.verifying_key.verify(bytes(changed), b"message", reason=INVALID)
    for other in (b"", signature[:-1], signature + b"\0", signature + signature[-1:], b"\0" + signature):
        with refused(INVALID):
            key.verifying_key.verify(other, b"message", reason=INVALID)
    with refused(INVALID):
        key.verifying_key.verify(signature, b"messagf", reason=INVALID)


@pytest.mark.parametrize("algorithm", ELLIPTIC)
def test_malleable_and_degenerate_ecdsa_signatures_are_refused(algorithm: SignatureAlgorithm) -> None:
    key, order = SigningKey.generate(algorithm), ORDERS[algorithm]
    signature = key.sign(b"message")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    assert s <= order // 2
    # High s (EIP-2), zeros (CVE-2022-21449), values from the order on.
    faults = [(r, order - s), (0, s), (r, 0), (0, 0), (order, s), (r, order), (order + 1, s), (2**256 - 1, s)]
    faults += [(r + order, s)] if r + order < 2**256 else []
    for left, right in faults:
        with refused(INVALID):
            key.verifying_key.verify(
                left.to_bytes(32, "big") + right.to_bytes(32, "big"), b"message", reason=INVALID
            )


@given(st.binary(max_size=64))
def test_ecdsa_signatures_have_a_low_s(message: bytes) -> None:
    key = SigningKey(P256, ec.derive_private_key(7, ec.SECP256R1()))
    assert 0 < int.from_bytes(key.sign(message)[32:], "big") <= ORDERS[P256] // 2


def test_ed25519_signatures_with_an_unreduced_scalar_or_point_are_refused() -> None:
    key = SigningKey.generate(ED25519)
    signature = key.sign(b"message")
    scalar = int.from_bytes(signature[32:], "little")
    for multiple in range(1, 9):
        unreduced = scalar + multiple * EDWARDS_ORDER
        if unreduced < 2**256:
            with refused(INVALID):
                key.verifying_key.verify(
                    signature[:32] + unreduced.to_bytes(32, "little"), b"message", reason=INVALID
                )
    for ordinate in (*SMALL_ORDER, PRIME, PRIME + 1):
        for octets in (bytes(32), signature[32:]):
            with refused(INVALID):
                key.verifying_key.verify(ordinate.to_bytes(32, "little") + octets, b"message", reason=INVALID)


def test_a_key_that_is_no_point_verifies_nothing() -> None:
    # y = 2 is on no point of edwards25519; the form allows it, no signature verifies.
    key = VerifyingKey(algorithm=ED25519.value, key=(2).to_bytes(32, "little"))
    with refused(INVALID):
        key.verify(bytes(64), b"message", reason=INVALID)


def test_signatures_of_one_algorithm_are_none_of_another() -> None:
    private = ec.derive_private_key(5, ec.SECP256K1())
    one, other = SigningKey(SECP256K1, private), SigningKey(SECP256K1_KECCAK, private)
    assert one.verifying_key.key == other.verifying_key.key
    assert one.verifying_key != other.verifying_key
    with refused(INVALID):
        other.verifying_key.verify(one.sign(b"message"), b"message", reason=INVALID)


@pytest.mark.parametrize("password", [None, b"password"])
@pytest.mark.parametrize("algorithm", SignatureAlgorithm)
def test_private_keys_round_trip_and_stay_out_of_sight(
    algorithm: SignatureAlgorithm, password: bytes | None
) -> None:
    key = SigningKey.generate(algorithm)
    pem = key.to_pem(password)
    assert (b"ENCRYPTED" in pem) == (password is not None)
    again = SigningKey.from_pem(algorithm, pem, password)
    assert again.verifying_key == key.verifying_key
    assert again.algorithm is algorithm
    assert repr(key) == f"SigningKey({algorithm.label})"


def test_unsuitable_private_keys_are_refused() -> None:
    plain = SigningKey.generate(P256)
    other = ed448.Ed448PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with refused("command/unsuitable-key"):
        plain.to_pem(b"")
    faults: list[tuple[SignatureAlgorithm, bytes, bytes | None]] = [
        (P256, b"", None),
        (P256, b"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", None),
        (P256, other, None),
        (ED25519, plain.to_pem(), None),
        (SECP256K1, plain.to_pem(), None),
        (P256, plain.to_pem(), b"password"),
        (P256, plain.to_pem(b"password"), None),
        (P256, plain.to_pem(b"password"), b"another"),
        (P256, SigningKey.generate(ED25519).to_pem(), None),
    ]
    for algorithm, pem, password in faults:
        with refused("command/unsuitable-key"):
            SigningKey.from_pem(algorithm, pem, password)


@pytest.mark.parametrize("algorithm", [ED25519, SECP256K1])
def test_a_key_of_another_curve_is_refused(algorithm: SignatureAlgorithm) -> None:
    private: PrivateKey = ec.generate_private_key(ec.SECP256R1())
    with refused("command/unsuitable-key"):
        SigningKey(algorithm, private)
