"""What the load benchmark finds, and how people read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Honest Provers at once. Seconds are those of one session; processor seconds and octets too."""

    provers: int
    ahead: bool
    sessions: int
    sessions_a_minute: float
    median_seconds: float
    slowest_seconds: float
    fairness: float
    notary_processor_seconds: float
    prover_processor_seconds: float
    notary_memory_a_prover: int
    share_of_cores: float
    """Of all cores' time, what Notary and Provers got; the Server and whatever else this machine does had the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Honest Provers beside bad ones."""

    beside: str
    bad: int
    median_seconds: float
    slowest_seconds: float
    ratio: float
    """Of the median to that without company."""
    spread: float
    """The largest median of a turn over the smallest."""
    notary_processor_seconds: float
    """For each honest session, from when the bad ones are where they should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood:
    """Connections that are not to become sessions."""

    kind: str
    connections: int
    seconds: float
    microseconds_each: float
    octets_each: float
    told: Mapping[str, int]
    notary_memory: int


def print_loads(loads: Sequence[Load]) -> None:
    """Print the table of load for people."""
    names = ("sessions", "a minute", "ratio", "median s", "slowest s", "fairness")
    print(f"{'provers':<13}" + "".join(f"{name:>10}" for name in names), end="")
    print("".join(f"{name:>14}" for name in ("Notary cpu s", "Prover cpu s", "Notary MB", "share")))
    for each in loads:
        print(
            f"{each.provers:>7}{' ahead' if each.ahead else '':<6}{each.sessions:>10}{each.sessions_a_minute:>10.1f}"
            f"{each.sessions_a_minute / loads[0].sessions_a_minute:>10.2f}{each.median_seconds:>10.2f}"
            f"{each.slowest_seconds:>10.2f}{each.fairness:>10.2f}{each.notary_processor_seconds:>14.2f}"
            f"{each.prover_processor_seconds:>14.2f}{each.notary_memory_a_prover / 1e6:>14.0f}"
            f"{each.share_of_cores:>14.2f}",
            flush=True,
        )


def print_companies(companies: Sequence[Company]) -> None:
    """Print the table of company for people."""
    print("\nbeside    bad  median s  slowest s   ratio  spread  Notary cpu s")
    for each in companies:
        print(
            f"{each.beside:<8}{each.bad:>5}{each.median_seconds:>10.2f}{each.slowest_seconds:>11.2f}{each.ratio:>8.2f}"
            f"{each.spread:>8.2f}{each.notary_processor_seconds:>14.2f}"
        )


def print_floods(floods: Sequence[Flood]) -> None:
    """Print the table of floods for people."""
    print("\nflood          connections  seconds  Notary µs each  octets each  memory MB  told")
    for each in floods:
        told = ", ".join(f"{reason} {count}" for reason, count in each.told.items())
        print(
            f"{each.kind:<15}{each.connections:>11}{each.seconds:>9.2f}{each.microseconds_each:>16.0f}"
            f"{each.octets_each:>13.0f}{each.notary_memory / 1e6:>11.1f}  {told}"
        )
