"""Predicates about fields of a real session: proved by the Prover, and placed and believed by a Verifier."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pytest

from mpctls.reference.channel.messages import CommitRequest, EncodingRequest
from mpctls.reference.command_line.proving import hidden_fields
from mpctls.reference.foundation.artifacts import PRESENTATION, Presentation
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import Direction, HashAlgorithm
from mpctls.reference.foundation.transcript import Transcript
from mpctls.reference.http.fields import (
    commit_apart,
    disclose_all_but,
    find_field,
    header_fields,
    json_fields,
)
from mpctls.reference.notary import Notary, NotarySettings
from mpctls.reference.presentation.building import Selection, build_presentation
from mpctls.reference.presentation.predicates import PredicatePolicy, prove_predicates, proved_leaves
from mpctls.reference.presentation.trust import TrustedNotary, TrustStore
from mpctls.reference.presentation.verification import VerifiedPresentation
from mpctls.reference.prover import Prover
from mpctls.reference.verifier import Verifier, VerifierSettings
from mpctls.zkp.plonk.proof import VerifyingKey
from mpctls.zkp.predicate.conditions import Predicate
from mpctls.zkp.predicate.key_cache import KeyCache
from mpctls.zkp.predicate.shapes import Shape
from mpctls.zkp.predicate.text_form import read_text
from mpctls.zkp.setup.making import make_development_setup, make_own_setup
from mpctls.zkp.setup.powers import Setup
from mpctls.zkp.statement import PREDICATE_PROOF, PredicateProof
from mpctls.zkp.verify import AcceptedSetups
from tests.servers.account_server import account_server, server_context
from tests.servers.authority import Authority
from tests.sessions.running import (
    Notarized,
    Page,
    connect,
    listening,
    prover_settings,
    request,
    signing_key,
    up_to_close,
)
from tests.unit.foundation.refusals import refused

BALANCE = "response $.balance: decimal(2) >= 1000"


def commit_every_value(transcript: Transcript) -> Sequence[CommitRequest]:
    """Encoding commitments to the values of the response, hash commitments to the rest."""
    apart = [*header_fields(transcript, Direction.SENT), *json_fields(transcript, Direction.RECEIVED)]
    values = {each.ranges for each in apart if each.direction is Direction.RECEIVED}
    return [
        replace(each, kind=EncodingRequest())
        if each.direction is Direction.RECEIVED and each.ranges in values
        else each
        for each in commit_apart(transcript, apart, HashAlgorithm.SHA256)
    ]


@dataclass(frozen=True, kw_only=True)
class Played:
    """A session, and what Prover and Verifier need afterwards."""

    page: Page
    notarized: Notarized
    trust: TrustStore
    setup: Setup
    keys: KeyCache

    @cached_property
    def transcript(self) -> Transcript:
        secrets = self.notarized.secrets
        return Transcript(sent=secrets.sent, received=secrets.received)

    def selection(self, hidden: Sequence[str], leaves: frozenset[int]) -> Selection:
        fields = [find_field(self.transcript, name) for name in hidden]
        return Selection(
            sent=disclose_all_but(self.transcript, Direction.SENT, fields),
            received=disclose_all_but(self.transcript, Direction.RECEIVED, fields),
            structured=True,
            withheld=leaves,
        )

    def present(self, *predicates: str, hidden: Sequence[str], setup: Setup | None = None) -> Presentation:
        read = [read_text(each) for each in predicates]
        secrets = self.notarized.secrets
        proofs = prove_predicates(
            self.notarized.attestation, secrets, read, setup or self.setup, keys=self.keys
        )
        selection = self.selection(hidden, proved_leaves(read, secrets))
        return build_presentation(self.notarized.attestation, secrets, selection, predicates=proofs)

    def verify(
        self, presentation: Presentation, accepted: AcceptedSetups | None = None, **policy: Any
    ) -> VerifiedPresentation:
        attested = self.notarized.attestation.body.connection_info.time
        settings = VerifierSettings(
            roots=self.page.roots,
            trust_store=self.trust,
            predicates=PredicatePolicy(
                **{"setups": accepted or AcceptedSetups.of(self.setup), "keys": self.keys, **policy}
            ),
            clock=lambda: attested,
        )
        return Verifier(settings).verify(PRESENTATION.encode(presentation))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    authority, key = Authority.create(), signing_key()
    context = server_context(*authority.issue("ecdsa").write(tmp_path_factory.mktemp("server")))

    async def session(page: Page) -> Notarized:
        notary = Notary(NotarySettings(signing_keys=(key,)))
        await notary.prepare()
        async with (
            listening(notary.handle) as port,
            Prover(await connect(port), prover_settings(page, key.verifying_key)) as prover,
        ):
            transcript = await up_to_close(prover, page.pieces)
            await prover.submit_transcript_commit_config(commit_every_value(transcript))
            await prover.include_commitments()
            attestation, secrets = await prover.receive_signed_attestation()
        return Notarized(attestation=attestation, secrets=secrets)

    with account_server(context) as port:
        page = Page(port=port, roots=(authority.root,), pieces=(request("/statement", token=True),))
        notarized = asyncio.run(session(page))
    entry = TrustedNotary(name="notary", verifying_key=key.verifying_key, not_before=0, not_after=2**40)
    yield Played(
        page=page,
        notarized=notarized,
        trust=TrustStore(notaries=(entry,)),
        setup=make_own_setup(12),
        keys=KeyCache(),
    )


HIDDEN_BALANCE = ("request:header:authorization", "response:json:$.balance")


def changed(presentation: Presentation, change: Callable[[PredicateProof], PredicateProof]) -> Presentation:
    proof = change(PREDICATE_PROOF.decode(presentation.predicates[0]))
    return replace(presentation, predicates=(PREDICATE_PROOF.encode(proof),))


@pytest.fixture(scope="module")
def honest(played: Played) -> Presentation:
    return played.present(BALANCE, hidden=HIDDEN_BALANCE)


def test_a_hidden_balance_is_proved_to_be_large_enough(played: Played, honest: Presentation) -> None:
    octets = PRESENTATION.encode(honest)
    assert b"2718.28" not in octets and b"9000.00" in octets
    verified = played.verify(honest)
    (proved,) = verified.predicates
    assert "1000" in proved.explanation and "$.balance" in proved.explanation
    place = played.transcript.received.index(b"2718.28")
    with refused("verification/octet-not-authenticated"):
        verified.transcript.received.read(place, place + 1)


class CountingKeys(KeyCache):
    """Counts the circuits that a Verifier is made to work for."""

    asked = 0

    def verifying_key(self, predicate: Predicate, shapes: tuple[Shape, ...], setup: Setup) -> VerifyingKey:
        self.asked += 1
        return super().verifying_key(predicate, shapes, setup)


def test_many_small_predicates_are_no_more_work_than_a_verifier_allows(
    played: Played, honest: Presentation
) -> None:
    """Each alone is within every limit of a predicate; a presentation may hold 256 of them."""
    many = replace(honest, predicates=5 * honest.predicates)
    (proved,) = played.verify(honest).predicates
    assert len(played.verify(many, maximum_rows=5 * proved.rows).predicates) == 5
    keys = CountingKeys()
    with refused("predicate/too-large"):
        played.verify(many, keys=keys, maximum_rows=3 * proved.rows - 1)
    assert keys.asked == 3


@pytest.mark.parametrize(
    "predicate",
    [
        "response $.debt: decimal(2) < 0 and response $.balance: decimal(2) between 2718.28 and 3000",
        "response $.entries[0].amount: decimal(2) + response $.entries[1].amount: decimal(2) = 350.50",
        'response $.holder: text(32) starts with "Ada" and response $.verified: boolean is true',
        "age(response $.born: date(YYYY-MM-DD), 2026-02-28) >= 21",
    ],
)
def test_predicates_of_every_kind_of_token(played: Played, predicate: str) -> None:
    hidden = hidden_fields([read_text(predicate)])
    presentation = played.present(predicate, hidden=hidden)
    assert len(played.verify(presentation).predicates) == 1


@pytest.mark.parametrize(
    ("reason", "predicate"),
    [
        ("predicate/false", "response $.balance: decimal(2) >= 2718.29"),
        ("predicate/malformed-field", "response $.holder: decimal(2) >= 1"),
        ("predicate/malformed-field", "response $.balance: integer >= 1 or response $.limit: decimal(2) = 1"),
        ("structure/unknown-name", "response $.other: integer >= 1"),
        ("presentation-building/field-not-committed", 'request header host: text(20) = "localhost"'),
        ("predicate/type-does-not-match-token", "response $.verified: integer >= 1"),
    ],
)
def test_what_cannot_be_proved_says_why_and_not_what(played: Played, reason: str, predicate: str) -> None:
    with pytest.raises(Refused) as caught:
        played.present(predicate, hidden=())
    assert caught.value.reason == reason
    assert "2718.28" not in str(caught.value) and "Ada Example" not in str(caught.value)


def test_a_proof_about_another_field_of_equal_length(played: Played) -> None:
    """The limit is proved, the balance is claimed: the proof's leaf is not what stands at the path."""
    limit = played.present(
        "response $.limit: decimal(2) >= 5000",
        hidden=(*HIDDEN_BALANCE, "response:json:$.limit"),
    )
    claim = read_text("response $.balance: decimal(2) >= 5000")

    def claim_balance(proof: PredicateProof) -> PredicateProof:
        return replace(proof, predicate=octets_of(claim))

    with refused("zero-knowledge/field-mismatch"):
        played.verify(changed(limit, claim_balance))
    (balance,) = proved_leaves([claim], played.notarized.secrets)
    with refused("zero-knowledge/proof-invalid"):
        played.verify(
            changed(limit, lambda proof: replace(proof, predicate=octets_of(claim), leaves=(balance,)))
        )


