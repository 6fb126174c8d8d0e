"""Whole sessions over the networks people have: seconds by stage, octets each way, round trips, processor and memory.

    python -m benchmarks.network [--networks cable,5g,fibre,gigabit] [--sizes 1/2,1/16,4/64] [--profile NAME]
                                 [--commit response] [--repeat 1] [--json]

Server, Prover and Notary are processes of their own; the Prover reaches both others over one line with the delay and
the rates of the network, made by benchmarks/_relay.py: a line in user space, because not every kernel lets a program
shape its traffic. Delay and rates are those of TCP payload; loss and slow start are not imitated. Beside each
measurement stands what the cost model (docs/engine/cost-model.md) predicts, and the difference.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from mpctls.reference.channel.messages import Budget
from mpctls.reference.foundation.identifiers import DEFAULT_ENGINE_PROFILES
from mpctls.reference.mpc.engine.profiles import PROFILES

from ._parties import KILOBYTE
from .cost_model import predict, seconds
from .session import RECORD, Committed, Measured, measure

MEGABIT = 1_000_000 / 8
ONLINE = frozenset(
    ("pre-master-secret", "master-secret", "key-expansion", "client-finished", "server-finished", "records")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Megabits a second each way, seconds there and back."""

    name: str
    upload: float
    download: float
    round_trip: float


NETWORKS = {
    network.name: network
    for network in (
        Network(name="cable", upload=20, download=20, round_trip=0.020),
        Network(name="5g", upload=30, download=30, round_trip=0.030),
        Network(name="fibre", upload=100, download=100, round_trip=0.015),
        Network(name="gigabit", upload=1000, download=1000, round_trip=0.001),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One session on one network, and what the model says of it."""

    network: Network
    measured: Measured
    predicted_prover_sends: int
    predicted_notary_sends: int
    predicted_seconds: float
    online_round_trips: int

    @property
    def differences(self) -> tuple[float, float]:
        """How far measured octets of Prover and Notary are from the model, as shares of the measurement."""
        return (
            self.predicted_prover_sends / self.measured.prover_sends - 1,
            self.predicted_notary_sends / self.measured.notary_sends - 1,
        )


class Line:
    """A relay's process: ports behind it are reached by others that it opens."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def open(self, port: int) -> int:
        """The port by which a port of this machine is reached over the line."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the relay was started without pipes")
        self._process.stdin.write(f"{port}\n")
        self._process.stdin.flush()
        found: int = json.loads(self._process.stdout.readline())["port"]
        return found


@contextmanager
def line(network: Network) -> Iterator[Line]:
    """Keep a line of this network open."""
    command = [sys.executable, "-m", "benchmarks._relay", "--upload", str(network.upload)]
    command += ["--download", str(network.download), "--round-trip", str(network.round_trip)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Line(process)
        finally:
            process.terminate()


def rows(
    networks: Sequence[Network],
    sizes: Sequence[tuple[int, int]],
    *,
    repeat: int,
    profile: str,
    committed: Committed,
) -> Iterator[Row]:
    """Measure every size on every network."""
    for network in networks:
        for size in sizes:
            with line(network) as shaped:
                (measured,) = measure([size], repeat, profile, committed, shaped.open)
            yield compare(network, measured, profile, committed)


def compare(network: Network, measured: Measured, profile: str, committed: Committed) -> Row:
    """Put the prediction beside a measurement."""
    budget = Budget(
        sent_octets=measured.request_octets,
        sent_records=-(-measured.request_octets // RECORD),
        received_octets=measured.response_octets + RECORD,
        received_records=1024,
    )
    prediction = predict(
        budget,
        profile,
        request=measured.request_octets,
        response=measured.response_octets,
        committed_request=committed is Committed.REQUEST,
    )
    return Row(
        network=network,
        measured=measured,
        predicted_prover_sends=prediction.prover_sends,
        predicted_notary_sends=prediction.notary_sends,
        predicted_seconds=seconds(
            prediction,
            upload=network.upload * MEGABIT,
            download=network.download * MEGABIT,
            round_trip=network.round_trip,
            engine_round_trips=measured.rounds,
        ),
        online_round_trips=sum(phase.rounds for phase in measured.phases if phase.name in ONLINE),
    )


def print_row(row: Row) -> None:
    """Print one session for people."""
    measured, stages = row.measured, row.measured.stages
    prover, notary = (f"{100 * difference:+.1f} %" for difference in row.differences)
    kilobytes = f"{measured.request_octets / KILOBYTE:g} KB / {measured.response_octets / KILOBYTE:.0f} KB"
    print(
        f"{row.network.name:<8} {kilobytes}  "
        f"{measured.seconds:.2f} s (model without computation {row.predicted_seconds:.2f} s): preprocessing "
        f"{stages.preprocessing:.2f}, online {stages.online:.2f}, proof {stages.finalisation:.2f}, "
        f"submission {stages.submission:.2f}"
    )
    print(
        f"         Prover sends {measured.prover_sends / 1e6:.2f} MB (model {prover}), Notary "
        f"{measured.notary_sends / 1e6:.2f} MB (model {notary}); engine round trips {measured.rounds}, "
        f"{row.online_round_trips} of them online; processor {measured.prover_processor_seconds:.2f} s Prover, "
        f"{measured.notary_processor_seconds:.2f} s Notary; peak memory {measured.prover_peak_memory / 1e6:.0f} and "
        f"{measured.notary_peak_memory / 1e6:.0f} MB",
        flush=True,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--networks", default=",".join(NETWORKS), help="comma separated, of: " + ", ".join(NETWORKS)
    )
    parser.add_argument(
        "--sizes", default="1/2,1/16,4/64", help="kilobytes of request/response, comma separated"
    )
    parser.add_argument("--profile", choices=PROFILES, default=DEFAULT_ENGINE_PROFILES[0], help="the engine's profile")
    parser.add_argument(
        "--commit",
        type=Committed,
        choices=list(Committed),
        default=Committed.REQUEST,
        help="what is committed to with SHA-256",
    )
    parser.add_argument(
        "--repeat", type=int, default=1, help="sessions of each kind; the fastest is reported"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    arguments = parser.parse_args()
    unknown = set(arguments.networks.split(",")) - set(NETWORKS)
    if unknown:
        parser.error(f"no such network: {', '.join(sorted(unknown))}")
    found = rows(
        [NETWORKS[name] for name in arguments.networks.split(",")],
        [
            (int(sent), int(received))
            for sent, received in (each.split("/") for each in arguments.sizes.split(","))
        ],
        repeat=arguments.repeat,
        profile=arguments.profile,
        committed=arguments.commit,
    )
    if arguments.json:
        print(json.dumps([asdict(row) for row in found], indent=2))
        return
    print("shaped by benchmarks/_relay.py in user space; sizes and times of one machine that others may use")
    for row in found:
        print_row(row)


if __name__ == "__main__":
    main()
