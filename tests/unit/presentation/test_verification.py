"""Verification: what a genuine presentation says, one reason for each fault, and which fault is named first."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.attestation.signing import sign_attestation
from mpctls.reference.foundation.artifacts import (
    PRESENTATION_FILE,
    Attestation,
    CommitmentOpening,
    EncodingOpening,
    Extension,
    HandshakeData,
    HashCommitment,
    HashOpening,
    Presentation,
    SecretCommitment,
    TranscriptProof,
)
from mpctls.reference.foundation.commitments import handshake_commitment, hash_commitment_value
from mpctls.reference.foundation.digests import signed_message
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import (
    Closure,
    Direction,
    HashAlgorithm,
    LexicalClass,
    SignatureAlgorithm,
)
from mpctls.reference.foundation.ranges import Range, RangeSet
from mpctls.reference.foundation.signatures import SigningKey
from mpctls.reference.foundation.transcript import Transcript
from mpctls.reference.presentation.building import Selection, build_presentation, transcript_proof
from mpctls.reference.presentation.trust import TrustedNotary, TrustStore
from mpctls.reference.presentation.verification import (
    Policy,
    VerifiedPresentation,
    verify_commitments,
    verify_identity,
    verify_presentation,
)
from tests.servers.authority import TIME, Authority
from tests.unit.attestation import material as factory
from tests.unit.attestation.material import (
    NOW,
    RECEIVED,
    SENT,
    SERVER_NAME,
    Material,
    body_for,
    holder_extension,
    material,
    notary_key,
    sign,
    trust_store,
)
from tests.unit.foundation.refusals import refused

GENUINE = material()
KEY = notary_key(SignatureAlgorithm.ED25519)
BODY = GENUINE.attestation.body
SECRETS = GENUINE.secrets
ALL = Selection(sent=RangeSet.of([(0, len(SENT))]), received=RangeSet.of([(0, len(RECEIVED))]))
PRESENTATION = build_presentation(GENUINE.attestation, SECRETS, ALL)
Change = Callable[[Presentation], Presentation]


def verify(
    presentation: Presentation,
    *,
    store: TrustStore | None = None,
    roots: tuple[x509.Certificate, ...] | None = None,
    now: int = NOW,
    policy: Policy | None = None,
) -> VerifiedPresentation:
    return verify_presentation(
        presentation,
        trust_store=trust_store() if store is None else store,
        roots=factory.roots() if roots is None else roots,
        now=now,
        policy=policy,
    )


def attested(attestation: Attestation) -> Change:
    return lambda presentation: replace(presentation, attestation=attestation)


def body(**changes: Any) -> Change:
    """The Notary signs another body."""
    return attested(sign(replace(BODY, **changes)))


def info(**changes: Any) -> Change:
    return body(connection_info=replace(BODY.connection_info, **changes))


def header(**changes: Any) -> Change:
    """The Notary signs another header."""
    changed = replace(GENUINE.attestation.header, **changes)
    return attested(replace(GENUINE.attestation, header=changed, signature=KEY.sign(signed_message(changed))))


def prover_extension(name: str, *, critical: bool, value: bytes = b"") -> Change:
    return body(prover_extensions=(Extension(id=name, critical=critical, value=value),))


def notary_extension(name: str, *, critical: bool = False) -> Change:
    return body(notary_extensions=(Extension(id=name, critical=critical, value=b""),))


def another_key(presentation: Presentation) -> Presentation:
    stranger = SigningKey.generate(SignatureAlgorithm.ED25519)
    return replace(
        presentation,
        attestation=sign(replace(BODY, verifying_key=stranger.verifying_key), stranger),
    )


def other_algorithm(presentation: Presentation) -> Presentation:
    """The same secp256k1 key under the other hash function is another Notary (attack catalogue, A3)."""
    key = notary_key(SignatureAlgorithm.ECDSA_SECP256K1_SHA256).verifying_key
    swapped = replace(key, algorithm=SignatureAlgorithm.ECDSA_SECP256K1_KECCAK256.value)
    changed = replace(BODY, verifying_key=swapped)
    head = replace(presentation.attestation.header, signature_algorithm=4)
    return replace(presentation, attestation=replace(presentation.attestation, header=head, body=changed))


def identity(**changes: Any) -> Change:
    def change(presentation: Presentation) -> Presentation:
        assert presentation.identity is not None
        return replace(presentation, identity=replace(presentation.identity, **changes))

    return change


def handshake(data: HandshakeData, *, suite: int = 0xC02B) -> Change:
    """Another handshake, committed to and signed by the Notary."""
    opening = replace(SECRETS.handshake, handshake_data=data)
    changed = replace(
        BODY,
        handshake_commitment=handshake_commitment(data, opening.blinder),
        connection_info=replace(BODY.connection_info, cipher_suite=suite),
    )

    def change(presentation: Presentation) -> Presentation:
        return identity(handshake=opening)(replace(presentation, attestation=sign(changed)))

    return change


DATA = SECRETS.handshake.handshake_data


def data_with(**changes: Any) -> HandshakeData:
    return replace(DATA, **changes)


def opened(place: int, **changes: Any) -> Change:
    """Change one opening of the transcript proof."""

    def change(presentation: Presentation) -> Presentation:
        proof = presentation.transcript
        assert proof is not None
        openings = list(proof.openings)
        openings[place] = replace(openings[place], **changes)
        return replace(presentation, transcript=replace(proof, openings=tuple(openings)))

    return change


def hash_opening(place: int, **changes: Any) -> Change:
    assert PRESENTATION.transcript is not None
    opening: Any = PRESENTATION.transcript.openings[place].opening
    return opened(place, opening=replace(opening, **changes))


def commitment(place: int, **changes: Any) -> Change:
    assert PRESENTATION.transcript is not None
    found: Any = PRESENTATION.transcript.openings[place].commitment
    return opened(place, commitment=replace(found, **changes))


def siblings(change: Callable[[tuple[bytes, ...]], tuple[bytes, ...]]) -> Change:
    def changed(presentation: Presentation) -> Presentation:
        assert presentation.transcript is not None
        proof = replace(presentation.transcript, proof=change(presentation.transcript.proof))
        return replace(presentation, transcript=proof)

    return changed


def with_leaves(*leaves: SecretCommitment) -> Change:
    """The Notary signs another tree, of which everything is opened."""
    secrets = replace(SECRETS, commitments=leaves)
    attestation = sign(body_for(secrets, KEY))
    openings = tuple(
        CommitmentOpening(
            index=index,
            commitment=each.commitment,
            opening=HashOpening(
                octets=each.commitment.ranges.select(secrets.octets(each.commitment.direction)),
                blinder=bytes([index + 1]) * 16,
            ),
        )
        for index, each in enumerate(leaves)
    )
    proof = TranscriptProof(openings=openings, proof=())
    return lambda presentation: replace(presentation, attestation=attestation, transcript=proof)


def lying_leaf(presentation: Presentation) -> Presentation:
    """A tree with a leaf that says another octet for what a leaf before it says."""
    other = Transcript(sent=SENT[:22] + b"?" + SENT[23:], received=RECEIVED)
    first = factory.secret(
        Transcript(sent=SENT, received=RECEIVED), Direction.SENT, [(0, 23)], HashAlgorithm.SHA256, 1
    )
    second = factory.secret(other, Direction.SENT, [(22, 30)], HashAlgorithm.SHA256, 2)
    made = with_leaves(first, second)(presentation)
    assert made.transcript is not None
    lying = HashOpening(octets=other.sent[22:30], blinder=bytes([2]) * 16)
    openings = (made.transcript.openings[0], replace(made.transcript.openings[1], opening=lying))
    return replace(made, transcript=replace(made.transcript, openings=openings))


def half_tree(presentation: Presentation) -> Presentation:
    """A proof for a tree of which only some leaves are opened, so that it has hashes."""
    return replace(presentation, transcript=transcript_proof(GENUINE.attestation, SECRETS, (1, 4)))


def chained(first: Change, second: Change) -> Change:
    return lambda presentation: second(first(presentation))


def whole(reason: str) -> str:
    """A reason with its stage: that of verification, where none is named."""
    return reason if "/" in reason else f"verification/{reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One change of a genuine presentation, and the reason it must be refused with."""

    name: str
    change: Change = field(default=lambda presentation: presentation)
    reason: str
    store: TrustStore | None = None
    now: int = NOW
    roots: tuple[x509.Certificate, ...] | None = None
    policy: Policy | None = None


