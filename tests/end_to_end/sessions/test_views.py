"""What each party of a real session saw and computed, searched for what it must not have; leaks, to be found."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from mpctls.reference.settings import OWN_PRODUCT
from mpctls.reference.tls import p256
from tests.servers.account_server import ACCOUNT, TOKEN
from tests.sessions.keys import P256_PRIME, master_secret
from tests.sessions.leaks import LEAKS
from tests.sessions.processes import RecordedSession, record_session
from tests.sessions.running import present_and_verify
from tests.sessions.search import search, windows
from tests.sessions.secrets import Truth, hash_keys_of, keys_of, transfers, truth, violations
from tests.sessions.views import Part

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(400)]

# Without the extended master secret its seed is known, so that the test can derive it from the shares.
_SERVER: Final = ("--no-extended-master-secret",)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> RecordedSession:
    return record_session(tmp_path_factory.mktemp("honest"), server_options=_SERVER)


@pytest.fixture(scope="module")
def secrets(recorded: RecordedSession) -> Truth:
    return truth(recorded)


def test_an_honest_session_shows_nobody_what_is_not_theirs(recorded: RecordedSession) -> None:
    assert violations(recorded) == set()


def test_the_search_finds_what_is_there(recorded: RecordedSession, secrets: Truth) -> None:
    """H at the Notary, the keys and the transcript at the Prover, after close: else finding nothing means nothing."""

    def found(part: Part, named: Mapping[str, bytes]) -> set[str]:
        present = search(part, {window for secret in named.values() for window in windows(secret)})
        return {name for name, secret in named.items() if all(each in present for each in _forward(secret))}

    hash_keys = hash_keys_of(secrets)
    assert found(recorded.notary.after, hash_keys) == hash_keys.keys()
    mine = {**keys_of(secrets), "request": secrets.sent, "response": secrets.received}
    # Pre-master and master secret are inner wires of circuits, which a kernel recomputes.
    assert mine.keys() - found(recorded.prover.after, mine) <= {"pre-master secret", "master secret"}


def test_the_request_and_the_response_are_those_of_the_server(
    recorded: RecordedSession, secrets: Truth
) -> None:
    assert TOKEN.encode() in secrets.sent
    assert f'"balance":"{ACCOUNT["balance"]}"'.encode() in secrets.received
    key = recorded.notarized.attestation.body.verifying_key
    shown = present_and_verify(recorded.notarized, key, recorded.roots)
    assert shown.server_name == "localhost"
    assert b"".join(octets for _, octets in shown.transcript.received.pieces) == secrets.received


def test_every_oblivious_transfer_was_looked_at(recorded: RecordedSession) -> None:
    """128 base transfers each way, 1152 for the conversion of the points each way, 512 labels, the powers of H."""
    prover = {each.name: len(each.messages[0]) for each in transfers(recorded.prover)}
    assert prover == {
        "both seeds of a base transfer": 128,
        "both messages of a random transfer": 1152,
        "both labels of an input": 512,
    }
    notary = {each.name: len(each.messages[0]) for each in transfers(recorded.notary)}
    assert notary.pop("both messages of a random transfer") > 1152
    assert notary == {"both seeds of a base transfer": 128}


@pytest.mark.parametrize("name", sorted(LEAKS))
def test_a_leak_is_found(name: str, tmp_path: Path) -> None:
    session = record_session(tmp_path, leak=name, server_options=_SERVER)
    found = {(each.party, each.secret) for each in violations(session)}
    print(name, sorted(found))
    assert LEAKS[name].found in found
    assert {party for party, _ in found} == {LEAKS[name].found[0]}


def test_key_exchange_diagram(recorded: RecordedSession, secrets: Truth) -> None:
    """The pre-master secret is one value at the Server and two shares of it at Prover and Notary."""
    points = []
    for view in (recorded.prover, recorded.notary):
        points.append(p256.decode_point(view.only(OWN_PRODUCT)))
    assert p256.add_points(*points).x.to_bytes(32, "big") == secrets.pre_master
    (own, own_other), (other, other_other) = secrets.prover_shares, secrets.notary_shares
    assert (own + other) % P256_PRIME == (own_other + other_other) % P256_PRIME
    assert own != 0 != other
    # The Server logged its master secret: that of this pre-master secret and of no other.
    assert master_secret(secrets.pre_master, secrets.client_random, secrets.server_random) == secrets.master
    _print_lanes(
        [
            ("", "Verifier (Notary)", "Prover", "Server"),
            ("x of share · server's key", f"{points[1].x:064x}", f"{points[0].x:064x}", ""),
            ("PMS", f"{other:064x} +", f"{own:064x} =", secrets.pre_master.hex()),
            ("PMS, roles swapped", f"{other_other:064x} +", f"{own_other:064x} =", secrets.pre_master.hex()),
        ]
    )


def _forward(secret: bytes) -> list[bytes]:
    """Non-overlapping windows of a secret as it stands."""
    return [secret[start : start + 8] for start in range(0, len(secret) - 7, 8)]


def _print_lanes(rows: list[tuple[str, str, str, str]]) -> None:
    print()
    for title, *lanes in rows:
        print(title.ljust(26), " | ".join(lane.ljust(66) for lane in lanes))
