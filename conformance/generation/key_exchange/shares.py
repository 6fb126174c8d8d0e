"""Key shares by commitment, their sum, and the Server's key, honest and with one fault."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from mpctls.spec.algebra.p256 import ORDER
from mpctls.spec.contexts import Context
from mpctls.spec.identifiers import CIPHER_SUITES
from mpctls.spec.mpc_tls.key_share import client_random, combine_public_keys, key_share_commitment
from mpctls.spec.mpc_tls.messages import NotaryKeyShare, ProverKeyShare
from mpctls.spec.tls.constants import SignatureScheme
from mpctls.spec.tls.handshake_messages import (
    ServerKeyExchange,
    encode_key_exchange_parameters,
    encode_server_key_exchange,
)

from ...fields import number
from ..labelled import Labelled
from ..tls_session.authoring import Accepted, changes
from ..vector import Family, MutationKind, Vector
from .points import no_points, octets, public_key, scalar, wrong_lengths

_SHARES = "key_exchange/verifier_public_key"
_COMBINED = "key_exchange/combined_public_key"
_SERVER = "key_exchange/server_public_key"
_FORWARD = "key_exchange/forward_server_public_key"
_STREAM = Labelled(label=_SHARES)
_INVALID, _INFINITY = "key-exchange/invalid-point", "key-exchange/point-at-infinity"
_MISMATCH = "key-exchange/commitment-mismatch"
_PROVER, _NOTARY = scalar(_SHARES + "/prover"), scalar(_SHARES + "/notary")
_BOUNDS = (("one", 1), ("two", 2), ("order-less-two", ORDER - 2), ("order-less-one", ORDER - 1))
_SESSION_ID, _RANDOM_P, _RANDOM_N, _BLINDER = (
    _STREAM.octets(32, part) for part in ("session id", "prover random", "notary random", "blinder")
)


def _opening(of: int, **changed: bytes) -> ProverKeyShare:
    fields = {"public_key": public_key(of), "random": _RANDOM_P, "blinder": _BLINDER, **changed}
    return ProverKeyShare(**fields)


def _prover() -> Iterator[Vector]:
    share = NotaryKeyShare(public_key=public_key(_NOTARY), random=_RANDOM_N)
    base = Accepted(
        operation="key_exchange/prover-share",
        name="usual",
        given={
            "session id": _SESSION_ID,
            "scalar": octets(_PROVER),
            "random": _RANDOM_P,
            "blinder": _BLINDER,
            "notary share": share.encode(),
        },
    )
    opening = _opening(_PROVER)
    preimage = Context.KEY_SHARE_COMMITMENT.octets + _SESSION_ID + opening.encode()
    yield base.vector(
        "A commitment, an opening, a point sum and a client random.",
        intermediate={
            "commitment preimage": preimage.hex(),
            "client random preimage": (Context.CLIENT_RANDOM.octets + _RANDOM_P + _RANDOM_N).hex(),
            "public key": opening.public_key.hex(),
        },
    )
    for word, bound in _BOUNDS:
        yield base.but(f"scalar-{word}", scalar=octets(bound)).vector("A scalar at the end of its range.")
    doubled = NotaryKeyShare(public_key=public_key(_PROVER), random=_RANDOM_N)
    yield base.but("equal-shares", notary_share=doubled.encode()).vector(
        "Both parties drew one scalar: the sum is a doubling."
    )
    yield base.but("equal-randoms", notary_share=share.encode()[:65] + _RANDOM_P).vector(
        "Both randoms are equal; nothing cancels in a hash."
    )
    for change in changes(_SESSION_ID):
        yield base.but(f"session-{change.word}", session_id=change.octets).vector(
            "The session id is in the commitment, and not in the client random."
        )
    opposite = NotaryKeyShare(public_key=public_key(ORDER - _PROVER), random=_RANDOM_N)
    yield base.refused(
        "shares-cancel",
        "The Notary's share is the opposite point.",
        _INFINITY,
        MutationKind.REPLACE,
        "notary share.public_key",
        notary_share=opposite.encode(),
    )
    last = base.but("scalar-order-less-one", scalar=octets(ORDER - 1))
    yield last.refused(
        "shares-cancel-at-the-end",
        "The Prover's point is the opposite of the generator, the Notary's the generator.",
        _INFINITY,
        MutationKind.REPLACE,
        "notary share.public_key",
        notary_share=NotaryKeyShare(public_key=public_key(1), random=_RANDOM_N).encode(),
    )
    for change in no_points(share.public_key):
        yield base.refused(
            f"point-{change.word}",
            "The Notary's share is no point.",
            _INVALID,
            change.kind,
            "notary share.public_key",
            detail=change.detail,
            notary_share=change.octets + _RANDOM_N,
        )


def _notary() -> Iterator[Vector]:
    opening = _opening(_PROVER)
    commitment = key_share_commitment(_SESSION_ID, opening)
    base = Accepted(
        operation="key_exchange/notary-share",
        name="usual",
        given={
            "session id": _SESSION_ID,
            "scalar": octets(_NOTARY),
            "random": _RANDOM_N,
            "commitment": commitment,
            "opening": opening.encode(),
        },
    )
    yield base.vector(
        "The opening is the one committed to.",
        intermediate={
            "client random": client_random(_RANDOM_P, _RANDOM_N).hex(),
            "point sum": combine_public_keys(opening.public_key, public_key(_NOTARY)).hex(),
        },
    )
    for word, bound in _BOUNDS:
        yield base.but(f"scalar-{word}", scalar=octets(bound)).vector("A scalar at the end of its range.")
    other = _opening(_PROVER, random=bytes(32), blinder=bytes(32))
    yield base.but(
        "zero-randomness", opening=other.encode(), commitment=key_share_commitment(_SESSION_ID, other)
    ).vector("The Prover drew zeros: the Notary's random alone makes the client random fresh.")
    for field, at in (("random", 65), ("blinder", 97)):
        honest = opening.encode()
        for change in changes(honest[at : at + 32]):
            yield base.refused(
                f"{field}-{change.word}",
                "The opening is not the one committed to.",
                _MISMATCH,
                change.kind,
                f"opening.{field}",
                detail=change.detail,
                opening=honest[:at] + change.octets + honest[at + 32 :],
            )
    yield base.refused(
        "random-and-blinder-swapped",
        "Random and blinder are not interchangeable.",
        _MISMATCH,
        MutationKind.SWAP,
        "opening.random",
        detail="with the blinder",
        opening=opening.public_key + _BLINDER + _RANDOM_P,
    )
    for word, point in (
        ("another", public_key(scalar(_SHARES + "/other"))),
        ("negated", public_key(ORDER - _PROVER)),
        ("generator", public_key(1)),
        ("of-the-notary", public_key(_NOTARY)),
    ):
        yield base.refused(
            f"share-{word}",
            "A valid point that was not committed to.",
            _MISMATCH,
            MutationKind.REPLACE,
            "opening.public_key",
            opening=point + opening.random + opening.blinder,
        )
    for change in changes(commitment):
        yield base.refused(
            f"commitment-{change.word}",
            "Another commitment came before.",
            _MISMATCH,
            change.kind,
            "commitment",
            detail=change.detail,
            commitment=change.octets,
        )
    yield from _committed_otherwise(base, opening)
    for change in no_points(opening.public_key):
        broken = ProverKeyShare(public_key=change.octets, random=opening.random, blinder=opening.blinder)
        yield base.refused(
            f"point-{change.word}",
            "The share is no point, and it was committed to.",
            _INVALID,
            change.kind,
            "opening.public_key",
            detail=change.detail,
            opening=broken.encode(),
            commitment=key_share_commitment(_SESSION_ID, broken),
        )
    for word, notary in (("", _NOTARY), ("-at-the-end", ORDER - 1), ("-at-the-start", 1)):
        cancelling = _opening(ORDER - notary)
        yield base.refused(
            f"shares-cancel{word}",
            "The Prover committed to the opposite of the Notary's point.",
            _INFINITY,
            MutationKind.REPLACE,
            "opening.public_key",
            scalar=octets(notary),
            opening=cancelling.encode(),
            commitment=key_share_commitment(_SESSION_ID, cancelling),
        )


def _committed_otherwise(base: Accepted, opening: ProverKeyShare) -> Iterator[Vector]:
    context, parts = Context.KEY_SHARE_COMMITMENT.octets, opening.encode()
    for word, field, kind, preimage in (
        ("another-session", "session id", MutationKind.FROM_ANOTHER_SESSION, context + bytes(32) + parts),
        ("no-session", "session id", MutationKind.REMOVE, context + parts),
        ("no-context", "context", MutationKind.REMOVE, _SESSION_ID + parts),
        ("context-without-zero", "context", MutationKind.TRUNCATE, context[:-1] + _SESSION_ID + parts),
        (
            "other-context",
            "context",
            MutationKind.REPLACE,
            Context.CLIENT_RANDOM.octets + _SESSION_ID + parts,
        ),
        ("no-blinder", "blinder", MutationKind.REMOVE, context + _SESSION_ID + parts[:97]),
        ("blinder-first", "blinder", MutationKind.REORDER, context + _SESSION_ID + parts[97:] + parts[:97]),
        ("session-last", "session id", MutationKind.REORDER, context + parts + _SESSION_ID),
    ):
        yield base.refused(
            f"committed-{word}",
            "The commitment is a hash of something else.",
            _MISMATCH,
            kind,
            f"commitment.{field}",
            commitment=sha256(preimage).digest(),
        )


def _combining() -> Iterator[Vector]:
    prover, notary = public_key(_PROVER), public_key(_NOTARY)
    base = Accepted(
        operation="key_exchange/combine", name="usual", given={"prover": prover, "notary": notary}
    )
    yield base.vector("The sum of both points.")
    yield base.but("turned-about", prover=notary, notary=prover).vector(
        "The sum does not depend on the order."
    )
    yield base.but("doubling", notary=prover).vector("Equal points are doubled.")
    yield base.but("generators", prover=public_key(1), notary=public_key(1)).vector("Twice the generator.")
    yield base.but("one-and-two", prover=public_key(1), notary=public_key(2)).vector(
        "Three times the generator."
    )
    yield base.but("least-and-most", prover=public_key(2), notary=public_key(ORDER - 1)).vector(
        "The generator."
    )
    for word, first, second in (
        ("", _PROVER, ORDER - _PROVER),
        ("-turned-about", ORDER - _NOTARY, _NOTARY),
        ("-generator", 1, ORDER - 1),
    ):
        yield base.refused(
            f"points-cancel{word}",
            "Opposite points have no sum that could be written.",
            _INFINITY,
            MutationKind.REPLACE,
            "notary" if first == _PROVER else "prover",
            prover=public_key(first),
            notary=public_key(second),
        )
    for field, honest in (("prover", prover), ("notary", notary)):
        for change in (*no_points(honest), *wrong_lengths(honest)):
            yield base.refused(
                f"{field}-{change.word}",
                "One share is no point.",
                _INVALID,
                change.kind,
                field,
                detail=change.detail,
                prover=change.octets if field == "prover" else prover,
                notary=change.octets if field == "notary" else notary,
            )


def _server() -> Iterator[Vector]:
    key = public_key(scalar(_SERVER))
    elliptic, rsa = CIPHER_SUITES

    def body(point: bytes, scheme: int, signature: bytes) -> bytes:
        return encode_server_key_exchange(
            ServerKeyExchange(server_ephemeral_key=point, signature_algorithm=scheme, signature=signature)
        )

    signature = Labelled(label=_SERVER).octets(71, "signature")
    base = Accepted(
        operation="key_exchange/server-key",
        name="usual",
        given={
            "scalar": octets(_PROVER),
            "suite": number(elliptic),
            "body": body(key, SignatureScheme.ECDSA_SECP256R1_SHA256, signature),
        },
    )
    yield base.vector(
        "The Server's key under an ECDSA signature.",
        intermediate={"parameters": encode_key_exchange_parameters(key).hex()},
    )
    for scheme in SignatureScheme:
        if scheme is not SignatureScheme.ECDSA_SECP256R1_SHA256:
            yield base.but(
                f"scheme-{scheme.value:04x}",
                suite=number(rsa),
                body=body(key, scheme, signature * 3),
            ).vector("The Server's key under an RSA signature.")
    for length in (1, 255, 256, 512):
        octets_of_signature = Labelled(label=_SERVER).octets(length, "length")
        yield base.but(
            f"signature-of-{length}",
            body=body(key, SignatureScheme.ECDSA_SECP256R1_SHA256, octets_of_signature),
        ).vector("The length of a signature has two octets.")
    for word, bound in _BOUNDS:
        yield base.but(f"scalar-{word}", scalar=octets(bound)).vector("A scalar at the end of its range.")
    for change in no_points(key):
        yield base.refused(
            f"point-{change.word}",
            "The Server's key is no point.",
            _INVALID,
            change.kind,
            "body.point",
            detail=change.detail,
            body=body(change.octets, SignatureScheme.ECDSA_SECP256R1_SHA256, signature),
        )


def _forwarded() -> Iterator[Vector]:
    key = public_key(scalar(_SERVER))
    base = Accepted(
        operation="key_exchange/forwarded-server-key",
        name="usual",
        given={"scalar": octets(_NOTARY), "server key": key},
    )
    yield base.vector("The Notary's product.")
    for word, bound in _BOUNDS:
        yield base.but(f"scalar-{word}", scalar=octets(bound)).vector("A scalar at the end of its range.")
        yield base.but(f"key-{word}", server_key=public_key(bound)).vector("The Server drew an odd scalar.")
    yield base.but("own-key", server_key=public_key(_NOTARY)).vector(
        "The Server's point is the Notary's own: a product like any other."
    )
    for change in (*no_points(key), *wrong_lengths(key)):
        yield base.refused(
            f"point-{change.word}",
            "What the Prover reports as the Server's key is no point.",
            _INVALID,
            change.kind,
            "server key",
            detail=change.detail,
            server_key=change.octets,
        )


FAMILIES = (
    Family(step=_SHARES, name="prover-shares", summary="The Prover's side of the shares.", make=_prover),
    Family(step=_SHARES, name="notary-shares", summary="The Notary's side of the shares.", make=_notary),
    Family(step=_COMBINED, name="sums", summary="Point sums, and points that have none.", make=_combining),
    Family(
        step=_SERVER, name="server-keys", summary="Keys of the Server, read and multiplied.", make=_server
    ),
    Family(step=_FORWARD, name="forwarded-keys", summary="Keys that the Prover reports.", make=_forwarded),
)
