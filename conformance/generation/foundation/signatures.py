"""Signatures of four algorithms: published answers, the one valid signature, and everything close to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

from mpctls.spec.identifiers import SignatureAlgorithm
from mpctls.spec.signatures import SigningKey, VerifyingKey

from ...fields import number
from ...operations.form import Feature
from ..labelled import Labelled
from ..vector import Family, Importance, Mutation, MutationKind, Vector
from .torsion import torsion

STEP = "foundation/signatures"
_VERIFY, _SIGN = "foundation/verify-signature", "foundation/sign"
_INVALID = "verification/signature-invalid"
_ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_SECP256K1_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
ORDERS = {
    SignatureAlgorithm.ED25519: _ED25519_ORDER,
    SignatureAlgorithm.ECDSA_P256_SHA256: _P256_ORDER,
    SignatureAlgorithm.ECDSA_SECP256K1_SHA256: _SECP256K1_ORDER,
    SignatureAlgorithm.ECDSA_SECP256K1_KECCAK256: _SECP256K1_ORDER,
}
"""The order of the group of each algorithm."""

FEATURES: dict[SignatureAlgorithm, tuple[Feature, ...]] = {
    SignatureAlgorithm.ED25519: (),
    SignatureAlgorithm.ECDSA_P256_SHA256: (),
    SignatureAlgorithm.ECDSA_SECP256K1_SHA256: (Feature.SECP256K1,),
    SignatureAlgorithm.ECDSA_SECP256K1_KECCAK256: (Feature.SECP256K1, Feature.KECCAK256),
}
"""What a vector with a signature algorithm needs."""


def signing_key(algorithm: SignatureAlgorithm, label: str = "") -> SigningKey:
    """A key whose secret is below every order."""
    secret = b"\1" + Labelled(label=f"{STEP}/keys/{algorithm.text}/{label}").octets(31)
    return SigningKey(algorithm=algorithm, secret=secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    word: str
    comment: str
    kind: MutationKind
    field: str
    detail: str
    key: VerifyingKey
    message: bytes
    signature: bytes


def _cases(key: SigningKey, message: bytes) -> Iterator[_Case]:
    """Everything close to the valid signature of a message."""
    algorithm, order, verifying = key.algorithm, ORDERS[key.algorithm], key.verifying_key
    is_ed25519 = algorithm is SignatureAlgorithm.ED25519
    ending: Literal["little", "big"] = "little" if is_ed25519 else "big"
    signature = key.sign(message)
    first, second = signature[:32], signature[32:]
    scalar = int.from_bytes(second, ending)
    names = ("R", "S") if is_ed25519 else ("r", "s")

    def changed(word: str, comment: str, kind: MutationKind, detail: str, octets: bytes) -> _Case:
        return _Case(
            word=word, comment=comment, kind=kind, field="signature", detail=detail, key=verifying, message=message,
            signature=octets,
        )  # fmt: skip

    for at, name in enumerate(names):
        for octet, bit in ((0, 0), (31, 7)):
            flipped = bytearray(signature)
            flipped[32 * at + octet] ^= 1 << bit
            yield changed(
                f"{name.lower()}-octet-{octet}", f"One bit of {name} is flipped.", MutationKind.FLIP,
                f"bit {bit} of octet {32 * at + octet}", bytes(flipped),
            )  # fmt: skip
    zero, largest = bytes(32), b"\xff" * 32
    for word, detail, kind, octets in (
        ("first-zero", f"{names[0]} is 0", MutationKind.ZERO, zero + second),
        ("second-zero", f"{names[1]} is 0", MutationKind.ZERO, first + zero),
        ("both-zero", f"{names[0]} and {names[1]} are 0", MutationKind.ZERO, zero + zero),
        ("first-maximum", f"{names[0]} is 2^256 - 1", MutationKind.MAXIMUM, largest + second),
        ("second-maximum", f"{names[1]} is 2^256 - 1", MutationKind.MAXIMUM, first + largest),
        (
            "second-order",
            f"{names[1]} is the order",
            MutationKind.REPLACE,
            first + order.to_bytes(32, ending),
        ),
        ("swapped", f"{names[0]} and {names[1]} have changed places", MutationKind.SWAP, second + first),
        ("empty", "no octets", MutationKind.REMOVE, b""),
        ("63-octets", "last octet missing", MutationKind.TRUNCATE, signature[:-1]),
        ("65-octets", "one octet 0x00 more", MutationKind.EXTEND, signature + b"\0"),
    ):
        yield changed(word, f"The signature is changed: {detail}.", kind, detail, octets)
    if is_ed25519:
        yield changed(
            "second-plus-order", "S + L satisfies the equation of the curve; only S < L is one signature.",
            MutationKind.REPLACE, "S + L", first + (scalar + order).to_bytes(32, "little"),
        )  # fmt: skip
        yield changed(
            "first-not-canonical", "R is y = 1 written as 2^255 - 18: R is compared as octets.",
            MutationKind.REPLACE, "2^255 - 18", (2**255 - 18).to_bytes(32, "little") + second,
        )  # fmt: skip
        yield changed(
            "first-small-order", "R is the neutral element.", MutationKind.REPLACE, "y = 1",
            (1).to_bytes(32, "little") + second,
        )  # fmt: skip
    else:
        yield changed(
            "high-s", "n - s is valid for the curve; anybody can compute it, so only s up to n/2 is accepted.",
            MutationKind.REPLACE, "n - s", first + (order - scalar).to_bytes(32, "big"),
        )  # fmt: skip
        yield changed(
            "first-order", "r is the order, which is zero modulo the order.", MutationKind.REPLACE, "n",
            order.to_bytes(32, "big") + second,
        )  # fmt: skip
        yield changed(
            "distinguished-encoding", "The same numbers as an ASN.1 sequence, which is not the form here.",
            MutationKind.REPLACE, "DER", _distinguished(signature),
        )  # fmt: skip
        yield changed(
            "little-endian", "Both numbers in the other order of octets.", MutationKind.REORDER, "octets of r and of s",
            first[::-1] + second[::-1],
        )  # fmt: skip
    yield _Case(
        word="other-message", comment="The signature of a message of one octet more.", kind=MutationKind.EXTEND,
        field="message", detail="one octet 0x00", key=verifying, message=message + b"\0", signature=signature,
    )  # fmt: skip
    yield _Case(
        word="empty-message", comment="The signature stands beside no message.", kind=MutationKind.REMOVE,
        field="message", detail="all octets", key=verifying, message=b"", signature=signature,
    )  # fmt: skip
    yield _Case(
        word="other-key", comment="The signature is another key's.", kind=MutationKind.FROM_ANOTHER_SESSION,
        field="key", detail="a key of the same algorithm", key=signing_key(algorithm, "other").verifying_key,
        message=message, signature=signature,
    )  # fmt: skip


def _distinguished(signature: bytes) -> bytes:
    parts = b""
    for half in (signature[:32], signature[32:]):
        content = half.lstrip(b"\0")
        content = b"\0" + content if content[0] & 0x80 else content
        parts += b"\2" + bytes([len(content)]) + content
    return b"\x30" + bytes([len(parts)]) + parts


def _verification(algorithm: SignatureAlgorithm) -> Iterator[Vector]:
    key, message = signing_key(algorithm), b"mpctls"
    features = FEATURES[algorithm]
    yield Vector(
        name="honest",
        operation=_VERIFY,
        comment="The one valid signature of a message.",
        input={"key": key.verifying_key.encode(), "message": message, "signature": key.sign(message)},
        features=features,
        seed=f"{STEP}/keys/{algorithm.text}/",
        importance=Importance.CRITICAL,
    )
    nothing = {"key": key.verifying_key.encode(), "message": b"", "signature": key.sign(b"")}
    yield Vector(
        name="of-nothing",
        operation=_VERIFY,
        comment="The signature of a message without octets.",
        input=nothing,
        features=features,
    )
    for case in _cases(key, message):
        yield Vector(
            name=case.word,
            operation=_VERIFY,
            comment=case.comment,
            input={"key": case.key.encode(), "message": case.message, "signature": case.signature},
            expects=_INVALID,
            base="honest",
            mutation=Mutation(kind=case.kind, field=case.field, detail=case.detail),
            features=features,
            importance=Importance.CRITICAL,
        )
    if algorithm is SignatureAlgorithm.ED25519:
        yield from torsion(key, message)
    yield from _other_algorithms(key, message)


def _other_algorithms(key: SigningKey, message: bytes) -> Iterator[Vector]:
    """The same point under the algorithm with the other hash."""
    others = {
        SignatureAlgorithm.ECDSA_SECP256K1_SHA256: SignatureAlgorithm.ECDSA_SECP256K1_KECCAK256,
        SignatureAlgorithm.ECDSA_SECP256K1_KECCAK256: SignatureAlgorithm.ECDSA_SECP256K1_SHA256,
    }
    if (other := others.get(key.algorithm)) is None:
        return
    same_point = VerifyingKey(algorithm=other, key=key.verifying_key.key)
    yield Vector(
        name="other-hash",
        operation=_VERIFY,
        comment="The same point with the algorithm of the other hash: a key is for one algorithm.",
        input={"key": same_point.encode(), "message": message, "signature": key.sign(message)},
        expects=_INVALID,
        base="honest",
        mutation=Mutation(kind=MutationKind.REPLACE, field="key.algorithm", detail=str(other.value)),
        features=(Feature.SECP256K1, Feature.KECCAK256),
        importance=Importance.CRITICAL,
    )


def _signing() -> Iterator[Vector]:
    for algorithm in SignatureAlgorithm:
        for name, message in (("empty", b""), ("short", b"mpctls"), ("long", bytes(range(256)) * 2)):
            key = signing_key(algorithm, name)
            yield Vector(
                name=f"{algorithm.text}-{name}",
                operation=_SIGN,
                comment=f"Signatures are deterministic: a message of {len(message)} octets has this one.",
                input={"algorithm": number(algorithm), "secret": key.secret, "message": message},
                features=FEATURES[algorithm],
                seed=f"{STEP}/keys/{algorithm.text}/{name}",
            )
        order = ORDERS[algorithm]
        smallest = SigningKey(algorithm=algorithm, secret=(1).to_bytes(32, "big"))
        largest = SigningKey(algorithm=algorithm, secret=(order - 1).to_bytes(32, "big"))
        for name, key in (("smallest-secret", smallest), ("largest-secret", largest)):
            yield Vector(
                name=f"{algorithm.text}-{name}",
                operation=_SIGN,
                comment="A secret at the edge of those of ECDSA; for Ed25519 octets like others.",
                input={"algorithm": number(algorithm), "secret": key.secret, "message": b"mpctls"},
                features=FEATURES[algorithm],
            )


_RFC8032 = "RFC 8032, section 7.1"
_RFC6979 = "RFC 6979, appendix A.2.5, with SHA-256"
_RFC6979_KEY = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"
_PUBLISHED = (
    ("rfc-8032-test-1", SignatureAlgorithm.ED25519, "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24"
     "655141438e7a100b", _RFC8032, "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
    ("rfc-8032-test-2", SignatureAlgorithm.ED25519, "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aee"
     "b00d291612bb0c00", _RFC8032, "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"),
    ("rfc-8032-test-3", SignatureAlgorithm.ED25519, "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28d"
     "c027beceea1ec40a", _RFC8032, "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"),
    ("rfc-6979-test", SignatureAlgorithm.ECDSA_P256_SHA256, _RFC6979_KEY, b"test".hex(),
     "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367019f4113742a2b14bd25926b49c649155f267e60d3814b4c0c"
     "c84250e46f0083", _RFC6979, "0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"),
)  # fmt: skip
_SAMPLE_R = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
_SAMPLE_S = "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"


def _published() -> Iterator[Vector]:
    for name, algorithm, secret, message, signature, source, key in _PUBLISHED:
        verifying = VerifyingKey(algorithm=algorithm, key=bytes.fromhex(key))
        yield Vector(
            name=name,
            operation=_SIGN,
            comment="A published key and signature.",
            input={
                "algorithm": number(algorithm),
                "secret": bytes.fromhex(secret),
                "message": bytes.fromhex(message),
            },
            source=source,
            published={"signature": bytes.fromhex(signature), "key": verifying.encode()},
        )
    low = (_P256_ORDER - int(_SAMPLE_S, 16)).to_bytes(32, "big")
    yield Vector(
        name="rfc-6979-sample",
        operation=_SIGN,
        comment="The published s is above n/2; here stands n - s, as intermediate the published one.",
        input={
            "algorithm": number(SignatureAlgorithm.ECDSA_P256_SHA256),
            "secret": bytes.fromhex(_RFC6979_KEY),
            "message": b"sample",
        },
        source=_RFC6979,
        published={"signature": bytes.fromhex(_SAMPLE_R) + low},
        intermediate={"published_s": _SAMPLE_S},
    )


def _families() -> Iterator[Family]:
    for algorithm in SignatureAlgorithm:
        yield Family(
            step=STEP,
            name=f"verify-{algorithm.text}",
            summary=f"The one signature of {algorithm.text} that is valid, and all that are close to it.",
            make=partial(_verification, algorithm),
        )
    yield Family(step=STEP, name="sign", summary="Deterministic signatures.", make=_signing)
    yield Family(step=STEP, name="published", summary="Published keys and signatures.", make=_published)


FAMILIES = tuple(_families())
