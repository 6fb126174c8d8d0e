"""The plan of a session: which circuits run, in which order, on which bits, and who sees their outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from ...foundation.errors import Refused
from ..circuits.aes import aes_encrypt_block, aes_key_schedule
from ..circuits.circuit import Circuit
from ..circuits.p256 import pre_master_secret_states
from ..circuits.sha256 import hmac_key_states, hmac_outer

Element = TypeVar("Element", bound=np.generic)

BLOCK_OCTETS: Final = 16
FINISHED_OCTETS: Final = 16
LARGEST_RECORD: Final = 16384

PRE_MASTER_SECRET: Final = "pre-master-secret"
MASTER_SECRET_STATES: Final = "master-secret/states"
KEY_BLOCK: Final = "key-expansion/first-digest"
INITIAL_VECTORS: Final = "key-expansion/second-digest"
CLIENT_ROUND_KEYS: Final = "client-round-keys"
SERVER_ROUND_KEYS: Final = "server-round-keys"
CLIENT_HASH_KEY: Final = "client-hash-key"
CLIENT_FINISHED_TAG_MASK: Final = "client-finished/tag-mask"
CLIENT_FINISHED_KEY_STREAM: Final = "client-finished/key-stream"
SERVER_FINISHED_KEY_STREAM: Final = "server-finished/key-stream"
TAG_MASKS: Final = "records/tag-masks"
KEY_STREAM: Final = "records/key-stream"


class Party(Enum):
    """Whose bits a fresh input of a circuit is."""

    PROVER = "prover"
    NOTARY = "notary"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """`count` input bits that one party, or the public record, supplies when the circuit is evaluated."""

    party: Party
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """Output bits `start` to `stop` of the earlier application `name`, the same for every instance."""

    name: str
    start: int
    stop: int

    @property
    def count(self) -> int:
        return self.stop - self.start


Source: TypeAlias = Fresh | Earlier


class Disclosure(Enum):
    """Who gets an output: nobody (it stays a wire), both parties, the Prover alone, or each party an XOR
    share.
    """

    NOBODY = "nobody"
    BOTH = "both"
    PROVER = "prover"
    SHARED = "shared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """`instances` independent runs of one circuit: sources in the order of its input bits, and who gets which
    outputs.

    A party supplies at most one of the sources. The first `decoded` output bits of every instance are
    disclosed; later applications may use any output as wires.
    """

    name: str
    phase: str
    circuit: Circuit
    sources: tuple[Source, ...]
    disclosure: Disclosure = Disclosure.NOBODY
    decoded: int = 0
    instances: int = 1

    @property
    def and_count(self) -> int:
        return self.instances * self.circuit.and_count

    def gates(self, rows: slice) -> int:
        """AND gates of the instances `rows`."""
        return int(rows.stop - rows.start) * self.circuit.and_count

    @property
    def masked(self) -> bool:
        """Whether the Notary decodes the outputs under the Prover's one-time mask."""
        return self.disclosure in (Disclosure.PROVER, Disclosure.SHARED)

    @property
    def returned(self) -> bool:
        """Whether the Notary returns what it decodes, with a hash of the labels."""
        return self.disclosure in (Disclosure.PROVER, Disclosure.BOTH)

    def fresh_count(self, party: Party) -> int:
        """Input bits of one instance that this party supplies when it is evaluated."""
        return sum(s.count for s in self.sources if isinstance(s, Fresh) and s.party is party)

    def inputs(
        self,
        rows: int,
        *,
        fresh: Mapping[Party, npt.NDArray[Element]],
        earlier: Mapping[str, npt.NDArray[Element]],
    ) -> npt.NDArray[Element]:
        """Put together the inputs of `rows` instances, whatever stands for a bit: labels, keys, wires or the
        bit itself.

        `fresh` holds an array [rows, n, …] for each supplying party, `earlier` an array [outputs, …] for each
        application that is used; returns an array [rows, inputs, …].
        """
        parts: list[npt.NDArray[Element]] = []
        for source in self.sources:
            if isinstance(source, Fresh):
                parts.append(fresh[source.party])
            else:
                wires = earlier[source.name][source.start : source.stop]
                parts.append(np.broadcast_to(wires, (rows, *wires.shape)))
        return np.concatenate(parts, axis=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The agreed budget of what the Prover sends: application octets, application records, octets of the
    largest record.

    Rejects with `engine/limits-invalid` what cannot be a budget.
    """

    sent_octets: int
    sent_records: int
    largest_sent_record: int

    def __post_init__(self) -> None:
        if not 1 <= self.sent_octets < 1 << 32 or not 1 <= self.sent_records < 1 << 16:
            raise Refused(
                "engine/limits-invalid", "the budget of sent octets or records is empty or too large"
            )
        if not 1 <= self.largest_sent_record <= min(LARGEST_RECORD, self.sent_octets):
            raise Refused("engine/limits-invalid", "the largest record does not fit")

    @property
    def pool_blocks(self) -> int:
        """Key-stream blocks that suffice for every division of the octets among the records."""
        return (self.sent_octets + (BLOCK_OCTETS - 1) * self.sent_records) // BLOCK_OCTETS

    @property
    def hash_key_powers(self) -> int:
        """Powers of the GHASH key that the longest record needs: additional data, ciphertext, lengths."""
        largest = max(self.largest_sent_record, FINISHED_OCTETS)
        return 2 + -(-largest // BLOCK_OCTETS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All applications of a session, in the order in which they are garbled and numbered."""

    limits: Limits
    applications: tuple[Application, ...]

    def __getitem__(self, name: str) -> Application:
        for application in self.applications:
            if application.name == name:
                return application
        raise KeyError(name)

    @property
    def and_count(self) -> int:
        return sum(application.and_count for application in self.applications)

    @property
    def mask_count(self) -> int:
        """Bits of the Prover's one-time masks."""
        return sum(a.instances * a.decoded for a in self.applications if a.masked)


def and_count_by_phase(plan: Plan) -> dict[str, int]:
    """AND gates of each phase, in the order of the session; their sum is what the Prover garbles."""
    counts: dict[str, int] = {}
    for application in plan.applications:
        counts[application.phase] = counts.get(application.phase, 0) + application.and_count
    return counts


def session_plan(limits: Limits) -> Plan:
    """Return the plan for a budget; both parties compute it and get the same.

    Its AND count is pre_master_secret_states + 12·hmac_outer + hmac_key_states + 2·key schedule + blocks·AES
    block with blocks = 1 (hash key) + 2 (client Finished) + 1 (server Finished) + sent_records + pool_blocks.
    """
    return Plan(limits=limits, applications=tuple(_applications(limits)))


def digest_name(phase: str, step: str) -> str:
    """Name of the outer HMAC compression `step` (`first-link`, `second-link`, `first-digest`,
    `second-digest`) of a phase.
    """
    return f"{phase}/{step}"


def _applications(limits: Limits) -> Iterator[Application]:
    both, kept = Disclosure.BOTH, Disclosure.NOBODY
    secret_states = pre_master_secret_states()
    yield Application(
        name=PRE_MASTER_SECRET,
        phase="pre-master-secret",
        circuit=secret_states,
        sources=(Fresh(party=Party.PROVER, count=512), Fresh(party=Party.NOTARY, count=512)),
        disclosure=both,
        decoded=257,
    )
    pre_master = Earlier(name=PRE_MASTER_SECRET, start=257, stop=513)
    yield _outer("master-secret", "first-link", pre_master, both)
    yield _outer("master-secret", "second-link", pre_master, both)
    yield _outer("master-secret", "first-digest", pre_master, kept)
    yield _outer("master-secret", "second-digest", pre_master, kept)
    yield Application(
        name=MASTER_SECRET_STATES,
        phase="master-secret",
        circuit=hmac_key_states(48),
        sources=(
            Earlier(name="master-secret/first-digest", start=0, stop=256),
            Earlier(name="master-secret/second-digest", start=0, stop=128),
        ),
        disclosure=both,
        decoded=256,
    )
    master = Earlier(name=MASTER_SECRET_STATES, start=256, stop=512)
    yield _outer("key-expansion", "first-link", master, both)
    yield _outer("key-expansion", "second-link", master, both)
    yield _outer("key-expansion", "first-digest", master, kept)
    yield _outer("key-expansion", "second-digest", master, both, disclosed=64)
    for name, start in ((CLIENT_ROUND_KEYS, 0), (SERVER_ROUND_KEYS, 128)):
        yield Application(
            name=name,
            phase="key-expansion",
            circuit=aes_key_schedule(),
            sources=(Earlier(name=KEY_BLOCK, start=start, stop=start + 128),),
        )
    yield _block(CLIENT_HASH_KEY, "key-expansion", CLIENT_ROUND_KEYS, Disclosure.SHARED)
    yield _outer("client-finished", "first-link", master, both)
    yield _outer("client-finished", "first-digest", master, both, disclosed=96)
    yield _block(CLIENT_FINISHED_TAG_MASK, "client-finished", CLIENT_ROUND_KEYS, Disclosure.SHARED)
    yield _block(CLIENT_FINISHED_KEY_STREAM, "client-finished", CLIENT_ROUND_KEYS, Disclosure.PROVER)
    yield _outer("server-finished", "first-link", master, both)
    yield _outer("server-finished", "first-digest", master, both, disclosed=96)
    yield _block(SERVER_FINISHED_KEY_STREAM, "server-finished", SERVER_ROUND_KEYS, Disclosure.PROVER)
    yield _block(TAG_MASKS, "records", CLIENT_ROUND_KEYS, Disclosure.SHARED, instances=limits.sent_records)
    yield _block(KEY_STREAM, "records", CLIENT_ROUND_KEYS, Disclosure.PROVER, instances=limits.pool_blocks)


def _outer(
    phase: str, step: str, state: Earlier, disclosure: Disclosure, *, disclosed: int = 256
) -> Application:
    """The outer compression of an HMAC whose inner digest both parties compute themselves."""
    return Application(
        name=digest_name(phase, step),
        phase=phase,
        circuit=hmac_outer(),
        sources=(state, Fresh(party=Party.PUBLIC, count=256)),
        disclosure=disclosure,
        decoded=0 if disclosure is Disclosure.NOBODY else disclosed,
    )


def _block(
    name: str, phase: str, round_keys: str, disclosure: Disclosure, *, instances: int = 1
) -> Application:
    """AES blocks of public inputs under wires of round keys."""
    return Application(
        name=name,
        phase=phase,
        circuit=aes_encrypt_block(),
        sources=(Earlier(name=round_keys, start=0, stop=1408), Fresh(party=Party.PUBLIC, count=128)),
        disclosure=disclosure,
        decoded=128,
        instances=instances,
    )