def octets_of(predicate: Predicate) -> bytes:
    from mpctls.zkp.predicate.canonical import encode

    return encode(predicate)


def test_a_proof_belongs_to_its_predicate_leaf_setup_and_attestation(
    played: Played, honest: Presentation
) -> None:
    weaker = octets_of(read_text("response $.balance: decimal(2) >= 1001"))
    with refused("zero-knowledge/proof-invalid"):
        played.verify(changed(honest, lambda proof: replace(proof, predicate=weaker)))
    with refused("zero-knowledge/unsupported-compiler-version"):
        played.verify(changed(honest, lambda proof: replace(proof, compiler_version=2)))
    with refused("zero-knowledge/untrusted-setup"):
        played.verify(honest, AcceptedSetups.of())
    other = make_own_setup(12)
    with refused("zero-knowledge/proof-invalid"):
        played.verify(
            changed(honest, lambda proof: replace(proof, setup_digest=other.digest)),
            AcceptedSetups.of(other),
        )
    with refused("zero-knowledge/output-count"):
        played.verify(changed(honest, lambda proof: replace(proof, outputs=(bytes(32),))))
    with refused("zero-knowledge/field-mismatch"):
        played.verify(changed(honest, lambda proof: replace(proof, leaves=())))


@pytest.mark.parametrize("octet", [0, 63, 300, 600, 767])
def test_a_changed_octet_of_the_proof(played: Played, honest: Presentation, octet: int) -> None:
    def change(proof: PredicateProof) -> PredicateProof:
        octets = bytearray(proof.proof)
        octets[octet] ^= 1
        return replace(proof, proof=bytes(octets))

    with pytest.raises(Refused, match="zero-knowledge/"):
        played.verify(changed(honest, change))


