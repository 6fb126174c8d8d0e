"""The Verifier in the Notary's place: honest disclosures are verified, hostile ones refused, nothing is signed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from mpctls.reference.channel.link import Link, PeerRefused
from mpctls.reference.channel.messages import (
    CommitRequest,
    Disclosure,
    DisclosureAccepted,
    EncodingRequest,
    SessionMessage,
    SubmitTranscriptCommitConfig,
)
from mpctls.reference.foundation.artifacts import (
    CommitmentOpening,
    HashCommitment,
    HashOpening,
    IdentityProof,
    TranscriptProof,
)
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.hashes import commitment_value
from mpctls.reference.foundation.identifiers import Direction, HashAlgorithm, LexicalClass, SessionKind
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.http.fields import disclose_all_but, find_field
from mpctls.reference.interactive_verifier import InteractiveVerifier
from mpctls.reference.notary import NotarySession, NotarySettings
from mpctls.reference.presentation.building import Selection
from mpctls.reference.presentation.verification import Policy, VerifiedPresentation
from mpctls.reference.prover import Prover
from mpctls.reference.verifier import VerifierSettings
from tests.servers.account_server import TOKEN, account_server, server_context
from tests.servers.authority import Authority
from tests.sessions.running import (
    Page,
    commit_request_headers,
    connect,
    listening,
    prover_settings,
    request,
    signing_key,
    up_to_close,
)


class HonestProver(Prover):
    """Shows all but its token."""

    async def play(self, page: Page) -> None:
        transcript = await up_to_close(self, page.pieces)
        await self.submit_transcript_commit_config(commit_request_headers(transcript))
        await self.include_commitments()
        token = find_field(transcript, "request:header:authorization")
        await self.disclose(
            Selection(
                sent=disclose_all_but(transcript, Direction.SENT, [token]),
                received=disclose_all_but(transcript, Direction.RECEIVED, []),
            )
        )


class ListeningVerifier(InteractiveVerifier):
    """Keeps its session, what it was shown and what it concluded."""

    session: NotarySession
    shown: Disclosure
    verified: VerifiedPresentation | None

    async def verify_disclosure(self, session: NotarySession) -> VerifiedPresentation:
        self.session = session
        honest = session.receive_disclosure

        async def remember() -> Any:
            body, self.shown = await honest()
            return body, self.shown

        session.receive_disclosure = remember  # type: ignore[method-assign]
        try:
            return await super().verify_disclosure(session)
        finally:
            session.receive_disclosure = honest  # type: ignore[method-assign]

    async def serve(self, link: Link) -> VerifiedPresentation | None:
        self.verified = await super().serve(link)
        return self.verified


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    page: Page
    verifier: ListeningVerifier


def play(page: Page, prover_type: type[HonestProver]) -> ListeningVerifier:
    key = signing_key()
    settings = VerifierSettings(roots=page.roots, policy=Policy(server_names=frozenset({"localhost"})))
    verifier = ListeningVerifier(settings, NotarySettings(signing_keys=(key,)))

    async def session() -> None:
        await verifier.prepare()
        async with listening(verifier.handle) as port:
            prover = prover_type(
                await connect(port), prover_settings(page, key.verifying_key, kind=SessionKind.VERIFY)
            )
            async with prover:
                await prover.play(page)

    asyncio.run(session())
    return verifier


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Any:
    authority = Authority.create()
    certificate = authority.issue("ecdsa", ["localhost"])
    context = server_context(*certificate.write(tmp_path_factory.mktemp("server")))
    with account_server(context) as port:
        page = Page(port=port, roots=(authority.root,), pieces=(request("/account", token=True),))
        yield Played(page=page, verifier=play(page, HonestProver))


def test_an_honest_disclosure_is_verified(played: Played) -> None:
    verified = played.verifier.verified
    assert verified is not None
    assert (verified.notary, verified.server_name) == (None, "localhost")
    shown = b"".join(octets for _, octets in verified.transcript.received.pieces)
    assert b'"balance":"2718.28"' in shown
    sent = b"".join(octets for _, octets in verified.transcript.sent.pieces)
    assert TOKEN.encode() not in sent
    assert len(sent) == verified.transcript.sent.length - len(f"Bearer {TOKEN}")


# --- the same session, and another disclosure -------------------------------------------------------------


class ScriptedLink:
    """Gives one message, and takes the answer."""

    def __init__(self, message: SessionMessage) -> None:
        self._message = message
        self.answers: list[SessionMessage] = []

    async def receive(self, *expected: type[SessionMessage], deadline: float | None = None) -> SessionMessage:
        assert isinstance(self._message, expected)
        return self._message

    async def send(self, message: SessionMessage) -> None:
        self.answers.append(message)


Change = Callable[[Disclosure], Disclosure]


def identity(disclosure: Disclosure) -> IdentityProof:
    assert disclosure.identity is not None
    return disclosure.identity


def with_opening(change: Callable[[CommitmentOpening, HashOpening], CommitmentOpening]) -> Change:
    def changed(disclosure: Disclosure) -> Disclosure:
        proof = disclosure.transcript
        assert proof is not None
        first, *others = proof.openings
        assert isinstance(first.opening, HashOpening)
        openings = (change(first, first.opening), *others)
        return replace(disclosure, transcript=TranscriptProof(openings=openings, proof=proof.proof))

    return changed


def flipped(octets: bytes) -> bytes:
    return bytes([octets[0] ^ 1]) + octets[1:]


def commitment(opening: CommitmentOpening) -> HashCommitment:
    assert isinstance(opening.commitment, HashCommitment)
    return opening.commitment


def other_octet(opening: CommitmentOpening, shown: HashOpening) -> CommitmentOpening:
    return replace(opening, opening=replace(shown, octets=flipped(shown.octets)))


def other_octet_committed_anew(opening: CommitmentOpening, shown: HashOpening) -> CommitmentOpening:
    octets = flipped(shown.octets)
    value = commitment_value(HashAlgorithm(commitment(opening).algorithm), octets, shown.blinder)
    return replace(
        opening,
        commitment=replace(commitment(opening), value=value),
        opening=replace(shown, octets=octets),
    )


def other_blinder(opening: CommitmentOpening, shown: HashOpening) -> CommitmentOpening:
    return replace(opening, opening=replace(shown, blinder=flipped(shown.blinder)))


def other_range(opening: CommitmentOpening, shown: HashOpening) -> CommitmentOpening:
    ranges = commitment(opening).ranges
    moved = RangeSet.of([(each.start + 1, each.end + 1) for each in ranges])
    assert moved.total == ranges.total
    return replace(opening, commitment=replace(commitment(opening), ranges=moved))


def longer_range(opening: CommitmentOpening, shown: HashOpening) -> CommitmentOpening:
    ranges = RangeSet.of([(each.start, each.end + 1) for each in commitment(opening).ranges])
    return replace(opening, commitment=replace(commitment(opening), ranges=ranges))


def range_out_of_bounds(opening: CommitmentOpening, shown: HashOpening) -> CommitmentOpening:
    start = 1 << 20
    ranges = RangeSet.of([(start, start + len(shown.octets))])
    return replace(opening, commitment=replace(commitment(opening), ranges=ranges))


def other_direction(opening: CommitmentOpening, shown: HashOpening) -> CommitmentOpening:
    assert commitment(opening).direction is Direction.SENT
    return replace(opening, commitment=replace(commitment(opening), direction=Direction.RECEIVED))


def other_class(opening: CommitmentOpening, shown: HashOpening) -> CommitmentOpening:
    return replace(
        opening, commitment=replace(commitment(opening), lexical_class=LexicalClass.JSON_STRING_INTERIOR)
    )


def leaf_that_is_not_there(disclosure: Disclosure) -> Disclosure:
    proof = disclosure.transcript
    assert proof is not None
    *others, last = proof.openings
    openings = (*others, replace(last, index=1000))
    return replace(disclosure, transcript=replace(proof, openings=openings))


def other_tree(disclosure: Disclosure) -> Disclosure:
    proof = disclosure.transcript
    assert proof is not None
    first, *others = proof.proof
    return replace(disclosure, transcript=replace(proof, proof=(flipped(first), *others)))


def other_key_exchange(disclosure: Disclosure) -> Disclosure:
    exchange = identity(disclosure).key_exchange
    other = replace(exchange, server_random=flipped(exchange.server_random))
    return replace(disclosure, identity=replace(identity(disclosure), key_exchange=other))


def other_handshake(disclosure: Disclosure) -> Disclosure:
    opening = identity(disclosure).handshake
    data = replace(opening.handshake_data, signature=flipped(opening.handshake_data.signature))
    return replace(
        disclosure, identity=replace(identity(disclosure), handshake=replace(opening, handshake_data=data))
    )


def other_handshake_blinder(disclosure: Disclosure) -> Disclosure:
    opening = identity(disclosure).handshake
    other = replace(opening, blinder=flipped(opening.blinder))
    return replace(disclosure, identity=replace(identity(disclosure), handshake=other))


def other_name(disclosure: Disclosure) -> Disclosure:
    return replace(disclosure, identity=replace(identity(disclosure), server_name="example.org"))


def no_identity(disclosure: Disclosure) -> Disclosure:
    return replace(disclosure, identity=None)


HOSTILE: list[tuple[str, Change, str]] = [
    ("octet", with_opening(other_octet), "verification/opening-mismatch"),
    ("octet, committed anew", with_opening(other_octet_committed_anew), "verification/merkle-proof-invalid"),
    ("blinder", with_opening(other_blinder), "verification/opening-mismatch"),
    ("range", with_opening(other_range), "verification/merkle-proof-invalid"),
    ("longer range", with_opening(longer_range), "verification/opening-length-mismatch"),
    ("range out of bounds", with_opening(range_out_of_bounds), "verification/range-out-of-bounds"),
    ("direction", with_opening(other_direction), "verification/merkle-proof-invalid"),
    ("lexical class", with_opening(other_class), "verification/merkle-proof-invalid"),
    ("leaf", leaf_that_is_not_there, "verification/leaf-index-out-of-range"),
    ("tree", other_tree, "verification/merkle-proof-invalid"),
    ("key exchange", other_key_exchange, "verification/key-exchange-commitment-mismatch"),
    ("handshake", other_handshake, "verification/handshake-commitment-mismatch"),
    ("handshake blinder", other_handshake_blinder, "verification/handshake-commitment-mismatch"),
    ("name", other_name, "verification/server-name-mismatch"),
    ("no identity", no_identity, "verification/identity-required"),
]


def decide(played: Played, disclosure: Disclosure) -> list[SessionMessage]:
    """Let the Verifier decide once more on its session, with this disclosure; returns its answers."""
    link = ScriptedLink(disclosure)
    session = played.verifier.session
    session._link = link  # type: ignore[assignment]
    asyncio.run(InteractiveVerifier.verify_disclosure(played.verifier, session))
    return link.answers


def test_the_same_disclosure_is_accepted_again(played: Played) -> None:
    """Without this, the refusals below could have another cause."""
    assert decide(played, played.verifier.shown) == [DisclosureAccepted()]


@pytest.mark.parametrize(
    ("change", "reason"), [each[1:] for each in HOSTILE], ids=[each[0] for each in HOSTILE]
)
def test_a_hostile_disclosure_is_refused(played: Played, change: Change, reason: str) -> None:
    changed = change(played.verifier.shown)
    assert changed != played.verifier.shown
    with pytest.raises(Refused) as refused:
        decide(played, changed)
    assert refused.value.reason == reason


def test_no_encoding_commitments_where_nothing_is_signed(played: Played) -> None:
    """A release would tell the Verifier nothing that a disclosure does not, and end the proof before it."""
    message = SubmitTranscriptCommitConfig(
        config=(
            CommitRequest(
                direction=Direction.SENT,
                ranges=RangeSet.of([(0, 4)]),
                kind=EncodingRequest(),
                lexical_class=LexicalClass.ANY,
            ),
        ),
        tree_algorithm=1,
        body_hash_algorithm=1,
        prover_extensions=(),
    )
    session = played.verifier.session
    session._link = ScriptedLink(message)  # type: ignore[assignment]
    with ThreadPoolExecutor(1) as session._worker, pytest.raises(Refused) as refused:
        asyncio.run(session.submit_transcript_commit_config())
    assert refused.value.reason == "data-submission/unsupported-commitment-kind"


class LyingProver(HonestProver):
    """Discloses another octet than it committed to."""

    async def disclose(self, selection: Selection) -> Any:
        transcript = self._finished_transcript()
        self._transcript = replace(transcript, received=transcript.received.replace(b"2718", b"9718"))
        return await super().disclose(selection)


@pytest.mark.slow
def test_a_lying_prover_is_told_the_reason(played: Played, tmp_path: Path) -> None:
    with pytest.raises(PeerRefused) as refused:
        play(played.page, LyingProver)
    assert refused.value.reason == "verification/opening-mismatch"
