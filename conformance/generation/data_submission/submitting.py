"""Configs: what the Prover submits or does not, and what the Notary takes or does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mpctls.spec.commitments import CommitRequest
from mpctls.spec.extensions import HOLDER_KEY, PURPOSE, Extension
from mpctls.spec.identifiers import Direction, HashAlgorithm, LexicalClass, SessionKind, SignatureAlgorithm
from mpctls.spec.messages import (
    IncludeCommitments,
    MerkleTreeRoot,
    Refusal,
    SubmitTranscriptCommitConfig,
    encode_message,
)
from mpctls.spec.mpc_tls.messages import CloseSession
from mpctls.spec.ranges import RangeSet

from ...fields import Fields, number, numbers
from ...operations.form import Feature
from ..foundation.signatures import FEATURES, signing_key
from ..vector import Family, Importance, Mutation, MutationKind, Vector
from .honest_sessions import (
    BLAKE3,
    ENCODED,
    ENCODING,
    KECCAK256,
    RECEIVED,
    SENT,
    USUAL,
    committing,
    features_of,
    holder_extension,
    purpose_extension,
    request,
    session,
)

STEP = "data_submission/submit_transcript_commit_config"
_SUBMIT, _CHECK = "data_submission/submit", "data_submission/check-config"
_STAGE = "data-submission"
_NOTARIZE, _VERIFY = number(SessionKind.NOTARIZE), number(SessionKind.VERIFY)
_LONGEST = 65535
_LENGTHS = {
    Direction.SENT: len(SENT),
    Direction.RECEIVED: len(RECEIVED),
}
_WORDS = {
    LexicalClass.JSON_STRING_INTERIOR: (b"alice", b'al"ce'),
    LexicalClass.JSON_NUMBER: (b"12.5", b"0125"),
    LexicalClass.JSON_LITERAL: (b"true", b"True"),
    LexicalClass.HEADER_VALUE: (b"text", b"te\rt"),
}
"""A word of each class, and what is almost one, of the same length."""


def _submitted(label: str, config: Sequence[CommitRequest], **changes: bytes) -> Fields:
    return {**session(f"{STEP}/{label}", config), "kind": _NOTARIZE, **changes}


def _accepted(
    name: str,
    comment: str,
    input_: Fields,
    operation: str = _SUBMIT,
    features: tuple[Feature, ...] = (),
    importance: Importance = Importance.HIGH,
) -> Vector:
    return Vector(
        name=name,
        operation=operation,
        comment=comment,
        input=input_,
        features=features,
        seed=f"{STEP}/{name}",
        importance=importance,
    )


def _refused(
    name: str,
    comment: str,
    reason: str,
    input_: Fields,
    base: str,
    mutation: Mutation,
    operation: str = _SUBMIT,
    features: tuple[Feature, ...] = (),
) -> Vector:
    return Vector(
        name=name,
        operation=operation,
        comment=comment,
        input=input_,
        expects=reason if "/" in reason else f"{_STAGE}/{reason}",
        base=base,
        mutation=mutation,
        features=features,
        seed=f"{STEP}/{base}",
        importance=Importance.CRITICAL,
    )


def _changed(config: Sequence[CommitRequest], place: int, entry: CommitRequest) -> tuple[CommitRequest, ...]:
    found = list(config)
    found[place] = entry
    return tuple(found)


def _places(config: Sequence[CommitRequest]) -> tuple[tuple[str, int], ...]:
    return (("first", 0), ("last", len(config) - 1))


def _submissions() -> Iterator[Vector]:
    yield _accepted("usual", "Four entries, two of them of a class.", _submitted("usual", USUAL))
    yield _accepted("nothing", "The Prover may submit a config without entries; the Notary refuses it.",
                    _submitted("nothing", ()))  # fmt: skip
    for direction, length in _LENGTHS.items():
        config = (request(direction, (0, 1)), request(direction, (length - 1, length)))
        name = direction.name.lower()
        yield _accepted(
            f"ends-of-{name}",
            "The first octet of a direction, and the last.",
            _submitted(f"ends-of-{name}", config),
        )
        for where, place in _places(config):
            beyond = _changed(config, place, request(direction, (length - 1, length + 1)))
            yield _refused(
                f"{name}-beyond-{where}",
                f"A range of the {where} entry ends one octet beyond the transcript.",
                "range-out-of-bounds",
                _submitted(f"ends-of-{name}", beyond),
                f"ends-of-{name}",
                Mutation(kind=MutationKind.EXTEND, field=f"config.{place}.ranges", detail="by an octet"),
            )
    yield from _classes()
    yield from _encodings()
    twice = (*USUAL, USUAL[0])
    yield _accepted(
        "an-entry-twice", "Repetition is the Notary's to refuse.", _submitted("an-entry-twice", twice)
    )
    for hash_ in HashAlgorithm:
        entry = request(Direction.SENT, (0, 3), kind=replace(BLAKE3, algorithm=hash_))
        yield _accepted(
            f"all-{hash_.name.lower()}",
            "Entry, tree and body with one hash algorithm.",
            {
                **_submitted(f"all-{hash_.name.lower()}", (entry,)),
                "tree algorithm": number(hash_),
                "body algorithm": number(hash_),
            },
            features=features_of((entry,)),
        )
    both = (holder_extension(), purpose_extension())
    yield _accepted(
        "extensions",
        "What the Prover states about itself goes with the config.",
        {**session(f"{STEP}/extensions", prover_extensions=both), "kind": _NOTARIZE},
    )


def _classes() -> Iterator[Vector]:
    for lexical_class, (word, other) in _WORDS.items():
        name = lexical_class.name.lower().replace("_", "-")
        for where in ("first", "last"):
            claimed = request(Direction.RECEIVED, (0, len(word)), lexical_class=lexical_class)
            rest = request(Direction.SENT, (0, 3))
            config = (claimed, rest) if where == "first" else (rest, claimed)
            base = f"{name}-{where}"
            yield _accepted(
                base,
                f"The {where} entry is of the class that it claims.",
                _submitted(base, config, received=word),
            )
            yield _refused(
                f"not-{base}",
                f"The {where} entry is not of the class that it claims: nobody could prove it.",
                "not-in-lexical-class",
                _submitted(base, config, received=other),
                base,
                Mutation(kind=MutationKind.REPLACE, field="received", detail="by what is almost a word"),
            )


def _encodings() -> Iterator[Vector]:
    encoding = (Feature.ENCODING_COMMITMENTS,)
    yield _accepted(
        "encodings", "Encoding entries at both ends of a config.", _submitted("encodings", ENCODED),
        features=encoding,
    )  # fmt: skip
    for where, config in (("first", (ENCODED[0], *USUAL[:2])), ("last", (*USUAL[:2], ENCODED[3]))):
        base = f"encoding-{where}"
        yield _accepted(base, f"Only the {where} entry is an encoding entry.", _submitted(base, config),
                        features=encoding)  # fmt: skip
        yield _refused(
            f"encoding-{where}-for-the-partner",
            "A session of kind verify has no encoding entries.",
            "unsupported-commitment-kind",
            _submitted(base, config, kind=_VERIFY),
            base,
            Mutation(kind=MutationKind.REPLACE, field="kind", detail="verify instead of notarize"),
            features=encoding,
        )
    received = b"7" * (_LONGEST + 1)
    longest = (request(Direction.RECEIVED, (0, _LONGEST), kind=ENCODING),)
    yield _accepted(
        "encoding-of-65535-octets",
        "The longest encoding entry.",
        _submitted("encoding-of-65535-octets", longest, received=received),
        features=encoding,
    )
    yield _refused(
        "encoding-of-65536-octets",
        "One octet more than an encoding entry may have.",
        "encoding-too-long",
        _submitted(
            "encoding-of-65535-octets",
            (request(Direction.RECEIVED, (0, _LONGEST + 1), kind=ENCODING),),
            received=received,
        ),
        "encoding-of-65535-octets",
        Mutation(kind=MutationKind.EXTEND, field="config.0.ranges", detail="by an octet"),
        features=encoding,
    )


def _arriving(
    label: str,
    message: SubmitTranscriptCommitConfig | bytes,
    *,
    most: int = 1024,
    octets: int = 2**20,
    algorithms: Sequence[HashAlgorithm] = tuple(HashAlgorithm),
    **changes: bytes,
) -> Fields:
    return {
        **_submitted(label, USUAL),
        # What the Prover keeps is not looked at here.
        **committing(f"{STEP}/{label}", USUAL),
        "message": message if isinstance(message, bytes) else encode_message(message),
        "largest count": number(most),
        "largest octets": number(octets),
        "hash algorithms": numbers(algorithms),
        **changes,
    }


def _message(
    config: Sequence[CommitRequest] = USUAL,
    tree: HashAlgorithm = HashAlgorithm.SHA256,
    body: HashAlgorithm = HashAlgorithm.SHA256,
    extensions: Sequence[Extension] = (),
) -> SubmitTranscriptCommitConfig:
    return SubmitTranscriptCommitConfig(
        config=tuple(config),
        tree_algorithm=tree,
        body_hash_algorithm=body,
        prover_extensions=tuple(extensions),
    )


def _configs() -> Iterator[Vector]:
    def taken(name: str, comment: str, input_: Fields, features: tuple[Feature, ...] = ()) -> Vector:
        return _accepted(name, comment, input_, _CHECK, features, Importance.CRITICAL)

    def not_taken(
        name: str,
        comment: str,
        reason: str,
        input_: Fields,
        kind: MutationKind,
        field: str,
        detail: str = "",
        base: str = "usual",
        features: tuple[Feature, ...] = (),
    ) -> Vector:
        mutation = Mutation(kind=kind, field=field, detail=detail)
        return _refused(name, comment, reason, input_, base, mutation, _CHECK, features)

    everything = sum(each.ranges.octet_count for each in USUAL)
    yield taken("usual", "Four entries at the limits of count and of octets.",
                _arriving("arriving", _message(), most=len(USUAL), octets=everything))  # fmt: skip
    yield not_taken("no-entry", "A config without entries leads to no tree.", "no-commitments",
                    _arriving("arriving", _message(())), MutationKind.REMOVE, "message.config", "all")  # fmt: skip
    yield not_taken("no-entry-where-many-are-allowed", "The same of a Notary that takes any number.",
                    "no-commitments", _arriving("arriving", _message(()), most=2**16), MutationKind.REMOVE,
                    "message.config", "all")  # fmt: skip
    yield not_taken("an-entry-too-many", "One entry more than this Notary takes.", "too-many-commitments",
                    _arriving("arriving", _message(), most=len(USUAL) - 1), MutationKind.REPLACE,
                    "largest_count", "one less")  # fmt: skip
    yield not_taken("an-octet-too-many", "One octet more, in all ranges together, than this Notary takes.",
                    "too-many-commitments", _arriving("arriving", _message(), octets=everything - 1),
                    MutationKind.REPLACE, "largest_octets", "one less")  # fmt: skip
    overlapping = (request(Direction.SENT, (0, 10)), request(Direction.SENT, (0, 11)))
    yield taken("overlapping", "Overlapping ranges are other commitments; each octet counts each time.",
                _arriving("overlapping", _message(overlapping), octets=21))  # fmt: skip
    yield not_taken("overlapping-octets-too-many", "Octets of overlapping ranges are not counted once.",
                    "too-many-commitments", _arriving("overlapping", _message(overlapping), octets=20),
                    MutationKind.REPLACE, "largest_octets", "one less", "overlapping")  # fmt: skip
    for where, place in _places(USUAL):
        entry = USUAL[place]
        length = _LENGTHS[entry.direction]
        for case, ranges in (("end", ((0, length + 1),)), ("whole", ((length, length + 1),))):
            yield not_taken(
                f"{where}-entry-beyond-by-its-{case}",
                f"A range of the {where} entry ends beyond the direction.",
                "range-out-of-bounds",
                _arriving(
                    "arriving",
                    _message(_changed(USUAL, place, replace(entry, ranges=RangeSet.of(*ranges)))),
                ),
                MutationKind.REPLACE,
                f"message.config.{place}.ranges",
                "beyond the last octet",
            )
        limited = _arriving(
            "arriving", _message(_changed(USUAL, place, replace(entry, kind=KECCAK256))),
            algorithms=(HashAlgorithm.SHA256, HashAlgorithm.BLAKE3),
        )  # fmt: skip
        yield not_taken(f"{where}-entry-with-another-hash",
                        f"The {where} entry asks for a hash that this Notary does not take.",
                        "unsupported-hash-algorithm", limited, MutationKind.REPLACE,
                        f"message.config.{place}.kind", "3: Keccak-256")  # fmt: skip
        other = USUAL[1 - min(place, 1)] if place == 0 else USUAL[0]
        repeated = _changed(USUAL, place, other)
        yield not_taken(f"{where}-entry-twice", f"The {where} entry is another one once more.",
                        "duplicate-commitment", _arriving("arriving", _message(repeated)),
                        MutationKind.DUPLICATE, f"message.config.{place}")  # fmt: skip
        encoded = _changed(USUAL, place, replace(entry, kind=ENCODING))
        base = f"encoding-{where}"
        yield taken(base, f"The {where} entry is an encoding entry.", _arriving(base, _message(encoded)),
                    (Feature.ENCODING_COMMITMENTS,))  # fmt: skip
        yield not_taken(f"{base}-for-the-partner", "A partner that verifies itself releases nothing.",
                        "unsupported-commitment-kind", _arriving(base, _message(encoded), kind=_VERIFY),
                        MutationKind.REPLACE, "kind", "verify instead of notarize", base,
                        (Feature.ENCODING_COMMITMENTS,))  # fmt: skip
    once_more = (*USUAL[:3], replace(USUAL[2], lexical_class=LexicalClass.ANY))
    yield not_taken("entry-twice-with-another-class", "The class makes no other commitment.",
                    "duplicate-commitment", _arriving("arriving", _message(once_more)),
                    MutationKind.REPLACE, "message.config.3", "entry 2 of another class")  # fmt: skip
    yield taken("entry-with-another-hash", "The same octets under another hash are another commitment.",
                _arriving("other-hash", _message((USUAL[0], replace(USUAL[0], kind=BLAKE3)))),
                (Feature.BLAKE3,))  # fmt: skip
    yield taken("entry-in-another-direction", "The same positions of the other direction are other octets.",
                _arriving("other-direction", _message((request(Direction.SENT, (0, 9)),
                                                       request(Direction.RECEIVED, (0, 9))))))  # fmt: skip
    yield taken("for-the-partner", "A session of kind verify has hash entries.",
                _arriving("arriving", _message(), kind=_VERIFY))  # fmt: skip
    received = b"7" * (_LONGEST + 1)
    for count, reason in ((_LONGEST, None), (_LONGEST + 1, "encoding-too-long")):
        input_ = _arriving(
            "long", _message((request(Direction.RECEIVED, (0, count), kind=ENCODING),)), received=received
        )
        if reason is None:
            yield taken("encoding-of-65535-octets", "The longest encoding entry.", input_,
                        (Feature.ENCODING_COMMITMENTS,))  # fmt: skip
        else:
            yield not_taken("encoding-of-65536-octets", "One octet more than an encoding entry may have.",
                            reason, input_, MutationKind.EXTEND, "message.config.0.ranges", "by an octet",
                            "encoding-of-65535-octets", (Feature.ENCODING_COMMITMENTS,))  # fmt: skip
    for field, made in (
        ("tree_algorithm", _message(tree=HashAlgorithm.KECCAK256)),
        ("body_hash_algorithm", _message(body=HashAlgorithm.KECCAK256)),
    ):
        yield not_taken(f"{field.replace('_', '-')}-not-taken", "Tree and body are hashed as the Notary takes it.",
                        "unsupported-hash-algorithm",
                        _arriving("arriving", made, algorithms=(HashAlgorithm.SHA256, HashAlgorithm.BLAKE3)),
                        MutationKind.REPLACE, f"message.{field}", "3: Keccak-256")  # fmt: skip
    yield from _others(taken_base="usual")


def _others(*, taken_base: str) -> Iterator[Vector]:
    for name, octets, reason in (
        ("another-message", encode_message(IncludeCommitments(commitments=())), "link/unexpected-message"),
        ("a-message-of-the-other-party", encode_message(MerkleTreeRoot(root=bytes(32))),
         "link/unexpected-message"),
        ("a-message-of-before", encode_message(CloseSession()), "link/unexpected-message"),
        ("a-refusal", encode_message(Refusal(reason="data-submission/root-mismatch")),
         "data-submission/root-mismatch"),
        ("a-refusal-without-a-known-reason", encode_message(Refusal(reason="no/reason")),
         "link/unexpected-message"),
        ("an-octet-too-much", encode_message(_message()) + b"\0", "encoding/trailing-octets"),
        ("an-octet-too-few", encode_message(_message())[:-1], "encoding/truncated"),
    ):  # fmt: skip
        yield _refused(
            name,
            "Only the config, whole, is taken here; a refusal ends the session for the reason that it gives.",
            reason,
            _arriving("arriving", octets),
            taken_base,
            Mutation(kind=MutationKind.REPLACE, field="message", detail=name.replace("-", " ")),
            _CHECK,
        )


def _extensions() -> Iterator[Vector]:
    for algorithm in SignatureAlgorithm:
        yield _accepted(
            f"holder-key-of-{algorithm.text}",
            "A critical holder key, well-formed.",
            _arriving("extensions", _message(extensions=(holder_extension(algorithm),))),
            _CHECK,
            FEATURES[algorithm],
        )
    both = (holder_extension(), purpose_extension())
    yield _accepted("both", "Holder key and purpose, ids ascending.",
                    _arriving("extensions", _message(extensions=both)), _CHECK)  # fmt: skip
    for name, text in (("empty", b""), ("beyond-ascii", "prêt €".encode())):
        yield _accepted(f"purpose-{name}", "A purpose is any text.",
                        _arriving("extensions", _message(extensions=(purpose_extension(text),))), _CHECK)  # fmt: skip
    key = signing_key(SignatureAlgorithm.ED25519, "holder").verifying_key.encode()
    for name, comment, extension, reason in (
        ("reserved", "Ids of the Notary are not the Prover's to use.",
         Extension(id="notary/policy", critical=False, value=b""), "reserved-extension"),
        ("reserved-and-critical", "Nor when marked critical.",
         Extension(id="notary/", critical=True, value=b""), "reserved-extension"),
        ("unknown", "This Notary admits only what it knows.",
         Extension(id="zzz", critical=False, value=b""), "extension-not-allowed"),
        ("holder-key-not-critical", "A holder key that may be ignored protects nobody.",
         Extension(id=HOLDER_KEY, critical=False, value=key), "extension-not-allowed"),
        ("holder-key-short", "A holder key that is none.",
         Extension(id=HOLDER_KEY, critical=True, value=key[:-1]), "extension-not-allowed"),
        ("holder-key-empty", "A holder key without octets.",
         Extension(id=HOLDER_KEY, critical=True, value=b""), "extension-not-allowed"),
        ("holder-key-with-more", "An octet after the key.",
         Extension(id=HOLDER_KEY, critical=True, value=key + b"\0"), "extension-not-allowed"),
        ("purpose-critical", "A purpose is no condition.",
         Extension(id=PURPOSE, critical=True, value=b"a loan"), "extension-not-allowed"),
        ("purpose-without-text", "A purpose that is no UTF-8.",
         Extension(id=PURPOSE, critical=False, value=b"\xff"), "extension-not-allowed"),
    ):  # fmt: skip
        yield _refused(
            name,
            comment,
            reason,
            _arriving("extensions", _message(extensions=(extension,))),
            "both",
            Mutation(
                kind=MutationKind.REPLACE, field="message.prover_extensions", detail=name.replace("-", " ")
            ),
            _CHECK,
        )
    last = Extension(id="zzz", critical=False, value=b"")
    yield _refused("last-of-three", "The last extension counts as the first does.", "extension-not-allowed",
                   _arriving("extensions", _message(extensions=(*both, last))), "both",
                   Mutation(kind=MutationKind.INSERT, field="message.prover_extensions", detail="zzz, last"),
                   _CHECK)  # fmt: skip


FAMILIES = (
    Family(step=STEP, name="submissions", summary="What the Prover submits, and what it keeps to itself.",
           make=_submissions),
    Family(step=STEP, name="configs", summary="What the Notary takes: limits, bounds, kinds, repetitions.",
           make=_configs),
    Family(step=STEP, name="prover-extensions", summary="What a Prover may state about itself.",
           make=_extensions),
)  # fmt: skip