def entry(not_before: int, not_after: int) -> TrustStore:
    return TrustStore(
        notaries=(
            TrustedNotary(
                name="n", verifying_key=KEY.verifying_key, not_before=not_before, not_after=not_after
            ),
        )
    )


ENCODING: Any = material(encoding=True).secrets.commitments[-1].commitment

FAULTS = [
    Fault(name="format version", change=header(format_version=2), reason="unknown-format-version"),
    Fault(name="format version zero", change=header(format_version=0), reason="unknown-format-version"),
    Fault(name="algorithm", change=header(signature_algorithm=2), reason="algorithm-mismatch"),
    Fault(name="self-carried key", change=another_key, reason="untrusted-notary"),
    Fault(name="nobody trusted", store=TrustStore(notaries=()), reason="untrusted-notary"),
    Fault(
        name="same key, other algorithm",
        change=other_algorithm,
        reason="untrusted-notary",
        store=trust_store(notary_key(SignatureAlgorithm.ECDSA_SECP256K1_SHA256)),
    ),
    Fault(name="key expired", store=entry(0, TIME - 1), reason="notary-key-expired"),
    Fault(name="key not yet valid", store=entry(TIME + 1, TIME + 2), reason="notary-key-expired"),
    Fault(
        name="signature",
        change=attested(replace(GENUINE.attestation, signature=bytes(64))),
        reason="signature-invalid",
    ),
    Fault(
        name="unsigned header",
        change=attested(
            replace(
                GENUINE.attestation,
                header=replace(GENUINE.attestation.header, attestation_id=bytes(16)),
            )
        ),
        reason="signature-invalid",
    ),
    Fault(
        name="unsigned body",
        change=attested(
            replace(
                GENUINE.attestation,
                body=replace(BODY, connection_info=replace(BODY.connection_info, sent_length=0)),
            )
        ),
        reason="body-digest-mismatch",
    ),
    Fault(name="digest by another hash", change=header(body_hash_algorithm=2), reason="body-digest-mismatch"),
    Fault(name="mode", change=info(mode=2), reason="unsupported-mode"),
    Fault(name="mode zero", change=info(mode=0), reason="unsupported-mode"),
    Fault(name="TLS version", change=info(tls_version=0x0304), reason="unsupported-tls-version"),
    Fault(name="suite", change=info(cipher_suite=0xC030), reason="unsupported-cipher-suite"),
    Fault(
        name="notary id by the prover",
        change=prover_extension("notary/x", critical=False),
        reason="misplaced-extension",
    ),
    Fault(
        name="prover id by the notary",
        change=notary_extension("purpose"),
        reason="misplaced-extension",
    ),
    Fault(
        name="unknown critical extension of the prover",
        change=prover_extension("site/x", critical=True),
        reason="unknown-critical-extension",
    ),
    Fault(
        name="unknown critical extension of the notary",
        change=notary_extension("notary/x", critical=True),
        reason="unknown-critical-extension",
    ),
    Fault(
        name="malformed holder key",
        change=prover_extension("holder-key", critical=True, value=b"\1"),
        reason="unknown-critical-extension",
    ),
    Fault(
        name="holder key not critical",
        change=body(prover_extensions=(holder_extension(critical=False),)),
        reason="unknown-critical-extension",
    ),
    Fault(name="attested in the future", now=TIME - 301, reason="attested-in-the-future"),
    Fault(
        name="key exchange blinder",
        change=identity(key_exchange=replace(SECRETS.key_exchange, blinder=bytes(32))),
        reason="key-exchange-commitment-mismatch",
    ),
    Fault(
        name="client random",
        change=identity(key_exchange=replace(SECRETS.key_exchange, client_random=bytes(32))),
        reason="key-exchange-commitment-mismatch",
    ),
    Fault(
        name="ephemeral key",
        change=identity(key_exchange=replace(SECRETS.key_exchange, server_ephemeral_key=bytes(65))),
        reason="key-exchange-commitment-mismatch",
    ),
    Fault(
        name="handshake blinder",
        change=identity(handshake=replace(SECRETS.handshake, blinder=bytes(32))),
        reason="handshake-commitment-mismatch",
    ),
    Fault(
        name="certificates",
        change=identity(
            handshake=replace(SECRETS.handshake, handshake_data=data_with(certificates=DATA.certificates[:1]))
        ),
        reason="handshake-commitment-mismatch",
    ),
    Fault(name="other name", change=identity(server_name="other.example"), reason="server-name-mismatch"),
    Fault(name="no name", change=identity(server_name=""), reason="server-name-mismatch"),
    Fault(name="malformed name", change=identity(server_name="a..b"), reason="server-name-mismatch"),
    Fault(
        name="capital letters", change=identity(server_name="Server.example"), reason="server-name-mismatch"
    ),
    Fault(
        name="no intermediate",
        change=handshake(data_with(certificates=DATA.certificates[:1])),
        reason="certificate-invalid",
    ),
    Fault(
        name="not a certificate",
        change=handshake(data_with(certificates=(b"\x30\x00",))),
        reason="certificate-invalid",
    ),
    Fault(name="other root", roots=(Authority.create().root,), reason="certificate-invalid"),
    Fault(name="no root", roots=(), reason="certificate-invalid"),
    Fault(
        name="after the certificate's time",
        change=info(time=int(datetime.datetime(2051, 1, 1, tzinfo=datetime.UTC).timestamp())),
        store=entry(0, 2**63),
        now=2**40,
        reason="certificate-invalid",
    ),
    Fault(
        name="time that is no date",
        change=info(time=2**63 - 1),
        store=entry(0, 2**64 - 1),
        now=2**63,
        reason="certificate-invalid",
    ),
    Fault(
        name="SHA-1",
        change=handshake(data_with(signature_algorithm=0x0203)),
        reason="unsupported-signature-scheme",
    ),
    Fault(
        name="scheme of the other suite",
        change=handshake(data_with(signature_algorithm=0x0401)),
        reason="unsupported-signature-scheme",
    ),
    Fault(
        name="suite of the other scheme",
        change=handshake(DATA, suite=0xC02F),
        reason="unsupported-signature-scheme",
    ),
    Fault(
        name="signature of the key exchange",
        change=handshake(data_with(signature=DATA.signature[:-1] + bytes([DATA.signature[-1] ^ 1]))),
        reason="key-exchange-signature-invalid",
    ),
    Fault(
        name="no signature of the key exchange",
        change=handshake(data_with(signature=b"")),
        reason="key-exchange-signature-invalid",
    ),
    Fault(
        name="leaf of another kind",
        change=opened(0, commitment=ENCODING),
        reason="opening-kind-mismatch",
    ),
    Fault(name="index", change=opened(4, index=5), reason="leaf-index-out-of-range"),
    Fault(name="largest index", change=opened(4, index=2**32 - 1), reason="leaf-index-out-of-range"),
    Fault(
        name="range",
        change=commitment(4, ranges=RangeSet.of([(0, len(RECEIVED) + 1)])),
        reason="range-out-of-bounds",
    ),
    Fault(
        name="opening kind",
        change=opened(1, opening=EncodingOpening(octets=b"", blinder=bytes(32))),
        reason="opening-kind-mismatch",
    ),
    Fault(name="shorter", change=hash_opening(0, octets=SENT[:22]), reason="opening-length-mismatch"),
    Fault(name="longer", change=hash_opening(0, octets=SENT[:24]), reason="opening-length-mismatch"),
    Fault(name="nothing", change=hash_opening(0, octets=b""), reason="opening-length-mismatch"),
    Fault(name="octets", change=hash_opening(0, octets=b"P" + SENT[1:23]), reason="opening-mismatch"),
    Fault(name="blinder", change=hash_opening(0, blinder=bytes(16)), reason="opening-mismatch"),
    Fault(name="value", change=commitment(0, value=bytes(32)), reason="opening-mismatch"),
    Fault(name="hash algorithm", change=commitment(0, algorithm=2), reason="opening-mismatch"),
    Fault(
        name="other place",
        change=commitment(0, ranges=RangeSet.of([(1, 24)])),
        reason="merkle-proof-invalid",
    ),
    Fault(
        name="other direction",
        change=commitment(0, direction=Direction.RECEIVED),
        reason="merkle-proof-invalid",
    ),
    Fault(
        name="other class",
        change=commitment(0, lexical_class=LexicalClass.HEADER_VALUE),
        reason="merkle-proof-invalid",
    ),
    Fault(
        name="one hash too many",
        change=siblings(lambda proof: (*proof, bytes(32))),
        reason="merkle-proof-invalid",
    ),
    Fault(
        name="one hash too few",
        change=chained(half_tree, siblings(lambda proof: proof[:-1])),
        reason="merkle-proof-invalid",
    ),
    Fault(
        name="hashes exchanged",
        change=chained(half_tree, siblings(lambda proof: proof[::-1])),
        reason="merkle-proof-invalid",
    ),
    Fault(name="overlap", change=lying_leaf, reason="overlapping-openings-differ"),
    Fault(
        name="predicate that cannot be read",
        change=lambda presentation: replace(presentation, predicates=(b"",)),
        reason="encoding/truncated",
    ),
    Fault(
        name="no identity",
        change=lambda presentation: replace(presentation, identity=None),
        policy=Policy(server_names=frozenset({SERVER_NAME})),
        reason="identity-required",
    ),
    Fault(
        name="other server", policy=Policy(server_names=frozenset({"a.example"})), reason="server-not-allowed"
    ),
    Fault(name="no server allowed", policy=Policy(server_names=frozenset()), reason="server-not-allowed"),
    Fault(name="too old", policy=Policy(maximum_age=59), reason="attestation-too-old"),
    Fault(
        name="missing extension",
        policy=Policy(required_extensions=frozenset({"purpose"})),
        reason="required-extension-missing",
    ),
]


