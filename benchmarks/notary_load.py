"""One Notary process under load: sessions a minute, fairness, bad company, and what a flood costs it.

    python -m benchmarks.notary_load [--provers 1,4,16] [--sessions 3] [--bystanders 4] [--flood 500] [--json]

Every Prover is a process of its own, and so is the Notary; the Server runs in this one, which does little else. All of
them share this machine's cores, so a second Prover is not only more work for the Notary: what counts is the ratio of
one row to another of the same run. Where the column `share` is well below 1, other work took the cores, or Notary and
Provers waited for each other: then compare processor seconds, which do not depend on that.

  load      Provers that run one session after the other, all at once. Fairness is the mean session of the slowest
            Prover over that of the median Prover; memory is what the Notary's peak grew by for each Prover. In the
            row `ahead`, Provers preprocess each session on a second link while the one before runs, and their seconds
            begin when that one has ended.
  company   Honest Provers beside such as connect and say nothing, stall in the middle of the tables, or are killed
            with the Server on the line. Bad ones are where they should be before the honest begin. All companies are
            measured in turn, several times; spread is the largest median of a turn over the smallest, and a ratio
            within the spread of `none` is noise.
  flood     Connections to a Notary whose places are all taken, or that say nothing to one that has places: processor
            time of the Notary for each, octets it sends each, what they are told, and what its peak memory grew by.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from statistics import fmean, median

from mpctls.reference.channel.link import Link
from mpctls.reference.channel.messages import SessionAnswer
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import DEFAULT_ENGINE_PROFILES
from mpctls.reference.mpc.engine.profiles import PROFILES

from ._load_prover import Behaviour, Done, Order, ProverProcess, provers
from ._load_tables import Company, Flood, Load, print_companies, print_floods, print_loads
from ._parties import KILOBYTE, LocalServer, NotaryProcess, local_server, notary_process

SPARE_PLACES = 4
"""The Notary may not have noticed the end of a session when the same Prover's next begins."""
_AT_ONCE = 50
_PATIENCE = 30.0

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What all sessions of a run have in common."""

    server: LocalServer
    request: int
    response: int
    profile: str

    def order(self, notary: NotaryProcess, behaviour: Behaviour, sessions: int = 1) -> Order:
        return Order(
            behaviour=behaviour,
            server=self.server,
            notary_port=notary.port,
            notary_key=notary.key,
            request=self.request,
            response=self.response,
            profile=self.profile,
            sessions=sessions,
        )


def together(
    site: Site,
    notary: NotaryProcess,
    workers: Sequence[ProverProcess],
    sessions: int,
    behaviour: Behaviour = Behaviour.HONEST,
) -> list[list[Done]]:
    """Let honest Provers run at once, each one session after the other."""
    for worker in workers:
        worker.order(site.order(notary, behaviour, sessions))
    return [worker.done() for worker in workers]


def fairness(by_prover: Sequence[Sequence[Done]]) -> float:
    """The mean session of the slowest Prover over that of the median Prover: 1 when all fare alike."""
    means = [fmean(each.seconds for each in done) for done in by_prover]
    return max(means) / median(means)


def summary(
    by_prover: Sequence[Sequence[Done]],
    before: Mapping[str, float],
    after: Mapping[str, float],
    *,
    cores: int,
    ahead: bool = False,
) -> Load:
    """What honest Provers came to; `before` and `after` are what the Notary said of itself."""
    done = [each for sessions in by_prover for each in sessions]
    seconds = [each.seconds for each in done]
    lasted = max(each.ended for each in done) - min(each.began for each in done)
    notary_seconds = after["seconds"] - before["seconds"]
    processor = notary_seconds + sum(each.processor for each in done)
    return Load(
        provers=len(by_prover),
        ahead=ahead,
        sessions=len(done),
        sessions_a_minute=60 * len(done) / lasted,
        median_seconds=median(seconds),
        slowest_seconds=max(seconds),
        fairness=fairness(by_prover),
        notary_processor_seconds=notary_seconds / len(done),
        prover_processor_seconds=fmean(each.processor for each in done),
        notary_memory_a_prover=int(after["peak_memory"] - before["peak_memory"]) // len(by_prover),
        share_of_cores=processor / lasted / cores,
    )


def usable_cores() -> int:
    """Cores that processes started here may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def measure_load(
    site: Site, workers: Sequence[ProverProcess], sessions: int, behaviour: Behaviour = Behaviour.HONEST
) -> Load:
    """Put so many Provers on a Notary of their own; each may have two sessions when it works ahead."""
    with notary_process(2 * len(workers) + SPARE_PLACES) as notary:
        before = notary.ask()
        by_prover = together(site, notary, workers, sessions, behaviour)
        return summary(
            by_prover, before, notary.ask(), cores=usable_cores(), ahead=behaviour is Behaviour.AHEAD
        )


