"""Cheats in data submission with encoding commitments, by both real roles, with fixed randomness."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from mpctls.reference.channel.link import Link
from mpctls.reference.channel.messages import (
    SESSION_MESSAGE,
    CommitRequest,
    EncodingCommitments,
    IncludeCommitments,
    MerkleTreeRoot,
    SessionMessage,
    SignedAttestation,
    SubmitTranscriptCommitConfig,
)
from mpctls.reference.encoding_commitment import commitment_value
from mpctls.reference.foundation.artifacts import (
    AttestationSecrets,
    EncodingCommitment,
    TranscriptCommitment,
    TranscriptProof,
)
from mpctls.reference.foundation.field_encoding import SCALAR_ORDER, scalar_octets
from mpctls.reference.foundation.identifiers import Direction, HashAlgorithm, LexicalClass, SessionKind
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.mpc.conversion.differences import differences
from mpctls.reference.mpc.conversion.messages import DIFFERENCES, RELEASE, Entry, Released
from mpctls.reference.mpc.conversion.notary import NotaryConversion
from mpctls.reference.mpc.zero_knowledge.bits import Blocks, bits_of, blocks_from_octets, select
from mpctls.reference.mpc.zero_knowledge.messages import GATE_CORRECTIONS
from mpctls.reference.notary import NotarySession
from mpctls.reference.presentation.building import (
    Selection,
    build_presentation,
    check_secrets,
    direct_disclosure,
)
from mpctls.reference.presentation.verification import verify_commitments
from mpctls.reference.prover import Prover, ProverSettings
from tests.cheaters.sessions import Change, first
from tests.cheaters.submissions import BALANCE, CONFIG, NAME, RESPONSE, SubmissionGame, encoded
from tests.cheaters.table import Role
from tests.unit.engine.test_cheating_prover import StubbornProver
from tests.unit.foundation.refusals import refused

FAILED = "data-submission/conversion-check-failed"
Frames = Sequence[tuple[int, bytes]]


pytestmark = pytest.mark.usefixtures("engine_profile")


@pytest.fixture(scope="module")
def honest(engine_profile: str) -> SubmissionGame:
    return SubmissionGame().play()


def test_an_honest_submission_is_signed_and_kept(honest: SubmissionGame) -> None:
    assert (honest.reasons, honest.told) == ({}, {})
    assert honest.kept is not None and honest.kept[0] == honest.signed
    check_secrets(*honest.kept)
    chosen = Selection(received=RangeSet.of([(BALANCE, BALANCE + 4), (NAME, NAME + 3)]))
    presentation = build_presentation(*honest.kept, chosen)
    shown = verify_commitments(presentation.transcript, honest.kept[0].body)
    assert shown.received.read(BALANCE, BALANCE + 4) == b"2718"
    assert shown.received.read(NAME, NAME + 3) == b"Ada"


def test_the_values_are_the_last_that_the_prover_sends(honest: SubmissionGame) -> None:
    channel, body = honest.frames[-1]
    assert channel == 0 and isinstance(SESSION_MESSAGE.decode(body), EncodingCommitments)
    again = SubmissionGame().play()
    assert again.frames == honest.frames


def test_the_prover_asks_for_none_where_nothing_is_signed() -> None:
    class Disclosing(Prover):
        def __init__(self, link: Link, settings: ProverSettings) -> None:
            super().__init__(link, replace(settings, kind=SessionKind.VERIFY))

    game = SubmissionGame(prover_role=Disclosing).play()
    assert game.reasons[Role.PROVER] == "data-submission/unsupported-commitment-kind"
    assert all(body[:1] != b"\x0f" for _, body in game.frames)


# ── Notaries that want to know octets ──────────────────────────────────────────────────────────────────────────────


class FlippingNotary(NotaryConversion):
    """Sends one difference falsely."""

    bit = 0

    def _convert(self, entry: Entry) -> Released:
        if entry.index == 0:
            self._duplex = _Flipping(self._duplex, DIFFERENCES, 32 * self.bit)
        try:
            return super()._convert(entry)
        finally:
            if isinstance(self._duplex, _Flipping):
                self._duplex = self._duplex.duplex


class _Flipping:
    """A duplex that changes one octet of the messages of a kind."""

    def __init__(self, duplex: Any, kind: int, place: int) -> None:
        self.duplex, self._kind, self._place = duplex, kind, place

    def send(self, kind: int, payload: bytes) -> None:
        octets = bytearray(payload)
        if kind == self._kind:
            octets[self._place] ^= 1
        self.duplex.send(kind, bytes(octets))

    def receive(self, kind: int, length: int) -> bytes:
        octets: bytes = self.duplex.receive(kind, length)
        return octets


class FalselyReleasing(NotaryConversion):
    """Releases something else than it used, from an octet on."""

    place = 0

    def release(self, registered: Sequence[bytes]) -> tuple[Released, ...]:
        self._duplex = _Flipping(self._duplex, RELEASE, self.place)
        return super().release(registered)


class GuessingNotary(NotaryConversion):
    """Converts and releases under another difference, so that all fits where the octets are what it guesses."""

    guesses: tuple[bytes, ...] = ()
    other: Blocks = blocks_from_octets(bytes(range(16)))[0]

    def _convert(self, entry: Entry) -> Released:
        factor = self._draw_factor(entry)
        bits = bits_of(self.guesses[entry.index])
        macs = self._proof.keys(entry.wires) ^ select(bits, self._proof.delta)
        octets, offset = differences(
            self._session_id, entry.index, macs ^ select(bits, self.other), self.other, factor
        )
        self._duplex.send(DIFFERENCES, octets)
        return Released(offset=offset, factor=factor)

    def _released_difference(self) -> Blocks:
        other: Blocks = self.other
        return other


def guessing(response: bytes) -> type[NotaryConversion]:
    guesses = tuple(request.ranges.select(response) for request in CONFIG)
    return type("", (GuessingNotary,), {"guesses": guesses})


def flipping(bit: int) -> type[NotaryConversion]:
    return type("", (FlippingNotary,), {"bit": bit})


def releasing(place: int) -> type[NotaryConversion]:
    return type("", (FalselyReleasing,), {"place": place})


# The first octet committed to is "2", 0x32: bit 1 is set, bit 0 is not.
CONVERSIONS = {
    "one false difference, bit 0": flipping(0),
    "one false difference, bit 1": flipping(1),
    "a false difference and a right guess": guessing(RESPONSE),
    "a false difference and a wrong guess": guessing(RESPONSE.replace(b"2718", b"2719")),
    "another difference released": releasing(3),
    "a false reserved key": releasing(16 + 5),
    "another factor released": releasing(16 + 2048 + 1),
}


def without_values(frames: Frames) -> Frames:
    """All but the values: with other differences they are other uniform scalars, of as many octets."""
    channel, body = frames[-1]
    return [*frames[:-1], (channel, bytes(len(body)))]


@pytest.mark.parametrize("conversion", CONVERSIONS.values(), ids=CONVERSIONS.keys())
def test_the_prover_judges_in_silence(conversion: type[NotaryConversion], honest: SubmissionGame) -> None:
    """The Notary signs, hears nothing more, and what it did hear is the same whatever the octets are."""
    game = SubmissionGame(conversion_type=conversion).play()
    assert game.reasons == {Role.PROVER: FAILED}
    assert game.told == {}
    assert game.kept is None
    assert game.signed is not None
    assert without_values(game.frames) == without_values(honest.frames)
    if issubclass(conversion, FalselyReleasing):
        assert game.frames == honest.frames


def altered_leaf(change: Callable[[EncodingCommitment], EncodingCommitment]) -> type[NotarySession]:
    class Altering(NotarySession):
        """Signs another leaf than the one that was registered and released."""

        async def _convert(self, entries: Sequence[Entry]) -> None:
            await super()._convert(entries)
            leaves: list[TranscriptCommitment] = list(self._commitments)
            assert isinstance(leaves[0], EncodingCommitment)
            leaves[0] = change(leaves[0])
            self._commitments = leaves

    return Altering


def other_root(message: MerkleTreeRoot) -> Sequence[SessionMessage]:
    return (MerkleTreeRoot(root=bytes(32)),)


def other_signature(message: SignedAttestation) -> Sequence[SessionMessage]:
    return (replace(message, attestation=replace(message.attestation, signature=bytes(64))),)


ONE = scalar_octets(1)
LATER: dict[str, tuple[dict[str, Any], str]] = {
    "the value changed after the release": (
        {"session_type": altered_leaf(lambda leaf: replace(leaf, commitment=ONE))},
        "data-submission/root-mismatch",
    ),
    "another offset in the leaf": (
        {"session_type": altered_leaf(lambda leaf: replace(leaf, offset=ONE))},
        "data-submission/root-mismatch",
    ),
    "another factor in the leaf": (
        {"session_type": altered_leaf(lambda leaf: replace(leaf, factor=ONE))},
        "data-submission/root-mismatch",
    ),
    "another class in the leaf": (
        {"session_type": altered_leaf(lambda leaf: replace(leaf, lexical_class=LexicalClass.ANY))},
        "data-submission/root-mismatch",
    ),
    "another root": ({"notary_sends": first(MerkleTreeRoot, other_root)}, "data-submission/root-mismatch"),
    "a false signature": (
        {"notary_sends": first(SignedAttestation, other_signature)},
        "attestation-generation/signature-invalid",
    ),
}


@pytest.mark.parametrize(("changes", "reason"), LATER.values(), ids=LATER.keys())
def test_what_is_signed_falsely_is_left_in_silence(
    changes: dict[str, Any], reason: str, honest: SubmissionGame
) -> None:
    game = SubmissionGame(**changes).play()
    assert game.reasons == {Role.PROVER: reason}
    assert (game.told, game.kept) == ({}, None)
    assert game.signed is not None
    assert game.frames == honest.frames


def test_the_prover_has_closed_before_it_judges() -> None:
    """Neither can the time at which it closes depend on what it finds."""
    closed: list[bool] = []

    class Watched(Prover):
        def _judge_release(self) -> None:
            closed.append(self._link._closed)
            super()._judge_release()

    assert SubmissionGame(prover_role=Watched).play().kept is not None
    assert closed == [True]


# ── Provers that want to open to other octets, or to know the factors first ────────────────────────────────────────


def values(change: Callable[[tuple[bytes, ...]], tuple[bytes, ...]]) -> Change:
    return first(
        EncodingCommitments,
        lambda message: (EncodingCommitments(commitments=change(message.commitments)),),
    )


def valued_early(message: IncludeCommitments) -> Sequence[SessionMessage]:
    """Say the scalars of a leaf with the commitments, before there are any."""
    leaf = message.commitments[0]
    assert isinstance(leaf, EncodingCommitment)
    return (replace(message, commitments=(replace(leaf, factor=ONE), *message.commitments[1:])),)


def hashed_instead(message: IncludeCommitments) -> Sequence[SessionMessage]:
    return (replace(message, commitments=message.commitments[:-1]),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cheat:
    """What a Prover sends otherwise, and the reason for which the Notary ends the session unsigned."""

    name: str
    sends: Change
    reason: str


def before_its_turn(message: IncludeCommitments) -> Sequence[SessionMessage]:
    return (EncodingCommitments(commitments=(ONE,) * 3), message)


PROVER_CHEATS = (
    Cheat(
        name="values before the conversion",
        sends=first(IncludeCommitments, before_its_turn),
        reason="link/unexpected-message",
    ),
    Cheat(
        name="a value less",
        sends=values(lambda sent: sent[:-1]),
        reason="data-submission/commitment-mismatch",
    ),
    Cheat(
        name="a value more",
        sends=values(lambda sent: (*sent, ONE)),
        reason="data-submission/commitment-mismatch",
    ),
    Cheat(
        name="no values",
        sends=values(lambda sent: ()),
        reason="data-submission/commitment-mismatch",
    ),
    Cheat(
        name="commitments twice",
        sends=first(EncodingCommitments, lambda message: (IncludeCommitments(commitments=()), message)),
        reason="link/unexpected-message",
    ),
    Cheat(
        name="a batch of the proof in place of the values",
        sends=first(EncodingCommitments, lambda message: (b"\x01\x05" + bytes(64),)),
        reason="link/unexpected-message",
    ),
    Cheat(
        name="scalars before the conversion",
        sends=first(IncludeCommitments, valued_early),
        reason="data-submission/commitment-mismatch",
    ),
    Cheat(
        name="an entry left out",
        sends=first(IncludeCommitments, hashed_instead),
        reason="data-submission/commitment-mismatch",
    ),
)


@pytest.mark.parametrize("cheat", PROVER_CHEATS, ids=lambda cheat: cheat.name)
def test_nothing_is_released_or_signed(cheat: Cheat) -> None:
    game = SubmissionGame(prover_sends=cheat.sends, conversion_type=Counting).play()
    Counting.check(released=0)
    assert game.reasons[Role.NOTARY] == cheat.reason
    assert (game.signed, game.kept) == (None, None)


class Counting(NotaryConversion):
    """Counts releases."""

    released = 0

    def release(self, registered: Sequence[bytes]) -> tuple[Released, ...]:
        Counting.released += 1
        return super().release(registered)

    @classmethod
    def check(cls, *, released: int) -> None:
        assert cls.released == released
        cls.released = 0


def test_the_release_is_counted() -> None:
    assert SubmissionGame(conversion_type=Counting).play().signed is not None
    Counting.check(released=1)


@pytest.mark.parametrize("scalar", [SCALAR_ORDER, SCALAR_ORDER + 1, 2**256 - 1])
def test_values_that_are_no_scalars_are_not_registered(scalar: int) -> None:
    """The same scalar in another form would be another leaf, with the same opening."""

    class Uncanonical(Prover):
        def _commit_to(self, messages: Sequence[int]) -> tuple[bytes, ...]:
            return (scalar.to_bytes(32, "little"), *super()._commit_to(messages)[1:])

        async def _commit_to_encodings(self, entries: Sequence[Entry]) -> None:
            found = await self._compute(self._engine.convert, entries)
            octets = b"".join(self._commit_to(found))
            await self._link.send_frame(0, b"\x15\x03" + octets)
            await self._compute(self._engine.receive_release)

    game = SubmissionGame(prover_role=Uncanonical, conversion_type=Counting).play()
    Counting.check(released=0)
    assert game.reasons[Role.NOTARY] == "encoding/not-canonical"
    assert (game.signed, game.told[Role.PROVER]) == (None, "encoding/not-canonical")


def test_what_comes_after_the_release_changes_nothing(honest: SubmissionGame) -> None:
    """The Notary signs the values that it registered before; later ones it does not even read."""

    class Insisting(Prover):
        async def _commit_to_encodings(self, entries: Sequence[Entry]) -> None:
            await super()._commit_to_encodings(entries)
            await self._compute(self._engine.duplex.send, GATE_CORRECTIONS, bytes(16))
            await self._link.send(EncodingCommitments(commitments=(ONE,) * 3))

    game = SubmissionGame(prover_role=Insisting).play()
    assert game.signed is not None and honest.signed is not None
    assert game.signed.body == honest.signed.body


def committing_to(octets: Callable[[bytes], bytes], shift: int = 0) -> type[Prover]:
    class Claiming(Prover):
        """Commits to octets of its choice, with the authenticator that it got, moved by `shift`."""

        def _commit_to(self, messages: Sequence[int]) -> tuple[bytes, ...]:
            honest = super()._commit_to(messages)
            secret = self._secrets[0].opening
            value = commitment_value(
                Direction.RECEIVED,
                octets(b"2718"),
                message=(messages[0] + shift) % SCALAR_ORDER,
                blinder=int.from_bytes(secret.blinder, "little"),
            )
            return (value, *honest[1:])

    return Claiming


@pytest.mark.parametrize(
    "prover_role",
    [
        committing_to(lambda octets: b"9718"),
        committing_to(lambda octets: octets, shift=1),
        committing_to(lambda octets: octets, shift=SCALAR_ORDER - 1),
    ],
    ids=["other octets", "m + 1", "m - 1"],
)
def test_a_false_value_is_signed_and_opens_to_nothing(prover_role: type[Prover]) -> None:
    """The Notary cannot tell; whoever opens the leaf, in plain or in a circuit, can."""
    game = SubmissionGame(prover_role=prover_role).play()
    assert game.signed is not None and game.kept is not None
    attestation, secrets = game.kept
    with refused("presentation-building/secrets-mismatch"):
        check_secrets(attestation, secrets)
    for octets in (b"2718", b"9718", b"2719"):
        with refused("verification/opening-mismatch"):
            verify_commitments(forced(secrets, octets), attestation.body)


def forced(secrets: AttestationSecrets, octets: bytes) -> TranscriptProof | None:
    """The proof of the balance, by a Prover that does not check what it shows."""
    claimed = secrets.received[:BALANCE] + octets + secrets.received[BALANCE + 4 :]
    chosen = Selection(received=RangeSet.of([(BALANCE, BALANCE + 4)]), identity=False)
    return direct_disclosure(HashAlgorithm.SHA256, replace(secrets, received=claimed), chosen)[1]


class LyingProver(Prover):
    """Claims that the octets of its first entry are a number, and goes on with the proof whatever they are."""

    async def submit_transcript_commit_config(self, config: Sequence[CommitRequest], **options: Any) -> None:
        await super().submit_transcript_commit_config(config, **options)
        entries = (replace(config[0], lexical_class=LexicalClass.JSON_NUMBER), *config[1:])
        self._config = replace(self._config, config=entries)


def claiming_a_number(message: SubmitTranscriptCommitConfig) -> Sequence[SessionMessage]:
    entries = (replace(message.config[0], lexical_class=LexicalClass.JSON_NUMBER), *message.config[1:])
    return (replace(message, config=entries),)


@pytest.mark.parametrize(("end", "reason"), [(4, None), (5, "data-submission/lexical-class-proof-invalid")])
def test_the_class_of_an_encoding_entry_is_proved(end: int, reason: str | None) -> None:
    """Hidden octets that a Verifier takes for one number are one number."""
    game = SubmissionGame(
        config=(encoded(BALANCE, BALANCE + end),),
        prover_engine=StubbornProver,
        prover_role=LyingProver,
        prover_sends=first(SubmitTranscriptCommitConfig, claiming_a_number),
    ).play()
    assert game.reasons.get(Role.NOTARY) == reason
    assert (game.signed is None) is (reason is not None)
