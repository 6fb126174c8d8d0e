"""Notaries that deviate in the joint computation or in what they open; the engines run over a pair in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mpctls.reference.mpc.duplex import Duplex
from mpctls.reference.mpc.engine import messages as engine_messages
from mpctls.reference.mpc.engine.evaluator import Evaluator
from mpctls.reference.mpc.engine.notary import NotaryEngine
from mpctls.reference.mpc.engine.plan import KEY_STREAM, PRE_MASTER_SECRET, Application
from mpctls.reference.mpc.oblivious_transfer import messages as transfer_messages
from mpctls.reference.mpc.zero_knowledge.bits import Bits, Blocks, octets_of
from tests.cheaters.computing_provers import Shifted, flipping
from tests.cheaters.match import Match, new, play, prepared
from tests.cheaters.table import Cheater, Elsewhere, Outcome, Role


class AlteringEvaluator(Evaluator):
    """Turns round the first bit of what it returns of one application."""

    altered = ""

    def give_back(
        self, application: Application, rows: slice, columns: slice, decoded: Bits, labels: Blocks
    ) -> None:
        if application.name == self.altered:
            decoded = decoded.copy()
            decoded[0, columns.start] ^= 1
        super().give_back(application, rows, columns, decoded, labels)


class ComparisonAltering(AlteringEvaluator):
    altered = PRE_MASTER_SECRET


class KeyStreamAltering(AlteringEvaluator):
    altered = KEY_STREAM


class ComparisonAlteringNotary(NotaryEngine):
    evaluator_type = ComparisonAltering


class KeyStreamAlteringNotary(NotaryEngine):
    evaluator_type = KeyStreamAltering


class FalselyOpeningNotary(NotaryEngine):
    """Opens one bit of its inputs otherwise than it used it, under the labels that it has."""

    def _open_inputs(self) -> None:
        opened = self._share_bits.copy()
        opened[3] ^= 1
        self.duplex.send(engine_messages.OPENED_INPUTS, octets_of(opened) + self.evaluator.open_inputs())
        self._share_bits = opened


class EarlyOpeningNotary(NotaryEngine):
    """Opens its inputs as soon as the pre-master secret is joined."""

    def key_exchange(self, point: tuple[int, int]) -> None:
        super().key_exchange(point)
        self._open_inputs()


class SilentNotary(NotaryEngine):
    """Sends something else where it has to open its inputs."""

    def _open_inputs(self) -> None:
        self.duplex.send(engine_messages.RETURNED_BITS, bytes(96))


def play_type(notary_type: type[NotaryEngine], **changed: Callable[[], object]) -> Outcome:
    return play(prepared(notary_type=notary_type), **changed)


def play_false_digest(kind: int, place: int) -> Outcome:
    """Flip one bit of the first message of a kind that the Notary sends."""
    match = prepared()
    match.ends[1].tamper = flipping(kind, 0, place)
    return play(match)


def play_shifted(leading: int, following: int) -> Outcome:
    match = prepared()
    match.notary.curve = Shifted(match.notary.curve, leading, following)  # type: ignore[assignment]
    return play(match)


def play_inconsistent_transfers() -> Outcome:
    match = new()
    match.ends[1].tamper = flipping(transfer_messages.CHOICE_CORRECTION, 5, 77)
    return play(match)


class _Reflecting:
    """Sends the Prover's commitment of the coin back to it in place of an own share."""

    def __init__(self, duplex: Duplex) -> None:
        self._duplex = duplex
        self._commitment = b""

    def send(self, kind: int, payload: bytes) -> None:
        if kind == engine_messages.COIN_SHARE:
            kind, payload = engine_messages.COIN_COMMITMENT, self._commitment
        self._duplex.send(kind, payload)

    def receive(self, kind: int, length: int) -> bytes:
        payload = self._duplex.receive(kind, length)
        if kind == engine_messages.COIN_COMMITMENT:
            self._commitment = payload
        return payload