def measure_company(
    site: Site,
    workers: Sequence[ProverProcess],
    sessions: int,
    bad: int,
    rounds: int,
    progress: Progress,
) -> list[Company]:
    """Measure honest Provers alone and in each bad company, so many times over, and alone again."""
    kinds = (None, Behaviour.SILENT, Behaviour.STALLED, Behaviour.ONLINE)
    found: dict[Behaviour | None, list[list[float]]] = {kind: [] for kind in kinds}
    spent: dict[Behaviour | None, list[float]] = {kind: [] for kind in kinds}
    for number, kind in enumerate((*kinds * rounds, None)):
        count = 0 if kind is None else bad
        progress(f"company {number + 1} of {len(kinds) * rounds + 1}: {count} {kind or 'bad'} Provers")
        with notary_process(len(workers) + bad + SPARE_PLACES) as notary, provers(count) as others:
            for other in others:
                other.order(site.order(notary, kind or Behaviour.SILENT))
            for other in others:
                other.hear()
            before = notary.ask()["seconds"]
            if kind is Behaviour.ONLINE:
                for other in others:
                    other.kill()
            done = together(site, notary, workers, sessions)
            spent[kind].append((notary.ask()["seconds"] - before) / sum(map(len, done)))
        found[kind].append([each.seconds for prover in done for each in prover])
    return companies(found, spent, bad)


def companies(
    found: Mapping[Behaviour | None, Sequence[Sequence[float]]],
    spent: Mapping[Behaviour | None, Sequence[float]],
    bad: int,
) -> list[Company]:
    """Seconds of honest sessions, and the Notary's for one of them, by company and round; together by company."""
    alone = median(itertools.chain(*found[None]))
    return [
        Company(
            beside="none" if kind is None else kind.value,
            bad=0 if kind is None else bad,
            median_seconds=median(itertools.chain(*rounds)),
            slowest_seconds=max(itertools.chain(*rounds)),
            ratio=median(itertools.chain(*rounds)) / alone,
            spread=max(map(median, rounds)) / min(map(median, rounds)),
            notary_processor_seconds=fmean(spent[kind]),
        )
        for kind, rounds in found.items()
    ]


def measure_full(site: Site, connections: int) -> Flood:
    """Flood a Notary whose only place is taken by a Prover that stalls."""
    with notary_process(1) as notary, provers(1) as (holder,):
        holder.order(site.order(notary, Behaviour.STALLED))
        holder.hear()
        return flood("places taken", notary, connections, at_once=_AT_ONCE)


def measure_silence(connections: int) -> Flood:
    """Flood a Notary that has places with connections that all stay and say nothing."""
    with notary_process(16) as notary:
        return flood("nothing said", notary, connections, at_once=connections)


def flood(kind: str, notary: NotaryProcess, connections: int, *, at_once: int) -> Flood:
    """Open connections, `at_once` of them open at a time, and hear what each is told."""
    before, began = notary.ask(), time.monotonic()
    told = asyncio.run(knock(notary.port, connections, at_once))
    seconds, after = time.monotonic() - began, notary.ask()
    return Flood(
        kind=kind,
        connections=connections,
        seconds=seconds,
        microseconds_each=1e6 * (after["seconds"] - before["seconds"]) / connections,
        octets_each=fmean(octets for _, octets in told),
        told=dict(Counter(reason for reason, _ in told).most_common()),
        notary_memory=int(after["peak_memory"] - before["peak_memory"]),
    )


