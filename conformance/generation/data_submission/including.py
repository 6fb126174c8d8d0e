"""Commitments: what the Prover makes, what the Notary takes as such, and the tree that both build."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from mpctls.spec.commitments import (
    CommitRequest,
    EncodingCommitment,
    HashCommitment,
    TranscriptCommitment,
    encode_leaf,
)
from mpctls.spec.encoding import encode_as
from mpctls.spec.identifiers import Direction, HashAlgorithm, LexicalClass
from mpctls.spec.messages import (
    EncodingCommitments,
    IncludeCommitments,
    MerkleTreeRoot,
    Refusal,
    SessionMessage,
    encode_message,
)
from mpctls.spec.mpc_tls.messages import CloseSession
from mpctls.spec.ranges import RangeSet
from mpctls.spec.zero_knowledge.field_encoding import elements_of, encoding_header, message_of
from mpctls.spec.zero_knowledge.scalar_field import ORDER, SCALAR_LENGTH, decode_scalar, encode_scalar

from ...fields import Fields, listed, read_list
from ...operations.shapes import Json
from ...properties.commitments import committed_of
from ..foundation.merkle import nodes_of
from ..labelled import Labelled
from ..vector import Family, Importance, Mutation, MutationKind, Vector
from .honest_sessions import (
    BLAKE3,
    ENCODED,
    ENCODING,
    KECCAK256,
    SHA256,
    USUAL,
    features_of,
    request,
    session,
)

STEP = "data_submission/include_encoded_commitment_or_hash_range"
_ROOT_STEP = "data_submission/generate_merkle_tree_root"
_COMMIT, _CHECK, _ROOT = (
    "data_submission/commit",
    "data_submission/check-commitments",
    "data_submission/root",
)
_LENGTHS = (1, 31, 32, 55, 403, 404)
"""Of committed octets: around an element of the field, a block of a hash, and a column of the encoding."""


def intermediate_of(fields: Fields) -> dict[str, Json]:
    """Leaves, and the messages of encoding commitments."""
    found: dict[str, Json] = {}
    octets = {Direction.SENT: fields["sent"], Direction.RECEIVED: fields["received"]}
    released = read_list(fields["released"])
    for index, secret in enumerate(committed_of(fields)):
        leaf = secret.commitment
        found[f"leaf {index}"] = encode_leaf(leaf).hex()
        if isinstance(leaf, EncodingCommitment):
            committed = leaf.ranges.gather(octets[leaf.direction])
            offset, factor = (
                decode_scalar(released[index][at : at + SCALAR_LENGTH]) for at in (0, SCALAR_LENGTH)
            )
            found[f"m {index}"] = str(message_of(offset, factor, elements_of(committed)))
            found[f"header {index}"] = str(encoding_header(leaf.direction, len(committed)))
    return found


def _made(
    name: str,
    comment: str,
    fields: Fields,
    config: Sequence[CommitRequest],
    operation: str = _COMMIT,
    intermediate: dict[str, Json] | None = None,
    *hashes: HashAlgorithm,
) -> Vector:
    return Vector(
        name=name,
        operation=operation,
        comment=comment,
        input=fields,
        features=features_of(config, *hashes),
        seed=name,
        intermediate=intermediate_of(fields) if intermediate is None else intermediate,
        importance=Importance.CRITICAL,
    )


def _commitments() -> Iterator[Vector]:
    long = Labelled(label=f"{STEP}/transcript").octets(max(_LENGTHS))
    for kind, word in (
        (SHA256, "sha256"),
        (BLAKE3, "blake3"),
        (KECCAK256, "keccak256"),
        (ENCODING, "encoding"),
    ):
        for length in _LENGTHS:
            direction = Direction.SENT if length % 2 else Direction.RECEIVED
            config = (request(direction, (0, length), kind=kind),)
            name = f"{word}-of-{length}"
            fields = session(f"{STEP}/{name}", config, sent=long, received=long)
            yield _made(name, f"A commitment to {length} octets.", fields, config)
    configs: tuple[tuple[str, str, tuple[CommitRequest, ...]], ...] = (
        ("usual", "Four hash commitments: no message 21.", USUAL),
        ("encoded", "Encoding commitments at both ends: message 16 has zeros where message 21 has values.", ENCODED),
        ("only-encodings", "Nothing but encoding commitments.", (ENCODED[0], ENCODED[3])),
        ("equal-octets", "Equal octets under two blinders are two values.",
         (request(Direction.SENT, (4, 5)), request(Direction.SENT, (0, 1)))),
        ("many-ranges", "Octets of several ranges are joined in order.",
         (request(Direction.RECEIVED, (0, 1), (2, 3), (5, 8), (20, 21)),
          request(Direction.RECEIVED, (0, 1), (2, 3), (5, 8), (20, 21), kind=ENCODING))),
    )  # fmt: skip
    for name, comment, chosen in configs:
        yield _made(name, comment, session(f"{STEP}/{name}", chosen), chosen)
    yield from _extremes()


def _extremes() -> Iterator[Vector]:
    config = (request(Direction.RECEIVED, (0, 1), kind=ENCODING),)
    largest = encode_scalar(ORDER - 1)
    for name, comment, blinder, released in (
        ("blinder-zero", "A blinder of zero is a scalar.", bytes(32), None),
        ("blinder-largest", "The largest scalar as a blinder.", largest, None),
        ("offset-zero", "k is zero, Δ is one.", None, bytes(32) + encode_scalar(1)),
        ("largest-released", "k and Δ are the largest scalar.", None, largest * 2),
    ):
        fields = dict(session(f"{STEP}/extremes", config))
        if blinder is not None:
            fields["blinders"] = listed([blinder])
        if released is not None:
            fields["released"] = listed([released])
        yield _made(name, comment, fields, config)


def _hashed(fields: Fields) -> tuple[TranscriptCommitment, ...]:
    """Message 16 of an honest Prover."""
    empty: dict[str, Any] = {"commitment": bytes(32), "offset": bytes(32), "factor": bytes(32)}
    leaves = (secret.commitment for secret in committed_of(fields))
    return tuple(replace(leaf, **empty) if isinstance(leaf, EncodingCommitment) else leaf for leaf in leaves)


def _encodings(fields: Fields) -> tuple[bytes, ...]:
    """Message 21 of an honest Prover."""
    leaves = (secret.commitment for secret in committed_of(fields))
    return tuple(leaf.commitment for leaf in leaves if isinstance(leaf, EncodingCommitment))


def messages_of(
    fields: Fields,
    hashed: Sequence[TranscriptCommitment] | None = None,
    encodings: Sequence[bytes] | None = None,
) -> list[bytes]:
    """Messages 16 and 21 of an honest Prover, or with other contents."""
    first = IncludeCommitments(commitments=tuple(_hashed(fields) if hashed is None else hashed))
    found = [encode_as(SessionMessage, first)]
    values = _encodings(fields)
    if values:
        second = EncodingCommitments(commitments=tuple(values if encodings is None else encodings))
        found.append(encode_as(SessionMessage, second))
    return found


def _taking(fields: Fields, messages: Sequence[bytes]) -> Fields:
    return {**fields, "messages": listed(messages)}


class _Faults:
    """Refused vectors of one honest session."""

    def __init__(self, base: str, fields: Fields, config: Sequence[CommitRequest]) -> None:
        self.base, self.fields, self.config = base, fields, config

    def of(
        self,
        name: str,
        comment: str,
        reason: str,
        messages: Sequence[bytes],
        kind: MutationKind,
        field: str,
        detail: str = "",
    ) -> Vector:
        """One fault."""
        return Vector(
            name=f"{self.base}-{name}",
            operation=_CHECK,
            comment=comment,
            input=_taking(self.fields, messages),
            expects=reason,
            base=self.base,
            mutation=Mutation(kind=kind, field=field, detail=detail),
            features=features_of(self.config),
            seed=f"{STEP}/{self.base}",
            importance=Importance.CRITICAL,
        )


_MISMATCH = "data-submission/commitment-mismatch"


def _taken() -> Iterator[Vector]:
    for base, config in (("hashes", USUAL), ("encodings", ENCODED)):
        fields = session(f"{STEP}/taken/{base}", config)
        yield _made(
            base, "What was asked for, and true.", _taking(fields, messages_of(fields)), config, _CHECK,
            intermediate_of(fields),
        )  # fmt: skip
        faults = _Faults(base, fields, config)
        yield from _other_entries(faults)
        yield from _other_messages(faults)
    yield from _untrue()
    yield from _other_values()


def _other_entries(faults: _Faults) -> Iterator[Vector]:
    """Message 16 with another first, or another last, entry than the config asks for."""
    hashed = list(_hashed(faults.fields))
    for where, place in (("first", 0), ("last", len(hashed) - 1)):
        leaf, field = hashed[place], f"messages.0.commitments.{place}"
        end = leaf.ranges.ranges[-1].end

        def entry(changed: TranscriptCommitment, place: int = place) -> list[bytes]:
            return messages_of(faults.fields, [*hashed[:place], changed, *hashed[place + 1 :]])

        changes: list[tuple[str, str, dict[str, Any]]] = [
            ("direction", "direction", {"direction": Direction(1 - leaf.direction)}),
            ("ranges", "ranges", {"ranges": RangeSet.of((end - 1, end))}),
            ("class", "lexical_class", {"lexical_class": LexicalClass.HEADER_VALUE}),
        ]
        if isinstance(leaf, HashCommitment):
            changes.append(("hash", "algorithm", {"algorithm": HashAlgorithm.KECCAK256}))
        else:
            changes += [(each, each, {each: encode_scalar(1)}) for each in ("commitment", "offset", "factor")]
        for word, name, change in changes:
            yield faults.of(
                f"{where}-{word}", f"The {where} entry has another {name.replace('_', ' ')} than was asked for.",
                _MISMATCH, entry(replace(leaf, **change)), MutationKind.REPLACE, f"{field}.{name}",
            )  # fmt: skip
        yield faults.of(f"{where}-kind", f"The {where} entry is of another kind than was asked for.", _MISMATCH,
                        entry(_of_other_kind(leaf)), MutationKind.REPLACE, field, "of the other kind")  # fmt: skip
        yield faults.of(f"{where}-missing", f"The {where} entry is missing.", _MISMATCH,
                        messages_of(faults.fields, hashed[:place] + hashed[place + 1 :]),
                        MutationKind.REMOVE, field)  # fmt: skip
        yield faults.of(f"{where}-twice", f"The {where} entry stands twice.", _MISMATCH,
                        messages_of(faults.fields, [*hashed[:place], leaf, *hashed[place:]]),
                        MutationKind.DUPLICATE, field)  # fmt: skip
    yield faults.of("reordered", "All entries, in another order than asked for.", _MISMATCH,
                    messages_of(faults.fields, hashed[::-1]), MutationKind.REORDER,
                    "messages.0.commitments")  # fmt: skip
    yield faults.of("none", "No entries.", _MISMATCH, messages_of(faults.fields, []),
                    MutationKind.REMOVE, "messages.0.commitments", "all")  # fmt: skip


def _of_other_kind(leaf: TranscriptCommitment) -> TranscriptCommitment:
    common: dict[str, Any] = {
        "direction": leaf.direction,
        "ranges": leaf.ranges,
        "lexical_class": leaf.lexical_class,
    }
    if isinstance(leaf, HashCommitment):
        zero = bytes(SCALAR_LENGTH)
        return EncodingCommitment(**common, commitment=zero, offset=zero, factor=zero)
    return HashCommitment(**common, algorithm=HashAlgorithm.SHA256, value=bytes(32))


def _other_messages(faults: _Faults) -> Iterator[Vector]:
    """Each place of the exchange with a message that does not belong there."""
    honest = messages_of(faults.fields)
    for place, octets in enumerate(honest):
        others = [
            ("another-message", encode_message(CloseSession()), "link/unexpected-message"),
            ("message-of-the-other-party", encode_message(MerkleTreeRoot(root=bytes(32))), "link/unexpected-message"),
            ("refusal", encode_message(Refusal(reason="link/timeout")), "link/timeout"),
            ("refusal-without-a-known-reason", encode_message(Refusal(reason="a/b")), "link/unexpected-message"),
            ("truncated", octets[:-1], "encoding/truncated"),
            ("extended", octets + b"\0", "encoding/trailing-octets"),
            ("unknown", b"\x7f" + octets[1:], "encoding/unknown-variant"),
        ]  # fmt: skip
        if len(honest) == 2:
            others.append(("the-other-of-the-two", honest[1 - place], "link/unexpected-message"))
        for word, other, reason in others:
            yield faults.of(
                f"{word}-{place}", "Only the message that is awaited is taken, and only whole.", reason,
                [*honest[:place], other, *honest[place + 1 :]], MutationKind.REPLACE, f"messages.{place}",
                word.replace("-", " "),
            )  # fmt: skip


def _untrue() -> Iterator[Vector]:
    """The form is right, and the engine's proof does not hold."""
    fields = session(f"{STEP}/taken/hashes", USUAL)
    faults = _Faults("hashes", fields, USUAL)
    hashed = [leaf for leaf in _hashed(fields) if isinstance(leaf, HashCommitment)]
    for where, place in (("first", 0), ("last", len(hashed) - 1)):
        for word, value in (
            ("flipped", hashed[place].value[:-1] + bytes([hashed[place].value[-1] ^ 1])),
            ("zero", bytes(32)),
            ("of-another-entry", hashed[1].value),
        ):
            changed = replace(hashed[place], value=value)
            yield faults.of(
                f"{where}-value-{word}", f"The {where} value is no commitment to the octets of its ranges.",
                "data-submission/commitment-proof-invalid",
                messages_of(fields, [*hashed[:place], changed, *hashed[place + 1 :]]),
                MutationKind.FLIP if word == "flipped" else MutationKind.REPLACE,
                f"messages.0.commitments.{place}.value", word.replace("-", " "),
            )  # fmt: skip
    for kind, word in ((SHA256, "hash"), (ENCODING, "encoding")):
        for where in ("first", "last"):
            claimed = request(Direction.RECEIVED, (0, 4), kind=kind, lexical_class=LexicalClass.JSON_LITERAL)
            rest = request(Direction.SENT, (0, 3))
            config = (claimed, rest) if where == "first" else (rest, claimed)
            base = f"class-of-{where}-{word}"
            honest = session(f"{STEP}/taken/{base}", config, received=b"true")
            yield _made(base, f"The {where} entry, of the kind {word}, is of its class.",
                        _taking(honest, messages_of(honest)), config, _CHECK)  # fmt: skip
            lying = {**honest, "received": b"tru3"}
            yield _Faults(base, lying, config).of(
                "untrue", "The committed octets are not of the class; the commitment is to them.",
                "data-submission/lexical-class-proof-invalid", messages_of(lying), MutationKind.REPLACE, "received",
                "the engine holds other octets, to which the commitments are",
            )  # fmt: skip


