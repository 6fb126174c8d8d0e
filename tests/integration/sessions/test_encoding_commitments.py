"""Sessions with commitments of both kinds, from the Server's octets to a Verifier that has never seen the session."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pytest

from mpctls.reference.channel.messages import CommitRequest, EncodingRequest, HashRequest
from mpctls.reference.encoding_commitment import opened_value
from mpctls.reference.foundation.artifacts import (
    AttestationSecrets,
    CommitmentOpening,
    EncodingCommitment,
    EncodingOpening,
    EncodingSecret,
    Presentation,
    WithheldOpening,
)
from mpctls.reference.foundation.identifiers import Direction, HashAlgorithm, LexicalClass
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.foundation.signatures import SigningKey
from mpctls.reference.foundation.transcript import Transcript
from mpctls.reference.http.fields import find_field
from mpctls.reference.mpc.engine.tap import PhaseCost
from mpctls.reference.notary import Notary, NotarySettings
from mpctls.reference.presentation.building import Selection, build_presentation
from mpctls.reference.presentation.trust import TrustedNotary, TrustStore
from mpctls.reference.presentation.verification import VerifiedPresentation
from mpctls.reference.prover import Prover
from mpctls.reference.verifier import Verifier, VerifierSettings
from tests.servers.account_server import TOKEN, account_server, server_context
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

Config = Callable[[Transcript], Sequence[CommitRequest]]
OCTETS_OF_A_RELEASE: Final = 16 + 128 * 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A session that was played, with whom, and what the conversion cost."""

    page: Page
    key: SigningKey
    notarized: Notarized
    conversion: PhaseCost

    @property
    def secrets(self) -> AttestationSecrets:
        return self.notarized.secrets

    def present(self, selection: Selection) -> Presentation:
        return build_presentation(self.notarized.attestation, self.secrets, selection)

    def verify(self, presentation: Presentation) -> VerifiedPresentation:
        attested = self.notarized.attestation.body.connection_info.time
        notary = TrustedNotary(
            name="notary", verifying_key=self.key.verifying_key, not_before=attested, not_after=attested
        )
        settings = VerifierSettings(
            roots=self.page.roots, trust_store=TrustStore(notaries=(notary,)), clock=lambda: attested
        )
        return Verifier(settings).verify(presentation)

    def whole(self, direction: Direction) -> RangeSet:
        return RangeSet.of([(0, len(self.secrets.octets(direction)))])


def encoded(direction: Direction, *pairs: tuple[int, int]) -> CommitRequest:
    return CommitRequest(
        direction=direction,
        ranges=RangeSet.of(pairs),
        kind=EncodingRequest(),
        lexical_class=LexicalClass.ANY,
    )


def hashed(transcript: Transcript, direction: Direction) -> CommitRequest:
    """A hash commitment to a whole direction."""
    return CommitRequest(
        direction=direction,
        ranges=RangeSet.of([(0, len(transcript.octets(direction)))]),
        kind=HashRequest(algorithm=HashAlgorithm.SHA256.value),
        lexical_class=LexicalClass.ANY,
    )


def field(transcript: Transcript, name: str) -> CommitRequest:
    """An encoding commitment to a header or JSON value."""
    found = find_field(transcript, name)
    return CommitRequest(
        direction=found.direction,
        ranges=found.ranges,
        kind=EncodingRequest(),
        lexical_class=found.lexical_class,
    )


def play(page: Page, config: Config) -> Played:
    key = signing_key()

    async def session() -> Played:
        notary = Notary(NotarySettings(signing_keys=(key,)))
        await notary.prepare()
        async with listening(notary.handle) as port:
            settings = prover_settings(page, key.verifying_key)
            async with Prover(await connect(port), settings) as prover:
                transcript = await up_to_close(prover, page.pieces)
                await prover.submit_transcript_commit_config(config(transcript))
                await prover.include_commitments()
                attestation, secrets = await prover.receive_signed_attestation()
                return Played(
                    page=page,
                    key=key,
                    notarized=Notarized(attestation=attestation, secrets=secrets),
                    conversion=prover.costs["conversion"],
                )

    return asyncio.run(session())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    authority = Authority.create()
    context = server_context(*authority.issue("ecdsa").write(tmp_path_factory.mktemp("server")))
    with account_server(context) as port:
        yield Page(port=port, roots=(authority.root,), pieces=())


AUTHORIZATION: Final = f"Bearer {TOKEN}".encode()


@pytest.fixture(scope="module")
def account(server: Page) -> Played:
    """Both kinds: the rest by hash, header and JSON values in scalars, one of them both ways."""

    def config(transcript: Transcript) -> Sequence[CommitRequest]:
        return [
            field(transcript, "request:header:authorization"),
            hashed(transcript, Direction.SENT),
            field(transcript, "response:json:$.balance"),
            field(transcript, "response:json:$.verified"),
            hashed(transcript, Direction.RECEIVED),
            encoded(Direction.RECEIVED, (0, 4), (9, 12)),
        ]

    return play(replace(server, pieces=(request("/account", token=True),)), config)


def test_fields_are_committed_in_scalars_and_opened_in_plain(account: Played) -> None:
    leaves = [each.commitment for each in account.secrets.commitments]
    kinds = [isinstance(each, EncodingCommitment) for each in leaves]
    assert kinds == [True, False, True, True, False, True]
    place = account.secrets.received.index(b"2718.28")
    shown = account.verify(account.present(Selection(received=RangeSet.of([(place, place + 7)]))))
    assert shown.transcript.received.read(place, place + 7) == b"2718.28"
    assert shown.leaves == ((2, leaves[2]),)
    everything = Selection(sent=account.whole(Direction.SENT), received=account.whole(Direction.RECEIVED))
    shown = account.verify(account.present(everything))
    assert shown.transcript.sent.read(0, len(account.secrets.sent)) == account.page.pieces[0]
    assert [index for index, _ in shown.leaves] == list(range(6))
    assert leaves[0].ranges.select(account.secrets.sent) == AUTHORIZATION
    status = opened(account.present(Selection(received=leaves[5].ranges)), 5).opening
    assert isinstance(status, EncodingOpening) and status.octets == b"HTTP200"


