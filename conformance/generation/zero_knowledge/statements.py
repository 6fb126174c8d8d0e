"""What proofs are bound to: statements with their publics, and hash bridges with theirs."""

from __future__ import annotations

from collections.abc import Iterator

from mpctls.spec.commitments import EncodingCommitment
from mpctls.spec.identifiers import Direction, HashAlgorithm
from mpctls.spec.ranges import RangeSet
from mpctls.spec.zero_knowledge.scalar_field import ORDER, encode_scalar

from ...fields import Fields, listed, number
from ...properties.foundation.statement import audience_fields, placed
from ..labelled import Labelled
from ..vector import Family, Mutation, MutationKind, Vector
from .making import NUMBER, STRING, Making, replaced
from .sound_predicates import SOUND

_STATEMENT, _BRIDGE = "foundation/statement", "verification/hash_bridge"
_STATE = Making(operation="foundation/statement", seed=f"{_STATEMENT}/statements")
_BARE = Making(operation="verification/bare-commitment", seed=f"{_BRIDGE}/bare-commitments")
_PUBLICS = Making(operation="verification/bridge-publics", seed=f"{_BRIDGE}/publics")
_NONCE = bytes(range(16))


def _leaf(label: str, length: int, direction: Direction = Direction.RECEIVED) -> EncodingCommitment:
    stream = Labelled(label=f"{_STATEMENT}/statements/{label}")
    commitment, offset, factor = (
        encode_scalar(stream.below(ORDER, name)) for name in ("commitment", "offset", "factor")
    )
    return EncodingCommitment(
        direction=direction,
        ranges=RangeSet.of((100, 100 + length)),
        lexical_class=STRING if direction is Direction.SENT else NUMBER,
        commitment=commitment,
        offset=offset,
        factor=factor,
    )


def _usual() -> dict[str, bytes]:
    stream = Labelled(label=f"{_STATEMENT}/statements")
    return {
        "predicate": SOUND["all"].predicate.encode(),
        "header digests": listed([stream.octets(32, "header")]),
        "leaves": listed([placed(0, 4, _leaf("balance", 7)), placed(0, 6, _leaf("name", 5))]),
        "outputs": listed([]),
        "audience": audience_fields("verifier.example", _NONCE),
    }