def test_a_genuine_presentation_says_what_was_said() -> None:
    verified = verify(PRESENTATION, policy=Policy(server_names=frozenset({SERVER_NAME}), maximum_age=60))
    assert verified.server_name == SERVER_NAME
    assert (verified.time, verified.closure) == (TIME, Closure.CLOSE_NOTIFY)
    assert verified.notary is not None and verified.notary.verifying_key == KEY.verifying_key
    assert verified.transcript.sent.read(0, len(SENT)) == SENT
    assert verified.transcript.received.read(0, len(RECEIVED)) == RECEIVED


@pytest.mark.parametrize("tree_algorithm", HashAlgorithm)
@pytest.mark.parametrize("algorithm", SignatureAlgorithm)
def test_every_algorithm_verifies(algorithm: SignatureAlgorithm, tree_algorithm: HashAlgorithm) -> None:
    made = material(
        signature_algorithm=algorithm, body_algorithm=tree_algorithm, tree_algorithm=tree_algorithm
    )
    some = Selection(sent=RangeSet.of([(0, 23)]))
    verified = verify(build_presentation(made.attestation, made.secrets, some))
    assert verified.transcript.sent.authenticated == (Range(start=0, end=23),)
    assert verified.transcript.received.redacted == (Range(start=0, end=len(RECEIVED)),)
    with refused("verification/octet-not-authenticated"):
        verified.transcript.sent.read(0, 24)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_each_fault_has_its_reason(fault: Fault) -> None:
    with refused(whole(fault.reason)):
        verify(
            fault.change(PRESENTATION),
            store=fault.store,
            roots=fault.roots,
            now=fault.now,
            policy=fault.policy,
        )


