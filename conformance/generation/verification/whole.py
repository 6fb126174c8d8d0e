"""Whole verifications: what a Verifier reads in the end, bindings, policies, and defects that others had."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from mpctls.spec.binding import bind
from mpctls.spec.extensions import Extension
from mpctls.spec.identifiers import Direction, SignatureAlgorithm
from mpctls.spec.presentation import Presentation
from mpctls.spec.prover_states import DisclosureSelection
from mpctls.spec.ranges import RangeSet
from mpctls.spec.signatures import SigningKey
from mpctls.spec.verifier_policy import BindingRequest

from ...fields import Fields, listed, number, optional
from ...operations.form import Feature
from ...properties.certificates import NOW
from ...properties.verification.reconstruct_partial_transcript import challenge_field
from ..foundation.signatures import FEATURES as OF_SIGNATURE
from ..presentation_building.attested import (
    EVERYTHING,
    HELD,
    HOLDER,
    HONEST,
    OTHER,
    RSA,
    Session,
    file_of,
    flipped,
    holder_extension,
    presentation,
    request,
    signed_again,
    signing_key,
    values_of,
)
from ..presentation_building.choices import showing
from ..vector import Family, Mutation, MutationKind, Vector
from ..zero_knowledge.making import Making
from .consistency import identity_faults, opening_faults, roots
from .signatures import ALONE, trust_of, trusting

_STEP = "verification/reconstruct_partial_transcript"
_MAKE = Making(operation="verification/verify", features=(Feature.SERVER_IDENTITY,), seed="presentations")
_AUDIENCE, _NONCE = "verifier.example", b"a nonce of a Verifier"
_ASKED = BindingRequest(audience=_AUDIENCE, nonce=_NONCE)
_EXPIRY = NOW + 600


def _fields(
    shown: Presentation | bytes,
    *,
    key: SigningKey = HONEST.key,
    now: int = NOW,
    names: Sequence[str] | None = None,
    age: int | None = None,
    wanted: Sequence[str] = (),
    asked: BindingRequest | None = None,
) -> Fields:
    return {
        "file": shown if isinstance(shown, bytes) else file_of(shown),
        "trust": trusting(trust_of(key)),
        "roots": roots(),
        "now": number(now),
        "server names": optional(None if names is None else listed([name.encode() for name in names])),
        "maximum age": optional(None if age is None else number(age)),
        "required extensions": listed([each.encode() for each in wanted]),
        "challenge": challenge_field(asked),
    }


def _refused(
    name: str, comment: str, fields: Fields, reason: str, kind: MutationKind, field: str, base: str = "honest"
) -> Vector:
    code = reason if "/" in reason else f"verification/{reason}"
    return _MAKE.refused(
        name, comment, fields, code, base=base, mutation=Mutation(kind=kind, field=field, detail=comment)
    )


def _bound(shown: Presentation, by: SigningKey = HOLDER, **change: Any) -> Presentation:
    binding: dict[str, Any] = {
        "audience": _AUDIENCE,
        "nonce": _NONCE,
        "issued": NOW,
        "expiry": _EXPIRY,
        **change,
    }
    return bind(shown, by, **binding)


_OVERLAPPING = Session(
    label="overlapping",
    config=(
        request(Direction.RECEIVED, (0, 4)),
        request(Direction.RECEIVED, (2, 6)),
        request(Direction.RECEIVED, (6, 8)),
        request(Direction.RECEIVED, (10, 11), (13, 14)),
        request(Direction.RECEIVED, (len(HONEST.received) - 1, len(HONEST.received))),
    ),
)


def _transcripts() -> Iterator[Vector]:
    shown = presentation(HONEST, EVERYTHING)
    yield _MAKE.accepted(
        "honest",
        "Everything that was committed is read, and who the Server was.",
        _fields(shown),
        values_of(shown),
    )
    yield _MAKE.accepted("identity-alone", "The Server and no octet.", _fields(presentation(HONEST, ALONE)))
    yield _MAKE.accepted("rsa", "A Server whose key is one of RSA.", _fields(presentation(RSA, EVERYTHING)))
    for indices in ((0,), (1,), (3,), (4,), (0, 2), (2, 3)):
        yield _MAKE.accepted(
            "-".join(("leaves", *map(str, indices))), "Runs that touch are one run; the rest stays unknown.",
            _fields(presentation(HONEST, showing(*indices))),
        )  # fmt: skip
    last = len(HONEST.received) - 1
    selection = DisclosureSelection(
        sent=None, received=RangeSet.of((0, 8), (10, 11), (13, 14), (last, last + 1)), identity=False
    )
    yield _MAKE.accepted(
        "overlapping", "Leaves that overlap and that touch are one run; the last octet is one.",
        _fields(presentation(_OVERLAPPING, selection)),
    )  # fmt: skip
    for algorithm in SignatureAlgorithm:
        key = signing_key(algorithm, "holder")
        session = Session(
            label=f"whole {algorithm.text}", algorithm=algorithm, prover_extensions=(holder_extension(key),)
        )
        made = _bound(presentation(session, showing(0)), key)
        yield replace(
            _MAKE.accepted(
                f"bound-{algorithm.text}",
                "Signed and bound with this algorithm.",
                _fields(made, key=session.key),
            ),
            features=(Feature.SERVER_IDENTITY, *OF_SIGNATURE[algorithm]),
        )


def _bindings() -> Iterator[Vector]:
    free = presentation(HELD, showing(0))
    shown = _bound(free)
    yield _MAKE.accepted(
        "honest",
        "Bound by the holder, as the Verifier asked.",
        _fields(shown, asked=_ASKED),
        values_of(shown),
    )
    yield _MAKE.accepted(
        "not-asked", "A Verifier that asked for nothing still checks the binding.", _fields(shown)
    )
    for name, comment, now in (
        ("at-the-expiry", "The last second.", _EXPIRY),
        ("clock-behind", "Issued as far ahead of the Verifier's clock as is tolerated.", NOW - 300),
    ):
        yield _MAKE.accepted(name, comment, _fields(shown, now=now, asked=_ASKED))
    yield _MAKE.accepted(
        "of-one-second",
        "It is issued in the second in which it expires, and read in it.",
        _fields(_bound(free, expiry=NOW), asked=_ASKED),
    )
    flip, replaced, removed = MutationKind.FLIP, MutationKind.REPLACE, MutationKind.REMOVE
    required, without, invalid = "binding-required", "binding-without-holder-key", "binding-signature-invalid"
    audience, nonce = "binding-audience-mismatch", "binding-nonce-mismatch"
    early, late = "binding-not-yet-valid", "binding-expired"
    yield _refused(
        "left-out", "The binding is left out.", _fields(free, asked=_ASKED), required, removed, "binding"
    )
    yield _refused("left-out-and-not-asked", "A thief leaves it out where no Verifier asked.", _fields(free), required,
                   removed, "binding", "not-asked")  # fmt: skip
    plain = presentation(HONEST, showing(0))
    yield _refused("asked-without-holder", "The Verifier asked for a binding, and the attestation has no holder.",
                   _fields(plain, asked=_ASKED), required, removed, "attestation.body.prover_extensions")  # fmt: skip
    yield _refused("bound-without-holder", "A binding to nobody.", _fields(_bound(plain)), without, MutationKind.INSERT,
                   "binding", "not-asked")  # fmt: skip
    yield _refused("bound-without-holder-and-asked", "The Prover's own key is not the attestation's.",
                   _fields(_bound(plain), asked=_ASKED), without, MutationKind.INSERT, "binding")  # fmt: skip
    binding: Any = shown.binding
    other: Any = _bound(presentation(replace(HELD, label="held too"), showing(0))).binding
    for name, comment, kind, field, change in (
        ("signature-first", "One bit of its signature differs.",
         flip, "signature", {"signature": flipped(binding.signature, 0)}),
        ("signature-last", "The last bit of its signature differs.",
         flip, "signature", {"signature": flipped(binding.signature, 62)}),
        ("signature-zero", "A signature of zeros.", MutationKind.ZERO, "signature", {"signature": bytes(64)}),
        ("audience-changed", "The audience is changed after it was signed.",
         replaced, "audience", {"audience": "other.example"}),
        ("nonce-changed", "The nonce is changed after it was signed.", replaced, "nonce", {"nonce": _NONCE + b"!"}),
        ("issued-changed", "The time of issue is changed.", replaced, "issued", {"issued": NOW + 1}),
        ("expiry-changed", "The expiry is changed: the thief has more time.",
         replaced, "expiry", {"expiry": _EXPIRY + 1}),
        ("signature-of-another", "The signature of another session's binding.",
         MutationKind.FROM_ANOTHER_SESSION, "signature",
         {"signature": other.signature}),
    ):  # fmt: skip
        yield _refused(name, comment,
                       _fields(replace(shown, binding=replace(binding, **change)), asked=_ASKED), invalid,
                       kind,
                       f"binding.{field}")  # fmt: skip
    for name, comment, kind, made in (
        ("by-a-thief", "Another key signed.", replaced, _bound(free, signing_key(SignatureAlgorithm.ED25519, "thief"))),
        ("by-the-notary", "The Notary's key signed.", replaced, _bound(free, HELD.key)),
        ("moved", "The binding of a presentation that shows another leaf.", MutationKind.SWAP,
         replace(presentation(HELD, showing(2)), binding=binding)),
        ("more-shown", "The binding of a presentation that shows less.", MutationKind.SWAP,
         replace(presentation(HELD, showing(0, 1)), binding=binding)),
        ("identity-added", "The binding of a presentation without identity.", MutationKind.INSERT,
         replace(presentation(HELD, replace(showing(0), identity=True)), binding=binding)),
    ):  # fmt: skip
        yield _refused(name, comment, _fields(made, asked=_ASKED), invalid, kind, "binding")
    for name, comment, asked, reason in (
        ("other-audience", "It is bound for another audience.", replace(_ASKED, audience="other.example"), audience),
        ("audience-case", "Audiences are compared with case.", replace(_ASKED, audience="Verifier.example"), audience),
        ("stale-nonce", "It has the nonce of another request.", replace(_ASKED, nonce=b"the nonce of today"), nonce),
        ("nonce-longer", "The nonce that was asked for goes on.", replace(_ASKED, nonce=_NONCE + b"!"), nonce),
        ("audience-before-nonce", "Both are of another request.",
         BindingRequest(audience="other.example", nonce=b"the nonce of today"), audience),
    ):  # fmt: skip
        yield _refused(name, comment, _fields(shown, asked=asked), reason, replaced, "challenge")
    for name, comment, now, reason in (
        ("issued-later", "Issued one second more ahead than is tolerated.", NOW - 301, early),
        ("expired", "One second after its expiry.", _EXPIRY + 1, late),
        ("expired-long-ago", "A year after its expiry.", _EXPIRY + 31_536_000, late),
    ):
        # The attestation itself is old enough for each of these clocks.
        old = replace(HELD, time=NOW - 1000)
        made = _bound(presentation(old, showing(0)))
        yield _refused(name, comment, _fields(made, now=now, asked=_ASKED), reason, replaced, "now")
    for name, comment, expiry in (
        ("expires-before-issue", "It expires before it is issued.", NOW - 1),
        ("expiry-zero", "It expires at the beginning of 1970.", 0),
    ):
        yield _refused(
            name,
            comment,
            _fields(_bound(free, expiry=expiry), asked=_ASKED),
            early,
            replaced,
            "binding.expiry",
        )


def _policies() -> Iterator[Vector]:
    extended = Session(
        label="extended",
        prover_extensions=(Extension(id="purpose", critical=False, value=b"a loan"),),
        notary_extensions=(Extension(id="notary/policy", critical=False, value=b"1"),),
    )
    shown, hidden = presentation(extended, EVERYTHING), presentation(extended, showing(0))
    wishes: dict[str, Any] = {"names": ("bank.example",), "age": 0, "wanted": ("purpose", "notary/policy")}
    yield _MAKE.accepted("honest", "All wishes of the Verifier are met.", _fields(shown, **wishes))
    change: dict[str, Any]
    for name, comment, change in (
        ("name-in-other-case", "Expected names are compared without case.", {"names": ("BANK.example",)}),
        ("one-of-two-names", "One of two expected names.", {"names": ("other.example", "bank.example")}),
        ("age-limit", "Exactly as old as is allowed.", {"age": 60, "now": NOW + 60}),
        ("younger-than-now", "Attested ahead of the Verifier's clock: no age.", {"age": 0, "now": NOW - 100}),
        ("age-limit-maximum", "The largest age.", {"age": 2**64 - 1}),
    ):
        yield _MAKE.accepted(name, comment, _fields(shown, **{**wishes, **change}))
    replaced = MutationKind.REPLACE
    for name, comment, made, change, reason, field in (
        ("no-identity", "A Server is expected, and none is shown.", hidden, {}, "identity-required", "identity"),
        ("no-identity-any-name", "No name would do.", hidden, {"names": ()}, "identity-required", "server_names"),
        ("other-name", "Another Server is expected.",
         shown, {"names": ("other.example",)}, "server-not-allowed", "server_names"),
        ("no-name", "No Server is taken.", shown, {"names": ()}, "server-not-allowed", "server_names"),
        ("parent-name", "A parent of the name is expected.",
         shown, {"names": ("example",)}, "server-not-allowed", "server_names"),
        ("too-old", "One second older than is allowed.",
         shown, {"age": 60, "now": NOW + 61}, "attestation-too-old", "maximum_age"),
        ("no-age", "No age is allowed, and a second has passed.",
         shown, {"age": 0, "now": NOW + 1}, "attestation-too-old", "now"),
        ("missing-extension", "An extension is missing.", shown, {"wanted": ("other",)}, "required-extension-missing",
         "required_extensions"),
        ("one-of-two-missing", "One of two extensions is missing.", shown, {"wanted": ("purpose", "notary/region")},
         "required-extension-missing", "required_extensions"),
        ("extension-by-prefix", "The prefix of an id is another id.", shown, {"wanted": ("notary/",)},
         "required-extension-missing", "required_extensions"),
        ("name-before-age", "Another Server, and too old.",
         shown, {"names": ("other.example",), "age": 1, "now": NOW + 99},
         "server-not-allowed", "server_names"),
    ):  # fmt: skip
        yield _refused(name, comment, _fields(made, **{**wishes, **change}), reason, replaced, field)


def _refusals() -> Iterator[Vector]:
    """What the steps before refuse is refused by the whole verification, and nothing is read."""
    honest = replace(HONEST, label="refusals")
    yield _MAKE.accepted(
        "honest", "A presentation of another session.", _fields(presentation(honest, showing(0, 2, 4)))
    )
    for name, comment, reason, kind, field, made in (*identity_faults(), *opening_faults()):
        if name == "before-the-certificate":
            continue  # at that time the Notary's key is not valid either
        yield _refused(name, comment, _fields(made), reason, kind, field)
    whole = presentation(honest, EVERYTHING)
    octets = file_of(whole)
    yield _refused(
        "file-cut",
        "The file is cut.",
        _fields(octets[:-1]),
        "encoding/truncated",
        MutationKind.TRUNCATE,
        "file",
    )
    yield _refused("file-longer", "An octet follows.", _fields(octets + b"\0"), "encoding/trailing-octets",
                   MutationKind.EXTEND, "file")  # fmt: skip
    thief = signing_key(SignatureAlgorithm.ED25519, "thief")
    yield _refused("untrusted", "Nobody trusts this Notary.", _fields(whole, key=thief), "untrusted-notary",
                   MutationKind.REPLACE, "trust")  # fmt: skip
    for name, comment, octets_ in (
        ("predicate-of-no-octets", "A proof of no octets.", b""),
        ("predicate-that-is-none", "Octets that are no proof.", b"\1"),
    ):
        yield _refused(name, comment, _fields(replace(whole, predicates=(octets_,))), "encoding/truncated",
                       MutationKind.INSERT, "predicates.0")  # fmt: skip


def _defects() -> Iterator[Vector]:
    """Defects that other implementations of attested connections had or have; who has one accepts its vector."""
    session = replace(
        HONEST, label="defects", prover_extensions=(Extension(id="purpose", critical=False, value=b"a loan"),)
    )
    shown = presentation(session, EVERYTHING)
    yield _MAKE.accepted("honest", "A presentation without any of the defects.", _fields(shown))
    attestation = shown.attestation
    body = attestation.body
    proof: Any = shown.transcript
    other: Any = presentation(OTHER, EVERYTHING).transcript
    replaced, removed = MutationKind.REPLACE, MutationKind.REMOVE
    stripped = replace(attestation, body=replace(body, prover_extensions=()))
    yield _refused("extension-omitted", "A body of which the Prover may leave out fields: the extension is gone.",
                   _fields(replace(shown, attestation=stripped)), "body-digest-mismatch", removed,
                   "attestation.body.prover_extensions")  # fmt: skip
    swapped = replace(
        attestation, body=replace(body, connection_info=replace(body.connection_info, time=NOW - 1))
    )
    yield _refused("body-not-recomputed", "A header with a valid signature over another body.",
                   _fields(replace(shown, attestation=swapped)), "body-digest-mismatch", replaced,
                   "attestation.body")  # fmt: skip
    for name, comment, tree in (
        ("leaf-count-not-signed", "A number of leaves that nobody signed.",
         replace(body.transcript_commitments, leaf_count=8)),
        ("tree-hash-not-signed", "A hash function of the tree that nobody signed.",
         replace(body.transcript_commitments, algorithm=type(body.transcript_commitments.algorithm)(2))),
    ):  # fmt: skip
        made = replace(
            shown, attestation=replace(attestation, body=replace(body, transcript_commitments=tree))
        )
        yield _refused(
            name,
            comment,
            _fields(made),
            "body-digest-mismatch",
            replaced,
            "attestation.body.transcript_commitments",
        )
    order = HONEST.key
    secret = signing_key(SignatureAlgorithm.ECDSA_P256_SHA256, "notary")
    high = Session(label="defects high", algorithm=SignatureAlgorithm.ECDSA_P256_SHA256)
    signature = presentation(high, showing(0)).attestation.signature
    n = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    other_half = (n - int.from_bytes(signature[32:], "big")).to_bytes(32, "big")
    made = replace(presentation(high, showing(0)))
    made = replace(made, attestation=replace(made.attestation, signature=signature[:32] + other_half))
    yield _refused("high-s", "The other s of an ECDSA signature: one attestation would have two signatures.",
                   _fields(made, key=secret), "signature-invalid", replaced, "attestation.signature")  # fmt: skip
    yield _refused("trailing-octets", "Octets behind the presentation.", _fields(file_of(shown) + b"behind"),
                   "encoding/trailing-octets", MutationKind.EXTEND, "file")  # fmt: skip
    held = presentation(replace(HELD, label="defects held"), showing(0))
    yield _refused("bearer-token", "A presentation that whoever copies it may show.", _fields(held), "binding-required",
                   removed,
                   "binding")  # fmt: skip
    yield _refused("openings-of-another", "Openings are not led to the signed root.",
                   _fields(replace(shown, transcript=other)),
                   "merkle-proof-invalid", MutationKind.FROM_ANOTHER_SESSION, "transcript")  # fmt: skip
    first: Any = proof.openings[0]
    second: Any = proof.openings[2]
    for name, comment, kind, changed, reason in (
        ("direction-not-hashed", "What was sent is shown as received.", MutationKind.SWAP,
         replace(first, commitment=replace(first.commitment, direction=Direction.RECEIVED)), "merkle-proof-invalid"),
        ("ranges-not-hashed", "Octets are shown in another place.", replaced,
         replace(first, commitment=replace(first.commitment, ranges=RangeSet.of((1, 1 + len(first.opening.octets))))),
         "merkle-proof-invalid"),
        ("zeros-for-octets", "Octets that are not given are taken for zeros.", MutationKind.ZERO,
         replace(first, opening=replace(first.opening, octets=bytes(len(first.opening.octets)))), "opening-mismatch"),
        ("a-part-for-the-whole", "A part of a commitment is opened.", MutationKind.TRUNCATE,
         replace(first, opening=replace(first.opening, octets=first.opening.octets[:4])), "opening-length-mismatch"),
        ("value-of-another-leaf", "The value of another leaf.", MutationKind.SWAP,
         replace(first, commitment=replace(first.commitment, value=second.commitment.value)), "opening-mismatch"),
    ):  # fmt: skip
        made = replace(shown, transcript=replace(proof, openings=(changed, *proof.openings[1:])))
        yield _refused(name, comment, _fields(made), reason, kind, "transcript.openings.0")
    identity: Any = shown.identity
    renamed = replace(shown, identity=replace(identity, server_name="a.wild.example.attacker"))
    yield _refused("name-not-checked", "The chain is valid, and the name is not looked at.", _fields(renamed),
                   "server-name-mismatch", replaced, "identity.server_name")  # fmt: skip
    forged = signed_again(shown, by=signing_key(SignatureAlgorithm.ED25519, "thief"),
                          verifying_key=signing_key(SignatureAlgorithm.ED25519, "thief").verifying_key)  # fmt: skip
    yield _refused("key-of-the-body", "A signature that is valid under the key in the body.",
                   _fields(forged, key=order),
                   "untrusted-notary", MutationKind.SIGN_AGAIN, "attestation.body.verifying_key")  # fmt: skip


FAMILIES = (
    Family(step=_STEP, name="transcripts", summary="What is read of what was shown.", make=_transcripts),
    Family(
        step=_STEP, name="bindings", summary="Bindings to a holder, an audience and a time.", make=_bindings
    ),
    Family(step=_STEP, name="policies", summary="What a Verifier wants beyond validity.", make=_policies),
    Family(step=_STEP, name="refusals", summary="Every refusal before, seen from the end.", make=_refusals),
    Family(step=_STEP, name="known-defects", summary="Defects that others had.", make=_defects),
)
