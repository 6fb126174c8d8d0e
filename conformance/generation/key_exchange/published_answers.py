"""A published shared secret, of two scalars that are shares of the published one."""

from __future__ import annotations

from collections.abc import Iterator

from ..labelled import Labelled
from ..vector import Family, Importance, Vector

_STEP = "key_exchange/secure_two_party_computation"
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_INITIATOR = 0xC88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433
_RESPONDER = (
    "04d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"
    "56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab"
)
_SECRET = "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de"


def _rfc_5903() -> Iterator[Vector]:
    for part in ("first", "second"):
        share = 1 + Labelled(label=f"{_STEP}/published").below(_ORDER - 1, part)
        yield Vector(
            name=f"rfc-5903-{part}",
            operation="key_exchange/pre-master-secret",
            comment="Whatever the shares, only their sum counts: here it is the initiator's published scalar.",
            input={
                "prover scalar": share.to_bytes(32, "big"),
                "notary scalar": ((_INITIATOR - share) % _ORDER).to_bytes(32, "big"),
                "server key": bytes.fromhex(_RESPONDER),
            },
            seed=f"{_STEP}/published",
            source="RFC 5903, section 8.1",
            published={"pre-master secret": bytes.fromhex(_SECRET)},
            intermediate={"sum": f"{_INITIATOR:064x}"},
            importance=Importance.CRITICAL,
        )


FAMILIES = (
    Family(step=_STEP, name="published", summary="A published secret of P-256, shared.", make=_rfc_5903),
)