def play_reflection() -> Outcome:
    match: Match = new()
    match.notary.duplex._duplex = _Reflecting(match.ends[1])
    return play(match)


NOTARIES: Final = (
    Cheater(
        name="inconsistent input to the transfers",
        role=Role.NOTARY,
        attacks=("F6",),
        step="preprocessing",
        reason="engine/inconsistent-oblivious-transfer",
        play=play_inconsistent_transfers,
    ),
    Cheater(
        name="a message reflected",
        role=Role.NOTARY,
        attacks=("F10", "F16"),
        step="preprocessing",
        reason="engine/unexpected-message",
        play=play_reflection,
    ),
    Cheater(
        name="an offset in one run of the share conversion",
        role=Role.NOTARY,
        attacks=("F2", "10"),
        step="key exchange",
        reason="key-exchange/pre-master-secret-mismatch",
        play=lambda: play_shifted(0, 1),
    ),
    Cheater(
        name="a comparison turned round",
        role=Role.NOTARY,
        attacks=("4",),
        step="key exchange",
        reason="engine/returned-value-not-authentic",
        play=lambda: play_type(ComparisonAlteringNotary),
    ),
    Cheater(
        name="a bit of key stream turned round",
        role=Role.NOTARY,
        attacks=("4",),
        step="records",
        reason="engine/returned-value-not-authentic",
        play=lambda: play_type(KeyStreamAlteringNotary),
    ),
    Cheater(
        name="a wrong digest of labels",
        role=Role.NOTARY,
        attacks=("4",),
        step="key exchange",
        reason="engine/returned-value-not-authentic",
        play=lambda: play_false_digest(engine_messages.RETURNED_BITS, 8 + 77),
    ),
    Cheater(
        name="inputs opened early",
        role=Role.NOTARY,
        attacks=("F17", "5"),
        step="key schedule",
        reason="engine/unexpected-message",
        play=lambda: play_type(EarlyOpeningNotary),
    ),
    Cheater(
        name="a false input opened",
        role=Role.NOTARY,
        attacks=("F8", "4", "5"),
        step="finalisation",
        reason="mpc-tls/notary-opening-invalid",
        play=lambda: play_type(FalselyOpeningNotary),
    ),
    Cheater(
        name="an opening under other labels",
        role=Role.NOTARY,
        attacks=("F8", "4"),
        step="finalisation",
        reason="mpc-tls/notary-opening-invalid",
        play=lambda: play_false_digest(engine_messages.OPENED_INPUTS, 8 * 64 + 9),
    ),
    Cheater(
        name="something else in place of the opening",
        role=Role.NOTARY,
        attacks=("F8", "F11"),
        step="finalisation",
        reason="engine/unexpected-message",
        play=lambda: play_type(SilentNotary),
    ),
)

_UNIT = "tests/unit/engine/test_cheating_notary.py::"
NOTARIES_ELSEWHERE: Final = tuple(
    Elsewhere(name=name, role=Role.NOTARY, attacks=attacks, reason=reason, test=test)
    for name, attacks, reason, test in (
        (
            "values shown that the opened inputs do not give",
            ("F8", "5"),
            "mpc-tls/values-differ",
            _UNIT + "test_shown_value_that_differs_from_the_recomputation_stops_the_prover",
        ),
        (
            "a record forged between Prover and server",
            ("E4", "3"),
            "mpc-tls/tag-mismatch",
            _UNIT + "test_prover_checks_all_tags_before_it_proves",
        ),
        (
            "a false difference released, with a right and with a wrong guess; a false conversion",
            ("C16", "I14", "17"),
            "data-submission/conversion-check-failed",
            "tests/integration/cheaters/test_encoding_commitments.py::test_the_prover_judges_in_silence",
        ),
        (
            "a leaf changed after the release",
            ("I14", "18"),
            "data-submission/root-mismatch",
            "tests/integration/cheaters/test_encoding_commitments.py::"
            "test_what_is_signed_falsely_is_left_in_silence",
        ),
    )
)
