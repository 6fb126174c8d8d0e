"""A Prover's process for the load benchmark: it does as it is told, well or badly, one line for each order.

    python -m benchmarks._load_prover

An order is a line of JSON on standard input, what came of it a line on standard output. The behaviours `silent`,
`stalled` and `online` say that they are where they should be, and stay there until the process is killed.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from mpctls.reference.channel.link import Link
from mpctls.reference.foundation.compiled import warm_up
from mpctls.reference.mpc.circuits.catalogue import and_counts
from mpctls.reference.prover import Prover, ProverSettings

from ._parties import LocalServer
from .session import Committed, one_session, prepared, prover_settings, request_of, rest_of_session

STALLED_AFTER = 2**23
"""Octets sent before a Prover stalls: the tables of a request of a kilobyte are 22 million."""


class Behaviour(StrEnum):
    """What a Prover does."""

    HONEST = "honest"
    AHEAD = "ahead"
    SILENT = "silent"
    STALLED = "stalled"
    ONLINE = "online"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to do, where, and how many times."""

    behaviour: Behaviour
    server: LocalServer
    notary_port: int
    notary_key: str
    request: int
    response: int
    profile: str
    sessions: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One session: seconds on the clock that all processes of a machine share, processor seconds of the Prover."""

    began: float
    ended: float
    processor: float

    @property
    def seconds(self) -> float:
        return self.ended - self.began


class StallingLink(Link):
    """In the middle of the tables it says nothing more, and reads nothing more."""

    async def send_frame(self, channel: int, body: bytes) -> None:
        if self.octets_sent > STALLED_AFTER:
            say({"reached": Behaviour.STALLED})
            await asyncio.Event().wait()
        await super().send_frame(channel, body)


def say(document: Any) -> None:
    """Print one line."""
    print(json.dumps(document), flush=True)


async def obey(order: Order) -> None:
    """Do as ordered, and say what came of it."""
    request = request_of(order.request, order.response)
    settings = prover_settings(order.server, order.notary_key, request, order.response, order.profile)
    if order.behaviour in (Behaviour.HONEST, Behaviour.AHEAD):
        play = one_after_the_other if order.behaviour is Behaviour.HONEST else ahead
        say([asdict(each) for each in await play(settings, order.notary_port, request, order.sessions)])
        return
    link_type = StallingLink if order.behaviour is Behaviour.STALLED else Link
    link = link_type(*await asyncio.open_connection("127.0.0.1", order.notary_port), deadline=600)
    if order.behaviour is not Behaviour.SILENT:
        await go_online(link, settings)
    say({"reached": order.behaviour})
    await asyncio.Event().wait()


async def one_after_the_other(
    settings: ProverSettings, notary_port: int, request: bytes, sessions: int
) -> list[Done]:
    """Begin each session when the one before has ended."""
    done = []
    for _ in range(sessions):
        began, before = time.monotonic(), time.process_time()
        await one_session(settings, notary_port, request, Committed.REQUEST)
        done.append(Done(began=began, ended=time.monotonic(), processor=time.process_time() - before))
    return done


async def ahead(settings: ProverSettings, notary_port: int, request: bytes, sessions: int) -> list[Done]:
    """Preprocess each session, on a link of its own, while the one before runs; its clock begins when that has ended.

    As many are preprocessed as are played, so that both count alike: the last one is given up unused. A session waits
    for its handshake only as long as the Notary waits for a message.
    """
    done = []
    prover = await prepared(settings, notary_port)
    for _ in range(sessions):
        began, before = time.monotonic(), time.process_time()
        upcoming = asyncio.create_task(prepared(settings, notary_port))
        await rest_of_session(prover, request, Committed.REQUEST)
        done.append(Done(began=began, ended=time.monotonic(), processor=time.process_time() - before))
        prover = await upcoming
    async with prover:
        return done


async def go_online(link: Link, settings: ProverSettings) -> None:
    """Get as far as a TLS connection with the Server."""
    prover = Prover(link, settings)
    await prover.establish_mpc_tls_connection()
    await prover.send_tls_handshake_data()


class ProverProcess:
    """A Prover's process, at the side of the benchmark."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def order(self, order: Order) -> None:
        """Say what to do; what came of it is read with `hear`."""
        if self._process.stdin is None:
            raise RuntimeError("the Prover was started without pipes")
        self._process.stdin.write(json.dumps(asdict(order)) + "\n")
        self._process.stdin.flush()

    def hear(self) -> Any:
        """What it says next."""
        if self._process.stdout is None:
            raise RuntimeError("the Prover was started without pipes")
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("a Prover's process ended; what it says of that is on standard error")
        return json.loads(line)

    def done(self) -> list[Done]:
        """The sessions of an honest one."""
        return [Done(**each) for each in self.hear()]

    def kill(self) -> None:
        """End it, wherever it is."""
        self._process.kill()
        self._process.wait()


@contextmanager
def provers(count: int) -> Iterator[list[ProverProcess]]:
    """Start so many, and wait until they are ready."""
    command = [sys.executable, "-m", "benchmarks._load_prover"]
    with ExitStack() as stack:
        started = []
        for _ in range(count):
            process = stack.enter_context(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            stack.callback(process.kill)
            started.append(ProverProcess(process))
        for each in started:
            each.hear()
        yield started


def main() -> None:
    """Be a Prover until standard input ends."""
    and_counts()
    warm_up()
    say({"reached": "ready"})
    for line in sys.stdin:
        fields = json.loads(line)
        fields |= {"server": LocalServer(**fields["server"]), "behaviour": Behaviour(fields["behaviour"])}
        asyncio.run(obey(Order(**fields)))


if __name__ == "__main__":
    main()
