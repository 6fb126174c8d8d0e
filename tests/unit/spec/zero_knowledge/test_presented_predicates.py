"""Predicates in a whole presentation: what holds of a hidden balance, and each refusal in the order of the page.

The compiler here makes circuits that force nothing but their public inputs: what a circuit must force is
tested where circuits are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from mpctls.conformance.properties.known_secret import Circuit, prove_plonk
from mpctls.spec.commitments import EncodingCommitment
from mpctls.spec.digests import sha256
from mpctls.spec.files import encode_file
from mpctls.spec.identifiers import Closure, Direction, LexicalClass
from mpctls.spec.presentation import Presentation
from mpctls.spec.presentation_building import (
    combine_identity_proof,
    generate_transcript_proof,
    select_disclosure_range,
    send_presentation,
)
from mpctls.spec.prover_states import ProverAttested
from mpctls.spec.ranges import RangeSet
from mpctls.spec.reasons import Reason, Rejection
from mpctls.spec.session import SessionResult, run_session
from mpctls.spec.structure.message import RequestPolicy
from mpctls.spec.structure.view import Kind
from mpctls.spec.trust_store import SetupOrigin, TrustedSetup
from mpctls.spec.verification import (
    check_commitment_consistency,
    reconstruct_partial_transcript,
    verify_signature_validity,
)
from mpctls.spec.verification.reconstruct_partial_transcript import VerifiedPresentation
from mpctls.spec.verifier_states import VerifierReady, VerifierSignatureValid
from mpctls.spec.zero_knowledge import presented_predicates
from mpctls.spec.zero_knowledge.evaluation import FieldInPlain, require_true
from mpctls.spec.zero_knowledge.plonk import PlonkKey, encode_proof
from mpctls.spec.zero_knowledge.predicate import Predicate
from mpctls.spec.zero_knowledge.presented_predicates import (
    Evidence,
    FieldShape,
    statement_of,
    verify_predicates,
)
from mpctls.spec.zero_knowledge.reading_predicates import read_json
from mpctls.spec.zero_knowledge.scalar_field import encode_scalar
from mpctls.spec.zero_knowledge.statements import (
    BoundAudience,
    FieldLeaf,
    PredicateProof,
    Statement,
    public_inputs,
)

from ..session.plans import BINDING_REQUEST, REQUEST_LINE, SEED, SENT, SERVER_NAME, commit_request, verifier
from ..session.stages import rejects
from ..tls.certificates import NOW
from .encoded import encoding_plan, encoding_request
from .predicates import field

BODY = b'{"name": "alice", "balance": 1250.50 }'
RESPONSE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    + f"Content-Length: {len(BODY)}\r\n\r\n".encode()
    + BODY
)
NAME_LEAF, BALANCE_LEAF, HASHED_LEAF, OTHER_LEAF = 3, 4, 5, 6

BALANCE_FIELD = {"side": "response", "json": "$.balance", "type": "decimal(2)"}
NAME_FIELD = {"side": "response", "json": "$.name", "type": "text(9)"}
RICH = {"compare": ["≥", field(0), "1000"]}
NAMED = {"pseudonym": [1, "shop"]}


def of_fields(condition: object, *fields: dict[str, Any]) -> Predicate:
    return read_json(json.dumps({"version": 1, "fields": fields, "condition": condition}))


PREDICATE = of_fields({"all": [RICH, NAMED]}, BALANCE_FIELD, NAME_FIELD)
SETUP = TrustedSetup(name="ours", digest=b"\x07" * 32, origin=SetupOrigin.OWN)
DEVELOPMENT = TrustedSetup(name="known", digest=b"\x08" * 32, origin=SetupOrigin.DEVELOPMENT)


def range_of(part: bytes) -> RangeSet:
    start = RESPONSE.index(part)
    return RangeSet.of((start, start + len(part)))


@cache
def session() -> SessionResult:
    """Name and balance of an account are committed; the balance also as a hash."""
    plan = encoding_plan()
    name, balance = range_of(b"alice"), range_of(b"1250.50")
    around = RangeSet.of(
        (0, name.ranges[0].start),
        (name.ranges[0].end, balance.ranges[0].start),
        (balance.ranges[0].end, len(RESPONSE)),
    )
    end = RangeSet.of((len(SENT) - 4, len(SENT)))
    config = (
        commit_request(Direction.SENT, REQUEST_LINE),
        plan.commitments.config[1],
        commit_request(Direction.RECEIVED, around),
        encoding_request(Direction.RECEIVED, name, LexicalClass.JSON_STRING_INTERIOR),
        encoding_request(Direction.RECEIVED, balance, LexicalClass.JSON_NUMBER),
        commit_request(Direction.RECEIVED, balance, lexical_class=LexicalClass.JSON_NUMBER),
        encoding_request(Direction.RECEIVED, RangeSet.of((0, 5))),
        commit_request(Direction.SENT, end),
    )
    sent = RangeSet.of((0, REQUEST_LINE.ranges[0].end), (len(SENT) - 4, len(SENT)))
    return run_session(
        replace(
            plan,
            connection=replace(plan.connection, responses=(RESPONSE[:40], RESPONSE[40:])),
            commitments=replace(plan.commitments, config=config),
            selection=replace(plan.selection, sent=sent, received=around, structured=True),
        ),
        SEED,
    )


def attested() -> ProverAttested:
    state = session().attested
    assert state is not None
    return state


def compiler(predicate: Predicate, shapes: Sequence[FieldShape], _setup: bytes) -> PlonkKey:
    """A circuit with the public inputs of the page, and nothing else."""
    return key(2 + 4 * len(shapes) + len(predicate.pseudonyms))


@cache
def key(public_count: int) -> PlonkKey:
    return Circuit.of(4, public_count).key()


def prove(predicate: Predicate, leaves: tuple[int, ...], outputs: tuple[int, ...]) -> PredicateProof:
    """What the Prover adds to its presentation."""
    secrets = attested().secrets.commitments
    committed = [secrets[index].commitment for index in leaves]
    encoded = [leaf for leaf in committed if isinstance(leaf, EncodingCommitment)]
    octets = tuple(encode_scalar(output) for output in outputs)
    audience = BoundAudience(audience=BINDING_REQUEST.audience, nonce=BINDING_REQUEST.nonce)
    statement = statement_of(predicate, leaves, attested().attestation.header, audience)
    publics = public_inputs(statement, encoded, octets)
    circuit = Circuit.of(4, len(publics))
    return PredicateProof(
        predicate=predicate.encode(),
        leaves=leaves,
        compiler_version=1,
        setup_digest=SETUP.digest,
        outputs=octets,
        proof=encode_proof(prove_plonk(circuit, key(len(publics)), (*publics, 0))),
    )


@cache
def honest() -> PredicateProof:
    tokens = [
        FieldInPlain(kind=Kind.NUMBER, octets=b"1250.50"),
        FieldInPlain(kind=Kind.STRING, octets=b"alice"),
    ]
    return prove(PREDICATE, (BALANCE_LEAF, NAME_LEAF), require_true(PREDICATE, tokens))


@cache
def presentation() -> Presentation:
    plan = encoding_plan()
    state = attested()
    selection = replace(
        plan.selection,
        sent=RangeSet.of((0, REQUEST_LINE.ranges[0].end), (len(SENT) - 4, len(SENT))),
        received=state.secrets.commitments[2].commitment.ranges,
        structured=True,
        proved=frozenset({BALANCE_LEAF, NAME_LEAF}),
    )
    selected = select_disclosure_range.perform(state, selection)
    combined = combine_identity_proof.perform(generate_transcript_proof.perform(selected))
    return send_presentation.send(combined, plan.holder, (honest(),))[0].presentation


def ready(**changes: Any) -> VerifierReady:
    given = verifier()
    store = replace(given.trust_store, setups=(SETUP, DEVELOPMENT))
    return replace(given, trust_store=store, compiler=compiler, **changes)


def signature_valid(verifier_: VerifierReady) -> VerifierSignatureValid:
    message = send_presentation.SentPresentation(octets=encode_file(presentation()))
    return verify_signature_validity.perform(send_presentation.receive(verifier_, message), now=NOW)


def test_a_predicate_holds_of_what_stays_hidden() -> None:
    consistent = check_commitment_consistency.perform(signature_valid(ready()))
    verified: VerifiedPresentation = reconstruct_partial_transcript.perform(consistent, now=NOW)
    (one,) = verified.predicates
    assert (one.predicate, one.leaves, one.setup) == (PREDICATE, (BALANCE_LEAF, NAME_LEAF), SETUP)
    assert [encode_scalar(output) for output in one.outputs] == list(honest().outputs)
    octets = presentation().encode()
    assert b"1250" not in octets
    assert b"alice" not in octets


def test_a_verifier_without_a_compiler_understands_no_predicate() -> None:
    with rejects(Reason.VERIFICATION_UNSUPPORTED_PREDICATE):
        check_commitment_consistency.perform(signature_valid(verifier()))


@cache
def evidence() -> Evidence:
    """What is authenticated of the presentation, taken from the step that verifies it."""
    caught: list[Evidence] = []

    def keep(_proofs: Sequence[bytes], given: Evidence) -> tuple[()]:
        caught.append(given)
        return ()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(check_commitment_consistency, "verify_predicates", keep)
        check_commitment_consistency.perform(signature_valid(ready()))
    return caught[0]


def verify(proof: PredicateProof | bytes, **changes: Any) -> None:
    octets = proof if isinstance(proof, bytes) else proof.encode()
    verify_predicates((octets,), replace(evidence(), **changes))


def with_predicate(condition: object, *fields: dict[str, Any], leaves: tuple[int, ...]) -> PredicateProof:
    predicate = of_fields(condition, *fields)
    return replace(honest(), predicate=predicate.encode(), leaves=leaves, outputs=())


def with_leaf(index: int, **changes: Any) -> dict[int, Any]:
    leaves = dict(evidence().leaves)
    return {**leaves, index: replace(leaves[index], **changes)}


def without_leaf(index: int) -> dict[int, Any]:
    return {each: leaf for each, leaf in evidence().leaves.items() if each != index}


def balance(**changes: Any) -> dict[str, Any]:
    return {**BALANCE_FIELD, **changes}


def one_field(leaf: int = BALANCE_LEAF, condition: object = RICH, **changes: Any) -> PredicateProof:
    return with_predicate(condition, balance(**changes), leaves=(leaf,))


TOO_SMALL = Rejection(Reason.ZERO_KNOWLEDGE_SETUP_TOO_SMALL, "2^4 needed")


def small_compiler(*_: object) -> PlonkKey:
    raise TOO_SMALL


FAULTS: list[tuple[Reason, Callable[[], None]]] = [
    (Reason.ENCODING_TRUNCATED, lambda: verify(honest().encode()[:-1])),
    (Reason.ENCODING_TRAILING_OCTETS, lambda: verify(honest().encode() + b"\0")),
    (Reason.ENCODING_TRUNCATED, lambda: verify(replace(honest(), predicate=PREDICATE.encode()[:-1]))),
    (Reason.ENCODING_TRAILING_OCTETS, lambda: verify(replace(honest(), predicate=PREDICATE.encode() + b"x"))),
    (Reason.PREDICATE_TYPE_ERROR, lambda: verify(one_field(type="bytes"))),
    (
        Reason.PREDICATE_INVALID_PATTERN,
        lambda: verify(with_predicate({"matches": [0, "("]}, NAME_FIELD, leaves=(NAME_LEAF,))),
    ),
    (
        Reason.ZERO_KNOWLEDGE_UNSUPPORTED_COMPILER_VERSION,
        lambda: verify(replace(honest(), compiler_version=2)),
    ),
    (Reason.PREDICATE_OTHER_ATTESTATION, lambda: verify(one_field(attestation=1))),
    (Reason.ZERO_KNOWLEDGE_FIELD_MISMATCH, lambda: verify(replace(honest(), leaves=(BALANCE_LEAF,)))),
    (Reason.ZERO_KNOWLEDGE_FIELD_MISMATCH, lambda: verify(replace(honest(), leaves=(4, 3, 3)))),
    (Reason.STRUCTURE_IDENTITY_REQUIRED, lambda: verify(honest(), server_name=None)),
    (Reason.STRUCTURE_HOST_MISMATCH, lambda: verify(honest(), server_name="other.example")),
    (
        Reason.STRUCTURE_REQUEST_NOT_ALLOWED,
        lambda: verify(honest(), requests=RequestPolicy(methods=frozenset({"POST"}))),
    ),
    (Reason.STRUCTURE_MALFORMED_NAME, lambda: verify(one_field(json="balance"))),
    (Reason.STRUCTURE_UNKNOWN_NAME, lambda: verify(one_field(json="$.wealth"))),
    (Reason.STRUCTURE_UNKNOWN_NAME, lambda: verify(one_field(side="request"))),
    (Reason.ZERO_KNOWLEDGE_FIELD_MISMATCH, lambda: verify(one_field(NAME_LEAF))),
    (Reason.ZERO_KNOWLEDGE_FIELD_MISMATCH, lambda: verify(one_field(OTHER_LEAF))),
    (Reason.ZERO_KNOWLEDGE_FIELD_MISMATCH, lambda: verify(one_field(99))),
    (
        Reason.ZERO_KNOWLEDGE_FIELD_MISMATCH,
        lambda: verify(honest(), leaves=without_leaf(BALANCE_LEAF)),
    ),
    (Reason.ZERO_KNOWLEDGE_NOT_AN_ENCODING_COMMITMENT, lambda: verify(one_field(HASHED_LEAF))),
    (
        Reason.STRUCTURE_CLASS_MISMATCH,
        lambda: verify(honest(), leaves=with_leaf(BALANCE_LEAF, lexical_class=LexicalClass.ANY)),
    ),
    (
        Reason.STRUCTURE_CLASS_MISMATCH,
        lambda: verify(honest(), leaves=with_leaf(NAME_LEAF, lexical_class=LexicalClass.HEADER_VALUE)),
    ),
    (
        Reason.PREDICATE_TYPE_DOES_NOT_MATCH_TOKEN,
        lambda: verify(honest(), leaves=with_leaf(BALANCE_LEAF, lexical_class=LexicalClass.JSON_LITERAL)),
    ),
    (
        Reason.PREDICATE_TYPE_DOES_NOT_MATCH_TOKEN,
        lambda: verify(one_field(condition={"equal": [0, "a"]}, type="text(9)")),
    ),
    (
        Reason.PREDICATE_FIELD_TOO_LONG,
        lambda: verify(
            with_predicate({"equal": [0, "a"]}, {**NAME_FIELD, "type": "text(4)"}, leaves=(NAME_LEAF,))
        ),
    ),
    (Reason.ZERO_KNOWLEDGE_OUTPUT_COUNT, lambda: verify(replace(honest(), outputs=()))),
    (Reason.ZERO_KNOWLEDGE_OUTPUT_COUNT, lambda: verify(replace(honest(), outputs=honest().outputs * 2))),
    (Reason.ZERO_KNOWLEDGE_UNTRUSTED_SETUP, lambda: verify(replace(honest(), setup_digest=bytes(32)))),
    (
        Reason.ZERO_KNOWLEDGE_DEVELOPMENT_SETUP,
        lambda: verify(replace(honest(), setup_digest=DEVELOPMENT.digest)),
    ),
    (Reason.ZERO_KNOWLEDGE_SETUP_TOO_SMALL, lambda: verify(honest(), compiler=small_compiler)),
    (
        Reason.ZERO_KNOWLEDGE_PUBLIC_INPUT_COUNT,
        lambda: verify(honest(), compiler=lambda *_: key(10)),
    ),
    (
        Reason.ZERO_KNOWLEDGE_POINT_NOT_ON_CURVE,
        lambda: verify(replace(honest(), proof=bytes(768))),
    ),
]


@pytest.mark.parametrize(("reason", "refused"), FAULTS, ids=[reason.value for reason, _ in FAULTS])
def test_one_fault_gives_its_reason(reason: Reason, refused: Callable[[], None]) -> None:
    with rejects(reason):
        refused()


def other_header() -> Any:
    return replace(evidence().header, attestation_id=b"another one 1234")


def other_binding(**changes: Any) -> Any:
    binding = evidence().binding
    assert binding is not None
    return replace(binding, **changes)


BOUND: list[tuple[str, Callable[[], None]]] = [
    ("pseudonym", lambda: verify(replace(honest(), outputs=(encode_scalar(1),)))),
    ("header", lambda: verify(honest(), header=other_header())),
    ("audience", lambda: verify(honest(), binding=other_binding(audience="other.example"))),
    ("nonce", lambda: verify(honest(), binding=other_binding(nonce=b"another nonce 12"))),
    ("no binding", lambda: verify(honest(), binding=None)),
    ("factor", lambda: verify(honest(), leaves=with_leaf(BALANCE_LEAF, factor=encode_scalar(5)))),
    (
        "predicate",
        lambda: verify(
            replace(
                honest(),
                predicate=of_fields(
                    {"all": [{"compare": ["≥", field(0), "1"]}, NAMED]}, BALANCE_FIELD, NAME_FIELD
                ).encode(),
            )
        ),
    ),
]


@pytest.mark.parametrize(
    ("what", "refused"),
    [each if each[0] == "predicate" else pytest.param(*each, marks=pytest.mark.slow) for each in BOUND],
)
def test_a_proof_serves_for_nothing_else(what: str, refused: Callable[[], None]) -> None:
    with rejects(Reason.ZERO_KNOWLEDGE_PROOF_INVALID):
        refused()


def test_publics_differ_for_everything_that_a_proof_is_bound_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same without pairings: what reaches the verifier of PLONK."""
    seen: list[tuple[int, ...]] = []
    monkeypatch.setattr(
        presented_predicates, "verify_plonk", lambda _key, publics, _proof: seen.append(tuple(publics))
    )
    verify(honest())
    for _, refused in BOUND:
        refused()
    assert len(set(seen)) == len(BOUND) + 1
    digest = seen[0][0] << 128 | seen[0][1]
    statement = Statement(
        compiler_version=1,
        predicate_digest=PREDICATE.digest(),
        header_digests=(attested().attestation.header.digest(),),
        leaves=(FieldLeaf(attestation=0, index=4), FieldLeaf(attestation=0, index=3)),
        audience=BoundAudience(audience=BINDING_REQUEST.audience, nonce=BINDING_REQUEST.nonce),
    )
    expected = sha256(b"mpctls/1/statement\0" + statement.encode())
    assert digest == int.from_bytes(expected, "big")
    leaf = evidence().leaves[BALANCE_LEAF]
    assert isinstance(leaf, EncodingCommitment)
    scalars = [int.from_bytes(part, "little") for part in (leaf.commitment, leaf.offset, leaf.factor)]
    assert list(seen[0][2:6]) == [*scalars, len(b"1250.50")]
    assert seen[0][9] == len(b"alice")
    assert len(seen[0]) == 11


