"""A whole session for tests: an account page with a token in the request and a balance in the response."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec

from mpctls.spec.commitments import CommitRequest, HashKind
from mpctls.spec.connection_run import ConnectionPlan
from mpctls.spec.extensions import HOLDER_KEY, PURPOSE, Extension
from mpctls.spec.identifiers import (
    CIPHER_SUITES,
    ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    Direction,
    HashAlgorithm,
    LexicalClass,
    SessionKind,
    SignatureAlgorithm,
)
from mpctls.spec.mpc_tls.messages import Budget
from mpctls.spec.notary_policy import NotaryPolicy
from mpctls.spec.ordinary_server import ServerConfiguration
from mpctls.spec.presentation_building.send_presentation import Holder
from mpctls.spec.prover_states import DisclosureSelection
from mpctls.spec.ranges import RangeSet
from mpctls.spec.session import CommitPlan, SessionPlan, SessionResult, run_session
from mpctls.spec.signatures import SigningKey
from mpctls.spec.trust_store import TrustedNotary, TrustStore
from mpctls.spec.verifier_policy import BindingRequest, VerifierPolicy
from mpctls.spec.verifier_states import VerifierReady

from ..tls.certificates import NOW, authority, make_certificate, rsa_key

SERVER_NAME = "bank.example"
REQUESTS = (b"GET /account HTTP/1.1\r\nHost: bank.example\r\n", b"Authorization: Bearer token\r\n\r\n")
RESPONSES = (b'HTTP/1.1 200 OK\r\nContent-Length: 35\r\n\r\n{"name": "alice', b'", "balance": 12.50e2}')
SENT, RECEIVED = b"".join(REQUESTS), b"".join(RESPONSES)
SEED = b"a session"

NOTARY_KEY = SigningKey(algorithm=SignatureAlgorithm.ED25519, secret=bytes(range(32)))
OTHER_KEY = SigningKey(algorithm=SignatureAlgorithm.ED25519, secret=bytes(range(1, 33)))
HOLDER_SIGNING_KEY = SigningKey(algorithm=SignatureAlgorithm.ECDSA_P256_SHA256, secret=bytes(range(2, 34)))
BINDING_REQUEST = BindingRequest(audience="verifier.example", nonce=b"never used before")


def found(octets: bytes, part: bytes) -> tuple[int, int]:
    """Where a part stands."""
    start = octets.index(part)
    return start, start + len(part)


REQUEST_LINE = RangeSet.of((0, found(SENT, b"Authorization: ")[1]))
TOKEN = RangeSet.of(found(SENT, b"Bearer token"))
NAME = RangeSet.of(found(RECEIVED, b"alice"))
BALANCE = RangeSet.of(found(RECEIVED, b"12.50e2"))
AROUND = RangeSet.of(
    (0, NAME.ranges[0].start),
    (NAME.ranges[0].end, BALANCE.ranges[0].start),
    (len(RECEIVED) - 1, len(RECEIVED)),
)
"""The response without name and balance: three ranges in one commitment."""


def commit_request(
    direction: Direction,
    ranges: RangeSet,
    algorithm: HashAlgorithm = HashAlgorithm.SHA256,
    lexical_class: LexicalClass = LexicalClass.ANY,
) -> CommitRequest:
    """An entry of a config."""
    return CommitRequest(
        direction=direction,
        ranges=ranges,
        kind=HashKind(algorithm=algorithm),
        lexical_class=lexical_class,
    )


CONFIG = (
    commit_request(Direction.SENT, REQUEST_LINE),
    commit_request(Direction.SENT, TOKEN, HashAlgorithm.BLAKE3, LexicalClass.HEADER_VALUE),
    commit_request(Direction.RECEIVED, AROUND, HashAlgorithm.KECCAK256),
    commit_request(Direction.RECEIVED, NAME, lexical_class=LexicalClass.JSON_STRING_INTERIOR),
    commit_request(Direction.RECEIVED, BALANCE, lexical_class=LexicalClass.JSON_NUMBER),
)


@cache
def server_configuration(*, rsa: bool = False, extended_master_secret: bool = True) -> ServerConfiguration:
    """The Server's set-up; its certificates are made once in a run."""
    key = rsa_key() if rsa else ec.derive_private_key(7, ec.SECP256R1())
    return ServerConfiguration(
        certificates=(make_certificate(key, [SERVER_NAME]),),
        signing_key=key,
        cipher_suite=ECDHE_RSA_WITH_AES_128_GCM_SHA256 if rsa else ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        extended_master_secret=extended_master_secret,
    )


def session_plan(kind: SessionKind = SessionKind.NOTARIZE) -> SessionPlan:
    """Everything is disclosed but the token and the balance; the attestation has a holder."""
    connection = ConnectionPlan(
        kind=kind,
        signature_algorithms=(SignatureAlgorithm.ED25519,),
        cipher_suites=CIPHER_SUITES,
        budget=Budget(sent_octets=256, sent_records=4, received_octets=256, received_records=4),
        server_name=SERVER_NAME,
        roots=(authority().certificate,),
        server=server_configuration(),
        requests=REQUESTS,
        responses=RESPONSES,
        close_notify=True,
        now=NOW,
    )
    holder = HOLDER_SIGNING_KEY.verifying_key
    return SessionPlan(
        connection=connection,
        trusted_key=NOTARY_KEY.verifying_key,
        notary_policy=NotaryPolicy(),
        notary_keys=(NOTARY_KEY,),
        commitments=CommitPlan(
            config=CONFIG,
            tree_algorithm=HashAlgorithm.BLAKE3,
            body_hash_algorithm=HashAlgorithm.KECCAK256,
            prover_extensions=(
                Extension(id=HOLDER_KEY, critical=True, value=holder.encode()),
                Extension(id=PURPOSE, critical=False, value=b"a loan"),
            ),
        ),
        selection=DisclosureSelection(
            sent=REQUEST_LINE,
            received=RangeSet.of((0, BALANCE.ranges[0].start), (len(RECEIVED) - 1, len(RECEIVED))),
            identity=True,
        ),
        holder=Holder(signing_key=HOLDER_SIGNING_KEY, request=BINDING_REQUEST, issued=NOW, expiry=NOW + 600),
        verifier=verifier(),
    )


def verifier(policy: VerifierPolicy | None = None) -> VerifierReady:
    """A Verifier that trusts the Notary and wants this Server and a binding."""
    return VerifierReady(
        trust_store=TrustStore(
            notaries=(
                TrustedNotary(
                    name="notary",
                    verifying_key=NOTARY_KEY.verifying_key,
                    not_before=NOW - 1000,
                    not_after=NOW + 1000,
                ),
            )
        ),
        roots=(authority().certificate,),
        policy=policy
        or VerifierPolicy(server_names=frozenset({SERVER_NAME}), maximum_age=60, binding=BINDING_REQUEST),
    )


@cache
def honest_session(kind: SessionKind = SessionKind.NOTARIZE) -> SessionResult:
    """One session in which nobody cheats, run once for all tests."""
    return run_session(session_plan(kind), SEED)


def without_holder(plan: SessionPlan) -> SessionPlan:
    """The same session without a holder key, and a Verifier that asks for no binding."""
    return replace(
        plan,
        commitments=replace(plan.commitments, prover_extensions=()),
        holder=None,
        verifier=verifier(VerifierPolicy(server_names=frozenset({SERVER_NAME}))),
    )
