"""Cheats in whole sessions with an ordinary server: who ends them, in which step, why; nothing is signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509

from mpctls.reference.channel.messages import CommitRequest, HashRequest
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import Closure, Direction, HashAlgorithm, LexicalClass
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.foundation.transcript import Transcript
from mpctls.reference.presentation.building import Selection, build_presentation
from mpctls.reference.presentation.trust import TrustedNotary, TrustStore
from mpctls.reference.presentation.verification import VerifiedPresentation
from mpctls.reference.verifier import Verifier, VerifierSettings
from tests.cheaters.computing_notaries import NOTARIES, NOTARIES_ELSEWHERE
from tests.cheaters.deviations import HoardingProver, TruncatingProver
from tests.cheaters.provers import PROVERS, PROVERS_ELSEWHERE
from tests.cheaters.session_notaries import SESSION_NOTARIES, FalselyOpeningSession
from tests.cheaters.session_provers import SECOND_REQUEST, SESSION_PROVERS, TWO_PIECES
from tests.cheaters.sessions import NOTARY_KEY, OTHER_KEY, PIECES, Game, SessionCheater, account_page
from tests.cheaters.table import Outcome, Role, Row
from tests.sessions.running import Page

pytestmark = pytest.mark.usefixtures("engine_profile")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with account_page(tmp_path_factory.mktemp("server")) as found:
        yield found


def rows(cheaters: Sequence[SessionCheater]) -> list[object]:
    return [
        pytest.param(each, id=each.name, marks=() if each.quick else pytest.mark.slow) for each in cheaters
    ]


@pytest.mark.parametrize("pieces", [PIECES, TWO_PIECES], ids=["one record", "two records"])
def test_honest_session_is_signed(page: Page, pieces: Sequence[bytes]) -> None:
    game = Game(page=replace(page, pieces=tuple(pieces)))
    assert game.play(Role.PROVER) == Outcome(step=None, reasons={}, signed=True)
    assert game.notarized is not None
    assert game.notarized.secrets.received.endswith(b'{"error":"unauthorized"}')


@pytest.mark.parametrize("cheater", rows(SESSION_PROVERS))
def test_cheating_prover_gets_no_signature(page: Page, cheater: SessionCheater) -> None:
    game = Game(page=replace(page, pieces=tuple(cheater.pieces)), **cheater.changes())
    outcome = game.play(Role.PROVER)
    assert (outcome.step, outcome.reasons.get(Role.NOTARY)) == (cheater.step, cheater.reason)
    assert not outcome.signed
    assert game.notarized is None


@pytest.mark.parametrize("cheater", rows(SESSION_NOTARIES))
def test_cheating_notary_is_left(page: Page, cheater: SessionCheater) -> None:
    game = Game(page=replace(page, pieces=tuple(cheater.pieces)), **cheater.changes())
    outcome = game.play(Role.NOTARY)
    assert (outcome.step, outcome.reasons.get(Role.PROVER)) == (cheater.step, cheater.reason)
    assert game.notarized is None


def test_prover_sends_another_notary_nothing_but_its_request(page: Page) -> None:
    game = Game(page=page, trusted=OTHER_KEY)
    game.play(Role.NOTARY)
    # The request for a session and the refusal: no preprocessing, no name of a server.
    assert 0 < game.octets < 300


@pytest.mark.slow
def test_notary_that_opens_falsely_does_not_learn_that_the_prover_noticed_what(page: Page) -> None:
    game = Game(page=page, session_type=FalselyOpeningSession)
    game.play(Role.NOTARY)
    assert game.reasons == {
        Role.PROVER: "mpc-tls/notary-opening-invalid",
        Role.NOTARY: "link/closed",
    }
    assert game.told == {}


def verify(game: Game, selection: Selection, roots: tuple[x509.Certificate, ...]) -> VerifiedPresentation:
    """Verify a presentation of what was notarized, as somebody who believes the Notary and these authorities."""
    assert game.notarized is not None
    attestation, secrets = game.notarized.attestation, game.notarized.secrets
    attested = attestation.body.connection_info.time
    notary = TrustedNotary(
        name="notary", verifying_key=NOTARY_KEY.verifying_key, not_before=attested, not_after=attested
    )
    settings = VerifierSettings(
        roots=roots, trust_store=TrustStore(notaries=(notary,)), clock=lambda: attested
    )
    return Verifier(settings).verify(build_presentation(attestation, secrets, selection))


def commit_requests_apart(transcript: Transcript) -> Sequence[CommitRequest]:
    """One commitment to each of the two requests."""
    border = len(PIECES[0])
    return [
        CommitRequest(
            direction=Direction.SENT,
            ranges=RangeSet.of([span]),
            kind=HashRequest(algorithm=HashAlgorithm.SHA256.value),
            lexical_class=LexicalClass.ANY,
        )
        for span in ((0, border), (border, len(transcript.sent)))
    ]


def test_request_that_was_never_sent_is_never_shown_as_the_whole_transcript(page: Page) -> None:
    """The Notary signs what was encrypted with its help; a Verifier sees octets after a redacted beginning."""
    pieces = (*PIECES, SECOND_REQUEST)
    game = Game(
        page=replace(page, pieces=pieces), prover_type=HoardingProver, commit_config=commit_requests_apart
    )
    assert game.play(Role.PROVER).signed
    assert game.notarized is not None
    assert game.notarized.secrets.received.endswith(b'{"error":"unauthorized"}')
    border, end = len(PIECES[0]), sum(map(len, pieces))
    verified = verify(game, Selection(sent=RangeSet.of([(border, end)])), page.roots)
    sent = verified.transcript.sent
    assert sent.length == end
    assert [(run.start, run.end) for run in sent.redacted] == [(0, border)]
    assert sent.read(border, end) == SECOND_REQUEST
    for start, stop in ((0, 1), (0, end), (border - 1, end)):
        with pytest.raises(Refused, match="verification/octet-not-authenticated"):
            sent.read(start, stop)


@pytest.mark.slow
def test_answer_cut_off_is_attested_as_not_closed(page: Page) -> None:
    game = Game(page=page, prover_type=TruncatingProver)
    assert game.play(Role.PROVER).signed
    assert game.signed is not None
    assert game.signed.body.connection_info.closure is Closure.NOT_RECEIVED
    whole = Game(page=page)
    whole.play(Role.PROVER)
    assert whole.signed is not None
    assert whole.signed.body.connection_info.closure is Closure.CLOSE_NOTIFY


def test_every_attack_on_a_live_session_has_a_cheater() -> None:
    tables: tuple[Sequence[Row], ...] = (
        PROVERS,
        NOTARIES,
        PROVERS_ELSEWHERE,
        NOTARIES_ELSEWHERE,
        SESSION_PROVERS,
        SESSION_NOTARIES,
    )
    rows = [row for table in tables for row in table]
    # F18 is about Paillier keys, which do not exist here.
    computation = {f"F{number}" for number in range(1, 20)} - {"F18"}
    records = {"E1", "E2", "E4", "E11", "E12"}
    # The other items of the review's first question: 6 and 13 are about values, 8 about what is attested.
    review = {"1", "2", "3", "4", "5", "7", "9", "10", "11", "12", "37", "41"}
    # Of the second: 19 is about values, 20 about what a commitment hides, 21 about what is asked for.
    encoding = {"15", "16", "17", "18", "I14"}
    assert computation | records | review | encoding <= {attack for row in rows for attack in row.attacks}
    names = [(row.role, row.name) for table in tables[:4] for row in table]
    assert len(names) == len(set(names))


@pytest.mark.slow
def test_server_of_the_prover_itself_is_refused_by_the_verifier(page: Page, tmp_path: Path) -> None:
    """The Notary learns of no server and signs; whose server it was is for the Verifier to check."""
    with account_page(tmp_path) as own:
        game = Game(page=own)
        assert game.play(Role.PROVER).signed
    assert verify(game, Selection(), own.roots).server_name == "localhost"
    with pytest.raises(Refused, match="verification/certificate-invalid"):
        verify(game, Selection(), page.roots)
