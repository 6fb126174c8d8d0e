"""What the Notary takes as public values of the handshake, what it records, and what the Prover takes as recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from mpctls.spec.identifiers import CIPHER_SUITES, TLS_1_2
from mpctls.spec.messages import TlsHandshakeData
from mpctls.spec.tls.handshake_messages import HandshakeData

from ...fields import numbers
from ..key_exchange.points import no_points, public_key, scalar
from ..labelled import Labelled
from ..vector import Family, Importance, MutationKind, Vector
from .authoring import Accepted, changes, flip

_SEND = "tls_session/send_tls_handshake_data"
_VERIFY = "tls_session/verify_and_record_session_parameters"
_STREAM = Labelled(label=_SEND)
_SESSION_ID = _STREAM.octets(32, "session id")


def _data(*, extended: bool) -> TlsHandshakeData:
    return TlsHandshakeData(
        tls_version=TLS_1_2,
        cipher_suite=CIPHER_SUITES[0],
        client_random=_STREAM.octets(32, "client random"),
        server_random=_STREAM.octets(32, "server random"),
        extended_master_secret=extended,
        session_hash=_STREAM.octets(32, "session hash") if extended else None,
        server_ephemeral_key=public_key(scalar(_SEND)),
        handshake_commitment=_STREAM.octets(32, "handshake commitment"),
    )


def _commitments() -> Iterator[Vector]:
    leaf, signature = _STREAM.octets(40, "leaf"), _STREAM.octets(64, "signature")
    usual = HandshakeData(certificates=(leaf,), signature_algorithm=0x0403, signature=signature)
    blinder = _STREAM.octets(32, "blinder")
    two = (leaf, _STREAM.octets(50, "issuer"))
    for name, comment, data, blinds in (
        ("usual", "One certificate and an ECDSA signature.", usual, blinder),
        ("two-certificates", "The leaf is first.", replace(usual, certificates=two), blinder),
        ("two-certificates-reversed", "Order counts.", replace(usual, certificates=two[::-1]), blinder),
        ("sixteen-certificates", "As many as there may be.", replace(usual, certificates=(leaf[:3],) * 16), blinder),
        ("empty-certificate", "A certificate of no octets can be committed to.",
         replace(usual, certificates=(b"",)), blinder),
        ("no-signature", "So can a signature of none.", replace(usual, signature=b""), blinder),
        ("scheme-rsa", "Another scheme.", replace(usual, signature_algorithm=0x0804), blinder),
        ("long-signature", "A length of two octets.", replace(usual, signature=signature * 4), blinder),
        ("longest-signature", "As long as it may be.", replace(usual, signature=signature * 16), blinder),
        ("blinder-zero", "A blinder is what was drawn.", usual, bytes(32)),
        ("blinder-maximum", "Another blinder, another commitment.", usual, b"\xff" * 32),
    ):  # fmt: skip
        case = Accepted(
            operation="tls_session/commit-handshake",
            name=name,
            given={"handshake data": data.encode(), "blinder": blinds},
        )
        preimage = b"mpctls/1/handshake-commitment\0" + blinds + data.encode()
        yield case.vector(comment, intermediate={"preimage": preimage.hex()})


def _receiving() -> Iterator[Vector]:
    extended, plain = _data(extended=True), _data(extended=False)
    operation = "tls_session/receive-handshake-data"
    base = Accepted(
        operation=operation,
        name="extended",
        given={
            "session id": _SESSION_ID,
            "suites": numbers(CIPHER_SUITES),
            "client random": extended.client_random,
            "handshake": extended.encode(),
        },
    )
    classic = base.but("plain", handshake=plain.encode())
    yield base.vector("With extended master secret and its session hash.")
    yield classic.vector("Without extended master secret, and without session hash.")
    rsa = replace(extended, cipher_suite=CIPHER_SUITES[1])
    yield base.but("second-suite", handshake=rsa.encode()).vector("The second of the suites answered.")
    only = base.but("only-suite", suites=numbers(CIPHER_SUITES[1:]), handshake=rsa.encode())
    yield only.vector("The only suite answered.")
    yield base.but("hash-zero", handshake=replace(extended, session_hash=bytes(32)).encode()).vector(
        "A session hash of zeros is there all the same."
    )
    for case, data in ((base, extended), (classic, plain)):
        yield from _refused(case, data)
    yield only.refused(
        "only-suite-other",
        "A suite that the Notary knows, and did not answer.",
        "tls-session/unexpected-cipher-suite",
        MutationKind.REPLACE,
        "handshake.cipher_suite",
        handshake=extended.encode(),
    )
    yield base.refused(
        "client-random-of-the-notary",
        "The Notary made another client random with this Prover.",
        "tls-session/client-random-mismatch",
        MutationKind.FROM_ANOTHER_SESSION,
        "client random",
        client_random=flip(extended.client_random, 31),
    )


def _refused(case: Accepted, data: TlsHandshakeData) -> Iterator[Vector]:
    def changed(word: str, reason: str, kind: MutationKind, detail: str = "", **fields: Any) -> Vector:
        return case.refused(
            f"{case.name}-{word}",
            "One public value of the handshake is not what it must be.",
            reason,
            kind,
            f"handshake.{next(iter(fields))}",
            detail=detail,
            handshake=replace(data, **fields).encode(),
        )

    replaced = MutationKind.REPLACE
    for word, version in (
        ("tls-1-1", 0x0302),
        ("tls-1-3", 0x0304),
        ("swapped", 0x0203),
        ("zero", 0),
        ("maximum", 65535),
    ):
        yield changed(f"version-{word}", "tls-session/unexpected-tls-version", replaced, tls_version=version)
    for word, suite in (
        ("tls-1-3", 0x1301),
        ("aes-256", 0xC02C),
        ("swapped", 0x2BC0),
        ("zero", 0),
        ("maximum", 65535),
    ):
        yield changed(f"suite-{word}", "tls-session/unexpected-cipher-suite", replaced, cipher_suite=suite)
    for change in changes(data.client_random):
        yield changed(
            f"client-random-{change.word}",
            "tls-session/client-random-mismatch",
            change.kind,
            change.detail,
            client_random=change.octets,
        )
    yield changed(
        "mode", "tls-session/session-hash-mismatch", replaced,
        extended_master_secret=not data.extended_master_secret,
    )  # fmt: skip
    for change in no_points(data.server_ephemeral_key):
        yield changed(
            f"point-{change.word}",
            "key-exchange/invalid-point",
            change.kind,
            change.detail,
            server_ephemeral_key=change.octets,
        )


def _recorded() -> Iterator[Vector]:
    extended, plain = _data(extended=True), _data(extended=False)
    base = Accepted(
        operation="tls_session/record",
        name="extended",
        given={"session id": _SESSION_ID, "handshake": extended.encode()},
    )
    accept = Accepted(
        operation="tls_session/accept-recorded",
        name="accepted",
        given={**base.given, "digest": extended.digest(_SESSION_ID)},
    )
    preimage = b"mpctls/1/session-parameters\0" + _SESSION_ID + extended.encode()
    yield base.vector("All parameters.", intermediate={"preimage": preimage.hex()})
    yield base.but("plain", handshake=plain.encode()).vector("Without extended master secret.")
    yield accept.vector("The Notary recorded what was sent.")
    yield accept.but("accepted-plain", handshake=plain.encode(), digest=plain.digest(_SESSION_ID)).vector(
        "The Notary recorded what was sent, without extended master secret."
    )
    others: dict[str, Any] = {
        "tls_version": 0x0304,
        "cipher_suite": CIPHER_SUITES[1],
        "client_random": flip(extended.client_random, 0),
        "server_random": flip(extended.server_random, 31),
        "extended_master_secret": False,
        "session_hash": None,
        "server_ephemeral_key": public_key(1),
        "handshake_commitment": flip(extended.handshake_commitment, 0),
    }
    mismatch = "tls-session/recorded-parameters-mismatch"
    for field, value in others.items():
        changed = replace(extended, **{field: value})
        name = field.replace("_", "-")
        yield base.but(f"other-{name}", handshake=changed.encode()).vector(
            "Every field is in the digest; nothing is checked here.", importance=Importance.MEDIUM
        )
        yield accept.refused(
            f"recorded-other-{name}",
            "The Notary recorded another value of this field.",
            mismatch,
            MutationKind.REPLACE,
            f"digest.{field}",
            digest=changed.digest(_SESSION_ID),
        )
    for change in changes(accept.given["digest"]):
        yield accept.refused(
            f"digest-{change.word}",
            "Another digest came.",
            mismatch,
            change.kind,
            "digest",
            detail=change.detail,
            digest=change.octets,
        )
    for change in changes(_SESSION_ID):
        yield base.but(f"session-{change.word}", session_id=change.octets).vector(
            "Another session, another digest."
        )
        yield accept.refused(
            f"recorded-session-{change.word}",
            "The digest is that of the same parameters in another session.",
            mismatch,
            MutationKind.FROM_ANOTHER_SESSION,
            "digest.session id",
            digest=extended.digest(change.octets),
        )


FAMILIES = (
    Family(
        step=_SEND,
        name="commitments",
        summary="Commitments to certificates and signature.",
        make=_commitments,
    ),
    Family(
        step=_SEND, name="receiving", summary="Public values, accepted and with one fault.", make=_receiving
    ),
    Family(step=_VERIFY, name="recorded", summary="Digests of what is recorded.", make=_recorded),
)
