"""What whole sessions cost: seconds, octets each way, rounds and AND gates by phase, memory of each party.

    python -m benchmarks.session [--json] [--sizes 1/2,1/16,4/64] [--repeat 1] [--commit response]

Server, Prover and Notary are processes of their own on loopback, so both parties have a core where there are two.
Sizes are kilobytes of request / response. AND gates are compared with the published formula (docs/engine/), octets and
seconds are measured by the Prover. Compilation and circuit building happen before the clock starts.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from cryptography import x509

from mpctls.reference.channel.link import Link
from mpctls.reference.channel.messages import Budget, CommitRequest
from mpctls.reference.channel.session_parameters import engine_limits
from mpctls.reference.foundation.compiled import warm_up
from mpctls.reference.foundation.identifiers import (
    DEFAULT_ENGINE_PROFILES,
    Direction,
    HashAlgorithm,
)
from mpctls.reference.foundation.signatures import VERIFYING_KEY
from mpctls.reference.foundation.transcript import Transcript
from mpctls.reference.http.fields import commit_apart, header_fields
from mpctls.reference.mpc.circuits.catalogue import and_counts
from mpctls.reference.mpc.engine.plan import and_count_by_phase, session_plan
from mpctls.reference.mpc.engine.profiles import PROFILES
from mpctls.reference.prover import Prover, ProverSettings
from mpctls.reference.tls.server_name import parse_server_name

from ._parties import KILOBYTE, LocalServer, local_server, notary_process, peak_memory, serve_notary

RESPONSE_HEAD = 200
RECORD = 16384


class Committed(StrEnum):
    """Which direction is committed to."""

    REQUEST = "request"
    RESPONSE = "response"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One phase at the Prover."""

    name: str
    seconds: float
    octets_sent: int
    octets_received: int
    rounds: int
    and_gates: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """Seconds on the clock: up to the agreed key share; with the Server, up to its last octet; the proof; the rest."""

    preprocessing: float
    online: float
    finalisation: float
    submission: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One session."""

    request_octets: int
    response_octets: int
    seconds: float
    prover_sends: int
    notary_sends: int
    rounds: int
    garbled_and_gates: int
    formula_and_gates: int
    prover_peak_memory: int
    notary_peak_memory: int
    stages: Stages
    prover_processor_seconds: float
    notary_processor_seconds: float
    phases: tuple[Phase, ...]


def formula(budget: Budget) -> int:
    """AND gates that a session garbles, by the published formula."""
    counts = and_counts()
    sent_blocks = (budget.sent_octets + 15 * budget.sent_records) // 16
    blocks = 1 + 2 + 1 + budget.sent_records + sent_blocks
    return (
        counts["pre-master-secret-states"]
        + 12 * counts["hmac-outer"]
        + counts["hmac-key-states-48"]
        + 2 * counts["aes-key-schedule"]
        + blocks * counts["aes-encrypt-block"]
    )


def request_of(size: int, response: int) -> bytes:
    """A GET request of exactly `size` octets for a response of about `response`."""
    body = max(1, response - RESPONSE_HEAD)
    head = f"GET /large?size={body} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Filling: "
    return head.encode() + b"x" * (size - len(head) - 4) + b"\r\n\r\n"


async def one_session(
    settings: ProverSettings, notary_port: int, request: bytes, committed: Committed
) -> tuple[Prover, Transcript, Stages]:
    """Play a whole session, with commitments."""
    began = time.monotonic()
    prover = await prepared(settings, notary_port)
    preprocessing = time.monotonic() - began
    transcript, stages = await rest_of_session(prover, request, committed)
    return prover, transcript, replace(stages, preprocessing=round(preprocessing, 3))


async def prepared(settings: ProverSettings, notary_port: int) -> Prover:
    """Play a session up to the agreed key share: no octet has gone to the Server. It is closed by what follows."""
    link = Link(*await asyncio.open_connection("127.0.0.1", notary_port), deadline=600)
    prover = Prover(link, settings)
    try:
        await prover.establish_mpc_tls_connection()
    except BaseException:
        async with prover:
            raise
    return prover


async def rest_of_session(prover: Prover, request: bytes, committed: Committed) -> tuple[Transcript, Stages]:
    """Play a prepared session to its end; nothing of its preprocessing is counted."""
    marks = [time.monotonic()]
    async with prover:
        await prover.send_tls_handshake_data()
        await prover.send_request(request)
        await prover.receive_response()
        marks.append(time.monotonic())
        transcript = await prover.close()
        marks.append(time.monotonic())
        await prover.submit_transcript_commit_config(config(transcript, committed))
        await prover.include_commitments()
        await prover.receive_signed_attestation()
        marks.append(time.monotonic())
    lengths = [round(end - start, 3) for start, end in itertools.pairwise(marks)]
    return transcript, Stages(
        preprocessing=0.0, online=lengths[0], finalisation=lengths[1], submission=lengths[2]
    )


def config(transcript: Transcript, committed: Committed) -> Sequence[CommitRequest]:
    """One commitment to the whole response, or one for the Host value and one for the rest of the request."""
    if committed is Committed.RESPONSE:
        requests = commit_apart(transcript, (), HashAlgorithm.SHA256)
        return [each for each in requests if each.direction is Direction.RECEIVED]
    hosts = [each for each in header_fields(transcript, Direction.SENT) if each.name.endswith(":host")]
    requests = commit_apart(transcript, hosts, HashAlgorithm.SHA256)
    return [each for each in requests if each.direction is Direction.SENT]


def prover_settings(
    server: LocalServer, notary_key: str, request: bytes, response: int, profile: str
) -> ProverSettings:
    """Settings for a session that sends `request` and gets about `response` octets."""
    return ProverSettings(
        server_name=parse_server_name("localhost"),
        host="127.0.0.1",
        port=server.port,
        notary_key=VERIFYING_KEY.decode(bytes.fromhex(notary_key)),
        roots=(x509.load_pem_x509_certificate(server.root.encode()),),
        budget=Budget(
            sent_octets=len(request),
            sent_records=-(-len(request) // RECORD),
            received_octets=response + RECORD,
            received_records=1024,
        ),
        engine_profiles=(profile,),
    )


def measure(
    sizes: Sequence[tuple[int, int]],
    repeat: int,
    profile: str = DEFAULT_ENGINE_PROFILES[0],
    committed: Committed = Committed.REQUEST,
    through: Callable[[int], int] = lambda port: port,
) -> list[Measured]:
    """Run the sessions, smallest first, against one Notary process; keep the fastest of each size.

    The Prover reaches a port of the Notary or the Server by the port that `through` gives for it.
    """
    and_counts()
    warm_up()
    measured: list[Measured] = []
    with local_server() as server, notary_process() as notary:
        for kilobytes_sent, kilobytes_received in sizes:
            response = kilobytes_received * KILOBYTE
            request = request_of(kilobytes_sent * KILOBYTE, response)
            settings = prover_settings(
                replace(server, port=through(server.port)), notary.key, request, response, profile
            )
            runs = []
            for _ in range(repeat):
                before = (notary.ask()["seconds"], time.process_time())
                prover, transcript, stages = asyncio.run(
                    one_session(settings, through(notary.port), request, committed)
                )
                spent = (notary.ask()["seconds"] - before[0], time.process_time() - before[1])
                memory = int(notary.ask()["peak_memory"])
                runs.append(report(prover, transcript, stages, settings.budget, memory, spent))
            measured.append(min(runs, key=lambda run: run.seconds))
    return measured


def report(
    prover: Prover,
    transcript: Transcript,
    stages: Stages,
    budget: Budget,
    notary_memory: int,
    processor_seconds: tuple[float, float],
) -> Measured:
    """Gather what one session cost; processor seconds are the Notary's and the Prover's."""
    phases = tuple(
        Phase(
            name=name,
            seconds=round(cost.seconds, 3),
            octets_sent=cost.octets_sent,
            octets_received=cost.octets_received,
            rounds=cost.rounds,
            and_gates=cost.gates,
        )
        for name, cost in prover.costs.items()
    )
    planned = sum(and_count_by_phase(session_plan(engine_limits(budget))).values())
    return Measured(
        request_octets=len(transcript.sent),
        response_octets=len(transcript.received),
        seconds=round(sum(asdict(stages).values()), 2),
        prover_sends=prover.octets_sent,
        notary_sends=prover.octets_received,
        rounds=sum(phase.rounds for phase in phases),
        garbled_and_gates=planned,
        formula_and_gates=formula(budget),
        prover_peak_memory=peak_memory(),
        notary_peak_memory=notary_memory,
        stages=stages,
        prover_processor_seconds=round(processor_seconds[1], 3),
        notary_processor_seconds=round(processor_seconds[0], 3),
        phases=phases,
    )


def print_table(sessions: Sequence[Measured]) -> None:
    """Print what was measured for people."""
    for each in sessions:
        print(
            f"\nrequest {each.request_octets} octets, response {each.response_octets}: {each.seconds} s, "
            f"Prover sends {each.prover_sends / 1e6:.2f} MB, Notary {each.notary_sends / 1e6:.2f} MB, "
            f"{each.rounds} engine rounds"
        )
        print(
            f"AND gates garbled {each.garbled_and_gates}, by the formula {each.formula_and_gates}; peak memory "
            f"{each.prover_peak_memory / 1e6:.0f} MB Prover, {each.notary_peak_memory / 1e6:.0f} MB Notary"
        )
        print(f"{'phase':<20}{'seconds':>9}{'sent':>12}{'received':>12}{'rounds':>8}{'AND':>12}")
        for phase in each.phases:
            print(
                f"{phase.name:<20}{phase.seconds:>9.3f}{phase.octets_sent:>12}{phase.octets_received:>12}"
                f"{phase.rounds:>8}{phase.and_gates:>12}"
            )


def main() -> None:
    """Measure and print; exit status 1 when the gates are not the formula's."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument(
        "--sizes", default="1/2,1/16,4/64", help="kilobytes of request/response, comma separated"
    )
    parser.add_argument(
        "--repeat", type=int, default=1, help="sessions of each size; the fastest is reported"
    )
    parser.add_argument("--profile", choices=PROFILES, default=DEFAULT_ENGINE_PROFILES[0], help="the engine's profile")
    parser.add_argument(
        "--commit",
        type=Committed,
        choices=list(Committed),
        default=Committed.REQUEST,
        help="what is committed to with SHA-256: the request (the Host value by itself), or the whole response",
    )
    parser.add_argument("--notary", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--places", type=int, default=16, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.notary:
        asyncio.run(serve_notary(arguments.places))
        return
    sizes = [
        (int(sent), int(received))
        for sent, received in (each.split("/") for each in arguments.sizes.split(","))
    ]
    sessions = measure(sizes, arguments.repeat, arguments.profile, arguments.commit)
    if arguments.json:
        print(json.dumps([asdict(each) for each in sessions], indent=2))
    else:
        print_table(sessions)
    if any(each.garbled_and_gates != each.formula_and_gates for each in sessions):
        sys.exit(1)


if __name__ == "__main__":
    main()