def test_no_scalar_serves_twice(account: Played) -> None:
    leaves = [each.commitment for each in account.secrets.commitments]
    scalars = [
        scalar
        for each in leaves
        if isinstance(each, EncodingCommitment)
        for scalar in (each.commitment, each.offset, each.factor)
    ]
    secrets = [each.opening for each in account.secrets.commitments]
    blinders = [each.blinder for each in secrets if isinstance(each, EncodingSecret)]
    assert len(set(scalars + blinders)) == len(scalars) + len(blinders) == 16


def opened(presentation: Presentation, index: int) -> CommitmentOpening:
    assert presentation.transcript is not None
    return next(each for each in presentation.transcript.openings if each.index == index)


def with_opening(presentation: Presentation, changed: CommitmentOpening) -> Presentation:
    assert presentation.transcript is not None
    openings = tuple(
        changed if each.index == changed.index else each for each in presentation.transcript.openings
    )
    return replace(presentation, transcript=replace(presentation.transcript, openings=openings))


@pytest.mark.parametrize("other", [b"9718.28", b"2718.29", b"\x00718.28"])
def test_other_octets_are_refused(account: Played, other: bytes) -> None:
    place = account.secrets.received.index(b"2718.28")
    honest = account.present(Selection(received=RangeSet.of([(place, place + 7)])))
    opening = opened(honest, 2)
    assert isinstance(opening.opening, EncodingOpening) and isinstance(opening.commitment, EncodingCommitment)
    forged = replace(opening, opening=replace(opening.opening, octets=other))
    with refused("verification/opening-mismatch"):
        account.verify(with_opening(honest, forged))
    # The value that would fit is another leaf, which the Notary did not sign.
    value = opened_value(opening.commitment, other, opening.opening.blinder)
    fitting = replace(forged, commitment=replace(opening.commitment, commitment=value))
    with refused("verification/merkle-proof-invalid"):
        account.verify(with_opening(honest, fitting))


@pytest.mark.parametrize("scalar", ["offset", "factor"])
def test_other_scalars_are_refused(account: Played, scalar: str) -> None:
    place = account.secrets.received.index(b"2718.28")
    honest = account.present(Selection(received=RangeSet.of([(place, place + 7)])))
    opening = opened(honest, 2)
    assert isinstance(opening.commitment, EncodingCommitment)
    changes = {scalar: getattr(account.secrets.commitments[3].commitment, scalar)}
    forged = replace(opening, commitment=replace(opening.commitment, **changes))
    with refused("verification/opening-mismatch"):
        account.verify(with_opening(honest, forged))


def test_leaves_are_shown_without_their_octets(account: Played) -> None:
    """A Verifier sees where the classed values lie and what they were proved to look like, nothing of them."""
    presentation = account.present(Selection(structured=True))
    shown = account.verify(presentation)
    assert [(index, leaf.lexical_class) for index, leaf in shown.leaves] == [
        (0, LexicalClass.HEADER_VALUE),
        (2, LexicalClass.JSON_STRING_INTERIOR),
        (3, LexicalClass.JSON_LITERAL),
    ]
    for direction in (shown.transcript.sent, shown.transcript.received):
        assert direction.pieces == ()
    withheld = opened(presentation, 2)
    assert isinstance(withheld.opening, WithheldOpening)
    other = account.secrets.commitments[3].commitment
    with refused("verification/merkle-proof-invalid"):
        account.verify(with_opening(presentation, replace(withheld, commitment=other)))


@pytest.mark.parametrize("length", [1, 31, 32, 403, 404, 838])
def test_lengths_around_the_borders_of_elements_and_permutations(chained: Played, length: int) -> None:
    index = LENGTHS.index(length)
    presentation = chained.present(Selection(received=RangeSet.of([(index, index + length)])))
    shown = chained.verify(presentation)
    assert (
        shown.transcript.received.read(index, index + length)
        == (chained.secrets.received[index : index + length])
    )
    last = opened(presentation, index)
    assert isinstance(last.opening, EncodingOpening)
    octets = last.opening.octets[:-1] + bytes([last.opening.octets[-1] ^ 0x80])
    with refused("verification/opening-mismatch"):
        forged = replace(last, opening=replace(last.opening, octets=octets))
        chained.verify(with_opening(presentation, forged))


LENGTHS: Final = [1, 31, 32, 403, 404, 838]


@pytest.fixture(scope="module")
def chained(server: Page) -> Played:
    """Overlapping ranges that begin one octet apart."""

    def config(transcript: Transcript) -> Sequence[CommitRequest]:
        return [encoded(Direction.RECEIVED, (index, index + length)) for index, length in enumerate(LENGTHS)]

    return play(replace(server, pieces=(request("/large?size=1000"),)), config)


def test_what_encoding_commitments_cost(chained: Played) -> None:
    """Down 32 octets for each bit and the release; up, on the engine's channel, nothing."""
    cost = chained.conversion
    assert cost.octets_received == 32 * 8 * sum(LENGTHS) + OCTETS_OF_A_RELEASE + 32 * len(LENGTHS)
    assert (cost.octets_sent, cost.gates) == (0, 0)
