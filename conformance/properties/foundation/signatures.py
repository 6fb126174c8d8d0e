"""Keys have one form, signing is deterministic, and verification accepts exactly one signature of each kind.

Compared: keys and signatures octet for octet; or the reason.
"""

from __future__ import annotations

from typing import Literal

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.identifiers import SignatureAlgorithm
from mpctls.spec.reasons import Reason
from mpctls.spec.signatures import SigningKey, VerifyingKey, verify_signature

from ...fields import Fields, number, read_number
from ...property import Operation
from ..drawing import SIGNATURE_ALGORITHMS, damaged, flipped, signing_key, signing_keys

_ORDERS = {
    SignatureAlgorithm.ED25519: 2**252 + 27742317777372353535851937790883648493,
    SignatureAlgorithm.ECDSA_P256_SHA256: 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    SignatureAlgorithm.ECDSA_SECP256K1_SHA256: 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
    SignatureAlgorithm.ECDSA_SECP256K1_KECCAK256: 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
}
_FAULTS = (
    "honest",
    "honest",
    "message",
    "other key",
    "r",
    "s",
    "other s",
    "zero r",
    "zero s",
    "short",
    "order",
)


@st.composite
def _signing(draw: DrawFn) -> Fields:
    secret = draw(st.integers(1, 2**252)).to_bytes(32, "big")
    return {
        "algorithm": number(draw(SIGNATURE_ALGORITHMS)),
        "secret": secret,
        "message": draw(st.binary(max_size=200)),
    }


@st.composite
def _verifying(draw: DrawFn) -> Fields:
    key = draw(signing_keys())
    message = draw(st.binary(max_size=50))
    signature = key.sign(message)
    algorithm, order = key.algorithm, _ORDERS[key.algorithm]
    ending: Literal["little", "big"] = "little" if algorithm is SignatureAlgorithm.ED25519 else "big"
    first, second = signature[:32], signature[32:]
    verifying = key.verifying_key
    match draw(st.sampled_from(_FAULTS)):
        case "message":
            message += b"\0"
        case "other key":
            verifying = signing_key(algorithm, 2 if key == signing_key(algorithm, 0) else 0).verifying_key
        case "r":
            first = flipped(first, draw(st.integers(0, 31)))
        case "s":
            second = flipped(second, draw(st.integers(0, 31)))
        case "other s":
            # The signature that an attacker makes of a valid one: n - s, or S + L.
            scalar = int.from_bytes(second, ending)
            other = scalar + order if algorithm is SignatureAlgorithm.ED25519 else order - scalar
            second = other.to_bytes(32, ending)
        case "zero r":
            first = bytes(32)
        case "zero s":
            second = bytes(32)
        case "order":
            first = order.to_bytes(32, ending)
        case "short":
            second = second[:-1]
    return {"key": verifying.encode(), "message": message, "signature": first + second}


@st.composite
def _keys(draw: DrawFn) -> Fields:
    encoded = draw(signing_keys()).verifying_key.encode()
    small_order = (
        bytes(32),
        b"\1" + bytes(31),
        (2**255 - 20).to_bytes(32, "little"),
        bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
        bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
        (2**255 - 19).to_bytes(32, "little"),
        (2**255 - 1).to_bytes(32, "little"),
    )
    if draw(st.booleans()):
        point = draw(st.sampled_from(small_order))
        sign = bytes([point[31] | draw(st.sampled_from((0, 0x80)))])
        return {"key": b"\1\x20" + point[:31] + sign}
    return {"key": draw(damaged(encoded))}


def _sign(fields: Fields) -> Fields:
    key = SigningKey(algorithm=SignatureAlgorithm(read_number(fields["algorithm"])), secret=fields["secret"])
    return {"key": key.verifying_key.encode(), "signature": key.sign(fields["message"])}


def _verify(fields: Fields) -> Fields:
    key = VerifyingKey.decode(fields["key"])
    invalid = Reason.VERIFICATION_SIGNATURE_INVALID
    verify_signature(key, fields["signature"], fields["message"], otherwise=invalid)
    return {}


def _read_key(fields: Fields) -> Fields:
    return {"key": VerifyingKey.decode(fields["key"]).encode()}


OPERATIONS = (
    Operation(name="foundation/sign", inputs=_signing, specification=_sign),
    Operation(name="foundation/verify-signature", inputs=_verifying, specification=_verify),
    Operation(name="foundation/read-key", inputs=_keys, specification=_read_key),
)
