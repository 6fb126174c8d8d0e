"""Openings and identities that fit what the Notary signed, and such that do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from mpctls.spec.commitments import EncodingOpening, HashOpening, WithheldOpening
from mpctls.spec.identifiers import Direction, HashAlgorithm, LexicalClass
from mpctls.spec.presentation import CommitmentOpening, IdentityProof, Presentation, TranscriptProof
from mpctls.spec.presentation_building.generate_transcript_proof import open_leaves
from mpctls.spec.prover_states import DisclosureSelection
from mpctls.spec.ranges import RangeSet
from mpctls.spec.transcript import Transcript

from ...fields import Fields, listed
from ...operations.form import Feature
from ...properties.commitments import of_other_kind
from ..foundation.server_identity import certificate
from ..presentation_building.attested import (
    EVERYTHING,
    HONEST,
    OTHER,
    RSA,
    Session,
    flipped,
    presentation,
    request,
    signed_again,
    tree_over,
    values_of,
)
from ..presentation_building.choices import showing
from ..vector import Family, Mutation, MutationKind, Vector
from ..zero_knowledge.making import Making
from .signatures import ALONE

_STEP = "verification/check_commitment_consistency"
_MAKE = Making(operation="verification/consistency", seed="presentations")
_IDENTITY = (Feature.SERVER_IDENTITY,)
_FLIP, _REPLACE, _ANOTHER = MutationKind.FLIP, MutationKind.REPLACE, MutationKind.FROM_ANOTHER_SESSION


def roots() -> bytes:
    """The root that the Server's chain leads to."""
    return listed([certificate("root")])


def _fields(shown: Presentation, trusted: bytes | None = None) -> Fields:
    return {"presentation": shown.encode(), "roots": roots() if trusted is None else trusted}


def _refused(
    name: str, comment: str, fields: Fields, reason: str, kind: MutationKind, field: str, base: str = "honest"
) -> Vector:
    mutation = Mutation(kind=kind, field=field, detail=comment)
    return _MAKE.refused(name, comment, fields, f"verification/{reason}", base=base, mutation=mutation)


def _identified(shown: Presentation) -> IdentityProof:
    if shown.identity is None:
        raise ValueError("no identity is shown")
    return shown.identity


def _proved(shown: Presentation) -> TranscriptProof:
    if shown.transcript is None:
        raise ValueError("nothing is opened")
    return shown.transcript


def identity_faults() -> Iterator[tuple[str, str, str, MutationKind, str, Presentation]]:
    """Presentations whose identity has one fault: name, comment, reason, kind and field of the fault."""
    shown = presentation(HONEST, ALONE)
    identity, other = _identified(shown), _identified(presentation(OTHER, ALONE))
    exchange, handshake = identity.key_exchange, identity.handshake
    for name in ("client_random", "server_random", "server_ephemeral_key", "blinder"):
        change: dict[str, Any] = {name: flipped(getattr(exchange, name))}
        yield (
            f"key-exchange-{name.replace('_', '-')}", "One bit of what opens the key exchange differs.",
            "key-exchange-commitment-mismatch", _FLIP, f"identity.key_exchange.{name}",
            replace(shown, identity=replace(identity, key_exchange=replace(exchange, **change))),
        )  # fmt: skip
    swapped = replace(exchange, client_random=exchange.server_random, server_random=exchange.client_random)
    for name, comment, kind, opening in (
        ("randoms-swapped", "Both randoms have changed places.", MutationKind.SWAP, swapped),
        ("key-exchange-of-another", "The opening of another session.", _ANOTHER, other.key_exchange),
    ):
        yield (
            name, comment, "key-exchange-commitment-mismatch", kind, "identity.key_exchange",
            replace(shown, identity=replace(identity, key_exchange=opening)),
        )  # fmt: skip
    data = handshake.handshake_data
    for name, comment, kind, hidden in (
        ("handshake-blinder", "One bit of the blinder differs.", _FLIP,
         replace(handshake, blinder=flipped(handshake.blinder))),
        ("handshake-signature", "One bit of the Server's signature differs.", _FLIP,
         replace(handshake, handshake_data=replace(data, signature=flipped(data.signature)))),
        ("handshake-scheme", "Another scheme.", _REPLACE,
         replace(handshake, handshake_data=replace(data, signature_algorithm=0x0804))),
        ("handshake-certificates", "The certificates in the other order.", MutationKind.REORDER,
         replace(handshake, handshake_data=replace(data, certificates=data.certificates[::-1]))),
        ("handshake-without-intermediate", "The intermediate is missing.", MutationKind.REMOVE,
         replace(handshake, handshake_data=replace(data, certificates=data.certificates[:1]))),
        ("handshake-of-another", "The opening of another session.", _ANOTHER, other.handshake),
    ):  # fmt: skip
        yield (
            name, comment, "handshake-commitment-mismatch", kind, "identity.handshake",
            replace(shown, identity=replace(identity, handshake=hidden)),
        )  # fmt: skip
    for name, server_name in (
        ("name-other", "other.example"), ("name-child", "www.bank.example"), ("name-empty", ""),
        ("name-in-upper-case",
         "BANK.example"), ("name-of-a-wildcard", "*.wild.example"), ("name-final-dot", "bank.example."),
    ):  # fmt: skip
        yield (
            name, "The Prover claims another name than the certificate has.", "server-name-mismatch", _REPLACE,
            "identity.server_name", replace(shown, identity=replace(identity, server_name=server_name)),
        )  # fmt: skip
    yield from _signed_nonsense(shown, identity)