async def knock(port: int, connections: int, at_once: int) -> list[tuple[str, int]]:
    """The reason that each connection hears, and the octets it hears it in."""
    room = asyncio.Semaphore(at_once)

    async def one() -> tuple[str, int]:
        async with room:
            link = Link(*await asyncio.open_connection("127.0.0.1", port), deadline=_PATIENCE)
            try:
                await link.receive(SessionAnswer)
            except Refused as refused:
                return refused.reason, link.octets_received
            finally:
                await link.close()
            return "served", link.octets_received

    return await asyncio.gather(*(one() for _ in range(connections)))


@contextmanager
def visible_progress() -> Iterator[Progress]:
    """Say what is done now in a terminal, and nothing where standard error is none."""
    if not sys.stderr.isatty():
        yield lambda text: None
        return
    try:
        yield lambda text: print(f"\r\x1b[K{text} …", end="", file=sys.stderr, flush=True)
    finally:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def counts(text: str) -> list[int]:
    """Positive numbers, comma separated."""
    found = [int(each) for each in text.split(",")]
    if min(found) < 1:
        raise ValueError("not a positive number")
    return found


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--provers", type=counts, default=[1, 4, 16], help="Provers at once, comma separated")
    made.add_argument("--sessions", type=int, default=3, help="sessions of each Prover, one after the other")
    made.add_argument("--ahead", type=int, default=1, help="Provers that preprocess ahead; 0 leaves it out")
    made.add_argument(
        "--bystanders", type=int, default=4, help="honest Provers in bad company; 0 leaves it out"
    )
    made.add_argument("--bad", type=int, default=4, help="bad Provers of each kind")
    made.add_argument("--rounds", type=int, default=2, help="turns of all companies")
    made.add_argument(
        "--flood", type=int, default=500, help="connections of a flood; 0 leaves it out; all are open at once"
    )
    made.add_argument("--request", type=int, default=1, help="kilobytes of each request")
    made.add_argument("--response", type=int, default=2, help="kilobytes of each response")
    made.add_argument("--profile", choices=PROFILES, default=DEFAULT_ENGINE_PROFILES[0], help="the engine's profile")
    made.add_argument("--json", action="store_true", help="print one JSON document")
    return made


def main() -> None:
    """Measure and print."""
    options = parser().parse_args()
    floods: list[Flood] = []
    with visible_progress() as progress, local_server() as server:
        site = Site(
            server=server,
            request=options.request * KILOBYTE,
            response=options.response * KILOBYTE,
            profile=options.profile,
        )
        progress("starting Provers")
        with provers(max(*options.provers, options.ahead, options.bystanders)) as workers:
            loads = []
            for count in options.provers:
                progress(f"{count} Provers, {options.sessions} sessions each")
                loads.append(measure_load(site, workers[:count], options.sessions))
            if options.ahead:
                progress(f"{options.ahead} Provers that work ahead")
                early = workers[: options.ahead]
                loads.append(measure_load(site, early, options.sessions, Behaviour.AHEAD))
            company = workers[: options.bystanders]
            beside = (
                measure_company(site, company, options.sessions, options.bad, options.rounds, progress)
                if company
                else []
            )
        if options.flood:
            progress(f"{options.flood} connections")
            floods = [measure_full(site, options.flood), measure_silence(options.flood)]
    if options.json:
        tables = {
            "load": [asdict(each) for each in loads],
            "company": [asdict(each) for each in beside],
            "flood": [asdict(each) for each in floods],
        }
        print(json.dumps(tables, indent=2))
        return
    print_loads(loads)
    if beside:
        print_companies(beside)
    if floods:
        print_floods(floods)


if __name__ == "__main__":
    main()
