"""Attestations that a Verifier believes, and such that it does not: signed again where what is signed is changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from mpctls.spec.extensions import Extension
from mpctls.spec.identifiers import HashAlgorithm, SignatureAlgorithm
from mpctls.spec.presentation import Presentation
from mpctls.spec.signatures import SigningKey

from ...fields import Fields, listed, number
from ...properties.certificates import NOW
from ..foundation.merkle import FEATURES as OF_HASH
from ..foundation.signatures import FEATURES as OF_SIGNATURE
from ..presentation_building.attested import (
    EVERYTHING,
    HOLDER,
    HONEST,
    NOTHING,
    OTHER,
    Session,
    file_of,
    flipped,
    holder_extension,
    presentation,
    signed_again,
    signing_key,
    values_of,
)
from ..presentation_building.choices import showing
from ..vector import Family, Mutation, MutationKind, Vector
from ..zero_knowledge.making import Making

_STEP = "verification/verify_signature_validity"
_MAKE = Making(operation="verification/signature", seed="presentations")
_DAY = 86_400
ALONE = replace(NOTHING, identity=True)
"""Which Server it was, and nothing else: the shortest presentation with an identity."""
SHOWN = showing(0)
"""The first commitment and nothing else: the shortest of all."""


def trust_of(key: SigningKey, begin: int = NOW - _DAY, end: int = NOW + _DAY) -> tuple[bytes, int, int]:
    """An entry of a trust store."""
    return key.verifying_key.encode(), begin, end


def trusting(*entries: tuple[bytes, int, int]) -> bytes:
    """A trust store."""
    return listed([listed([key, number(begin), number(end)]) for key, begin, end in entries])


def _signed(
    shown: Presentation | bytes, trust: Sequence[tuple[bytes, int, int]] | None = None, now: int = NOW
) -> Fields:
    octets = shown if isinstance(shown, bytes) else file_of(shown)
    entries = (trust_of(HONEST.key),) if trust is None else trust
    return {"file": octets, "trust": trusting(*entries), "now": number(now)}


def _refused(
    name: str, comment: str, fields: Fields, reason: str, kind: MutationKind, field: str, base: str = "honest"
) -> Vector:
    code = reason if "/" in reason else f"verification/{reason}"
    return _MAKE.refused(
        name, comment, fields, code, base=base, mutation=Mutation(kind=kind, field=field, detail=comment)
    )


def _believed() -> Iterator[Vector]:
    shown = presentation(HONEST, SHOWN)
    yield _MAKE.accepted("honest", "A trusted Notary's signature.", _signed(shown), values_of(shown))
    for algorithm in SignatureAlgorithm:
        session = Session(label=f"by {algorithm.text}", algorithm=algorithm)
        yield replace(
            _MAKE.accepted(algorithm.text, "Another algorithm of signatures.",
                           _signed(presentation(session, SHOWN), (trust_of(session.key),)),
                           values_of(presentation(session, SHOWN))),
            features=OF_SIGNATURE[algorithm],
        )  # fmt: skip
    for hash_algorithm in HashAlgorithm:
        session = Session(label=f"body {hash_algorithm.name}", body_hash=hash_algorithm)
        yield replace(
            _MAKE.accepted(f"body-{hash_algorithm.name.lower()}", "The hash of the body.",
                           _signed(presentation(session, SHOWN)), values_of(presentation(session, SHOWN))),
            features=OF_HASH[hash_algorithm],
        )  # fmt: skip
    key = HONEST.key
    other = trust_of(signing_key(SignatureAlgorithm.ED25519, "another notary"))
    for name, comment, trust, now in (
        ("second-of-two", "The Notary is the second of two that are trusted.", (other, trust_of(key)), NOW),
        ("valid-from-now", "The first second in which the key is valid.", (trust_of(key, begin=NOW),), NOW),
        ("valid-until-now", "The last second in which the key is valid.", (trust_of(key, end=NOW),), NOW),
        ("verified-years-later", "The key was valid when it was attested, and is not any more.",
         (trust_of(key, end=NOW),),
         NOW + 10**9),
        ("clock-behind", "The Notary's clock is ahead by all that is tolerated.", (trust_of(key),), NOW - 300),
    ):  # fmt: skip
        yield _MAKE.accepted(name, comment, _signed(shown, trust, now))
    for name, comment, session in (
        ("extensions", "Extensions that nobody needs to know.", Session(
            label="extended", prover_extensions=(Extension(id="purpose", critical=False, value=b"a loan"),
                                                 Extension(id="zzz/unknown", critical=False, value=b"")),
            notary_extensions=(Extension(id="notary/policy", critical=False, value=b"1"),))),
        ("holder-key", "A holder key is critical, and known.",
         Session(label="held", prover_extensions=(holder_extension(),))),
        ("similar-to-notary", "Only ids that begin with the prefix are the Notary's.",
         Session(label="prefix", prover_extensions=(Extension(id="notaryx", critical=False, value=b""),))),
    ):  # fmt: skip
        yield _MAKE.accepted(name, comment, _signed(presentation(session, SHOWN)))


def _headers() -> Iterator[Vector]:
    shown, key = presentation(HONEST, ALONE), HONEST.key
    attestation = shown.attestation
    header, body = attestation.header, attestation.body
    yield _MAKE.accepted("honest", "A presentation of the identity alone.", _signed(shown), values_of(shown))
    sign, flip, replaced = MutationKind.SIGN_AGAIN, MutationKind.FLIP, MutationKind.REPLACE
    invalid, digest = "signature-invalid", "body-digest-mismatch"

    def again(**header_: Any) -> Fields:
        return _signed(signed_again(shown, by=key, header={"body_digest": header.body_digest, **header_}))

    for version in (0, 2, 0xFFFF):
        yield _refused(
            f"version-{version}", "A version that is not known.", again(format_version=version),
            "unknown-format-version", sign, "attestation.header.format_version",
        )  # fmt: skip
    for algorithm in (2, 3, 4):
        yield _refused(
            f"algorithm-{algorithm}", "The header names another algorithm than the key has.",
            again(signature_algorithm=SignatureAlgorithm(algorithm)), "algorithm-mismatch", sign,
            "attestation.header.signature_algorithm",
        )  # fmt: skip
    eth = Session(label="downgraded", algorithm=SignatureAlgorithm.ECDSA_SECP256K1_KECCAK256)
    downgraded = signed_again(
        presentation(eth, ALONE),
        by=eth.key,
        header={"signature_algorithm": SignatureAlgorithm.ECDSA_SECP256K1_SHA256},
    )
    yield replace(
        _refused("algorithm-downgraded", "A key for Keccak-256 under the number of the algorithm with SHA-256.",
                 _signed(downgraded, (trust_of(eth.key),)), "algorithm-mismatch", sign,
                 "attestation.header.signature_algorithm"),
        features=OF_SIGNATURE[eth.algorithm],
    )  # fmt: skip
    for name in ("attestation_id", "body_digest"):
        change: dict[str, Any] = {name: flipped(getattr(header, name))}
        changed = replace(shown, attestation=replace(attestation, header=replace(header, **change)))
        yield _refused(
            f"{name.replace('_', '-')}-flipped", "One bit of the header differs, and the signature stays.",
            _signed(changed), invalid, flip, f"attestation.header.{name}",
        )  # fmt: skip
    changed = replace(
        shown,
        attestation=replace(attestation, header=replace(header, body_hash_algorithm=HashAlgorithm.BLAKE3)),
    )
    yield _refused("body-hash-changed", "Another hash of the body, and the signature stays.", _signed(changed), invalid,
                   replaced, "attestation.header.body_hash_algorithm")  # fmt: skip
    for name, comment, kind, octets in (
        ("signature-first-bit", "The first octet of the signature differs.", flip, flipped(attestation.signature, 0)),
        ("signature-last-bit", "The last octet of the signature differs.", flip, flipped(attestation.signature)),
        ("signature-zero", "A signature of zeros.", MutationKind.ZERO, bytes(64)),
        ("signature-maximum", "A signature of ones.", MutationKind.MAXIMUM, b"\xff" * 64),
        ("signature-halves-swapped", "Both halves have changed places.", MutationKind.SWAP,
         attestation.signature[32:] + attestation.signature[:32]),
        ("signature-of-another", "The signature of another attestation.", MutationKind.FROM_ANOTHER_SESSION,
         OTHER.attestation().signature),
        ("signature-over-the-body", "The Notary's key signed the body instead of the header.", replaced,
         key.sign(body.encode())),
        ("signature-without-context", "The Notary's key signed the header without what says that it is one.", replaced,
         key.sign(header.encode())),
        ("signature-of-another-key", "Another key signed.", replaced,
         signing_key(SignatureAlgorithm.ED25519, "thief").sign(header.signature_input())),
    ):  # fmt: skip
        yield _refused(name, comment, _signed(replace(shown, attestation=replace(attestation, signature=octets))),
                       invalid,
                       kind, "attestation.signature")  # fmt: skip
    for name, comment, kind, header_ in (
        ("digest-flipped", "The Notary signed another digest.", sign, {"body_digest": flipped(header.body_digest)}),
        ("digest-of-another-hash", "The digest is of another hash than the header says.", sign,
         {"body_hash_algorithm": HashAlgorithm.KECCAK256}),
        ("digest-of-another-body", "The digest of another session's body.", MutationKind.FROM_ANOTHER_SESSION,
         {"body_digest": OTHER.attestation().header.body_digest}),
        ("digest-zero", "A digest of zeros.", sign, {"body_digest": bytes(32)}),
    ):  # fmt: skip
        yield _refused(name, comment, again(**header_), digest, kind, "attestation.header")


def _bodies() -> Iterator[Vector]:
    shown, key = presentation(HONEST, EVERYTHING), HONEST.key
    attestation = shown.attestation
    body = attestation.body
    info, tree = body.connection_info, body.transcript_commitments
    yield _MAKE.accepted("honest", "A presentation of everything.", _signed(shown), values_of(shown))
    flip, digest = MutationKind.FLIP, "body-digest-mismatch"
    other = OTHER.attestation().body
    changes: Sequence[tuple[str, str, MutationKind, str, dict[str, Any]]] = (
        ("time", "One second later.", MutationKind.REPLACE, "connection_info.time",
         {"connection_info": replace(info, time=info.time + 1)}),
        ("sent-length", "One octet more was sent.", MutationKind.REPLACE, "connection_info.sent_length",
         {"connection_info": replace(info, sent_length=info.sent_length + 1)}),
        ("received-length", "One octet less was received.", MutationKind.REPLACE, "connection_info.received_length",
         {"connection_info": replace(info, received_length=info.received_length - 1)}),
        ("extended-master-secret", "The handshake was without extended master secret.", flip,
         "connection_info.extended_master_secret", {"connection_info": replace(info, extended_master_secret=False)}),
        ("key-exchange-commitment", "One bit differs.", flip, "key_exchange_commitment",
         {"key_exchange_commitment": flipped(body.key_exchange_commitment)}),
        ("handshake-commitment", "One bit differs.", flip, "handshake_commitment",
         {"handshake_commitment": flipped(body.handshake_commitment)}),
        ("commitments-swapped", "Both commitments have changed places.", MutationKind.SWAP, "key_exchange_commitment",
         {"key_exchange_commitment": body.handshake_commitment, "handshake_commitment": body.key_exchange_commitment}),
        ("root", "One bit of the root differs.", flip, "transcript_commitments.root",
         {"transcript_commitments": replace(tree, root=flipped(tree.root))}),
        ("leaf-count", "One leaf more.", MutationKind.REPLACE, "transcript_commitments.leaf_count",
         {"transcript_commitments": replace(tree, leaf_count=6)}),
        ("tree-algorithm", "Another hash of the tree.", MutationKind.REPLACE, "transcript_commitments.algorithm",
         {"transcript_commitments": replace(tree, algorithm=HashAlgorithm.BLAKE3)}),
        ("tree-of-another", "The tree of another session.", MutationKind.FROM_ANOTHER_SESSION, "transcript_commitments",
         {"transcript_commitments": other.transcript_commitments}),
        ("extension-added", "The Prover adds an extension.", MutationKind.INSERT, "prover_extensions",
         {"prover_extensions": (Extension(id="purpose", critical=False, value=b""),)}),
        ("notary-extension-added", "The Prover adds an extension of the Notary.",
         MutationKind.INSERT, "notary_extensions",
         {"notary_extensions": (Extension(id="notary/policy", critical=False, value=b""),)}),
    )  # fmt: skip
    for name, comment, kind, field, change in changes:
        changed = replace(shown, attestation=replace(attestation, body=replace(body, **change)))
        yield _refused(f"unsigned-{name}", f"{comment} The Notary did not sign it.", _signed(changed), digest, kind,
                       f"attestation.body.{field}")  # fmt: skip
    whole = replace(shown, attestation=replace(attestation, body=other))
    yield _refused("unsigned-body", "The body of another session under this header.", _signed(whole), digest,
                   MutationKind.FROM_ANOTHER_SESSION, "attestation.body")  # fmt: skip
    connection: Sequence[tuple[str, str, dict[str, Any]]] = (
        *((f"mode-{mode}", "unsupported-mode", {"mode": mode}) for mode in (0, 2, 255)),
        *((f"tls-{version:04x}", "unsupported-tls-version", {"tls_version": version})
          for version in (0x0302, 0x0304, 0)),
        *((f"suite-{suite:04x}", "unsupported-cipher-suite", {"cipher_suite": suite})
          for suite in (0x1301, 0xC030, 0x2BC0, 0)),
    )  # fmt: skip
    for name, reason, change in connection:
        again = signed_again(shown, by=key, connection_info=replace(info, **change))
        yield _refused(name, "The Notary signed what no Verifier understands.", _signed(again), reason,
                       MutationKind.SIGN_AGAIN, f"attestation.body.connection_info.{next(iter(change))}")  # fmt: skip
    yield from _extensions(shown, key)


def _extensions(shown: Presentation, key: SigningKey) -> Iterator[Vector]:
    unknown, misplaced = "unknown-critical-extension", "misplaced-extension"
    held = holder_extension()
    for name, comment, reason, prover, notary in (
        ("notary-id-of-the-prover", "The Prover claims what only the Notary may state.", misplaced,
         [Extension(id="notary/policy", critical=False, value=b"")], []),
        ("notary-prefix-alone", "The prefix alone is the Notary's.", misplaced,
         [Extension(id="notary/", critical=False, value=b"")], []),
        ("prover-id-of-the-notary", "A claim of the Prover in the list of the Notary.", misplaced, [],
         [Extension(id="purpose", critical=False, value=b"")]),
        ("second-misplaced", "The second of two extensions.", misplaced, [],
         [Extension(id="notary/policy", critical=False, value=b""),
          Extension(id="purpose", critical=False, value=b"")]),
        ("holder-key-of-the-notary", "A holder key in the list of the Notary.", misplaced, [], [held]),
        ("critical-of-the-prover", "A critical extension that nobody knows.", unknown,
         [Extension(id="other", critical=True, value=b"")], []),
        ("critical-of-the-notary", "A critical extension of the Notary that nobody knows.", unknown, [],
         [Extension(id="notary/policy", critical=True, value=b"")]),
        ("critical-purpose", "A known id that is not one of the critical ones.", unknown,
         [Extension(id="purpose", critical=True, value=b"")], []),
        ("critical-second", "The second of two.", unknown,
         [Extension(id="aaa", critical=False, value=b""), Extension(id="other", critical=True, value=b"")], []),
        ("holder-key-not-critical", "A holder key that is not critical would be ignored by some.", unknown,
         [holder_extension(critical=False)], []),
        ("holder-key-empty", "A holder key of no octets.",
         unknown, [Extension(id="holder-key", critical=True, value=b"")], []),
        ("holder-key-cut", "A holder key without its last octet.", unknown, [replace(held, value=held.value[:-1])], []),
        ("holder-key-longer", "An octet behind the holder key.",
         unknown, [replace(held, value=held.value + b"\0")], []),
        ("holder-key-of-no-algorithm", "A holder key of algorithm 0.",
         unknown, [replace(held, value=b"\0" + held.value[1:])], []),
        ("holder-key-off-curve", "A holder key that is no point.", unknown,
         [replace(held, value=b"\2\x21\x02" + b"\xff" * 32)], []),
    ):  # fmt: skip
        again = signed_again(shown, by=key, prover_extensions=tuple(prover), notary_extensions=tuple(notary))
        yield _refused(name, comment, _signed(again), reason, MutationKind.SIGN_AGAIN,
                       f"attestation.body.{'prover' if prover else 'notary'}_extensions")  # fmt: skip


def _trust() -> Iterator[Vector]:
    shown, key = presentation(HONEST, showing(1)), HONEST.key
    yield _MAKE.accepted("honest", "The Notary's entry in the trust store.", _signed(shown))
    untrusted, expired, future = "untrusted-notary", "notary-key-expired", "attested-in-the-future"
    other = signing_key(SignatureAlgorithm.ED25519, "another notary")
    same_secret = SigningKey(algorithm=SignatureAlgorithm.ECDSA_P256_SHA256, secret=key.secret)
    replaced = MutationKind.REPLACE
    for name, comment, kind, trust in (
        ("nobody", "An empty trust store.", MutationKind.REMOVE, ()),
        ("another", "Another Notary is trusted.", replaced, (trust_of(other),)),
        ("another-algorithm", "The key of the same secret for another algorithm is trusted.", replaced,
         (trust_of(same_secret),)),
        ("holder", "The holder's key is no Notary's.", replaced, (trust_of(HOLDER),)),
    ):  # fmt: skip
        yield _refused(f"trusts-{name}", comment, _signed(shown, trust), untrusted, kind, "trust")
    forged = signed_again(shown, by=other, verifying_key=other.verifying_key)
    yield _refused("own-notary", "The Prover plays Notary: all is valid under a key that is in the body.",
                   _signed(forged), untrusted, MutationKind.SIGN_AGAIN, "attestation.body.verifying_key")  # fmt: skip
    claimed = signed_again(shown, by=other)
    yield _refused("claims-the-notary", "The body names the trusted key, and another key signed.", _signed(claimed),
                   "signature-invalid", MutationKind.SIGN_AGAIN, "attestation.signature")  # fmt: skip
    for name, comment, begin, end in (
        ("not-yet", "The key is valid from the next second on.", NOW + 1, NOW + _DAY),
        ("not-any-more", "The key was valid until the second before.", NOW - _DAY, NOW - 1),
        ("never", "The last second is before the first.", NOW + 1, NOW - 1),
        ("at-the-beginning-of-time", "The key was valid in the first second of 1970.", 0, 0),
    ):
        yield _refused(
            name, comment, _signed(shown, (trust_of(key, begin, end),)), expired, replaced, "trust"
        )
    for name, comment, now in (
        ("clock-301-ahead", "One second more than what is tolerated.", NOW - 301),
        ("clock-at-zero", "The Verifier's clock stands at the beginning of 1970.", 0),
    ):
        yield _refused(name, comment, _signed(shown, None, now), future, replaced, "now")
    for name, comment, header, body, reason in (
        ("order-version-first", "Version and key are wrong: the version is looked at first.",
         {"format_version": 2}, {"verifying_key": other.verifying_key}, "unknown-format-version"),
    ):  # fmt: skip
        wrong = signed_again(shown, by=other, header=header, **body)
        yield _refused(
            name,
            comment,
            _signed(wrong),
            reason,
            MutationKind.SIGN_AGAIN,
            "attestation.header.format_version",
        )


def _files() -> Iterator[Vector]:
    shown = presentation(HONEST, showing(2))
    octets = file_of(shown)
    yield _MAKE.accepted("honest", "The file of a presentation.", _signed(octets), values_of(shown))
    kind_, version = "encoding/not-this-file-type", "encoding/unknown-format-version"
    cut, behind = "encoding/truncated", "encoding/trailing-octets"
    replaced, truncate = MutationKind.REPLACE, MutationKind.TRUNCATE
    for name, comment, reason, kind, changed in (
        ("empty", "No octets.", cut, truncate, b""),
        ("magic-cut", "A part of the magic.", cut, truncate, octets[:3]),
        ("magic-alone", "The magic alone.", cut, truncate, octets[:6]),
        ("version-cut", "Half of the version.", cut, truncate, octets[:8]),
        ("without-content", "Nothing behind the version.", cut, truncate, octets[:9]),
        ("last-octet-missing", "The last octet is missing.", cut, truncate, octets[:-1]),
        ("magic-other-case", "Another magic.", kind_, replaced, b"MPCTLS" + octets[6:]),
        ("magic-flipped", "One bit of the magic differs.", kind_, MutationKind.FLIP, flipped(octets, 5)),
        ("without-magic", "The presentation without what makes it a file.", kind_, MutationKind.REMOVE, octets[9:]),
        ("type-attestation", "The type of an attestation.", kind_, replaced, octets[:6] + b"\1" + octets[7:]),
        ("type-secrets", "The type of secrets.", kind_, replaced, octets[:6] + b"\2" + octets[7:]),
        ("type-zero", "Type 0.", kind_, MutationKind.ZERO, octets[:6] + b"\0" + octets[7:]),
        ("version-zero", "Version 0.", version, MutationKind.ZERO, octets[:7] + b"\0\0" + octets[9:]),
        ("version-two", "Version 2.", version, replaced, octets[:7] + b"\2\0" + octets[9:]),
        ("version-big-endian", "Version 1 with its octets in the other order.", version, MutationKind.SWAP,
         octets[:7] + b"\0\1" + octets[9:]),
        ("octet-behind", "An octet follows.", behind, MutationKind.EXTEND, octets + b"\0"),
        ("twice", "The presentation stands twice.", behind, MutationKind.DUPLICATE, octets + octets[9:]),
    ):  # fmt: skip
        yield _refused(name, comment, _signed(changed), reason, kind, "file")


FAMILIES = (
    Family(step=_STEP, name="believed", summary="Attestations that are believed.", make=_believed),
    Family(step=_STEP, name="headers", summary="Header and signature, each with one fault.", make=_headers),
    Family(step=_STEP, name="bodies", summary="Bodies, signed and not, that are not believed.", make=_bodies),
    Family(step=_STEP, name="trust", summary="Whom a Verifier trusts, and when.", make=_trust),
    Family(step=_STEP, name="files", summary="Files that hold a presentation, and others.", make=_files),
)