def _signed_nonsense(
    shown: Presentation, identity: IdentityProof
) -> Iterator[tuple[str, str, str, MutationKind, str, Presentation]]:
    """A Notary signs commitments that it cannot look into: only the Verifier sees what they are to."""
    handshake = identity.handshake
    data = handshake.handshake_data
    change: dict[str, Any]
    for name, comment, reason, changed in (
        ("committed-broken-signature", "The Prover committed to a signature that the Server did not make.",
         "key-exchange-signature-invalid", replace(data, signature=flipped(data.signature, 20))),
        ("committed-leaf-alone", "The Prover committed to a chain without its intermediate.", "certificate-invalid",
         replace(data, certificates=data.certificates[:1])),
        ("committed-no-certificate", "The Prover committed to no certificate.", "certificate-invalid",
         replace(data, certificates=(b"\x30\0",))),
        ("committed-other-scheme", "The Prover committed to a scheme of another suite.", "unsupported-signature-scheme",
         replace(data, signature_algorithm=0x0804)),
    ):  # fmt: skip
        opening = replace(handshake, handshake_data=changed)
        again = signed_again(
            replace(shown, identity=replace(identity, handshake=opening)),
            by=HONEST.key,
            handshake_commitment=opening.commitment(),
        )
        yield name, comment, reason, MutationKind.SIGN_AGAIN, "identity.handshake.handshake_data", again
    exchange = identity.key_exchange
    for name, change in (
        ("committed-other-random", {"client_random": flipped(exchange.client_random)}),
        ("committed-other-key", {"server_ephemeral_key": flipped(exchange.server_ephemeral_key)}),
    ):
        moved = replace(exchange, **change)
        again = signed_again(
            replace(shown, identity=replace(identity, key_exchange=moved)),
            by=HONEST.key,
            key_exchange_commitment=moved.commitment(),
        )
        yield (
            name, "The Server signed another key exchange than the one that was committed to.",
            "key-exchange-signature-invalid", MutationKind.SIGN_AGAIN, "identity.key_exchange", again,
        )  # fmt: skip
    for name, comment, reason, change in (
        ("before-the-certificate", "Attested before the certificate was valid.", "certificate-invalid", {"time": 1}),
        ("suite-of-rsa", "A suite of RSA, and a Server whose key is of ECDSA.", "unsupported-signature-scheme",
         {"cipher_suite": 0xC02F}),
    ):  # fmt: skip
        facts: Any = change
        info = replace(shown.attestation.body.connection_info, **facts)
        again = signed_again(shown, by=HONEST.key, connection_info=info)
        yield (
            name,
            comment,
            reason,
            MutationKind.SIGN_AGAIN,
            f"attestation.body.connection_info.{next(iter(change))}",
            again,
        )


