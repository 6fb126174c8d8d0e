"""What a Prover may show of what was committed, and every reason why it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

from mpctls.spec.commitments import EncodingSecret, HashSecret
from mpctls.spec.files import AttestationSecrets, CommittedSecret
from mpctls.spec.identifiers import Direction, HashAlgorithm
from mpctls.spec.prover_states import DisclosureSelection
from mpctls.spec.ranges import RangeSet

from ..foundation.merkle import FEATURES
from ..vector import Family, Importance, Mutation, MutationKind, Vector
from ..zero_knowledge.making import Making
from .attested import (
    HONEST,
    NOTHING,
    OTHER,
    RSA,
    Session,
    choice,
    flipped,
    presentation,
    request,
    values_of,
)

_SELECT = "presentation_building/select_disclosure_range"
_PROVE = "presentation_building/generate_transcript_proof"
_IDENTITY = "presentation_building/combine_identity_proof"
_SEED = "presentations"
_LARGEST = 2**32 - 1


def _selection(sent: Any = None, received: Any = None, *, identity: bool = False) -> DisclosureSelection:
    return DisclosureSelection(
        sent=None if sent is None else RangeSet.of(*sent),
        received=None if received is None else RangeSet.of(*received),
        identity=identity,
    )


def _of(at: int) -> tuple[Direction, RangeSet]:
    each = HONEST.config[at]
    return each.direction, each.ranges


def showing(*indices: int, identity: bool = False) -> DisclosureSelection:
    """What the commitments of the usual config at these indices are about."""
    chosen: dict[Direction, set[int]] = {direction: set() for direction in Direction}
    for at in indices:
        direction, ranges = _of(at)
        chosen[direction] |= ranges.positions()
    sent, received = (RangeSet.holding(chosen[direction]) for direction in Direction)
    return DisclosureSelection(sent=sent, received=received, identity=identity)


_OVERLAPPING = Session(
    label="overlapping",
    config=(
        request(Direction.SENT, (0, 10)),
        request(Direction.SENT, (5, 15)),
        request(Direction.SENT, (0, 15), algorithm=HashAlgorithm.BLAKE3),
        request(Direction.SENT, (20, 21)),
        request(Direction.SENT, (20, 21), algorithm=HashAlgorithm.BLAKE3),
        request(Direction.RECEIVED, (0, len(HONEST.received))),
        request(Direction.RECEIVED, (0, 10)),
    ),
)
"""Commitments that overlap, one inside another, and two to the same octets."""


def _selections() -> Iterator[Vector]:
    make = Making(operation="presentation_building/select", seed=_SEED)
    yield make.accepted("everything", "All commitments lie inside the selection.", choice())
    yield make.accepted(
        "identity-alone",
        "No octets, but which Server it was.",
        choice(HONEST, replace(NOTHING, identity=True)),
    )
    for indices in ((0,), (1,), (2,), (3,), (4,), (0, 1), (0, 4), (2, 3), (1, 2, 4)):
        for identity in (False, True)[: 2 if len(indices) == 1 else 1]:
            yield make.accepted(
                "-".join(("leaves", *map(str, indices), *(["identity"] if identity else []))),
                "Exactly what these commitments are about is selected, so these are opened.",
                choice(HONEST, showing(*indices, identity=identity)),
            )
    for name, comment, selection in (
        ("overlap-left", "A commitment that only overlaps the selection is not opened.", _selection([(0, 10)])),
        ("overlap-right", "The same at the other end.", _selection([(5, 15)])),
        ("overlap-union", "The union opens both, and the one that is equal to it.", _selection([(0, 15)])),
        ("two-of-the-same-octets", "Both commitments to the same octet are opened.", _selection([(20, 21)])),
        ("inside-another", "The commitment to all octets is not opened.", _selection(None, [(0, 10)])),
        ("whole-direction", "The commitment to all octets, and the one inside it.",
         _selection(None, [(0, len(HONEST.received))])),
        ("both-directions", "The same positions in both directions are different octets.",
         _selection([(0, 10)], [(0, 10)])),
    ):  # fmt: skip
        yield make.accepted(name, comment, choice(_OVERLAPPING, selection))
    yield from _refused_selections(make)


def _refused_selections(make: Making) -> Iterator[Vector]:
    sent, received = len(HONEST.sent), len(HONEST.received)
    everything_sent = [(part.start, part.end) for part in _of(0)[1].ranges]
    covered = everything_sent[0][1]
    bounds, uncovered = "range-out-of-bounds", "range-not-covered"
    for name, comment, reason, field, selection in (
        ("sent-one-behind-the-end", "One octet more than were sent.",
         bounds, "sent_ranges", _selection([(0, sent + 1)])),
        ("received-one-behind-the-end", "One octet more than were received.", bounds, "received_ranges",
         _selection(None, [(0, received + 1)])),
        ("sent-far-behind", "Only an octet far behind the end.", bounds, "sent_ranges",
         _selection([(_LARGEST - 1, _LARGEST)])),
        ("received-at-the-end", "The position behind the last octet.", bounds, "received_ranges",
         _selection(None, [(received, received + 1)])),
        ("sent-bounds-of-received", "Within what was received, but not within what was sent.", bounds, "sent_ranges",
         _selection([(0, received)])),
        ("bounds-before-coverage", "Nothing covers what was sent, and what was received ends before.", bounds,
         "received_ranges", _selection([(covered, sent)], [(0, received + 1)])),
        ("one-octet-more", "The first octet behind a commitment.", uncovered, "sent_ranges",
         _selection([(0, covered + 1)])),
        ("one-octet-less", "A commitment is opened whole or not at all.", uncovered, "sent_ranges",
         _selection([(0, covered - 1)])),
        ("without-the-first", "All octets of a commitment but its first.", uncovered, "sent_ranges",
         _selection([(1, covered)])),
        ("whole-sent", "Not all that was sent is committed.", uncovered, "sent_ranges", _selection([(0, sent)])),
        ("whole-received", "Not all that was received is committed.", uncovered, "received_ranges",
         _selection(None, [(0, received)])),
        ("one-of-two-ranges", "One of two ranges of a commitment.", uncovered, "received_ranges",
         _selection(None, [(_of(3)[1].ranges[0].start, _of(3)[1].ranges[0].end)])),
        ("identity-does-not-help", "A part of a commitment, and the identity.", uncovered, "sent_ranges",
         _selection([(1, 2)], identity=True)),
    ):  # fmt: skip
        yield make.refused(
            name, comment, choice(HONEST, selection), f"presentation-building/{reason}", base="everything",
            mutation=Mutation(kind=MutationKind.REPLACE, field=field, detail=comment),
        )  # fmt: skip
    yield make.refused(
        "nothing", "Nothing is shown at all.", choice(HONEST, NOTHING), "presentation-building/nothing-selected",
        base="identity-alone", mutation=Mutation(kind=MutationKind.ZERO, field="identity"),
    )  # fmt: skip
    yield make.refused(
        "nothing-of-another", "Nothing is shown of another session.", choice(OTHER, NOTHING),
        "presentation-building/nothing-selected", base="everything",
        mutation=Mutation(kind=MutationKind.REMOVE, field="sent_ranges", detail="and the rest of the selection"),
    )  # fmt: skip


def _with_leaf(secrets: AttestationSecrets, at: int, changed: CommittedSecret) -> AttestationSecrets:
    found = list(secrets.commitments)
    found[at] = changed
    return replace(secrets, commitments=tuple(found))


def _faulty_secrets() -> Iterator[tuple[str, str, MutationKind, str, AttestationSecrets]]:
    flip = MutationKind.FLIP
    secrets, other = HONEST.secrets(), OTHER.secrets()
    leaves = secrets.commitments
    exchange, handshake = secrets.key_exchange, secrets.handshake
    for name in ("client_random", "server_random", "server_ephemeral_key", "blinder"):
        change: dict[str, Any] = {name: flipped(getattr(exchange, name))}
        yield (
            f"key-exchange-{name.replace('_', '-')}", "One bit of the key exchange differs.", flip,
            f"secrets.key_exchange.{name}", replace(secrets, key_exchange=replace(exchange, **change)),
        )  # fmt: skip
    data = handshake.handshake_data
    for name, comment, kind, field, changed in (
        ("handshake-blinder", "One bit of the blinder of the handshake differs.", flip, "secrets.handshake.blinder",
         replace(handshake, blinder=flipped(handshake.blinder))),
        ("handshake-signature", "One bit of the Server's signature differs.", flip,
         "secrets.handshake.handshake_data.signature",
         replace(handshake, handshake_data=replace(data, signature=flipped(data.signature)))),
        ("handshake-scheme", "Another scheme.", MutationKind.REPLACE,
         "secrets.handshake.handshake_data.signature_algorithm",
         replace(handshake, handshake_data=replace(data, signature_algorithm=0x0804))),
        ("handshake-certificates", "The intermediate is missing.", MutationKind.REMOVE,
         "secrets.handshake.handshake_data.certificates",
         replace(handshake, handshake_data=replace(data, certificates=data.certificates[:1]))),
    ):  # fmt: skip
        yield name, comment, kind, field, replace(secrets, handshake=changed)
    yield (
        "another-key-exchange", "The opening of another session.", MutationKind.FROM_ANOTHER_SESSION,
        "secrets.key_exchange", replace(secrets, key_exchange=other.key_exchange),
    )  # fmt: skip
    yield (
        "another-handshake", "The opening of another session.", MutationKind.FROM_ANOTHER_SESSION, "secrets.handshake",
        replace(secrets, handshake=other.handshake),
    )  # fmt: skip
    for name in ("sent", "received"):
        octets = getattr(secrets, name)
        more: dict[str, Any] = {name: octets + b"\0"}
        less: dict[str, Any] = {name: octets[:-1]}
        first: dict[str, Any] = {name: flipped(octets, 0)}
        yield (
            f"{name}-longer",
            "One octet more.",
            MutationKind.EXTEND,
            f"secrets.{name}",
            replace(secrets, **more),
        )
        yield (
            f"{name}-shorter",
            "One octet less.",
            MutationKind.TRUNCATE,
            f"secrets.{name}",
            replace(secrets, **less),
        )
        yield (
            f"{name}-octet",
            "A committed octet differs.",
            flip,
            f"secrets.{name}",
            replace(secrets, **first),
        )
    for at, secret in enumerate(leaves):
        opening: Any = secret.opening
        blinder = flipped(opening.blinder, 0)
        yield (
            f"blinder-{at}", "One bit of a blinder differs.", flip, f"secrets.commitments.{at}.opening.blinder",
            _with_leaf(secrets, at, replace(secret, opening=replace(opening, blinder=blinder))),
        )  # fmt: skip
    for at in (0, 4):
        hashed = isinstance(leaves[at].opening, HashSecret)
        kind_: Any = EncodingSecret(blinder=bytes(32)) if hashed else HashSecret(blinder=bytes(16))
        yield (
            f"kind-{at}", "The secret of the other kind of commitment.", MutationKind.REPLACE,
            f"secrets.commitments.{at}.opening", _with_leaf(secrets, at, replace(leaves[at], opening=kind_)),
        )  # fmt: skip
    for name, comment, kind, found in (
        ("leaves-swapped", "Two leaves in each other's place.", MutationKind.SWAP, (leaves[1], leaves[0], *leaves[2:])),
        ("first-leaf-missing", "The first leaf is missing.", MutationKind.REMOVE, leaves[1:]),
        ("last-leaf-missing", "The last leaf is missing.", MutationKind.REMOVE, leaves[:-1]),
        ("no-leaf", "All leaves are missing.", MutationKind.REMOVE, ()),
        ("leaf-twice", "The last leaf stands twice.", MutationKind.DUPLICATE, (*leaves, leaves[-1])),
        ("leaf-of-another", "A leaf of another session.", MutationKind.FROM_ANOTHER_SESSION,
         (other.commitments[0], *leaves[1:])),
    ):  # fmt: skip
        yield name, comment, kind, "secrets.commitments", replace(secrets, commitments=found)


def _secrets() -> Iterator[Vector]:
    make = Making(operation="presentation_building/select", importance=Importance.HIGH, seed=_SEED)
    identity = replace(NOTHING, identity=True)
    reason = "presentation-building/secrets-mismatch"
    yield make.accepted(
        "honest", "Secrets that belong to the attestation, of another session.", choice(OTHER, identity)
    )
    for name, comment, kind, field, secrets in _faulty_secrets():
        # What is shown does not matter: a Verifier would refuse what comes later.
        yield make.refused(
            name, comment, choice(HONEST, identity, secrets=secrets), reason, base="honest",
            mutation=Mutation(kind=kind, field=field, detail=comment),
        )  # fmt: skip
    yield make.refused(
        "another-attestation", "The attestation of another session.",
        choice(HONEST, identity, attestation=OTHER.attestation()), reason, base="honest",
        mutation=Mutation(kind=MutationKind.FROM_ANOTHER_SESSION, field="attestation"),
    )  # fmt: skip
    yield make.refused(
        "nothing-committed", "A selection of octets, and no commitments.",
        choice(HONEST, showing(0), secrets=replace(HONEST.secrets(), commitments=())),
        "presentation-building/range-not-covered", base="honest",
        mutation=Mutation(kind=MutationKind.REMOVE, field="secrets.commitments"),
    )  # fmt: skip


def _proofs() -> Iterator[Vector]:
    make = Making(operation="presentation_building/transcript-proof", seed=_SEED)
    yield make.accepted(
        "no-leaf",
        "Only the identity is shown: there is no transcript proof.",
        choice(HONEST, replace(NOTHING, identity=True)),
    )
    for chosen in product((0, 1), repeat=5):
        indices = [at for at, bit in enumerate(chosen) if bit]
        if not indices:
            continue
        selection = showing(*indices)
        yield make.accepted(
            "-".join(("leaves", *map(str, indices))),
            "These of five leaves are opened; the hashes lead to the root.",
            choice(HONEST, selection),
            values_of(presentation(HONEST, selection)) if len(indices) in (1, 5) else None,
        )
    for tree in HashAlgorithm:
        session = replace(HONEST, label=f"tree {tree.name}", tree=tree)
        yield replace(
            make.accepted(
                f"tree-{tree.name.lower()}",
                "The tree has its own hash function.",
                choice(session, showing(0, 3)),
            ),
            features=FEATURES[tree],
        )
    single = Session(label="single", config=(request(Direction.RECEIVED, (3, 4)),))
    yield make.accepted(
        "single-leaf", "A tree of one leaf, about one octet.", choice(single, _selection(None, [(3, 4)]))
    )
    yield make.refused(
        "out-of-bounds", "What is refused when leaves are chosen is refused here.",
        choice(HONEST, _selection([(0, 5000)])), "presentation-building/range-out-of-bounds", base="leaves-0",
        mutation=Mutation(kind=MutationKind.MAXIMUM, field="sent_ranges"),
    )  # fmt: skip


def _identities() -> Iterator[Vector]:
    make = Making(operation="presentation_building/identity-proof", seed=_SEED)
    yield make.accepted("shown", "Name, key exchange and handshake are shown.", choice())
    yield make.accepted(
        "hidden", "They are not shown: there is no identity proof.", choice(HONEST, showing(0, 1, 2, 3, 4))
    )
    yield make.accepted(
        "shown-alone", "Nothing else is shown.", choice(HONEST, replace(NOTHING, identity=True))
    )
    yield make.accepted("of-a-server-with-rsa", "A Server whose key is one of RSA.", choice(RSA))
    yield make.accepted("of-another-session", "Other blinders, the same Server.", choice(OTHER))
    yield make.refused(
        "nothing", "What is refused when leaves are chosen is refused here.", choice(HONEST, NOTHING),
        "presentation-building/nothing-selected", base="shown",
        mutation=Mutation(kind=MutationKind.REMOVE, field="identity"),
    )  # fmt: skip


FAMILIES = (
    Family(step=_SELECT, name="selections", summary="What may be shown, and what may not.", make=_selections),
    Family(
        step=_SELECT, name="secrets", summary="Secrets that do not belong to the attestation.", make=_secrets
    ),
    Family(
        step=_PROVE,
        name="proofs",
        summary="Which leaves are opened, with the hashes beside them.",
        make=_proofs,
    ),
    Family(step=_IDENTITY, name="proofs", summary="Which Server it was, shown or not.", make=_identities),
)
