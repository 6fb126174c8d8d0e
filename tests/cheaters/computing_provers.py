"""Provers that deviate in the joint computation or in the proof; the engines run over a pair in memory."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Final

from mpctls.reference.mpc.engine import messages as engine_messages
from mpctls.reference.mpc.engine.notary import NotaryEngine
from mpctls.reference.mpc.engine.plan import PRE_MASTER_SECRET, session_plan
from mpctls.reference.mpc.engine.prover import ProverEngine
from mpctls.reference.mpc.oblivious_transfer import messages as transfer_messages
from mpctls.reference.mpc.share_conversion.curve import CoordinateShares, EllipticCurveToField
from mpctls.reference.mpc.share_conversion.fields import P256_MODULUS
from tests.cheaters.dataflow import last_ands
from tests.cheaters.garblers import (
    WATCHED,
    CarelessProver,
    LabelReadingProver,
    TweakRepeatingProver,
    garble_otherwise,
)
from tests.cheaters.match import LIMITS, Match, new, play, prepared
from tests.cheaters.table import Outcome
from tests.unit.engine.parties import CLIENT_RANDOM, SERVER_RANDOM, Server, Tamper
from tests.unit.engine.test_cheating_prover import StubbornProver

OTHER_SHARE: Final = Server(prover_scalar=0xABCDEF0123)


# --- the key exchange -------------------------------------------------------------------------------------


class WrongShareProver(StubbornProver):
    """Multiplies the server's key by another scalar than that of its key share."""

    def key_exchange(self, point: tuple[int, int]) -> None:
        super().key_exchange(OTHER_SHARE.prover_point())


class Shifted:
    """A conversion whose owner adds one to its share of the first run, of the second, or of both."""

    def __init__(self, conversion: EllipticCurveToField, leading: int, following: int) -> None:
        self._conversion = conversion
        self._shift = leading, following

    def convert(self, x: int, y: int) -> CoordinateShares:
        shares = self._conversion.convert(x, y)
        leading, following = shares.leading + self._shift[0], shares.following + self._shift[1]
        return CoordinateShares(leading=leading % P256_MODULUS, following=following % P256_MODULUS)


def shift(match: Match, leading: int, following: int) -> None:
    """Let the Prover shift its shares of the runs of the conversion."""
    match.prover.curve = Shifted(match.prover.curve, leading, following)  # type: ignore[assignment]


def nothing() -> None:
    """After a Finished that the server refused there is nothing more to send."""


def play_wrong_share() -> Outcome:
    match = prepared(WrongShareProver)
    outcome = play(match, records=nothing)
    if match.delivered:
        raise AssertionError("the server accepts a Finished under other keys")
    return outcome


def play_shifted_runs() -> Outcome:
    match = prepared(StubbornProver)
    shift(match, 1, 1)
    return play(match, records=nothing)


def play_shifted_run() -> Outcome:
    match = prepared(StubbornProver)
    shift(match, 0, 1)
    return play(match)


def play_forged_comparison() -> Outcome:
    match = prepared(CarelessProver)
    shift(match, 0, 1)
    match.notary.evaluator._decoding[PRE_MASTER_SECRET][0, 0] ^= 1
    return play(match)


def play_chosen_client_hash() -> Outcome:
    """Give another transcript hash for the own Finished; the server, which has the true one, sends nothing more."""
    match = prepared(StubbornProver)

    def key_schedule() -> None:
        seed, vectors = CLIENT_RANDOM + SERVER_RANDOM, SERVER_RANDOM + CLIENT_RANDOM
        engines = match.prover, match.notary
        steps: tuple[Callable[[ProverEngine | NotaryEngine], object], ...] = (
            lambda engine: engine.master_secret(seed=seed, extended=False),
            lambda engine: engine.key_expansion(seed=vectors),
            lambda engine: engine.client_finished(bytes(32)),
        )
        for step in steps:
            match.both(functools.partial(step, engines[0]), functools.partial(step, engines[1]))

    outcome = play(match, key_schedule=key_schedule, server_finished=nothing, records=match.received.clear)
    if match.delivered or match.server.client_key[:12] == match.prover.verify_data["client-finished"]:
        raise AssertionError("the server accepts another Finished, or it tells key octets")
    return outcome


def play_chosen_server_hash() -> Outcome:
    """Give another transcript hash for the server's Finished."""
    match = prepared(StubbornProver)

    def server_finished() -> None:
        match.both(
            lambda: match.prover.server_finished(bytes(32)), lambda: match.notary.server_finished(bytes(32))
        )
        nonce = match.received[0].explicit_nonce
        match.both(
            lambda: match.prover.server_finished_key_stream(nonce),
            lambda: match.notary.server_finished_key_stream(nonce),
        )

    return play(match, server_finished=server_finished)


# --- preprocessing ----------------------------------------------------------------------------------------


def flipping(kind: int, number: int, place: int) -> Tamper:
    """Flip one bit of the `number`-th message of a kind."""
    seen = 0

    def tamper(sent: int, payload: bytes) -> bytes:
        nonlocal seen
        if sent != kind:
            return payload
        seen += 1
        if seen != number + 1:
            return payload
        changed = bytearray(payload)
        changed[place // 8] ^= 1 << place % 8
        return bytes(changed)

    return tamper


def play_inconsistent_transfers() -> Outcome:
    match = new()
    match.ends[0].tamper = flipping(transfer_messages.CHOICE_CORRECTION, 3, 200)
    return play(match)


def play_other_coin() -> Outcome:
    match = new()
    match.ends[0].tamper = flipping(engine_messages.COIN_OPENING, 0, 0)
    return play(match)


def play_other_session() -> Outcome:
    match = new()
    match.prover.session_id = bytes(32)
    return play(match)


def play_coin_opened_first() -> Outcome:
    match = new()
    match.ends[0].send(engine_messages.COIN_OPENING, bytes(64))
    return play(match)


def play_repeated_tweaks() -> Outcome:
    return play(new(TweakRepeatingProver))


# --- garbling ---------------------------------------------------------------------------------------------


def play_label_encoding() -> Outcome:
    gates = last_ands(session_plan(LIMITS)[WATCHED].circuit)[-8:]
    return _first_that_is_used(LabelReadingProver, [(WATCHED, gate.number, 0) for gate in gates])


def play_selective_failure() -> Outcome:
    return _first_that_is_used(StubbornProver, [(PRE_MASTER_SECRET, gate, 1) for gate in range(16)])


def _first_that_is_used(prover: type[ProverEngine], places: Sequence[tuple[str, int, int]]) -> Outcome:
    """The outcome of the first changed half that the labels of the match use: each is used for one value of a bit, and
    with the other the session goes on as if nothing had been changed.
    """
    for name, gate, half in places:
        match = prepared(prover)
        garble_otherwise(match, name, gate, half=half)
        outcome = play(match)
        if outcome.step is not None:
            return outcome
    raise ValueError("no changed half was used")


def play_wrong_decoding() -> Outcome:
    """A decoding bit of the key stream is wrong: the Notary decodes and proves another value than the labels carry."""
    match = prepared(CarelessProver)
    match.notary.evaluator._decoding["client-finished/first-digest"][0, 5] ^= 1
    return play(match, records=nothing)