def _identities() -> Iterator[Vector]:
    shown = presentation(HONEST, ALONE)
    made = [
        _MAKE.accepted("honest", "Name, certificates and key exchange fit the attestation.", _fields(shown),
                       values_of(shown)),
        _MAKE.accepted("rsa", "A Server whose key is one of RSA.", _fields(presentation(RSA, ALONE))),
        _MAKE.accepted(
            "two-roots", "The right root is the second.",
            _fields(shown, listed([certificate("unknown-root"), certificate("root")])),
        ),
    ]  # fmt: skip
    made += [
        _refused(name, comment, _fields(changed), reason, kind, field)
        for name, comment, reason, kind, field, changed in identity_faults()
    ]
    made += [
        _refused("no-root", "No root is trusted.", _fields(shown, listed([])), "certificate-invalid",
                 MutationKind.REMOVE,                  "roots"),
        _refused("other-root", "Another root is trusted.", _fields(shown, listed([certificate("unknown-root")])),
                 "certificate-invalid", _REPLACE, "roots"),
    ]  # fmt: skip
    yield from (replace(each, features=_IDENTITY) for each in made)
    hidden = presentation(HONEST, showing(0, 3))
    yield _MAKE.accepted("no-identity", "Without an identity no root is needed.", _fields(hidden, listed([])))


def _with_opening(shown: Presentation, at: int, **change: Any) -> Presentation:
    proof = _proved(shown)
    openings: list[CommitmentOpening] = list(proof.openings)
    openings[at] = replace(openings[at], **change)
    return replace(shown, transcript=replace(proof, openings=tuple(openings)))


def opening_faults() -> Iterator[tuple[str, str, str, MutationKind, str, Presentation]]:
    """Presentations whose openings have one fault."""
    shown = presentation(HONEST, _OPENED)
    proof = _proved(shown)
    for at, each in enumerate(proof.openings):
        opening: Any = each.opening
        leaf: Any = each.commitment
        where = f"transcript.openings.{at}"
        mismatch = "opening-mismatch"
        yield (f"octet-{at}", "One octet of an opening differs.", mismatch, _FLIP, f"{where}.opening.octets",
               _with_opening(shown, at, opening=replace(opening, octets=flipped(opening.octets))))  # fmt: skip
        yield (f"blinder-{at}", "One bit of a blinder differs.", mismatch, _FLIP, f"{where}.opening.blinder",
               _with_opening(shown, at, opening=replace(opening, blinder=flipped(opening.blinder, 0))))  # fmt: skip
        for what, kind, octets in (
            ("longer", MutationKind.EXTEND, opening.octets + b"\0"),
            ("shorter", MutationKind.TRUNCATE, opening.octets[:-1]),
        ):
            yield (f"octets-{what}-{at}", "Another number of octets than the leaf is about.",
                   "opening-length-mismatch", kind,
                   f"{where}.opening.octets",
                   _with_opening(shown, at, opening=replace(opening, octets=octets)))  # fmt: skip
        hashed = isinstance(opening, HashOpening)
        other: Any = EncodingOpening(octets=opening.octets, blinder=bytes(32)) if hashed else HashOpening(
            octets=opening.octets, blinder=bytes(16))  # fmt: skip
        yield (f"kind-{at}", "An opening of the other kind.", "opening-kind-mismatch", _REPLACE, f"{where}.opening",
               _with_opening(shown, at, opening=other))  # fmt: skip
        yield (f"leaf-kind-{at}", "A leaf of the other kind.", "opening-kind-mismatch", _REPLACE, f"{where}.commitment",
               _with_opening(shown, at, commitment=of_other_kind(leaf)))  # fmt: skip
        name = "value" if hashed else "commitment"
        change: dict[str, Any] = {name: flipped(getattr(leaf, name), 0)}
        yield (f"value-{at}", "One bit of the leaf's value differs.", mismatch, _FLIP, f"{where}.commitment.{name}",
               _with_opening(shown, at, commitment=replace(leaf, **change)))  # fmt: skip
        length = len(HONEST.sent) if leaf.direction is Direction.SENT else len(HONEST.received)
        behind = RangeSet.of((length, length + 1))
        yield (f"bounds-{at}", "The leaf is about the octet behind the last.", "range-out-of-bounds", _REPLACE,
               f"{where}.commitment.ranges",
               _with_opening(shown, at, commitment=replace(leaf, ranges=behind)))  # fmt: skip
    yield from _grafts(shown)