def test_a_development_setup_is_refused_unless_asked_for(played: Played) -> None:
    setup = make_development_setup(12, "test")
    presentation = played.present(BALANCE, hidden=HIDDEN_BALANCE, setup=setup)
    with refused("zero-knowledge/development-setup"):
        played.verify(presentation, AcceptedSetups.of(setup))
    assert played.verify(presentation, AcceptedSetups.of(setup, accept_development=True)).predicates


def test_nothing_is_placed_where_a_redaction_is_not_one_token(played: Played, honest: Presentation) -> None:
    """Without the leaf of the hidden token, or with another octet hidden, there is no view and no field."""
    secrets = played.notarized.secrets
    read = [read_text(BALANCE)]
    bare = replace(played.selection(HIDDEN_BALANCE, proved_leaves(read, secrets)), structured=False)
    presentation = build_presentation(
        played.notarized.attestation, secrets, bare, predicates=honest.predicates
    )
    with refused("structure/redaction-without-leaf"):
        played.verify(presentation)
    anonymous = replace(honest, identity=None)
    with refused("structure/identity-required"):
        played.verify(anonymous)


def test_two_proofs_share_no_number(played: Played, honest: Presentation) -> None:
    again = played.present(BALANCE, hidden=HIDDEN_BALANCE)

    def numbers(presentation: Presentation) -> set[bytes]:
        proof = PREDICATE_PROOF.decode(presentation.predicates[0]).proof
        return {proof[start : start + 32] for start in range(0, len(proof), 32)}

    assert not numbers(honest) & numbers(again)