def test_expected_names_are_compared_without_case() -> None:
    assert (
        verify(PRESENTATION, policy=Policy(server_names=frozenset({"SERVER.Example"}))).server_name
        == SERVER_NAME
    )


def test_the_limits_of_time_belong_to_what_is_accepted() -> None:
    verify(PRESENTATION, now=TIME - 300)
    verify(PRESENTATION, store=entry(TIME, TIME))
    verify(PRESENTATION, now=TIME + 59, policy=Policy(maximum_age=59))
    verify(PRESENTATION, now=2**40)


def test_known_and_harmless_extensions_are_accepted() -> None:
    known = prover_extension("site/x", critical=True)(PRESENTATION)
    policy = Policy(known_extensions=frozenset({"site/x"}), required_extensions=frozenset({"site/x"}))
    assert [each.id for each in verify(known, policy=policy).prover_extensions] == ["site/x"]
    verify(prover_extension("purpose", critical=False)(PRESENTATION))
    named = notary_extension("notary/x")(PRESENTATION)
    required = Policy(required_extensions=frozenset({"notary/x"}))
    assert [each.id for each in verify(named, policy=required).notary_extensions] == ["notary/x"]


def test_an_rsa_server_is_identified_under_its_suite() -> None:
    certificate = factory.authority().issue("rsa", (SERVER_NAME,))
    key = certificate.private_key
    assert isinstance(key, rsa.RSAPrivateKey)
    exchange = SECRETS.key_exchange
    content = exchange.client_random + exchange.server_random + b"\x03\x00\x17\x41"
    content += exchange.server_ephemeral_key
    data = HandshakeData(
        certificates=certificate.der_chain,
        signature_algorithm=0x0401,
        signature=key.sign(content, padding.PKCS1v15(), hashes.SHA256()),
    )
    assert verify(handshake(data, suite=0xC02F)(PRESENTATION)).server_name == SERVER_NAME
    with refused("verification/unsupported-signature-scheme"):
        verify(handshake(data)(PRESENTATION))
    with refused("verification/key-exchange-signature-invalid"):
        verify(handshake(replace(data, signature_algorithm=0x0804), suite=0xC02F)(PRESENTATION))


