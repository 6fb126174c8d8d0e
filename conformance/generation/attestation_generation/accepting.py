"""What the Prover takes as the attestation of its session, and everything that it must not take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from mpctls.spec.attestation import Attestation, AttestationBody
from mpctls.spec.encoding import Structure
from mpctls.spec.extensions import Extension
from mpctls.spec.identifiers import Closure, HashAlgorithm, SignatureAlgorithm
from mpctls.spec.messages import (
    MerkleTreeRoot,
    RecordedSessionParameters,
    Refusal,
    SignedAttestation,
    encode_message,
)
from mpctls.spec.mpc_tls.messages import SessionClosed

from ...fields import Fields, flag, listed, number
from ...operations.form import Feature
from ...properties.attestation_generation.return_signed_attestation import resigned
from ...properties.attestations import returned
from ..data_submission.honest_sessions import (
    ENCODED,
    NOW,
    USUAL,
    features_of,
    holder_extension,
    purpose_extension,
    session,
)
from ..foundation.signatures import FEATURES, ORDERS, signing_key
from ..vector import Family, Importance, Mutation, MutationKind, Vector
from .signing import POLICY, REGION, intermediate_of

STEP = "attestation_generation/return_signed_attestation"
_ACCEPT = "attestation_generation/accept"
_STAGE = "attestation-generation"
_TOLERANCE = 60


def _arrives(
    fields: Fields,
    attestation: Attestation | None = None,
    *,
    root: bytes | None = None,
    blinder: bytes | None = None,
    deviates: bool = False,
) -> Fields:
    honest = returned(fields)
    first = MerkleTreeRoot(root=honest.attestation.body.transcript_commitments.root if root is None else root)
    second = SignedAttestation(
        attestation=attestation or honest.attestation,
        key_exchange_blinder=honest.key_exchange_blinder if blinder is None else blinder,
    )
    return {
        **fields,
        "messages": listed([encode_message(first), encode_message(second)]),
        "tolerance": number(_TOLERANCE),
        "deviates": flag(deviates),
    }


class _Session:
    """One honest session, and what is refused instead of its attestation."""

    def __init__(self, name: str, fields: Fields, features: tuple[Feature, ...] = ()) -> None:
        self.name, self.fields, self.features = name, fields, features
        self.honest = returned(fields)
        self.attestation = self.honest.attestation
        self.body = self.attestation.body

    def accepted(self, comment: str) -> Vector:
        """The honest attestation."""
        return Vector(
            name=self.name,
            operation=_ACCEPT,
            comment=comment,
            input=_arrives(self.fields),
            features=self.features,
            seed=f"{STEP}/{self.name}",
            intermediate=intermediate_of(self.fields),
            importance=Importance.CRITICAL,
        )

    def refused(
        self,
        name: str,
        comment: str,
        reason: str,
        input_: Fields,
        field: str,
        kind: MutationKind = MutationKind.SIGN_AGAIN,
        detail: str = "",
    ) -> Vector:
        """One fault."""
        return Vector(
            name=f"{self.name}-{name}",
            operation=_ACCEPT,
            comment=comment,
            input=input_,
            expects=reason if "/" in reason else f"{_STAGE}/{reason}",
            base=self.name,
            mutation=Mutation(kind=kind, field=field, detail=detail),
            features=self.features,
            seed=f"{STEP}/{self.name}",
            importance=Importance.CRITICAL,
        )

    def stating(self, **changes: Any) -> Attestation:
        """The Notary itself states something else, under its right signature."""
        return resigned(self.fields, self.attestation, replace(self.body, **changes))

    def heading(self, **changes: Any) -> Attestation:
        """The Notary signs another header to the same body."""
        return resigned(self.fields, self.attestation, self.body, **changes)


def _accepted() -> Iterator[Vector]:
    for algorithm in SignatureAlgorithm:
        fields = session(f"{STEP}/{algorithm.text}", signature=algorithm)
        one = _Session(algorithm.text, fields, FEATURES[algorithm])
        yield one.accepted("The attestation of this session.")
        for name, signature in (
            ("first-octet", _flipped(one.attestation.signature, 0)),
            ("last-octet", _flipped(one.attestation.signature, 63)),
            ("zero", bytes(64)),
            ("other-of-the-pair", _other_signature(algorithm, one.attestation.signature)),
        ):
            yield one.refused(
                f"signature-{name}", "The signature is not the key's over this header.", "signature-invalid",
                _arrives(fields, replace(one.attestation, signature=signature)),
                "messages.1.attestation.signature", MutationKind.REPLACE, name.replace("-", " "),
            )  # fmt: skip
        other = resigned(
            fields, one.attestation, replace(one.body, verifying_key=signing_key(algorithm, "another").verifying_key)
        )  # fmt: skip
        yield one.refused("key-another", "Another key of the same algorithm.", "unexpected-key",
                          _arrives(fields, other), "messages.1.attestation.body.verifying_key")  # fmt: skip
        next_ = SignatureAlgorithm(algorithm % 4 + 1)
        yield one.refused("algorithm-of-the-header", "The header names another algorithm than the key has.",
                          "unexpected-format", _arrives(fields, one.heading(signature_algorithm=next_)),
                          "messages.1.attestation.header.signature_algorithm")  # fmt: skip
    for hash_ in HashAlgorithm:
        if hash_ is HashAlgorithm.SHA256:
            continue
        name = f"tree-and-body-{hash_.name.lower()}"
        one = _Session(name, session(f"{STEP}/{name}", tree=hash_, body=hash_), features_of((), hash_))
        yield one.accepted("Tree and body with another hash.")
    both = (holder_extension(), purpose_extension())
    yield _Session(
        "extensions", session(f"{STEP}/extensions", prover_extensions=both, notary_extensions=(POLICY, REGION))
    ).accepted("Extensions of both.")  # fmt: skip


def _flipped(octets: bytes, place: int = -1) -> bytes:
    place %= len(octets)
    return octets[:place] + bytes([octets[place] ^ 1]) + octets[place + 1 :]


def _other_signature(algorithm: SignatureAlgorithm, signature: bytes) -> bytes:
    """(r, n − s), which is a signature of the same message under laxer rules; for Ed25519 s + L."""
    order = ORDERS[algorithm]
    if algorithm is SignatureAlgorithm.ED25519:
        scalar = int.from_bytes(signature[32:], "little") + order
        return signature[:32] + scalar.to_bytes(32, "little")
    scalar = order - int.from_bytes(signature[32:], "big")
    return signature[:32] + scalar.to_bytes(32, "big")


def _statements() -> Iterator[Vector]:
    """What the Notary states under its own signature, and is not so."""
    extensions = {"prover_extensions": (holder_extension(),), "notary_extensions": (POLICY,)}
    one = _Session("usual", session(f"{STEP}/statements", USUAL, **extensions))  # type: ignore[arg-type]
    other = _Session("other", session(f"{STEP}/another session", USUAL, **extensions))  # type: ignore[arg-type]
    yield one.accepted("The attestation of this session, with extensions of both.")
    info, tree = one.body.connection_info, one.body.transcript_commitments
    for field, value in (
        ("mode", 0),
        ("mode", 2),
        ("tls_version", 0x0304),
        ("cipher_suite", 0x1301),
        ("cipher_suite", 0xC02F),
        ("extended_master_secret", False),
        ("sent_length", info.sent_length + 1),
        ("sent_length", 0),
        ("received_length", info.received_length - 1),
        ("received_length", 2**32 - 1),
        ("closure", Closure.CLOSE_NOTIFY_NOT_RECEIVED),
    ):
        changed = replace(info, **{field: value})  # type: ignore[arg-type]
        yield one.refused(
            f"{field.replace('_', '-')}-{int(value)}", "The Notary states another connection than the Prover had.",
            "connection-info-mismatch", _arrives(one.fields, one.stating(connection_info=changed)),
            f"messages.1.attestation.body.connection_info.{field}", detail=str(int(value)),
        )  # fmt: skip
    for name, seconds in (("early", -_TOLERANCE), ("late", _TOLERANCE)):
        at_limit = one.stating(connection_info=replace(info, time=NOW + seconds))
        yield Vector(
            name=f"usual-{name}-within-tolerance", operation=_ACCEPT,
            comment="The clocks differ by exactly the tolerance.", input=_arrives(one.fields, at_limit),
            seed=f"{STEP}/usual", importance=Importance.HIGH,
        )  # fmt: skip
        beyond = one.stating(connection_info=replace(info, time=NOW + seconds + (1 if seconds > 0 else -1)))
        yield one.refused(f"{name}-beyond-tolerance", "The clocks differ by a second more than the tolerance.",
                          "time-out-of-tolerance", _arrives(one.fields, beyond),
                          "messages.1.attestation.body.connection_info.time")  # fmt: skip
    for field, reason in (
        ("key_exchange_commitment", "key-exchange-commitment-mismatch"),
        ("handshake_commitment", "handshake-commitment-mismatch"),
    ):
        for word, octets in (
            ("flipped", _flipped(getattr(one.body, field))),
            ("zero", bytes(32)),
            ("from-another-session", getattr(other.body, field)),
        ):
            yield one.refused(
                f"{field.replace('_', '-')}-{word}", "A commitment to something else than this session's.", reason,
                _arrives(one.fields, one.stating(**{field: octets})), f"messages.1.attestation.body.{field}",
                detail=word.replace("-", " "),
            )  # fmt: skip
    yield one.refused("commitments-swapped", "Each commitment stands in the other's place.",
                      "key-exchange-commitment-mismatch",
                      _arrives(one.fields, one.stating(key_exchange_commitment=one.body.handshake_commitment,
                                                       handshake_commitment=one.body.key_exchange_commitment)),
                      "messages.1.attestation.body", detail="both commitments")  # fmt: skip
    for word, blinder in (("flipped", _flipped(one.honest.key_exchange_blinder)), ("zero", bytes(32))):
        yield one.refused(
            f"blinder-{word}", "The blinder does not open the commitment to the key exchange.",
            "key-exchange-commitment-mismatch", _arrives(one.fields, blinder=blinder),
            "messages.1.key_exchange_blinder", MutationKind.FLIP if word == "flipped" else MutationKind.ZERO,
        )  # fmt: skip
    for word, other_tree in (
        ("root-flipped", {"root": _flipped(tree.root)}),
        ("root-from-another-session", {"root": other.body.transcript_commitments.root}),
        ("leaf-count-less", {"leaf_count": tree.leaf_count - 1}),
        ("leaf-count-more", {"leaf_count": tree.leaf_count + 1}),
        ("tree-algorithm", {"algorithm": HashAlgorithm.BLAKE3}),
    ):
        field = next(iter(other_tree))
        yield one.refused(
            word, "A tree that is not over this session's commitments.", "transcript-commitments-mismatch",
            _arrives(one.fields, one.stating(transcript_commitments=replace(tree, **other_tree))),
            f"messages.1.attestation.body.transcript_commitments.{field}",
        )  # fmt: skip
    yield from _extension_lists(one)
    yield from _headers(one, other)
    yield from _messages(one, other)


def _extension_lists(one: _Session) -> Iterator[Vector]:
    stranger = Extension(id="zzz", critical=False, value=b"")
    for name, listed_ in (
        ("missing", ()),
        ("more", (holder_extension(), purpose_extension())),
        ("another-key", (holder_extension(SignatureAlgorithm.ECDSA_P256_SHA256),)),
        ("not-critical", (replace(holder_extension(), critical=False),)),
    ):
        yield one.refused(
            f"prover-extensions-{name}", "What the Prover claims is what it submitted, all of it.",
            "prover-extensions-mismatch", _arrives(one.fields, one.stating(prover_extensions=listed_)),
            "messages.1.attestation.body.prover_extensions", detail=name.replace("-", " "),
        )  # fmt: skip
    for name, comment, extensions in (
        ("critical-first", "What is critical and unknown cannot be ignored.",
         (replace(POLICY, critical=True), REGION)),
        ("critical-last", "Also as the last.", (POLICY, replace(REGION, critical=True))),
        ("of-the-prover", "An id without the Notary's prefix.", (POLICY, stranger)),
        ("holder-key", "The Notary cannot choose a holder.", (holder_extension(),)),
    ):  # fmt: skip
        yield one.refused(
            f"notary-extensions-{name}", comment, "notary-extension-invalid",
            _arrives(one.fields, one.stating(notary_extensions=extensions)),
            "messages.1.attestation.body.notary_extensions", detail=name.replace("-", " "),
        )  # fmt: skip


def _headers(one: _Session, other: _Session) -> Iterator[Vector]:
    digest = one.attestation.header.body_digest
    for name, octets in (
        ("flipped", _flipped(digest)),
        ("zero", bytes(32)),
        ("from-another-session", other.attestation.header.body_digest),
    ):
        yield one.refused(f"digest-{name}", "The signed digest is not that of the body.", "body-digest-mismatch",
                          _arrives(one.fields, one.heading(body_digest=octets)),
                          "messages.1.attestation.header.body_digest", detail=name.replace("-", " "))  # fmt: skip
    for name, changes in (
        ("version-zero", {"format_version": 0}),
        ("version-two", {"format_version": 2}),
        ("version-largest", {"format_version": 65535}),
        ("id-zero", {"attestation_id": bytes(16)}),
        ("hash-of-the-body", {
            "body_hash_algorithm": HashAlgorithm.KECCAK256,
            "body_digest": one.body.digest(HashAlgorithm.KECCAK256),
        }),
    ):  # fmt: skip
        field = next(iter(changes))
        yield one.refused(name, "Version, algorithms and id are those of this session.", "unexpected-format",
                          _arrives(one.fields, one.heading(**changes)),
                          f"messages.1.attestation.header.{field}", detail=name.replace("-", " "))  # fmt: skip
    unsigned: tuple[tuple[str, Structure], ...] = (
        (
            "id-unsigned",
            replace(one.attestation.header, attestation_id=other.attestation.header.attestation_id),
        ),
        ("header-from-another-session", other.attestation.header),
    )
    for name, header in unsigned:
        yield one.refused(name, "The signature is over the header as it was signed.", "signature-invalid",
                          _arrives(one.fields, replace(one.attestation, header=header)),  # type: ignore[arg-type]
                          "messages.1.attestation.header", MutationKind.FROM_ANOTHER_SESSION)  # fmt: skip


def _messages(one: _Session, other: _Session) -> Iterator[Vector]:
    yield one.refused("attestation-from-another-session", "A whole attestation of another session of this Notary.",
                      "key-exchange-commitment-mismatch",
                      _arrives(one.fields, other.attestation, blinder=other.honest.key_exchange_blinder),
                      "messages.1", MutationKind.FROM_ANOTHER_SESSION)  # fmt: skip
    swapped: AttestationBody = other.body
    yield one.refused("body-from-another-session", "The header of this session over the body of another.",
                      "body-digest-mismatch", _arrives(one.fields, replace(one.attestation, body=swapped)),
                      "messages.1.attestation.body", MutationKind.FROM_ANOTHER_SESSION)  # fmt: skip
    root = one.body.transcript_commitments.root
    for name, octets in (
        ("flipped", _flipped(root)),
        ("zero", bytes(32)),
        ("from-another-session", other.body.transcript_commitments.root),
    ):
        yield one.refused(f"first-root-{name}", "The root that is sent before is that of the Prover's own tree.",
                          "data-submission/root-mismatch", _arrives(one.fields, root=octets), "messages.0.root",
                          MutationKind.REPLACE, name.replace("-", " "))  # fmt: skip
    honest = (encode_message(MerkleTreeRoot(root=root)), encode_message(one.honest))
    for place in (0, 1):
        for name, octets, reason in (
            ("another-message", encode_message(RecordedSessionParameters(digest=bytes(32))), "link/unexpected-message"),
            ("message-of-before", encode_message(SessionClosed()), "link/unexpected-message"),
            ("the-other-of-the-two", honest[1 - place], "link/unexpected-message"),
            ("refusal", encode_message(Refusal(reason="data-submission/commitment-proof-invalid")),
             "data-submission/commitment-proof-invalid"),
            ("refusal-without-a-known-reason", encode_message(Refusal(reason="a/b")), "link/unexpected-message"),
            ("truncated", honest[place][:-1], "encoding/truncated"),
            ("extended", honest[place] + b"\0", "encoding/trailing-octets"),
        ):  # fmt: skip
            messages = [*honest[:place], octets, *honest[place + 1 :]]
            yield one.refused(
                f"{name}-{place}", "Only the message that is awaited is taken, and only whole.", reason,
                {**_arrives(one.fields), "messages": listed(messages)}, f"messages.{place}", MutationKind.REPLACE,
                name.replace("-", " "),
            )  # fmt: skip


def _silence() -> Iterator[Vector]:
    """With encoding commitments the Prover judges only when it has read the attestation."""
    one = _Session("encoded", session(f"{STEP}/encoded", ENCODED), features_of(ENCODED))
    yield one.accepted("A session with encoding commitments.")
    root = _flipped(one.body.transcript_commitments.root)
    yield one.refused("first-root", "Another root, found after the attestation was read.",
                      "data-submission/root-mismatch", _arrives(one.fields, root=root), "messages.0.root",
                      MutationKind.FLIP)  # fmt: skip
    yield one.refused("release", "What was released does not fit what was given in the conversion.",
                      "data-submission/conversion-check-failed", _arrives(one.fields, deviates=True), "deviates",
                      MutationKind.REPLACE, "true")  # fmt: skip
    tree = one.body.transcript_commitments
    other_tree = one.stating(transcript_commitments=replace(tree, root=root))
    yield one.refused("root-of-the-attestation", "The right root first, another in the attestation.",
                      "transcript-commitments-mismatch", _arrives(one.fields, other_tree),
                      "messages.1.attestation.body.transcript_commitments.root")  # fmt: skip
    yield one.refused("signature", "The attestation is judged as ever.", "signature-invalid",
                      _arrives(one.fields, replace(one.attestation, signature=bytes(64))),
                      "messages.1.attestation.signature", MutationKind.ZERO)  # fmt: skip
    honest = (encode_message(MerkleTreeRoot(root=tree.root)), encode_message(one.honest))
    for place in (0, 1):
        for name, octets, reason in (
            ("another-message", encode_message(SessionClosed()), "link/unexpected-message"),
            ("refusal", encode_message(Refusal(reason="link/timeout")), "link/timeout"),
        ):
            messages = [*honest[:place], octets, *honest[place + 1 :]]
            yield one.refused(f"{name}-{place}", "A session that ends early ends for that reason.", reason,
                              {**_arrives(one.fields), "messages": listed(messages)}, f"messages.{place}",
                              MutationKind.REPLACE, name.replace("-", " "))  # fmt: skip


FAMILIES = (
    Family(step=STEP, name="acceptance", summary="Attestations of every algorithm, and their signatures.",
           make=_accepted),
    Family(step=STEP, name="statements", summary="What the Prover compares with what it saw itself.",
           make=_statements),
    Family(step=STEP, name="silence", summary="Judged at the end: sessions with encoding commitments.",
           make=_silence),
)  # fmt: skip