def _statements() -> Iterator[Vector]:
    usual, stream = _usual(), Labelled(label=f"{_STATEMENT}/statements")
    yield _STATE.accepted("usual", "Two fields of one attestation, for an audience.", usual)
    scalar = encode_scalar(stream.below(ORDER, "output"))
    digests = [stream.octets(32, str(place)) for place in range(4)]
    changes: tuple[tuple[str, str, dict[str, bytes]], ...] = (
        ("no-audience", "Without a binding there is no audience.", {"audience": audience_fields(None, b"")}),
        ("other-audience", "An audience is part of the statement.",
         {"audience": audience_fields("verifier.exampl", _NONCE)}),
        ("empty-audience", "An audience of no octets is another than none.", {"audience": audience_fields("", _NONCE)}),
        ("longest-audience", "255 octets and 64 of nonce.", {"audience": audience_fields("é" * 127 + "e", bytes(64))}),
        ("other-nonce", "A nonce is part of the statement.",
         {"audience": audience_fields("verifier.example", bytes(16))}),
        ("other-header", "A header digest is part of the statement.", {"header digests": listed([bytes(32)])}),
        ("four-attestations", "Four attestations are the most.", {"header digests": listed(digests)}),
        ("attestations-in-another-order", "Their order counts.", {"header digests": listed(digests[::-1])}),
        ("other-index", "An index is in the statement alone.",
         {"leaves": listed([placed(0, 5, _leaf("balance", 7)), placed(0, 6, _leaf("name", 5))])}),
        ("largest-index", "An index has four octets.",
         {"leaves": listed([placed(0, 4, _leaf("balance", 7)), placed(0, 2**32 - 1, _leaf("name", 5))])}),
        ("leaves-changed-about", "Leaves stand in the order of fields.",
         {"leaves": listed([placed(0, 6, _leaf("name", 5)), placed(0, 4, _leaf("balance", 7))])}),
        ("other-attestation", "The attestation of a leaf is in the statement.",
         {"leaves": listed([placed(1, 4, _leaf("balance", 7)), placed(3, 6, _leaf("name", 5))]),
          "header digests": listed(digests)}),
        ("one-leaf-twice", "Two fields may be one leaf.",
         {"leaves": listed([placed(0, 4, _leaf("balance", 7)), placed(0, 4, _leaf("balance", 7))])}),
        ("longest-leaf", "403 octets, sent.",
         {"leaves": listed([placed(0, 4, _leaf("balance", 403, Direction.SENT)), placed(0, 6, _leaf("name", 5))])}),
        ("with-output", "An output stands behind all fields.",
         {"predicate": SOUND["pseudonym-in-all"].predicate.encode(), "outputs": listed([scalar])}),
        ("output-largest", "An output may be r - 1.",
         {"predicate": SOUND["pseudonym-in-all"].predicate.encode(), "outputs": listed([encode_scalar(ORDER - 1)])}),
        ("other-predicate", "The predicate is in the statement by its digest.",
         {"predicate": SOUND["equal-field"].predicate.encode()}),
    )  # fmt: skip
    for name, comment, change in changes:
        yield _STATE.accepted(name, comment, {**usual, **change})
    one = {
        **usual,
        "predicate": SOUND["pseudonyms-most"].predicate.encode(),
        "leaves": listed([placed(0, 4, _leaf("balance", 7))]),
        "outputs": listed([encode_scalar(each) for each in range(8)]),
    }
    yield _STATE.accepted("eight-outputs", "Eight outputs are the most.", one)


def _commitments() -> Iterator[Vector]:
    stream = Labelled(label=f"{_BRIDGE}/bare-commitments")
    blinder = encode_scalar(stream.below(ORDER, "blinder"))

    def fields(length: int, direction: Direction = Direction.RECEIVED) -> dict[str, bytes]:
        return {"direction": number(direction), "octets": stream.octets(length, "octets"), "blinder": blinder}

    for length in (1, 31, 32, 34, 35, 36, 62, 63, 93, 94, 98, 99):
        comment = f"{2 if length < 36 else 4} elements, {-(-length // 31)} of them not zero by their place."
        yield _BARE.accepted(f"length-{length}", comment, fields(length))
    yield _BARE.accepted("sent", "The direction is in the header.", fields(31, Direction.SENT))
    yield _BARE.accepted(
        "zeros", "The length tells zeros from what is missing.", {**fields(31), "octets": bytes(31)}
    )
    yield _BARE.accepted("no-blinder", "A blinder of zero.", {**fields(31), "blinder": bytes(32)})
    yield _BARE.accepted("largest-blinder", "r - 1.", {**fields(31), "blinder": encode_scalar(ORDER - 1)})
    for length, base in ((0, "length-1"), (100, "length-99"), (163, "length-99"), (65535, "length-99")):
        yield _BARE.refused(
            f"length-{length}",
            "Only 1 to 99 octets have a bridge.",
            {**fields(1), "octets": bytes(length)},
            "zero-knowledge/bridge-length",
            base=base,
            mutation=replaced("octets", f"{length} octets"),
        )


def _bridge(length: int, blocks: int) -> dict[str, bytes]:
    stream = Labelled(label=f"{_BRIDGE}/publics")
    return {
        "index": number(5),
        "direction": number(Direction.RECEIVED),
        "start": number(200),
        "end": number(200 + length),
        "algorithm": number(HashAlgorithm.SHA256),
        "value": stream.octets(32, "value"),
        "blocks": number(blocks),
        "header digest": stream.octets(32, "header"),
        "commitment": encode_scalar(stream.below(ORDER, "commitment")),
        "audience": audience_fields("verifier.example", _NONCE),
    }