BODY_ORDER: list[tuple[dict[str, Any], str]] = [
    ({"mode": 2}, "unsupported-mode"),
    ({"tls_version": 0x0304}, "unsupported-tls-version"),
    ({"cipher_suite": 0xC030}, "unsupported-cipher-suite"),
]


@pytest.mark.parametrize("first", range(6))
def test_of_several_faults_of_the_body_the_first_is_named(first: int) -> None:
    """Everything from the `first` check on is wrong; an unsigned or untrusted body is refused before any of it."""
    reasons = [reason for _, reason in BODY_ORDER]
    reasons += ["misplaced-extension", "unknown-critical-extension", "attested-in-the-future"]
    changes: dict[str, Any] = {}
    for change, _ in BODY_ORDER[first:]:
        changes |= change
    info_changed = replace(BODY.connection_info, **changes)
    extensions: tuple[Extension, ...] = ()
    if first <= 4:
        extensions = (Extension(id="a", critical=True, value=b""),)
    if first <= 3:
        extensions += (Extension(id="notary/x", critical=False, value=b""),)
    changed = replace(
        BODY, connection_info=info_changed, prover_extensions=extensions, key_exchange_commitment=bytes(32)
    )
    with refused(f"verification/{reasons[first]}"):
        verify(replace(PRESENTATION, attestation=sign(changed)), now=TIME - 301)
    unsigned = replace(PRESENTATION, attestation=replace(GENUINE.attestation, body=changed))
    with refused("verification/body-digest-mismatch"):
        verify(unsigned)
    worthless = replace(unsigned, attestation=replace(unsigned.attestation, signature=bytes(64)))
    with refused("verification/signature-invalid"):
        verify(worthless)
    with refused("verification/notary-key-expired"):
        verify(worthless, store=entry(0, 1))
    with refused("verification/untrusted-notary"):
        verify(worthless, store=TrustStore(notaries=()))
    head = replace(worthless.attestation.header, signature_algorithm=2)
    with refused("verification/algorithm-mismatch"):
        verify(replace(worthless, attestation=replace(worthless.attestation, header=head)))
    head = replace(head, format_version=2)
    with refused("verification/unknown-format-version"):
        verify(replace(worthless, attestation=replace(worthless.attestation, header=head)))


