"""Presentations as they leave the Prover, with a binding and without."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mpctls.spec.identifiers import SignatureAlgorithm
from mpctls.spec.signatures import SigningKey

from ...fields import Fields, listed, number, optional
from ...properties.certificates import NOW
from ..foundation.merkle import FEATURES as OF_HASH
from ..foundation.signatures import FEATURES as OF_SIGNATURE
from ..vector import Family, Mutation, MutationKind, Vector
from ..zero_knowledge.making import Making
from .attested import (
    EVERYTHING,
    HELD,
    HOLDER,
    HONEST,
    NOTHING,
    Session,
    choice,
    holder_extension,
    signing_key,
)
from .choices import showing

_STEP = "presentation_building/send_presentation"
_AUDIENCE, _NONCE = "verifier.example", b"a nonce of a Verifier"


def _sending(
    choice_: dict[str, bytes],
    holder: SigningKey | None,
    *,
    audience: str = _AUDIENCE,
    nonce: bytes = _NONCE,
    issued: int = NOW,
    expiry: int = NOW + 600,
) -> Fields:
    return {
        **choice_,
        "holder": optional(None if holder is None else listed([number(holder.algorithm), holder.secret])),
        "audience": audience.encode(),
        "nonce": nonce,
        "issued": number(issued),
        "expiry": number(expiry),
    }


def _files() -> Iterator[Vector]:
    make = Making(operation="presentation_building/send", seed="presentations")
    held, free = choice(HELD, EVERYTHING), choice(HONEST, EVERYTHING)
    yield make.accepted(
        "free", "An attestation without a holder travels without a binding.", _sending(free, None)
    )
    yield make.accepted(
        "held", "An attestation with a holder key travels with a binding.", _sending(held, HOLDER)
    )
    for algorithm in SignatureAlgorithm:
        key = signing_key(algorithm, "holder")
        session = Session(
            label=f"held by {algorithm.text}", algorithm=algorithm, prover_extensions=(holder_extension(key),)
        )
        yield replace(
            make.accepted(f"held-{algorithm.text}", "Notary and holder sign with this algorithm.",
                          _sending(choice(session, showing(0)), key)),
            features=OF_SIGNATURE[algorithm],
        )  # fmt: skip
    for name, comment, fields in (
        ("nonce-shortest", "A nonce of 16 octets.", _sending(held, HOLDER, nonce=bytes(16))),
        ("nonce-longest", "A nonce of 64 octets.", _sending(held, HOLDER, nonce=b"\xff" * 64)),
        ("audience-empty", "An audience without characters.", _sending(held, HOLDER, audience="")),
        ("audience-longest", "An audience of 255 octets.", _sending(held, HOLDER, audience="a" * 255)),
        ("audience-not-ascii", "The length of an audience is that of its UTF-8.",
         _sending(held, HOLDER, audience="bänk")),
        ("expiry-at-once", "Bound for no time: the moment of issue.", _sending(held, HOLDER, expiry=NOW)),
        ("times-maximum", "The largest times.", _sending(held, HOLDER, issued=2**64 - 1, expiry=2**64 - 1)),
        ("identity-alone", "Only which Server it was.",
         _sending(choice(HELD, replace(NOTHING, identity=True)), HOLDER)),
        ("transcript-alone", "Only octets.", _sending(choice(HELD, showing(0, 1, 2, 3, 4)), HOLDER)),
    ):  # fmt: skip
        yield make.accepted(name, comment, fields)
    mismatch = "presentation-building/holder-key-mismatch"
    other = signing_key(SignatureAlgorithm.ED25519, "thief")
    for name, comment, kind, fields in (
        ("other-key", "Another key than the attestation's.", MutationKind.REPLACE, _sending(held, other)),
        ("other-algorithm", "The key of the same secret for another algorithm.", MutationKind.REPLACE,
         _sending(held, SigningKey(algorithm=SignatureAlgorithm.ECDSA_P256_SHA256, secret=HOLDER.secret))),
        ("key-of-the-notary", "The Notary's key is not the holder's.", MutationKind.SWAP, _sending(held, HELD.key)),
        ("holder-without-holder-key", "The attestation has no holder key.",
         MutationKind.INSERT, _sending(free, HOLDER)),
    ):  # fmt: skip
        base = "free" if name == "holder-without-holder-key" else "held"
        yield make.refused(
            name,
            comment,
            fields,
            mismatch,
            base=base,
            mutation=Mutation(kind=kind, field="holder", detail=comment),
        )
    required = "presentation-building/binding-required"
    yield make.refused(
        "left-out", "An attestation with a holder key is never sent without a binding.", _sending(held, None), required,
        base="held", mutation=Mutation(kind=MutationKind.REMOVE, field="holder"),
    )  # fmt: skip
    yield make.refused(
        "left-out-of-a-part", "Not even when only the identity is shown.",
        _sending(choice(HELD, replace(NOTHING, identity=True)), None), required, base="identity-alone",
        mutation=Mutation(kind=MutationKind.REMOVE, field="holder"),
    )  # fmt: skip


def _hashes() -> Iterator[Vector]:
    make = Making(operation="presentation_building/send", seed="presentations")
    for tree, features in OF_HASH.items():
        for body, more in OF_HASH.items():
            session = Session(label=f"{tree.name} {body.name}", tree=tree, body_hash=body)
            yield replace(
                make.accepted(
                    f"tree-{tree.name.lower()}-body-{body.name.lower()}",
                    "The hash of the tree and that of the body are chosen by themselves.",
                    _sending(choice(session, showing(2)), None),
                ),
                features=tuple(dict.fromkeys((*features, *more))),
            )


FAMILIES = (
    Family(step=_STEP, name="files", summary="The file of a presentation, bound and not.", make=_files),
    Family(step=_STEP, name="hashes", summary="Every hash of tree and body.", make=_hashes),
)
