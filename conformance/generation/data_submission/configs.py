"""Configs: what a Prover submits, and what a Notary takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from mpctls.spec.commitments import CommitRequest, EncodingKind
from mpctls.spec.encoding import encode_as
from mpctls.spec.extensions import Extension
from mpctls.spec.identifiers import Direction, HashAlgorithm, LexicalClass, SignatureAlgorithm
from mpctls.spec.messages import MerkleTreeRoot, SessionMessage, refuse
from mpctls.spec.ranges import RangeSet
from mpctls.spec.reasons import Reason

from ...fields import Fields, flag, number, numbers
from ...operations.form import Feature
from ...properties.commitments import submission_of
from ..honest_session import (
    HASHES,
    RECEIVED,
    SENT,
    USUAL,
    WITH_ENCODINGS,
    holder_key,
    purpose,
    requested,
    session,
    signing_key,
)
from ..vector import Family, Importance, Mutation, MutationKind, Vector

_STEP = "data_submission/submit_transcript_commit_config"
_SUBMIT, _CHECK = "data_submission/submit", "data_submission/check-config"
_BOUNDS, _CLASS = "data-submission/range-out-of-bounds", "data-submission/not-in-lexical-class"
_RECEIVED = Direction.RECEIVED
_NOTARIZE, _VERIFY = 0, 1


def _session(**named: Any) -> Fields:
    """What a Prover submits in a session of kind notarize."""
    return {**session("submitted", **named), "kind": number(_NOTARIZE)}


def _whole(
    octets: bytes, lexical_class: LexicalClass = LexicalClass.ANY, *, encoded: bool = False
) -> CommitRequest:
    algorithm = None if encoded else HashAlgorithm.SHA256
    return requested(_RECEIVED, octets, of=octets, algorithm=algorithm, lexical_class=lexical_class)


def _submitted() -> Iterator[Vector]:
    yield Vector(
        name="usual",
        operation=_SUBMIT,
        comment="Five entries over both directions, of every hash algorithm and four classes.",
        input=_session(),
    )
    yield Vector(
        name="with-encodings",
        operation=_SUBMIT,
        comment="Two encoding entries behind four others.",
        input=_session(config=WITH_ENCODINGS),
        features=(Feature.ENCODING_COMMITMENTS,),
    )
    yield Vector(
        name="with-extensions",
        operation=_SUBMIT,
        comment="A holder key and a purpose, and other algorithms for tree and body.",
        input=_session(
            prover_extensions=(holder_key(), purpose()),
            tree=HashAlgorithm.BLAKE3,
            body=HashAlgorithm.KECCAK256,
        ),
    )
    yield Vector(
        name="same-octets-twice",
        operation=_SUBMIT,
        comment="The Prover does not look for duplicates: that is the Notary's check.",
        input=_session(config=(USUAL[0], USUAL[0])),
    )
    words: tuple[tuple[str, bytes, LexicalClass, bytes], ...] = (
        ("string", b"\\u00e9", LexicalClass.JSON_STRING_INTERIOR, b'a"b'),
        ("number", b"-0.5e+7", LexicalClass.JSON_NUMBER, b"007"),
        ("literal", b"null", LexicalClass.JSON_LITERAL, b"nul"),
        ("header", b"a\tb", LexicalClass.HEADER_VALUE, b"a\rb"),
    )
    for name, word, lexical_class, other in words:
        yield Vector(
            name=f"class-{name}",
            operation=_SUBMIT,
            comment=f"Octets that are a word of the class {lexical_class.name.lower().replace('_', '-')}.",
            input=_session(received=word, config=(_whole(word, lexical_class),)),
        )
        yield _refused(
            f"class-{name}-not",
            _SUBMIT,
            "Octets outside the class that they claim: it could not be proved.",
            _session(received=other, config=(_whole(other, lexical_class),)),
            _CLASS,
            MutationKind.REPLACE,
            "received",
            f"class-{name}",
        )
    for place, where in ((0, "first"), (4, "last")):
        for direction, octets in ((Direction.SENT, SENT), (_RECEIVED, RECEIVED)):
            beyond = RangeSet.of((len(octets) - 1, len(octets) + 1))
            config = list(USUAL)
            config[place] = replace(
                config[place], direction=direction, ranges=beyond, lexical_class=LexicalClass.ANY
            )
            yield _refused(
                f"{where}-beyond-{direction.name.lower()}",
                _SUBMIT,
                f"The {where} entry ends one octet behind the transcript.",
                _session(config=config),
                _BOUNDS,
                MutationKind.EXTEND,
                f"config.{place}.ranges",
                "usual",
            )
        config = list(USUAL)
        config[place] = replace(config[place], lexical_class=LexicalClass.JSON_LITERAL)
        yield _refused(
            f"{where}-not-in-its-class",
            _SUBMIT,
            f"The {where} entry claims to be a literal.",
            _session(config=config),
            _CLASS,
            MutationKind.REPLACE,
            f"config.{place}.lexical_class",
            "usual",
        )
    for name, entries in (("first", WITH_ENCODINGS[4:]), ("last", WITH_ENCODINGS[:5])):
        yield _refused(
            f"encoding-{name}-in-kind-verify",
            _SUBMIT,
            "A session of kind verify has no encoding entries.",
            {**_session(config=entries), "kind": number(_VERIFY)},
            "data-submission/unsupported-commitment-kind",
            MutationKind.REPLACE,
            "kind",
            "with-encodings",
            (Feature.ENCODING_COMMITMENTS,),
        )
    longest = b"1" * 65535
    yield Vector(
        name="longest-encoding",
        operation=_SUBMIT,
        comment="An encoding entry of 65,535 octets, the longest there is.",
        input=_session(received=longest, config=(_whole(longest, encoded=True),)),
        features=(Feature.ENCODING_COMMITMENTS,),
    )
    yield _refused(
        "too-long-encoding",
        _SUBMIT,
        "An encoding entry of 65,536 octets.",
        _session(received=longest + b"1", config=(_whole(longest + b"1", encoded=True),)),
        "data-submission/encoding-too-long",
        MutationKind.EXTEND,
        "received",
        "longest-encoding",
        (Feature.ENCODING_COMMITMENTS,),
    )
    mixed = b"1" * 65536
    yield _refused(
        "too-long-encoding-behind-another",
        _SUBMIT,
        "The second entry is an encoding entry of 65,536 octets in two ranges.",
        _session(
            received=mixed + b"22",
            config=(
                requested(_RECEIVED, b"22", of=mixed + b"22"),
                CommitRequest(
                    direction=_RECEIVED,
                    ranges=RangeSet.of((0, 65535), (65536, 65537)),
                    kind=EncodingKind(),
                    lexical_class=LexicalClass.ANY,
                ),
            ),
        ),
        "data-submission/encoding-too-long",
        MutationKind.EXTEND,
        "config.1.ranges",
        "longest-encoding",
        (Feature.ENCODING_COMMITMENTS,),
    )


def _refused(
    name: str,
    operation: str,
    comment: str,
    given: Fields,
    reason: str,
    kind: MutationKind,
    field: str,
    base: str,
    features: tuple[Feature, ...] = (),
) -> Vector:
    return Vector(
        name=name,
        operation=operation,
        comment=comment,
        input=given,
        expects=reason,
        base=base,
        mutation=Mutation(kind=kind, field=field),
        importance=Importance.MEDIUM,
        features=features,
    )


def _message(message: SessionMessage) -> bytes:
    return encode_as(SessionMessage, message)


def _question(
    config: tuple[CommitRequest, ...] = USUAL,
    *,
    largest: int = 10,
    largest_octets: int = 2**20,
    encodings: bool = True,
    kind: int = _NOTARIZE,
    algorithms: tuple[HashAlgorithm, ...] = HASHES,
    message: SessionMessage | None = None,
    received: bytes = RECEIVED,
    tree: HashAlgorithm = HashAlgorithm.SHA256,
    body: HashAlgorithm = HashAlgorithm.SHA256,
    extensions: tuple[Extension, ...] = (),
) -> Fields:
    fields = session("checked", received=received)
    submission = replace(
        submission_of(fields),
        config=config,
        tree_algorithm=tree,
        body_hash_algorithm=body,
        prover_extensions=extensions,
    )
    return {
        **fields,
        "message": _message(message if message is not None else submission),
        "kind": number(kind),
        "largest count": number(largest),
        "largest octets": number(largest_octets),
        "encoding commitments": flag(encodings),
        "hash algorithms": numbers(algorithms),
    }


_OCTETS = sum(each.ranges.octet_count for each in USUAL)


def _checked() -> Iterator[Vector]:
    accepted: tuple[tuple[str, str, Fields], ...] = (
        ("usual", "Five entries, ten allowed.", _question()),
        ("as-many-as-allowed", "Five entries, five allowed.", _question(largest=5)),
        ("as-many-octets-as-allowed", "All entries together have as many octets as are allowed.",
         _question(largest_octets=_OCTETS)),
        ("kind-verify", "In a session of kind verify, without encoding entries.", _question(kind=_VERIFY)),
        ("without-encodings", "A Notary without encoding commitments takes a config without them.",
         _question(encodings=False)),
        ("one-algorithm", "One entry, and the Notary has one algorithm.", _question(USUAL[:1], algorithms=HASHES[:1])),
        ("same-octets-other-algorithm", "The same octets by two algorithms are two commitments.",
         _question((USUAL[0], replace(USUAL[0], kind=replace(USUAL[2].kind))))),
        ("same-octets-encoded", "The same octets hashed and encoded are two commitments.",
         _question((USUAL[4], WITH_ENCODINGS[4]))),
        ("with-extensions", "A holder key and a purpose.", _question(extensions=(holder_key(), purpose()))),
    )  # fmt: skip
    for name, comment, given in accepted:
        yield Vector(name=name, operation=_CHECK, comment=comment, input=given)
    end = RangeSet.of((len(RECEIVED), len(RECEIVED) + 1))
    first, last = USUAL[0], USUAL[4]
    ed25519 = signing_key("other", SignatureAlgorithm.ED25519)
    faults: tuple[tuple[str, str, Fields, str, MutationKind, str], ...] = (
        ("nothing", "A config without entries.", _question(()), "no-commitments", MutationKind.ZERO, "message.config"),
        ("nothing-but-extensions", "A config without entries, with extensions.",
         _question((), extensions=(purpose(),)), "no-commitments", MutationKind.REMOVE, "message.config"),
        ("one-too-many", "Five entries, four allowed.", _question(largest=4), "too-many-commitments",
         MutationKind.EXTEND, "message.config"),
        ("none-allowed", "One entry, none allowed.", _question(USUAL[:1], largest=0), "too-many-commitments",
         MutationKind.ZERO, "largest count"),
        ("one-octet-too-many", "All entries together have one octet more than is allowed.",
         _question(largest_octets=_OCTETS - 1), "too-many-commitments", MutationKind.EXTEND, "message.config"),
        ("encoding-in-kind-verify", "A session of kind verify has no encoding entries.",
         _question(WITH_ENCODINGS, kind=_VERIFY), "unsupported-commitment-kind", MutationKind.REPLACE, "kind"),
        ("encoding-first", "The Notary has no encoding commitments, and the first entry is one.",
         _question(WITH_ENCODINGS[4:], encodings=False), "unsupported-commitment-kind", MutationKind.REPLACE,
         "encoding commitments"),
        ("encoding-last", "The Notary has no encoding commitments, and the last entry is one.",
         _question(WITH_ENCODINGS[:5], encodings=False), "unsupported-commitment-kind", MutationKind.REPLACE,
         "encoding commitments"),
        ("first-beyond", "The first entry stands behind the transcript.",
         _question((replace(first, direction=_RECEIVED, ranges=end), *USUAL[1:])), "range-out-of-bounds",
         MutationKind.REPLACE, "message.config.0.ranges"),
        ("last-beyond", "The last entry ends one octet behind the transcript.",
         _question((*USUAL[:4], replace(last, ranges=RangeSet.of((0, len(RECEIVED) + 1))))), "range-out-of-bounds",
         MutationKind.EXTEND, "message.config.4.ranges"),
        ("sent-beyond", "What was sent is shorter than that.",
         _question((replace(first, ranges=RangeSet.of((0, len(SENT) + 1))), *USUAL[1:])), "range-out-of-bounds",
         MutationKind.EXTEND, "message.config.0.ranges"),
        ("first-algorithm", "The Notary does not have the algorithm of the first entry.",
         _question(USUAL[:1], algorithms=HASHES[1:]), "unsupported-hash-algorithm", MutationKind.REMOVE,
         "hash algorithms"),
        ("last-algorithm", "The Notary does not have the algorithm of the last entry.",
         _question(algorithms=HASHES[:2]), "unsupported-hash-algorithm", MutationKind.REMOVE, "hash algorithms"),
        ("tree-algorithm", "The Notary does not have the algorithm of the tree.",
         _question(USUAL[:1], algorithms=HASHES[:1], tree=HASHES[2]), "unsupported-hash-algorithm",
         MutationKind.REPLACE, "message.tree_algorithm"),
        ("body-algorithm", "The Notary does not have the algorithm of the body.",
         _question(USUAL[:1], algorithms=HASHES[:1], body=HASHES[1]), "unsupported-hash-algorithm",
         MutationKind.REPLACE, "message.body_hash_algorithm"),
        ("twice", "The last entry stands twice.", _question((*USUAL, last)), "duplicate-commitment",
         MutationKind.DUPLICATE, "message.config.4"),
        ("twice-first-and-last", "The first entry stands once more at the end.", _question((*USUAL, first)),
         "duplicate-commitment", MutationKind.DUPLICATE, "message.config.0"),
        ("twice-by-class", "The same commitment under another class is the same commitment.",
         _question((*USUAL, replace(last, lexical_class=LexicalClass.ANY))), "duplicate-commitment",
         MutationKind.DUPLICATE, "message.config.4"),
        ("encoded-twice", "An encoding entry stands twice.", _question((*WITH_ENCODINGS, WITH_ENCODINGS[5])),
         "duplicate-commitment", MutationKind.DUPLICATE, "message.config.5"),
        ("reserved-first", "An extension of the Prover with an id of the Notary.",
         _question(extensions=(Extension(id="notary/policy", critical=False, value=b""),)), "reserved-extension",
         MutationKind.INSERT, "message.prover_extensions"),
        ("reserved-last", "The same behind others.",
         _question(extensions=(holder_key(), Extension(id="notary/z", critical=True, value=b"z"))),
         "reserved-extension", MutationKind.INSERT, "message.prover_extensions"),
        ("unknown-extension", "An extension that the Notary does not admit.",
         _question(extensions=(Extension(id="other", critical=False, value=b""),)), "extension-not-allowed",
         MutationKind.INSERT, "message.prover_extensions"),
        ("holder-not-critical", "A holder key that may be ignored protects nothing.",
         _question(extensions=(replace(holder_key(), critical=False),)), "extension-not-allowed",
         MutationKind.FLIP, "message.prover_extensions.0.critical"),
        ("holder-malformed", "A holder key that is no key.",
         _question(extensions=(replace(holder_key(), value=b"\1\0"),)), "extension-not-allowed",
         MutationKind.REPLACE, "message.prover_extensions.0.value"),
        ("holder-with-more", "A holder key with an octet behind it.",
         _question(extensions=(replace(holder_key(ed25519), value=ed25519.verifying_key.encode() + b"\0"),)),
         "extension-not-allowed", MutationKind.EXTEND, "message.prover_extensions.0.value"),
        ("purpose-critical", "A purpose is for people, and not critical.",
         _question(extensions=(replace(purpose(), critical=True),)), "extension-not-allowed", MutationKind.FLIP,
         "message.prover_extensions.0.critical"),
        ("purpose-not-text", "A purpose that is not UTF-8.",
         _question(extensions=(replace(purpose(), value=b"\xff"),)), "extension-not-allowed", MutationKind.REPLACE,
         "message.prover_extensions.0.value"),
    )  # fmt: skip
    for name, comment, given, reason, kind, field in faults:
        yield _refused(name, _CHECK, comment, given, f"data-submission/{reason}", kind, field, "usual")
    longest = b"1" * 65536
    yield _refused(
        "too-long-encoding",
        _CHECK,
        "An encoding entry of 65,536 octets, which a Prover of the specification would not have sent.",
        _question((_whole(longest, encoded=True),), received=longest),
        "data-submission/encoding-too-long",
        MutationKind.EXTEND,
        "message.config.0.ranges",
        "usual",
        (Feature.ENCODING_COMMITMENTS,),
    )
    others: tuple[tuple[str, str, SessionMessage, str], ...] = (
        (
            "another-message",
            "A root has no place here.",
            MerkleTreeRoot(root=bytes(32)),
            "link/unexpected-message",
        ),
        (
            "refusal",
            "The peer refuses, with a registered reason.",
            refuse(Reason.LINK_TIMEOUT),
            "link/timeout",
        ),
    )
    for name, comment, message, code in others:
        yield _refused(
            name, _CHECK, comment, _question(message=message), code, MutationKind.REPLACE, "message", "usual"
        )


FAMILIES = (
    Family(
        step=_STEP,
        name="submitted",
        summary="Configs that a Prover submits, and such that it knows to be in vain.",
        make=_submitted,
    ),
    Family(
        step=_STEP,
        name="checked",
        summary="Configs that a Notary takes, and such that it does not.",
        make=_checked,
    ),
)