STEPS: list[tuple[Change, str]] = [
    (
        identity(key_exchange=replace(SECRETS.key_exchange, blinder=bytes(32))),
        "key-exchange-commitment-mismatch",
    ),
    (identity(handshake=replace(SECRETS.handshake, blinder=bytes(32))), "handshake-commitment-mismatch"),
    (identity(server_name="other.example"), "server-name-mismatch"),
    (hash_opening(1, octets=bytes(len(SENT) - 23)), "opening-mismatch"),
    (siblings(lambda proof: (*proof, bytes(32))), "merkle-proof-invalid"),
    (lambda presentation: replace(presentation, predicates=(b"",)), "encoding/truncated"),
]


@pytest.mark.parametrize("first", range(len(STEPS)))
def test_of_several_faults_of_the_parts_the_first_is_named(first: int) -> None:
    presentation = PRESENTATION
    for change, _ in STEPS[first:]:
        presentation = change(presentation)
    strict = Policy(server_names=frozenset({"a.example"}), maximum_age=0)
    with refused(whole(STEPS[first][1])):
        verify(presentation, policy=strict)


def test_the_name_is_checked_before_the_chain_and_the_chain_before_the_scheme() -> None:
    changed = handshake(data_with(signature_algorithm=0x0203, signature=b""))(PRESENTATION)
    with refused("verification/server-name-mismatch"):
        verify(identity(server_name="other.example")(changed), roots=())
    with refused("verification/certificate-invalid"):
        verify(changed, roots=())
    with refused("verification/unsupported-signature-scheme"):
        verify(changed)


