"""The load benchmark: its arithmetic, what a refused connection is seen to hear, and processes that end."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys

import pytest
from benchmarks._load_prover import Behaviour, Done, Order, provers
from benchmarks._parties import LocalServer, NotaryProcess
from benchmarks.notary_load import companies, fairness, flood, knock, parser, summary

from mpctls.reference.channel.link import Link
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import ENGINE_PROFILE
from mpctls.reference.foundation.signatures import VERIFYING_KEY
from tests.fuzz.arena import KEY, authority, serving

STAND_IN = """
import json, socket, sys, threading
listening = socket.create_server(("127.0.0.1", 0))
def close():
    while True:
        listening.accept()[0].close()
threading.Thread(target=close, daemon=True).start()
print(json.dumps({"port": listening.getsockname()[1], "key": "00"}), flush=True)
seconds = 1.0
for line in sys.stdin:
    print(json.dumps({"seconds": seconds, "peak_memory": 1000 * seconds}), flush=True)
    seconds += 0.5
"""


def done(began: float, ended: float) -> Done:
    return Done(began=began, ended=ended, processor=0.25)


def test_sessions_a_minute_are_counted_from_the_first_beginning_to_the_last_end() -> None:
    by_prover = [[done(10, 11), done(11, 13)], [done(10.5, 11.5), done(11.5, 16)]]
    before, after = {"seconds": 1.0, "peak_memory": 500.0}, {"seconds": 5.0, "peak_memory": 2500.0}
    load = summary(by_prover, before, after, cores=2)
    assert (load.provers, load.sessions) == (2, 4)
    assert load.sessions_a_minute == pytest.approx(60 * 4 / 6)
    assert (load.median_seconds, load.slowest_seconds) == (1.5, 4.5)
    assert load.notary_processor_seconds == 1
    assert load.prover_processor_seconds == 0.25
    assert load.notary_memory_a_prover == 1000
    assert load.share_of_cores == pytest.approx((4 + 4 * 0.25) / 6 / 2)


def test_fairness_is_between_provers_not_between_sessions() -> None:
    """One long session of each Prover is nobody's disadvantage."""
    assert fairness([[done(0, 1), done(1, 10)], [done(0, 9), done(9, 10)]]) == 1
    assert fairness([[done(0, 1)], [done(0, 2)], [done(0, 6)]]) == 3


def test_company_is_compared_with_none_over_all_turns() -> None:
    seconds = {None: [[1, 2], [2, 3], [4, 2]], Behaviour.SILENT: [[3, 3], [6, 6]]}
    none, silent = companies(seconds, {None: [0.5, 0.5, 2], Behaviour.SILENT: [1, 3]}, 4)
    assert (none.notary_processor_seconds, silent.notary_processor_seconds) == (1, 2)
    assert (none.beside, none.bad, none.median_seconds, none.ratio, none.spread) == ("none", 0, 2, 1, 2)
    assert (silent.beside, silent.bad, silent.median_seconds, silent.slowest_seconds) == ("silent", 4, 4.5, 6)
    assert (silent.ratio, silent.spread) == (2.25, 2)


def test_what_connections_hear_is_counted() -> None:
    """Every other one is told a reason; the others are only closed."""
    count = 0

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        count += 1
        link = Link(reader, writer)
        if count % 2:
            await link.refuse(Refused("tls-session/budget-exceeded"))
        await link.close()

    async def play() -> list[tuple[str, int]]:
        async with serving(refuse) as port:
            return await knock(port, 10, 2)

    heard = asyncio.run(play())
    # Length, channel, kind of message, length of the reason, and the reason.
    refusal = 4 + 1 + 1 + 1 + len("tls-session/budget-exceeded")
    assert sorted(heard) == [("link/closed", 0)] * 5 + [("tls-session/budget-exceeded", refusal)] * 5


def test_a_flood_costs_what_the_notary_says_it_cost() -> None:
    """A stand-in that listens, closes every connection, and says half a second more each time it is asked."""
    command = [sys.executable, "-c", STAND_IN]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        found = flood("nothing said", NotaryProcess(process), 4, at_once=2)
        process.kill()
    assert found.connections == 4
    assert found.microseconds_each == 0.5e6 / 4
    assert found.notary_memory == 500
    assert found.octets_each == 0
    assert found.told == {"link/closed": 4}


def test_a_prover_that_is_killed_is_missed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, provers(1) as (prover,):
        order = Order(
            behaviour=Behaviour.SILENT,
            server=LocalServer(port=1, root=authority().root_pem.decode()),
            notary_port=listening.getsockname()[1],
            notary_key=VERIFYING_KEY.encode(KEY.verifying_key).hex(),
            request=1024,
            response=2048,
            profile=ENGINE_PROFILE,
        )
        prover.order(order)
        assert prover.hear() == {"reached": "silent"}
        connection, _ = listening.accept()
        with connection:
            connection.settimeout(5)
            prover.kill()
            assert connection.recv(1) == b""
        with pytest.raises(RuntimeError, match="ended"):
            prover.hear()


@pytest.mark.parametrize("text", ["0", "4,0", "x", ""])
def test_counts_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["--provers", text])