def _grafts(shown: Presentation) -> Iterator[tuple[str, str, str, MutationKind, str, Presentation]]:
    proof, other = _proved(shown), _proved(presentation(OTHER, _OPENED))
    change: dict[str, Any]
    merkle, outside = "merkle-proof-invalid", "leaf-index-out-of-range"
    last = len(proof.openings) - 1
    for name, index in (("index-behind-the-last", 5), ("index-maximum", 2**32 - 1)):
        yield (name, "A leaf behind the last one of the tree.", outside, _REPLACE, f"transcript.openings.{last}.index",
               _with_opening(shown, last, index=index))  # fmt: skip
    moved: Any = proof.openings[0].commitment
    place = moved.ranges.ranges[0]
    for name, comment, change in (
        (
            "moved",
            "The same octets one position further.",
            {"ranges": RangeSet.of((place.start + 1, place.end + 1))},
        ),
        ("other-direction", "The same octets as what was received.", {"direction": Direction.RECEIVED}),
        (
            "other-class",
            "Another lexical class than what was proved.",
            {"lexical_class": LexicalClass.JSON_NUMBER},
        ),
    ):
        yield (name, comment, merkle, _REPLACE, "transcript.openings.0.commitment",
               _with_opening(shown, 0, commitment=replace(moved, **change)))  # fmt: skip
    for name, comment, kind, changed in (
        ("index-moved", "The second leaf in the place of the next.", _REPLACE, _with_opening(shown, 0, index=1)),
        ("leaf-of-another", "Leaf and opening of another session.", _ANOTHER,
         replace(shown, transcript=replace(proof, openings=(other.openings[0], *proof.openings[1:])))),
        ("all-of-another", "The whole proof of another session.", _ANOTHER, replace(shown, transcript=other)),
        ("hashes-of-another", "The hashes of another session.", _ANOTHER,
         replace(shown, transcript=replace(proof, proof=other.proof))),
    ):  # fmt: skip
        yield name, comment, merkle, kind, "transcript.openings", changed
    for name, comment, kind, hashes in (
        ("hash-missing", "The last hash is missing.", MutationKind.REMOVE, proof.proof[:-1]),
        ("hash-too-many", "A hash is left over.", MutationKind.INSERT, (*proof.proof, bytes(32))),
        ("hash-flipped", "One bit of a hash differs.", _FLIP, (flipped(proof.proof[0]), *proof.proof[1:])),
        ("hash-of-zeros", "A hash of zeros.", MutationKind.ZERO, (bytes(32), *proof.proof[1:])),
        ("no-hash", "All hashes are missing.", MutationKind.REMOVE, ()),
    ):  # fmt: skip
        yield (
            name,
            comment,
            merkle,
            kind,
            "transcript.proof",
            replace(shown, transcript=replace(proof, proof=hashes)),
        )
    body = shown.attestation.body
    tree = body.transcript_commitments
    for name, comment, change in (
        ("signed-count", "The Notary signed another number of leaves.", {"leaf_count": 6}),
        (
            "signed-count-maximum",
            "The Notary signed the largest number of leaves.",
            {"leaf_count": 2**32 - 1},
        ),
        (
            "signed-hash",
            "The Notary signed another hash of the tree.",
            {"algorithm": HashAlgorithm.KECCAK256},
        ),
        ("signed-root", "The Notary signed another root.", {"root": flipped(tree.root)}),
    ):
        again = signed_again(shown, by=HONEST.key, transcript_commitments=replace(tree, **change))
        yield name, comment, merkle, MutationKind.SIGN_AGAIN, "attestation.body.transcript_commitments", again
    again = signed_again(shown, by=HONEST.key, transcript_commitments=replace(tree, leaf_count=0))
    yield ("signed-count-zero", "The Notary signed a tree without leaves.", outside, MutationKind.SIGN_AGAIN,
           "attestation.body.transcript_commitments.leaf_count", again)  # fmt: skip
    info = replace(body.connection_info, received_length=10)
    again = signed_again(shown, by=HONEST.key, connection_info=info)
    yield ("signed-length", "The Notary signed fewer octets than a leaf is about.", "range-out-of-bounds",
           MutationKind.SIGN_AGAIN, "attestation.body.connection_info.received_length", again)  # fmt: skip


_OPENED = showing(0, 2, 4)
"""The first, one in the middle, and the last leaf, which is an encoding commitment."""


def _differing() -> Iterator[tuple[str, str, Presentation]]:
    """A Notary that signed leaves to different octets in one place."""
    for name, direction, parts in (
        ("sent", Direction.SENT, ((0, 4), (2, 6))),
        ("received", Direction.RECEIVED, ((0, 4), (3, 5))),
        ("inside", Direction.RECEIVED, ((0, 9), (4, 5))),
    ):
        config = tuple(request(direction, part) for part in parts)
        one = Session(label=f"overlap {name}", config=config)
        octets = bytearray(one.sent if direction is Direction.SENT else one.received)
        octets[parts[1][0]] ^= 1
        lying = (
            replace(one, sent=bytes(octets))
            if direction is Direction.SENT
            else replace(one, received=bytes(octets))
        )
        mixed = _Mixed(first=one, second=lying)
        yield (
            f"differ-{name}",
            "Two leaves, both signed, have another octet in one place.",
            mixed.presentation(),
        )