def test_a_development_setup_is_accepted_where_the_policy_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presented_predicates, "verify_plonk", lambda *_: None)
    verify(replace(honest(), setup_digest=DEVELOPMENT.digest), accept_development_setups=True)


def test_a_revealed_token_has_its_kind_and_needs_a_leaf_of_that_class(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(presented_predicates, "verify_plonk", lambda *_: None)
    partial = evidence().partial
    run = partial.received.runs[0]
    whole = replace(partial.received, runs=(replace(run, start=0, octets=RESPONSE),))
    revealed = replace(partial, received=whole)
    verify(honest(), partial=revealed)
    with rejects(Reason.STRUCTURE_CLASS_MISMATCH):
        verify(
            honest(),
            partial=revealed,
            leaves=with_leaf(BALANCE_LEAF, lexical_class=LexicalClass.JSON_LITERAL),
        )


def test_a_header_field_is_a_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presented_predicates, "verify_plonk", lambda *_: None)
    authorization = {"side": "request", "header": "authorization", "type": "text(64)"}
    verify(with_predicate({"starts_with": [0, "Bearer "]}, authorization, leaves=(1,)))
    assert evidence().server_name == SERVER_NAME
    assert evidence().closure is Closure.CLOSE_NOTIFY_RECEIVED


def test_an_output_that_is_no_scalar_is_refused() -> None:
    with rejects(Reason.ENCODING_NOT_CANONICAL):
        replace(honest(), outputs=(b"\xff" * 32,))


def test_no_more_is_compiled_than_the_verifier_allows() -> None:
    compiled: list[Predicate] = []

    def compiler(predicate: Predicate, shapes: Sequence[FieldShape], setup_digest: bytes) -> PlonkKey:
        compiled.append(predicate)
        return evidence().compiler(predicate, shapes, setup_digest)

    octets, rows = honest().encode(), 16
    allowing = replace(evidence(), compiler=compiler, largest_row_count=2 * rows)
    assert [each.row_count for each in verify_predicates(2 * (octets,), allowing)] == [rows, rows]
    compiled.clear()
    with rejects(Reason.PREDICATE_TOO_LARGE):
        verify_predicates(4 * (octets,), replace(allowing, largest_row_count=2 * rows - 1))
    assert len(compiled) == 2
