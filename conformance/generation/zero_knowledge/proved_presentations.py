"""Presentations with predicates: what a Verifier checks around a proof, in its order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from mpctls.spec.presentation import Presentation
from mpctls.spec.zero_knowledge.scalar_field import ORDER, encode_scalar
from mpctls.spec.zero_knowledge.statements import PredicateProof

from ...fields import Fields
from ...operations.form import Feature
from ...properties.proved_presentations import (
    DEVELOPMENT,
    OWN,
    Exchange,
    Part,
    Shown,
    account,
    count_of,
    exchange_of,
    hidden,
    key_of,
    plain,
    presented,
    proved,
    usual_account,
)
from ...properties.verified_predicates import USUAL_SETUPS, fields_of, setup_octets
from ..vector import Family, Mutation, MutationKind, Vector
from .making import ANY, LITERAL, NUMBER, STRING, Making, of_type, predicate_of, replaced

STEP = "verification/predicate_evaluation"
_LABEL = f"{STEP}/presentations"
_VERIFY = Making(
    operation="verification/verify-predicates", features=(Feature.PREDICATES, Feature.PLONK), seed=_LABEL
)
_BALANCE, _NAME = of_type("decimal(2)", "balance"), of_type("text(9)", "name")
_RICH = predicate_of({"compare": ["≥", {"field": 0}, "1000"]}, _BALANCE)
_NAMED = predicate_of(
    {"all": [{"compare": ["≥", {"field": 0}, "1000"]}, {"pseudonym": [1, "shop.example"]}]}, _BALANCE, _NAME
)
_OUTPUT = 12345


def _fields(presentation: Presentation, *proofs: PredicateProof | bytes, **more: Any) -> Fields:
    octets = tuple(proof if isinstance(proof, bytes) else proof.encode() for proof in proofs)
    keys = more.pop("keys", None) or [key_of(count_of(_RICH))] * len(proofs)
    return fields_of(replace(presentation, predicates=octets), keys, **more)


def _leaf(exchange: Exchange, octets: bytes) -> int:
    return exchange.leaf_of(octets)


def _honest() -> tuple[Presentation, PredicateProof]:
    exchange = usual_account()
    presentation = presented(exchange, _LABEL, bound=True)
    return presentation, proved(presentation, _RICH, (_leaf(exchange, b"1250.50"),))


def _taken() -> Iterator[Vector]:
    presentation, proof = _honest()
    exchange = usual_account()
    yield _VERIFY.accepted("honest", "A hidden balance is at least 1000.", _fields(presentation, proof))
    both = (_leaf(exchange, b"1250.50"), _leaf(exchange, b"alice"))
    named = proved(presentation, _NAMED, both, (_OUTPUT,))
    key = key_of(count_of(_NAMED))
    yield _VERIFY.accepted(
        "two-fields", "Two fields and a pseudonym.", _fields(presentation, named, keys=[key])
    )
    yield _VERIFY.accepted(
        "two-predicates",
        "Two predicates whose circuits together have as many rows as the Verifier allows.",
        _fields(presentation, proof, named, keys=[key_of(count_of(_RICH)), key], rows=32),
    )
    unbound = presented(exchange, _LABEL)
    yield _VERIFY.accepted(
        "no-binding",
        "Without a binding there is no audience in the statement.",
        _fields(unbound, proved(unbound, _RICH, both[:1])),
    )
    yield _VERIFY.accepted("none", "A presentation without predicates.", _fields(presentation))
    known = proved(presentation, _RICH, both[:1], setup=DEVELOPMENT)
    yield _VERIFY.accepted(
        "development",
        "A development setup, which the Verifier's policy accepts.",
        _fields(presentation, known, development=True),
    )
    shown = account(plain(b"1250.50"), hidden(b"alice", STRING))
    open_ = presented(shown, _LABEL)
    text = predicate_of({"starts_with": [0, "al"]}, _NAME)
    yield _VERIFY.accepted(
        "beside-an-open-one",
        "Only the name is hidden.",
        _fields(open_, proved(open_, text, (_leaf(shown, b"alice"),))),
    )
    seen = account(
        Part(octets=b"1250.50", shown=Shown.OPENED_ENCODING, lexical_class=NUMBER), hidden(b"alice", STRING)
    )
    about_seen = presented(seen, _LABEL)
    yield _VERIFY.accepted(
        "about-an-open-one",
        "A predicate may be about a number that everybody sees, if its leaf says that it is one.",
        _fields(about_seen, proved(about_seen, _RICH, (_leaf(seen, b"1250.50"),))),
    )
    header = predicate_of(
        {"starts_with": [0, "Bearer "]}, of_type("text(64)", "authorization", "request", "header")
    )
    token = (_leaf(exchange, b"Bearer abc"),)
    yield _VERIFY.accepted(
        "header", "A hidden header.", _fields(presentation, proved(presentation, header, token))
    )
    literal = exchange_of((plain(b'{"member":'), hidden(b"true", LITERAL), plain(b"}")))
    member = presented(literal, _LABEL)
    true = predicate_of({"equal": [0, True]}, of_type("boolean", "member"))
    yield _VERIFY.accepted(
        "literal",
        "Whether a hidden value without quotes is a number or a literal is said by the class of its leaf.",
        _fields(member, proved(member, true, (_leaf(literal, b"true"),))),
    )


def _refusals() -> Iterator[Vector]:
    presentation, proof = _honest()
    yield _VERIFY.accepted("honest", "A hidden balance is at least 1000.", _fields(presentation, proof))

    def refused(name: str, comment: str, fields: Fields, reason: str, field: str) -> Vector:
        return _VERIFY.refused(
            name, comment, fields, reason, base="honest", mutation=replaced(field, name.replace("-", " "))
        )

    exchange = usual_account()
    zk = "zero-knowledge/"
    whole = proof.encode()
    other = replace(_RICH, fields=(replace(_RICH.fields[0], attestation=1),)).encode()
    wrong_type = predicate_of(
        {"compare": ["=", {"age": [0, "2026-01-01"]}, "1"]}, of_type("date(YYYYMMDD)", "balance")
    )
    small = predicate_of({"starts_with": [0, "a"]}, of_type("text(4)", "name"))
    missing = predicate_of({"compare": ["≥", {"field": 0}, "1000"]}, of_type("decimal(2)", "salary"))
    unsound = PREDICATE_OF_TWO_TYPES
    name_leaf = _leaf(exchange, b"alice")
    changed: tuple[tuple[str, str, bytes | PredicateProof, str], ...] = (
        ("no-proof", "No octets.", b"", "encoding/truncated"),
        ("octet-more", "An octet more.", whole + b"\0", "encoding/trailing-octets"),
        ("no-predicate", "What is no predicate.", replace(proof, predicate=b""), "encoding/truncated"),
        ("unsound-predicate", "A number is compared with a day.",
         replace(proof, predicate=unsound), "predicate/type-error"),
        ("version-0", "A compiler version of before.",
         replace(proof, compiler_version=0), zk + "unsupported-compiler-version"),
        ("version-2", "A compiler version of later.",
         replace(proof, compiler_version=2), zk + "unsupported-compiler-version"),
        ("other-attestation", "A field of another attestation.",
         replace(proof, predicate=other), "predicate/other-attestation"),
        ("other-attestation-255", "A field of another attestation.", replace(
            proof, predicate=replace(_RICH, fields=(replace(_RICH.fields[0], attestation=255),)).encode()),
         "predicate/other-attestation"),
        ("no-leaf", "No leaf for the field.", replace(proof, leaves=()), zk + "field-mismatch"),
        ("two-leaves", "Two leaves for one field.", replace(proof, leaves=proof.leaves * 2), zk + "field-mismatch"),
        ("leaf-of-another", "The leaf of the name.", replace(proof, leaves=(name_leaf,)), zk + "field-mismatch"),
        ("leaf-that-is-open", "A leaf of revealed octets.", replace(proof, leaves=(0,)), zk + "field-mismatch"),
        ("leaf-that-is-not-shown", "A leaf that is not shown.", replace(proof, leaves=(99,)), zk + "field-mismatch"),
        ("leaf-maximum", "The largest index.", replace(proof, leaves=(2**32 - 1,)), zk + "field-mismatch"),
        ("name-of-nothing", "No such member.", replace(proof, predicate=missing.encode()), "structure/unknown-name"),
        ("type-of-another-kind", "A number is no date.", replace(proof, predicate=wrong_type.encode()),
         "predicate/type-does-not-match-token"),
        ("text-too-long", "Five octets of a text of four.",
         replace(proof, predicate=small.encode(), leaves=(name_leaf,)),
         "predicate/field-too-long"),
        ("one-output", "An output without a pseudonym.", replace(proof, outputs=(bytes(32),)), zk + "output-count"),
        ("setup-unknown", "A setup that nobody accepts.",
         replace(proof, setup_digest=bytes(32)), zk + "untrusted-setup"),
        ("setup-flipped", "A setup with another digest.", replace(proof, setup_digest=OWN[:-1] + b"\6"),
         zk + "untrusted-setup"),
        ("setup-development", "A development setup.",
         replace(proof, setup_digest=DEVELOPMENT), zk + "development-setup"),
        ("other-predicate", "Another bound, under the same circuit's key.", replace(
            proof, predicate=predicate_of({"compare": ["≥", {"field": 0}, "1001"]}, _BALANCE).encode()),
         zk + "proof-invalid"),
        ("proof-zero", "A proof of zeros.", replace(proof, proof=bytes(768)), zk + "point-not-on-curve"),
    )  # fmt: skip
    for name, comment, octets, reason in changed:
        yield refused(
            name, comment, _fields(presentation, octets), reason, f"presentation.predicates.0 ({name})"
        )
    both = (_leaf(exchange, b"1250.50"), name_leaf)
    named = proved(presentation, _NAMED, both, (_OUTPUT,))
    key = key_of(count_of(_NAMED))
    for name, outputs, reason in (
        ("no-output", (), zk + "output-count"),
        ("other-output", (encode_scalar(_OUTPUT + 1),), zk + "proof-invalid"),
    ):
        yield refused(
            name, "A pseudonym has one output.", _fields(presentation, replace(named, outputs=outputs), keys=[key]),
            reason, "presentation.predicates.0.outputs",
        )  # fmt: skip
    for name, more, reason in (
        ("no-setups", {"setups": ()}, zk + "untrusted-setup"),
        ("setup-too-small", {"setups": (setup_octets(OWN, "ceremony", 3),)}, zk + "setup-too-small"),
        ("setup-of-everybody", {"setups": (setup_octets(OWN, "development", 9),)}, zk + "development-setup"),
        ("rows-15", {"rows": 15}, "predicate/too-large"),
        ("rows-0", {"rows": 0}, "predicate/too-large"),
        ("key-of-more-publics", {"keys": [key_of(7)]}, zk + "public-input-count"),
        ("no-server-name", {"server_name": None}, "structure/identity-required"),
        ("setup-too-small-by-far", {"setups": USUAL_SETUPS, "keys": [key_of(6, 5)]}, zk + "setup-too-small"),
    ):
        yield refused(
            name, "What the Verifier has and accepts.", _fields(presentation, proof, **more), reason, name
        )
    yield refused(
        "rows-of-two",
        "Two circuits of 16 rows where 31 are allowed.",
        _fields(presentation, proof, proof, rows=31),
        "predicate/too-large",
        "rows",
    )
    fields = _fields(presentation, proof)
    for part in ("commitment", "offset", "factor"):
        hidden_name = (
            presentation.transcript.openings[name_leaf].commitment if presentation.transcript else None
        )
        scalar: bytes = getattr(hidden_name, part)
        aliased = (int.from_bytes(scalar, "little") + ORDER).to_bytes(32, "little")
        yield refused(
            f"{part}-aliased",
            "A leaf whose octets nobody sees has scalars below r as well.",
            {**fields, "presentation": fields["presentation"].replace(scalar, aliased)},
            "encoding/not-canonical",
            f"presentation.transcript.openings.{name_leaf}.commitment.{part}",
        )
    others = presented(exchange, f"{_LABEL}/other", bound=True)
    for name, comment, proof_ in (
        ("of-another-session", "A proof about another attestation.", proved(others, _RICH, proof.leaves)),
        ("of-no-audience", "A proof that was made for no audience.",
         proved(presented(exchange, _LABEL), _RICH, proof.leaves)),
    ):  # fmt: skip
        yield _VERIFY.refused(
            name,
            comment,
            _fields(presentation, proof_),
            zk + "proof-invalid",
            base="honest",
            mutation=Mutation(kind=MutationKind.FROM_ANOTHER_SESSION, field="presentation.predicates.0"),
        )
    yield from _other_exchanges()


PREDICATE_OF_TWO_TYPES = predicate_of(
    {"compare": ["≥", {"field": 0}, {"day": "2020-01-01"}]}, _BALANCE
).encode()


def _other_exchanges() -> Iterator[Vector]:
    number = b"1250.50"
    name = hidden(b"alice", STRING)
    cases: tuple[tuple[str, str, Exchange, str], ...] = (
        ("hash-commitment", "A balance that is committed to by a hash.",
         account(Part(octets=number, shown=Shown.HIDDEN_HASH, lexical_class=NUMBER), name),
         "zero-knowledge/not-an-encoding-commitment"),
        ("open-and-of-any-class", "A balance that everybody sees, whose leaf says nothing about its octets.",
         account(Part(octets=number, shown=Shown.OPENED_ENCODING), name), "structure/class-mismatch"),
        ("open-and-of-another-class", "A balance that everybody sees, whose leaf says that it is a literal.",
         account(Part(octets=number, shown=Shown.OPENED_ENCODING, lexical_class=LITERAL), name),
         "structure/class-mismatch"),
        ("class-of-another-kind", "A number whose leaf says that it is a literal.",
         account(hidden(number, LITERAL), name), "predicate/type-does-not-match-token"),
        ("class-any", "A leaf that says nothing about its octets.", account(hidden(number, ANY), name),
         "structure/class-mismatch"),
        ("class-of-a-string", "A number whose leaf says that it is a string.",
         account(hidden(number, STRING), name),
         "structure/class-mismatch"),
        ("leaf-absent", "The leaf of the balance is not shown.",
         account(Part(octets=number, shown=Shown.ABSENT, lexical_class=NUMBER), name),
         "structure/redaction-without-leaf"),
    )  # fmt: skip
    for name_, comment, exchange, reason in cases:
        presentation = presented(exchange, _LABEL, bound=True)
        leaf = exchange.leaf_of(number)
        honest = _honest()[1]
        yield _VERIFY.refused(
            name_,
            comment,
            _fields(presentation, replace(honest, leaves=(leaf,))),
            reason,
            base="honest",
            mutation=replaced("presentation", comment),
        )


FAMILIES = (
    Family(step=STEP, name="presentations", summary="Presentations whose predicates hold.", make=_taken),
    Family(
        step=STEP,
        name="presentations-refused",
        summary="Every check around a proof, in its order.",
        make=_refusals,
    ),
)