def test_of_two_faulty_openings_the_first_is_named() -> None:
    changed = chained(hash_opening(1, octets=b""), opened(4, index=9))(PRESENTATION)
    with refused("verification/opening-length-mismatch"):
        verify(changed)


def test_of_several_policies_the_first_is_named() -> None:
    policy = Policy(
        server_names=frozenset({"a.example"}), maximum_age=0, required_extensions=frozenset({"x", "w"})
    )
    with refused("verification/identity-required"):
        verify(replace(PRESENTATION, identity=None), policy=policy)
    with refused("verification/server-not-allowed"):
        verify(PRESENTATION, policy=policy)
    with refused("verification/attestation-too-old"):
        verify(PRESENTATION, policy=replace(policy, server_names=None))


def test_the_partner_of_a_session_compares_the_key_exchange_itself() -> None:
    assert PRESENTATION.identity is not None
    unblinded = replace(PRESENTATION.identity, key_exchange=replace(SECRETS.key_exchange, blinder=bytes(32)))
    assert verify_identity(unblinded, BODY, roots=factory.roots(), blinded=False) == SERVER_NAME
    with refused("verification/key-exchange-commitment-mismatch"):
        verify_identity(unblinded, BODY, roots=factory.roots())


def test_without_a_transcript_proof_nothing_is_authenticated() -> None:
    partial = verify_commitments(None, BODY)
    assert partial.sent.authenticated == partial.received.authenticated == ()
    assert (partial.sent.length, partial.received.length) == (len(SENT), len(RECEIVED))