def _other_values() -> Iterator[Vector]:
    """Message 21 with another number of values, with values that are no scalars, or with other scalars."""
    fields = session(f"{STEP}/taken/encodings", ENCODED)
    faults = _Faults("encodings", fields, ENCODED)
    values = _encodings(fields)
    for name, changed, kind, detail in (
        ("no-value", (), MutationKind.REMOVE, "all"),
        ("first-value-missing", values[1:], MutationKind.REMOVE, "the first"),
        ("last-value-missing", values[:-1], MutationKind.REMOVE, "the last"),
        ("value-twice", (*values, values[-1]), MutationKind.DUPLICATE, "the last"),
    ):
        yield faults.of(
            name, "There are as many values as the config has encoding entries.", _MISMATCH,
            messages_of(fields, None, changed), kind, "messages.1.commitments", detail,
        )  # fmt: skip
    first, second = messages_of(fields)
    for name, octets in (
        ("order", ORDER.to_bytes(32, "little")),
        ("maximum", b"\xff" * 32),
    ):
        for where, at in (("first", len(second) - 64), ("last", len(second) - 32)):
            yield faults.of(
                f"{where}-value-{name}", "A value is a scalar below the order.", "encoding/not-canonical",
                [first, second[:at] + octets + second[at + 32 :]], MutationKind.MAXIMUM, "messages.1.commitments", name,
            )  # fmt: skip
    for name, comment, changed in (
        ("values-swapped", "Which octets a value is to is the opening's matter: another root.", values[::-1]),
        ("value-zero", "Zero is a scalar.", (bytes(32), values[1])),
        ("value-largest", "The largest scalar.", (values[0], encode_scalar(ORDER - 1))),
    ):  # fmt: skip
        yield _made(f"encodings-{name}", comment, _taking(fields, messages_of(fields, None, changed)),
                    ENCODED, _CHECK, {})  # fmt: skip


