"""What the Notary checks and records of the handshake."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from mpctls.reference.channel.messages import TLS_HANDSHAKE_DATA, Budget, TlsHandshakeData
from mpctls.reference.channel.session_parameters import (
    check_handshake_data,
    engine_limits,
    parameters_digest,
    run_key_schedule,
)
from mpctls.reference.foundation.commitments import client_random, key_share_commitment
from tests.unit.foundation.refusals import refused

RANDOM = bytes(range(32))
MESSAGE = TlsHandshakeData(
    tls_version=0x0303,
    cipher_suite=0xC02B,
    client_random=RANDOM,
    server_random=bytes([2]) * 32,
    extended_master_secret=True,
    session_hash=bytes([3]) * 32,
    server_ephemeral_key=bytes(65),
    handshake_commitment=bytes(32),
)
WITHOUT_EXTENSION = replace(MESSAGE, extended_master_secret=False, session_hash=None)

FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"tls_version": 0x0302}, "unexpected-tls-version"),
    ({"cipher_suite": 0xC02F}, "unexpected-cipher-suite"),
    ({"client_random": bytes(32)}, "client-random-mismatch"),
    ({"session_hash": None}, "session-hash-mismatch"),
    ({"extended_master_secret": False}, "session-hash-mismatch"),
]


def check(message: TlsHandshakeData) -> TlsHandshakeData:
    return check_handshake_data(message, cipher_suites=(0xC02B,), client_random=RANDOM)


def test_what_was_agreed_is_accepted() -> None:
    assert check(MESSAGE) is MESSAGE
    assert check(WITHOUT_EXTENSION) is WITHOUT_EXTENSION


@pytest.mark.parametrize(("changes", "reason"), FAULTS)
def test_each_fault_has_its_reason(changes: dict[str, Any], reason: str) -> None:
    with refused(f"tls-session/{reason}"):
        check(replace(MESSAGE, **changes))


@pytest.mark.parametrize("first", range(4))
def test_the_first_of_several_faults_is_named(first: int) -> None:
    together: dict[str, Any] = {}
    for changes, _ in FAULTS[first:4]:
        together |= changes
    with refused(f"tls-session/{FAULTS[first][1]}"):
        check(replace(MESSAGE, **together))


def test_derived_values_are_written_down() -> None:
    session_id = bytes([9]) * 32
    assert (
        parameters_digest(session_id, MESSAGE)
        == hashlib.sha256(
            b"mpctls/1/session-parameters\0" + session_id + TLS_HANDSHAKE_DATA.encode(MESSAGE)
        ).digest()
    )
    assert (
        client_random(b"p" * 32, b"n" * 32)
        == hashlib.sha256(b"mpctls/1/client-random\0" + b"p" * 32 + b"n" * 32).digest()
    )
    share = (session_id, bytes(65), b"r" * 32, b"b" * 32)
    assert (
        key_share_commitment(*share)
        == hashlib.sha256(b"mpctls/1/key-share-commitment\0" + b"".join(share)).digest()
    )


class Calls:
    """Records how a key schedule is run."""

    def __init__(self) -> None:
        self.made: list[tuple[str, bytes, bool | None]] = []

    def master_secret(self, *, seed: bytes, extended: bool) -> None:
        self.made.append(("master secret", seed, extended))

    def key_expansion(self, *, seed: bytes) -> None:
        self.made.append(("key expansion", seed, None))


@pytest.mark.parametrize(
    ("message", "seed", "extended"),
    [(MESSAGE, bytes([3]) * 32, True), (WITHOUT_EXTENSION, RANDOM + bytes([2]) * 32, False)],
)
def test_the_key_schedule_runs_on_the_recorded_parameters(
    message: TlsHandshakeData, seed: bytes, extended: bool
) -> None:
    """RFC 7627 section 4 and RFC 5246 sections 8.1 and 6.3: the server's random comes first in the expansion."""
    engine = Calls()
    run_key_schedule(engine, message)
    assert engine.made == [
        ("master secret", seed, extended),
        ("key expansion", bytes([2]) * 32 + RANDOM, None),
    ]


@pytest.mark.parametrize(("octets", "largest"), [(1, 1), (16384, 16384), (100_000, 16384)])
def test_the_engine_prepares_for_the_agreed_budget(octets: int, largest: int) -> None:
    budget = Budget(sent_octets=octets, sent_records=7, received_octets=5, received_records=3)
    limits = engine_limits(budget)
    assert (limits.sent_octets, limits.sent_records, limits.largest_sent_record) == (octets, 7, largest)
