"""Verifying keys in their only form, and in every other that some library would take."""

from __future__ import annotations

from collections.abc import Iterator

from mpctls.spec.identifiers import SignatureAlgorithm

from ...operations.form import Feature
from ..vector import Family, Importance, Mutation, MutationKind, Vector
from .signatures import FEATURES, STEP, signing_key

_READ = "foundation/read-key"
_P256_PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
_SECP256K1_PRIME = 2**256 - 2**32 - 977
_ED25519_PRIME = 2**255 - 19
_SMALL_ORDER = (
    ("order-1", "0100000000000000000000000000000000000000000000000000000000000000"),
    ("order-2", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ("order-4", "0000000000000000000000000000000000000000000000000000000000000000"),
    ("order-4-other-sign", "0000000000000000000000000000000000000000000000000000000000000080"),
    ("order-8-first", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    ("order-8-second", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
    ("order-8-third", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    ("order-8-fourth", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
)


def _keys() -> Iterator[Vector]:
    for algorithm in SignatureAlgorithm:
        honest = "honest" if algorithm is SignatureAlgorithm.ED25519 else f"honest-{algorithm.text}"
        yield Vector(
            name=honest,
            operation=_READ,
            comment=f"A key of {algorithm.text}.",
            input={"key": signing_key(algorithm).verifying_key.encode()},
            features=FEATURES[algorithm],
            seed=f"{STEP}/keys/{algorithm.text}/",
        )
    yield from _ed25519_keys()
    for algorithm, prime in (
        (SignatureAlgorithm.ECDSA_P256_SHA256, _P256_PRIME),
        (SignatureAlgorithm.ECDSA_SECP256K1_SHA256, _SECP256K1_PRIME),
        (SignatureAlgorithm.ECDSA_SECP256K1_KECCAK256, _SECP256K1_PRIME),
    ):
        yield from _ecdsa_keys(algorithm, prime)


def _refused_key(
    name: str,
    comment: str,
    kind: MutationKind,
    octets: bytes,
    base: str,
    features: tuple[Feature, ...] = (),
    reason: str = "encoding/not-canonical",
) -> Vector:
    return Vector(
        name=name,
        operation=_READ,
        comment=comment,
        input={"key": octets},
        expects=reason,
        base=base,
        mutation=Mutation(kind=kind, field="key", detail=comment),
        features=features,
        importance=Importance.CRITICAL,
    )


def _ed25519_keys() -> Iterator[Vector]:
    key = signing_key(SignatureAlgorithm.ED25519).verifying_key.key
    for order, point in _SMALL_ORDER:
        yield _refused_key(
            f"ed25519-{order}",
            "A point of small order, under which one signature is valid for many messages.",
            MutationKind.REPLACE,
            b"\1\x20" + bytes.fromhex(point),
            "honest",
        )
    for name, comment, y in (
        ("ed25519-y-prime", "y is 2^255 - 19: another way to write 0.", _ED25519_PRIME),
        ("ed25519-y-prime-and-one", "y is 2^255 - 18: another way to write 1.", _ED25519_PRIME + 1),
        ("ed25519-y-prime-and-three", "y is 2^255 - 16: another way to write 3.", _ED25519_PRIME + 3),
        ("ed25519-y-maximum", "y is 2^255 - 1, the sign bit is 0.", 2**255 - 1),
        ("ed25519-all-ones", "All bits are ones.", 2**256 - 1),
    ):
        octets = b"\1\x20" + y.to_bytes(32, "little")
        yield _refused_key(name, comment, MutationKind.REPLACE, octets, "honest")
    for name, comment, kind, content in (
        ("ed25519-31-octets", "The last octet is missing.", MutationKind.TRUNCATE, key[:-1]),
        ("ed25519-33-octets", "One octet 0x00 more.", MutationKind.EXTEND, key + b"\0"),
        ("ed25519-empty", "A key of no octets.", MutationKind.REMOVE, b""),
    ):
        yield _refused_key(name, comment, kind, b"\1" + bytes([len(content)]) + content, "honest")
    for name, algorithm in (("algorithm-zero", 0), ("algorithm-five", 5), ("algorithm-maximum", 255)):
        yield _refused_key(
            name,
            f"Algorithm {algorithm} is not registered.",
            MutationKind.REPLACE,
            bytes([algorithm, 32]) + key,
            "honest",
            reason="encoding/unknown-variant",
        )


def _ecdsa_keys(algorithm: SignatureAlgorithm, prime: int) -> Iterator[Vector]:
    base, features = f"honest-{algorithm.text}", FEATURES[algorithm]
    key = signing_key(algorithm).verifying_key.key
    other_sign = bytes([key[0] ^ 1]) + key[1:]
    yield Vector(
        name=f"{algorithm.text}-other-sign",
        operation=_READ,
        comment="The point with the other sign is a key as well.",
        input={"key": bytes([algorithm, 33]) + other_sign},
        features=features,
    )
    off_curve = next(x for x in range(1, 99) if not _is_on_curve(algorithm, prime, x))
    x_of_key = int.from_bytes(key[1:], "big")
    y_of_key = _square_root(_right_side(algorithm, prime, x_of_key), prime)
    y_of_key = y_of_key if y_of_key & 1 == key[0] & 1 else prime - y_of_key
    even = y_of_key.to_bytes(32, "big")
    for name, comment, kind, content in (
        ("no-point", f"x = {off_curve} is on no point of the curve.", MutationKind.REPLACE,
         b"\2" + off_curve.to_bytes(32, "big")),
        ("x-prime", "x is the prime of the field: another way to write 0.", MutationKind.REPLACE,
         b"\2" + prime.to_bytes(32, "big")),
        ("x-maximum", "x is 2^256 - 1.", MutationKind.MAXIMUM, b"\2" + b"\xff" * 32),
        ("infinity", "The point at infinity, one octet.", MutationKind.REPLACE, b"\0"),
        ("infinity-in-33-octets", "33 octets 0x00.", MutationKind.ZERO, bytes(33)),
        ("uncompressed-without-y", "First octet 4, the mark of an uncompressed point.", MutationKind.REPLACE,
         b"\4" + key[1:]),
        ("hybrid-without-y", "First octet 6.", MutationKind.REPLACE, b"\6" + key[1:]),
        ("first-octet-zero", "First octet 0.", MutationKind.ZERO, b"\0" + key[1:]),
        ("first-octet-five", "First octet 5.", MutationKind.REPLACE, b"\5" + key[1:]),
        ("32-octets", "The last octet is missing.", MutationKind.TRUNCATE, key[:-1]),
        ("x-alone", "x without its first octet.", MutationKind.REMOVE, key[1:]),
        ("34-octets", "One octet 0x00 more.", MutationKind.EXTEND, key + b"\0"),
        ("empty", "A key of no octets.", MutationKind.REMOVE, b""),
        ("x-and-y-without-mark", "x and y, 64 octets.", MutationKind.REPLACE, key[1:] + even),
    ):  # fmt: skip
        yield _refused_key(
            f"{algorithm.text}-{name}",
            comment,
            kind,
            bytes([algorithm, len(content)]) + content,
            base,
            features,
        )
    uncompressed = b"\4" + key[1:] + even
    yield _refused_key(
        f"{algorithm.text}-uncompressed",
        "The uncompressed point, 65 octets: above the limit of a key.",
        MutationKind.REPLACE,
        bytes([algorithm, 65]) + uncompressed,
        base,
        features,
        reason="encoding/limit-exceeded",
    )


def _right_side(algorithm: SignatureAlgorithm, prime: int, x: int) -> int:
    if algorithm is SignatureAlgorithm.ECDSA_P256_SHA256:
        b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
        return (x**3 - 3 * x + b) % prime
    return (x**3 + 7) % prime


def _square_root(value: int, prime: int) -> int:
    """A root modulo a prime that is 3 modulo 4; of no square, some other number."""
    return pow(value, (prime + 1) // 4, prime)


def _is_on_curve(algorithm: SignatureAlgorithm, prime: int, x: int) -> bool:
    right = _right_side(algorithm, prime, x)
    return _square_root(right, prime) ** 2 % prime == right


FAMILIES = (Family(step=STEP, name="keys", summary="Keys in their only form, and in others.", make=_keys),)