def _trees() -> Iterator[Vector]:
    everything = (*USUAL, *(request(Direction.SENT, (at, at + 1)) for at in range(5)))
    for algorithm in HashAlgorithm:
        for count in (1, 2, 3, 4, 9):
            config = everything[:count]
            name = f"{algorithm.name.lower()}-of-{count}"
            fields = session(f"{_ROOT_STEP}/{name}", config, tree=algorithm)
            leaves = [encode_leaf(secret.commitment) for secret in committed_of(fields)]
            yield _made(name, f"The tree over {count} commitments.", fields, config, _ROOT,
                        {**intermediate_of(fields), "nodes": nodes_of(algorithm, leaves)}, algorithm)  # fmt: skip
    fields = session(f"{_ROOT_STEP}/encoded", ENCODED)
    leaves = [encode_leaf(secret.commitment) for secret in committed_of(fields)]
    yield _made("encoded", "Leaves of encoding commitments hold C, k and Δ.", fields, ENCODED, _ROOT,
                {**intermediate_of(fields), "nodes": nodes_of(HashAlgorithm.SHA256, leaves)})  # fmt: skip
    reordered = session(f"{_ROOT_STEP}/reordered", USUAL[::-1])
    yield _made(
        "order-of-the-config", "The order of the leaves is that of the config.", reordered, USUAL, _ROOT
    )


FAMILIES = (
    Family(step=STEP, name="commitments", summary="Messages 16 and 21 of every kind and length.", make=_commitments),
    Family(step=STEP, name="checks", summary="What the Notary takes as the commitments asked for, and what not.",
           make=_taken),
    Family(step=_ROOT_STEP, name="roots", summary="Roots over the commitments of a session.", make=_trees),
)  # fmt: skip
