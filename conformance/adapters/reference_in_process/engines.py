"""Both engines of the reference, joined in memory and run side by side, and the Notary's register of records."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from mpctls.reference.channel.messages import Budget, ReceivedRecord, Record, SentRecord, SentRecordCiphertext
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import TLS_VERSION
from mpctls.reference.foundation.randomness import Randomness, SystemRandomness
from mpctls.reference.mpc.duplex import Duplex, memory_pair
from mpctls.reference.mpc.engine.notary import NotaryEngine
from mpctls.reference.mpc.engine.plan import Limits
from mpctls.reference.mpc.engine.prover import ProverEngine
from mpctls.reference.mpc.engine.records import ProtectedRecord, SessionKeys
from mpctls.reference.mpc.share_conversion.fields import P256_MODULUS
from mpctls.reference.tls.p256 import Point
from mpctls.reference.tls.registration import RecordRegister

P = TypeVar("P")
N = TypeVar("N")

SESSION_ID = bytes(range(32))
_TIMEOUT = 60.0
_GONE = 0xFFFF
_SHARES = "own pre-master secret shares"


class View:
    """A tap that keeps everything a party computes or receives, by label."""

    def __init__(self) -> None:
        self.values: dict[str, list[bytes]] = {}

    def record(self, label: str, octets: bytes) -> None:
        """Keep one value."""
        self.values.setdefault(label, []).append(octets)

    def holds(self, octets: bytes) -> bool:
        """Whether octets occur in anything that is kept."""
        return any(octets in value for values in self.values.values() for value in values)

    def first(self, label: str) -> bytes:
        """The first value under a label."""
        return self.values[label][0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """What both parties came to in one step: a result or a refusal each."""

    prover: object
    notary: object


class Engines:
    """Prover and Notary after preprocessing, with a budget that the case needs."""

    def __init__(
        self,
        budget: Budget | None = None,
        prover_type: type[ProverEngine] = ProverEngine,
        *,
        sources: tuple[Randomness, Randomness] | None = None,
        ends: tuple[Duplex, Duplex] | None = None,
    ) -> None:
        budget = budget or Budget(sent_octets=16, sent_records=1, received_octets=64, received_records=4)
        limits = Limits(
            sent_octets=budget.sent_octets,
            sent_records=budget.sent_records,
            largest_sent_record=min(16384, budget.sent_octets),
        )
        self.views = (View(), View())
        self._ends: tuple[Duplex, Duplex] = ends or memory_pair(_TIMEOUT)
        of_prover, of_notary = sources or (SystemRandomness(), SystemRandomness())
        self.prover = prover_type(self._ends[0], of_prover, SESSION_ID, limits, self.views[0])
        self.notary = NotaryEngine(self._ends[1], of_notary, SESSION_ID, limits, self.views[1])
        self.register = RecordRegister(budget)
        self.sent: list[ProtectedRecord] = []
        self.received: list[ProtectedRecord] = []
        self.streams: list[bytes] = []
        self.keys: SessionKeys | None = None
        self.both(self.prover.preprocess, self.notary.preprocess)

    def both(self, prover: Callable[[], P], notary: Callable[[], N]) -> tuple[P, N]:
        """Run one step at both parties, each in a thread; raises the refusal of the party that refused by itself."""
        results: list[object] = [None, None]

        def work(place: int, step: Callable[[], object]) -> None:
            try:
                results[place] = step()
            except Exception as error:
                results[place] = error
                self._ends[place].send(_GONE, b"")

        steps: tuple[Callable[[], object], Callable[[], object]] = (prover, notary)
        threads = [
            threading.Thread(target=work, args=(place, step), daemon=True) for place, step in enumerate(steps)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        errors = [result for result in results if isinstance(result, Exception)]
        if errors:
            # The other party only found its peer gone.
            raise min(errors, key=_is_consequence)
        return results[0], results[1]  # type: ignore[return-value]

    def key_exchange(self, prover: Point, notary: Point) -> None:
        """Both points become the shared pre-master secret."""
        self.both(
            lambda: self.prover.key_exchange((prover.x, prover.y)),
            lambda: self.notary.key_exchange((notary.x, notary.y)),
        )

    def secret_sums(self) -> tuple[int, int]:
        """The sums of both parties' shares, of both runs."""
        shares = [view.first(_SHARES) for view in self.views]
        sums = [
            sum(int.from_bytes(share[start : start + 32], "little") for share in shares) % P256_MODULUS
            for start in (0, 32)
        ]
        return sums[0], sums[1]

    def runs_agree(self) -> bool:
        """The one bit that was opened, at both parties alike."""
        bits = [engine.ledger[0].decoded for engine in (self.prover, self.notary)]
        return all(each is not None and bool(each[0, 0]) for each in bits)

    def send(self, content_type: int, content: bytes) -> ProtectedRecord:
        """One sent record as the roles send it: key stream, ciphertext, tag share, registration."""
        sequence, length = len(self.sent), len(content)
        stream, nothing = self.both(
            lambda: self.prover.key_stream(sequence, length), lambda: self.notary.key_stream(sequence, length)
        )
        if stream is None or nothing is not None:
            raise ValueError("the key stream is the Prover's alone")
        self.streams.append(stream)
        ciphertext = bytes(left ^ right for left, right in zip(content, stream, strict=True))
        self.register.request_tag_share(
            SentRecordCiphertext(sequence_number=sequence, content_type=content_type, ciphertext=ciphertext)
        )
        share = self.notary.tag_share(sequence, content_type, ciphertext)
        record = ProtectedRecord(
            content_type=content_type,
            explicit_nonce=sequence.to_bytes(8, "big"),
            ciphertext=ciphertext,
            tag=self.prover.complete_tag(sequence, content_type, ciphertext, share),
        )
        self.register.register_sent(SentRecord(sequence_number=sequence, record=registered(record)))
        self.sent.append(record)
        return record

    def receive(self, record: Record) -> None:
        """One received record, registered."""
        self.register.register_received(ReceivedRecord(record=record))
        self.received.append(
            ProtectedRecord(
                content_type=record.content_type,
                explicit_nonce=record.explicit_nonce,
                ciphertext=record.ciphertext,
                tag=record.tag,
            )
        )

    def close(self) -> None:
        """Close at both parties."""
        self.register.close()
        self.prover.close()
        self.notary.close()

    def finalise(self) -> SessionKeys:
        """Opening, proof and tags; the Prover's keys."""
        keys, _ = self.both(
            lambda: self.prover.finalise(self.sent, self.received),
            lambda: self.notary.finalise(self.sent, self.received),
        )
        self.keys = keys
        return keys


def registered(record: ProtectedRecord) -> Record:
    """A protected record as a session message carries it."""
    return Record(
        content_type=record.content_type,
        version=TLS_VERSION,
        explicit_nonce=record.explicit_nonce,
        ciphertext=record.ciphertext,
        tag=record.tag,
    )


def _is_consequence(error: Exception) -> bool:
    return isinstance(error, Refused) and f"kind {_GONE} " in error.detail