class _Mixed:
    """A tree of the first leaf of one session and the second of another."""

    def __init__(self, *, first: Session, second: Session) -> None:
        self._first, self._second = first, second

    def presentation(self) -> Presentation:
        """Both leaves opened under a signed root."""
        committed = (self._first.secrets().commitments[0], self._second.secrets().commitments[1])
        openings = []
        for index, session in enumerate((self._first, self._second)):
            proof = open_leaves(
                HashAlgorithm.SHA256,
                (index,),
                committed,
                Transcript(sent=session.sent, received=session.received),
            )
            openings.append(proof.openings[0])
        shown = Presentation(
            attestation=self._first.attestation(),
            identity=None,
            transcript=TranscriptProof(openings=tuple(openings), proof=()),
            predicates=(),
            binding=None,
        )
        tree = tree_over(HashAlgorithm.SHA256, committed)
        return signed_again(shown, by=self._first.key, transcript_commitments=tree)


def _openings() -> Iterator[Vector]:
    shown = presentation(HONEST, _OPENED)
    yield _MAKE.accepted("honest", "Three of five leaves are opened.", _fields(shown), values_of(shown))
    for indices in ((0,), (1,), (4,), (1, 3), (0, 1, 2, 3), (0, 1, 2, 3, 4)):
        yield _MAKE.accepted(
            "-".join(("leaves", *map(str, indices))),
            "These leaves are opened.",
            _fields(presentation(HONEST, showing(*indices))),
        )
    for at in range(3):
        opened: Sequence[CommitmentOpening] = _proved(shown).openings
        yield _MAKE.accepted(
            f"withheld-{at}", f"Leaf {opened[at].index} is shown, and its octets are not.",
            _fields(_with_opening(shown, at, opening=WithheldOpening())),
        )  # fmt: skip
    overlap = Session(
        label="agree", config=(request(Direction.SENT, (0, 4)), request(Direction.SENT, (2, 6)))
    )
    agreeing = DisclosureSelection(sent=RangeSet.of((0, 6)), received=None, identity=False)
    yield _MAKE.accepted("agree", "Two leaves overlap, and agree.", _fields(presentation(overlap, agreeing)))
    for name, comment, reason, kind, field, changed in opening_faults():
        yield _refused(name, comment, _fields(changed), reason, kind, field)
    withheld = _with_opening(shown, 0, opening=WithheldOpening())
    leaf: Any = _proved(shown).openings[0].commitment
    for name, comment, reason, changed in (
        ("withheld-out-of-bounds", "A leaf that stays closed is about octets that there are not.",
         "range-out-of-bounds",
         _with_opening(withheld, 0, commitment=replace(leaf, ranges=RangeSet.of((9000, 9001))))),
        ("withheld-out-of-the-tree", "A leaf that stays closed is not in the tree.", "merkle-proof-invalid",
         _with_opening(withheld, 0, commitment=replace(leaf, value=flipped(leaf.value)))),
    ):  # fmt: skip
        yield _refused(
            name,
            comment,
            _fields(changed),
            reason,
            _REPLACE,
            "transcript.openings.0.commitment",
            "withheld-0",
        )
    for name, comment, changed in _differing():
        yield _refused(name, comment, _fields(changed), "overlapping-openings-differ", MutationKind.SIGN_AGAIN,
                       "transcript.openings.1", "agree")  # fmt: skip
    everything = presentation(HONEST, EVERYTHING)
    both = replace(
        _with_opening(everything, 0, index=0, opening=HashOpening(octets=b"", blinder=bytes(16))),
        identity=replace(_identified(everything), server_name="other.example"),
    )
    yield _refused("identity-first", "Name and opening are wrong: the identity is looked at first.", _fields(both),
                   "server-name-mismatch", _REPLACE, "identity.server_name")  # fmt: skip


FAMILIES = (
    Family(step=_STEP, name="identities", summary="Who the Server was.", make=_identities),
    Family(step=_STEP, name="openings", summary="What is opened, and the way to the root.", make=_openings),
)