def test_a_tree_without_leaves_opens_nothing() -> None:
    changed = body(transcript_commitments=replace(BODY.transcript_commitments, leaf_count=0))
    with refused("verification/leaf-index-out-of-range"):
        verify(changed(PRESENTATION))


@pytest.mark.parametrize(
    ("count", "reason"),
    [(4, "leaf-index-out-of-range"), (6, "merkle-proof-invalid"), (2**32 - 1, "merkle-proof-invalid")],
)
def test_another_leaf_count_is_refused(count: int, reason: str) -> None:
    """Attack catalogue, B3: the count decides the shape."""
    changed = body(transcript_commitments=replace(BODY.transcript_commitments, leaf_count=count))
    proof = transcript_proof(GENUINE.attestation, SECRETS, (3, 4))
    with refused(f"verification/{reason}"):
        verify(replace(changed(PRESENTATION), transcript=proof))


def test_a_leaf_of_another_session_is_refused() -> None:
    """Attack catalogue, C11: openings of one session under the attestation of another."""
    other = Material(attestation=GENUINE.attestation, secrets=replace(SECRETS, sent=SENT.replace(b"0", b"9")))
    leaves = factory.transcript_secrets(Transcript(sent=other.secrets.sent, received=RECEIVED))
    foreign = sign(body_for(replace(other.secrets, commitments=leaves), KEY))
    proof = transcript_proof(foreign, replace(other.secrets, commitments=leaves), (0, 1))
    with refused("verification/merkle-proof-invalid"):
        verify(replace(PRESENTATION, transcript=proof))


def test_no_value_opens_to_the_octets_of_another_blinder() -> None:
    leaf = SECRETS.commitments[0].commitment
    assert isinstance(leaf, HashCommitment)
    transcript = Transcript(sent=SENT, received=RECEIVED)
    assert hash_commitment_value(leaf, transcript, bytes([1]) * 16) == leaf.value
    assert hash_commitment_value(leaf, transcript, bytes([2]) * 16) != leaf.value


STORED = PRESENTATION_FILE.encode(PRESENTATION)


def accepts_changed(octets: bytes) -> bool:
    try:
        verify(PRESENTATION_FILE.decode(octets))
    except Refused:
        return False
    return True


def test_no_changed_octet_of_a_stored_presentation_is_accepted() -> None:
    assert accepts_changed(STORED)
    for place in range(len(STORED)):
        changed = STORED[:place] + bytes([STORED[place] ^ 1 << place % 8]) + STORED[place + 1 :]
        assert not accepts_changed(changed), place


@given(st.integers(0, len(STORED) - 1), st.binary(max_size=4), st.integers(0, 4))
def test_no_other_octets_are_accepted(place: int, inserted: bytes, removed: int) -> None:
    changed = STORED[:place] + inserted + STORED[place + removed :]
    assert changed == STORED or not accepts_changed(changed)


def test_another_notarys_signature_over_the_same_body_is_refused() -> None:
    stranger = SigningKey.generate(SignatureAlgorithm.ED25519)
    changed = replace(BODY, verifying_key=stranger.verifying_key)
    forged = sign_attestation(
        changed,
        signing_key=stranger,
        body_hash_algorithm=HashAlgorithm.SHA256,
        attestation_id=bytes(16),
    )
    claimed = replace(forged, body=BODY)
    with refused("verification/signature-invalid"):
        verify(replace(PRESENTATION, attestation=claimed))
