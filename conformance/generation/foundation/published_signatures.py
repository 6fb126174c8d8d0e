"""Signatures that others published, under the one rule that theirs did not have: s is at most n/2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mpctls.spec.identifiers import SignatureAlgorithm
from mpctls.spec.signatures import VerifyingKey

from ...fields import number
from ..published import SOURCES, published
from ..vector import Family, Importance, Mutation, MutationKind, Vector
from .signatures import FEATURES, ORDERS, STEP


def verifying_key(algorithm: SignatureAlgorithm, record: Mapping[str, str]) -> VerifyingKey:
    """The key of a record that gives both coordinates."""
    x, y = int(record["Qx"], 16), int(record["Qy"], 16)
    return VerifyingKey(algorithm=algorithm, key=bytes([2 + (y & 1)]) + x.to_bytes(32, "big"))


def _of_others(algorithm: SignatureAlgorithm, list_: str) -> Iterator[Vector]:
    passing = (record for record in published(list_) if record.get("Result", "P").startswith("P"))
    for at, record in enumerate(passing):
        r, s, order = int(record["R"], 16), int(record["S"], 16), ORDERS[algorithm]
        fields = {"key": verifying_key(algorithm, record).encode(), "message": bytes.fromhex(record["Msg"])}
        low = {**fields, "signature": r.to_bytes(32, "big") + min(s, order - s).to_bytes(32, "big")}
        was = "above n/2, so n - s stands here" if s > order // 2 else "at most n/2"
        yield Vector(
            name=f"{list_}-{at}",
            operation="foundation/verify-signature",
            comment=f"A published signature; its s is {was}.",
            input=low,
            features=FEATURES[algorithm],
            source=SOURCES[list_],
            intermediate={"published_s": s.to_bytes(32, "big").hex()},
        )
        yield Vector(
            name=f"{list_}-{at}-high-s",
            operation="foundation/verify-signature",
            comment="The same with the other s, which ECDSA by itself accepts.",
            input={**fields, "signature": r.to_bytes(32, "big") + max(s, order - s).to_bytes(32, "big")},
            expects="verification/signature-invalid",
            base=f"{list_}-{at}",
            mutation=Mutation(kind=MutationKind.REPLACE, field="signature", detail="n - s in place of s"),
            features=FEATURES[algorithm],
            source=SOURCES[list_],
            importance=Importance.CRITICAL,
        )


def _ecdsa() -> Iterator[Vector]:
    yield from _of_others(SignatureAlgorithm.ECDSA_P256_SHA256, "ecdsa-p256-verified")
    yield from _of_others(SignatureAlgorithm.ECDSA_P256_SHA256, "ecdsa-p256-made")
    yield from _of_others(SignatureAlgorithm.ECDSA_SECP256K1_SHA256, "ecdsa-secp256k1-made")


def _ed25519() -> Iterator[Vector]:
    for at, record in enumerate(published("ed25519")):
        if not at:
            continue  # The first line is test 1 of RFC 8032.
        key = VerifyingKey(algorithm=SignatureAlgorithm.ED25519, key=bytes.fromhex(record["key"]))
        yield Vector(
            name=f"line-{100 * at + 1}",
            operation="foundation/sign",
            comment=f"A published signature of a message of {len(record['message']) // 2} octets.",
            input={
                "algorithm": number(SignatureAlgorithm.ED25519),
                "secret": bytes.fromhex(record["secret"]),
                "message": bytes.fromhex(record["message"]),
            },
            source=SOURCES["ed25519"],
            published={"key": key.encode(), "signature": bytes.fromhex(record["signature"])},
        )


FAMILIES = (
    Family(step=STEP, name="published-ecdsa", summary="Published ECDSA signatures.", make=_ecdsa),
    Family(step=STEP, name="published-ed25519", summary="Published Ed25519 signatures.", make=_ed25519),
)