def _publics() -> Iterator[Vector]:
    for length, blocks in ((1, 1), (35, 1), (36, 2), (99, 2)):
        yield _PUBLICS.accepted(
            f"length-{length}", f"{blocks} blocks behind that of the context.", _bridge(length, blocks)
        )
    usual = _bridge(35, 1)
    for name, comment, change in (
        ("no-audience", "A bridge for nobody in particular.", {"audience": audience_fields(None, b"")}),
        ("other-audience", "The audience is in the statement.", {"audience": audience_fields("other.example", _NONCE)}),
        ("longest-nonce", "The nonce is in the statement.",
         {"audience": audience_fields("verifier.example", bytes(64))}),
        ("sent", "The direction is public.", {"direction": number(Direction.SENT)}),
        ("other-index", "The index is in the statement.", {"index": number(2**32 - 1)}),
        ("other-header", "The attestation is in the statement.", {"header digest": bytes(32)}),
        ("other-value", "A value of ones: each half is below r.", {"value": b"\xff" * 32}),
        ("other-place", "Where the octets stand is no public input.", {"start": number(0), "end": number(35)}),
        ("commitment-zero", "B is zero.", {"commitment": bytes(32)}),
        ("commitment-largest", "B is r - 1.", {"commitment": encode_scalar(ORDER - 1)}),
    ):  # fmt: skip
        yield _PUBLICS.accepted(name, comment, {**usual, **change})
    faults: list[tuple[str, str, dict[str, bytes], str, str]] = [
        ("blake3", "length-35", {"algorithm": number(HashAlgorithm.BLAKE3)}, "not-a-hash-commitment", "algorithm"),
        ("keccak-256", "length-35", {"algorithm": number(HashAlgorithm.KECCAK256)}, "not-a-hash-commitment",
         "algorithm"),
        ("blocks-too-many", "length-35", {"blocks": number(2)}, "bridge-length", "blocks"),
        ("blocks-too-few", "length-36", {"blocks": number(1)}, "bridge-length", "blocks"),
        ("blocks-zero", "length-1", {"blocks": number(0)}, "bridge-length", "blocks"),
        ("blocks-three", "length-99", {"blocks": number(3)}, "bridge-length", "blocks"),
        ("length-100", "length-99", {"end": number(300)}, "bridge-length", "end"),
        ("length-65535", "length-99", {"end": number(65735)}, "bridge-length", "end"),
        ("commitment-order", "length-35", {"commitment": ORDER.to_bytes(32, "little")},
         "public-input-not-canonical", "commitment"),
        ("commitment-aliased", "length-35",
         {"commitment": (int.from_bytes(usual["commitment"], "little") + ORDER).to_bytes(32, "little")},
         "public-input-not-canonical", "commitment"),
        ("commitment-maximum", "length-36", {"commitment": b"\xff" * 32}, "public-input-not-canonical", "commitment"),
    ]  # fmt: skip
    bases: dict[str, Fields] = {
        f"length-{length}": _bridge(length, blocks) for length, blocks in ((1, 1), (35, 1), (36, 2), (99, 2))
    }
    for name, base, change, reason, field in faults:
        kind = MutationKind.MAXIMUM if name.endswith("maximum") else MutationKind.REPLACE
        yield _PUBLICS.refused(
            name,
            f"What is refused is {name.replace('-', ' ')}.",
            {**bases[base], **change},
            f"zero-knowledge/{reason}",
            base=base,
            mutation=Mutation(kind=kind, field=field, detail=name.replace("-", " ")),
        )


FAMILIES = (
    Family(
        step=_STATEMENT,
        name="statements",
        summary="Statements and publics of predicate proofs.",
        make=_statements,
    ),
    Family(
        step=_BRIDGE,
        name="bare-commitments",
        summary="Commitments that a Prover makes itself.",
        make=_commitments,
    ),
    Family(step=_BRIDGE, name="publics", summary="What a hash bridge is about.", make=_publics),
)
