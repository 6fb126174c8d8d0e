"""What each party must not have, of one recorded session, and what of it is in the party's view after all.

The truth is the Server's: its key log and what it served. Shares are taken from the view of their owner.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from mpctls.reference.settings import OWN_SCALAR
from tests.sessions.keys import P256_PRIME, TrafficKeys, logged_master_secret, round_keys, traffic_keys
from tests.sessions.processes import RecordedSession
from tests.sessions.search import WINDOW, Words, orders, search, windows
from tests.sessions.views import View

OWN_SHARES = "own pre-master secret shares"
PROVER, NOTARY = "Prover", "Notary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """All secrets of a session."""

    pre_master: bytes = field(repr=False)
    master: bytes = field(repr=False)
    keys: TrafficKeys = field(repr=False)
    sent: bytes = field(repr=False)
    received: bytes = field(repr=False)
    prover_shares: tuple[int, int] = field(repr=False)
    notary_shares: tuple[int, int] = field(repr=False)
    client_random: bytes
    server_random: bytes


def shares(view: View) -> tuple[int, int]:
    """A party's shares of both runs of the conversion."""
    octets = view.only(OWN_SHARES)
    return int.from_bytes(octets[:32], "little"), int.from_bytes(octets[32:], "little")


def truth(session: RecordedSession) -> Truth:
    exchange = session.notarized.secrets.key_exchange
    master = logged_master_secret(session.key_log, exchange.client_random)
    own, other = shares(session.prover), shares(session.notary)
    return Truth(
        pre_master=((own[0] + other[0]) % P256_PRIME).to_bytes(32, "big"),
        master=master,
        keys=traffic_keys(master, exchange.client_random, exchange.server_random),
        sent=session.notarized.secrets.sent,
        received=session.notarized.secrets.received,
        prover_shares=own,
        notary_shares=other,
        client_random=exchange.client_random,
        server_random=exchange.server_random,
    )


def keys_of(truth: Truth) -> Mapping[str, bytes]:
    """Secrets that neither party may hold while the session is open."""
    keys = truth.keys
    return {
        "pre-master secret": truth.pre_master,
        "master secret": truth.master,
        "client key": keys.client,
        "server key": keys.server,
        "client round keys": round_keys(keys.client)[16:],
        "server round keys": round_keys(keys.server)[16:],
    }


def hash_keys_of(truth: Truth) -> Mapping[str, bytes]:
    return {"client hash key": truth.keys.client_hash, "server hash key": truth.keys.server_hash}


def half_of(owner: str, view: View) -> Mapping[str, bytes]:
    """A party's own secrets of the key exchange, which the other must not have."""
    leading, following = shares(view)
    return {
        f"{owner}'s scalar": view.only(OWN_SCALAR),
        f"{owner}'s share of the pre-master secret": leading.to_bytes(32, "big"),
        f"{owner}'s other share of the pre-master secret": following.to_bytes(32, "big"),
    }


def unread_response(truth: Truth) -> Mapping[str, bytes]:
    """The pieces of the response that are not in the request, which the Prover reads after close."""
    received = truth.received
    windows = {received[start : start + WINDOW] for start in range(len(received) - WINDOW + 1)}
    known = {truth.sent[start : start + WINDOW] for start in range(len(truth.sent) - WINDOW + 1)}
    forms = {form for window in known for form in orders(window)}
    return {f"response {window!r}": window for window in windows - forms}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Violation:
    """A party's view holds what it must not hold at that time; `label` is where."""

    party: str
    secret: str
    label: str


def violations(session: RecordedSession) -> set[Violation]:
    """Everything that one of the two views holds and must not hold.

    Fails when a view does not show even what its party does hold: the search would then prove nothing.
    """
    secrets = truth(session)
    keys, hash_keys = keys_of(secrets), hash_keys_of(secrets)
    never = {"request": secrets.sent, "response": secrets.received, **keys, **half_of(PROVER, session.prover)}
    closed = {**keys, **hash_keys, **half_of(NOTARY, session.notary), **unread_response(secrets)}
    notary = _held_by(NOTARY, session.notary, {**never, **hash_keys}, never, transfers(session.prover))
    return notary | _held_by(PROVER, session.prover, closed, {}, transfers(session.notary))


def _held_by(
    party: str,
    view: View,
    before: Mapping[str, bytes],
    after: Mapping[str, bytes],
    received: Sequence[Transfers],
) -> set[Violation]:
    """Secrets that the view holds before and after close, and transfers of which it holds both messages."""
    messages = [each.heads(choice) for each in received for choice in (0, 1)]
    halves = half_of(party, view)
    extra = {form for heads in messages for head in heads for form in orders(head)}
    extra |= {window for secret in halves.values() for window in windows(secret)}
    holds: set[bytes] = set()
    found: set[Violation] = set()
    for part, secrets in ((view.before, before), (view.after, after)):
        names = {window: name for name, secret in secrets.items() for window in windows(secret)}
        present = search(part, extra | names.keys())
        holds |= present.keys()
        found |= {
            Violation(party=party, secret=names[window], label=label)
            for window, label in present.items()
            if window in names
        }
    for name, secret in halves.items():
        if holds.isdisjoint(windows(secret)):
            raise LookupError(f"the view of the {party} does not show {name}")
    for each in received:
        chosen = [
            [any(form in holds for form in orders(head)) for head in each.heads(choice)] for choice in (0, 1)
        ]
        if not all(zero or one for zero, one in zip(*chosen, strict=True)):
            raise LookupError(f"the view of the {party} does not show what it received: {each.name}")
        if any(zero and one for zero, one in zip(*chosen, strict=True)):
            found.add(Violation(party=party, secret=each.name, label="transfers"))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfers:
    """Oblivious transfers of one kind: both messages of each, uint64[n, 2] twice, as the sender's view has them."""

    name: str
    messages: tuple[Words, Words]

    def heads(self, choice: int) -> list[bytes]:
        """The first eight octets of every message for this choice."""
        octets = np.ascontiguousarray(self.messages[choice][:, 0]).astype("<u8").tobytes()
        return [octets[start : start + WINDOW] for start in range(0, len(octets), WINDOW)]


def transfers(sender: View) -> list[Transfers]:
    """All oblivious transfers that a party sends, from its view."""
    seeds = _blocks(sender.all("base.send_base/return")).reshape(-1, 2, 2)
    zero, one = (_blocks(sender.all(f"random_transfer.random_sender/return/{choice}")) for choice in (0, 1))
    found = [
        Transfers(name="both seeds of a base transfer", messages=(seeds[:, 0], seeds[:, 1])),
        Transfers(name="both messages of a random transfer", messages=(zero, one)),
    ]
    labels = sender.all("garbler.Garbler.send_chosen_labels/zero_labels")
    labels += sender.all("both_messages._Garbler.send_chosen_labels/zero_labels")
    if labels:
        zero = _blocks(labels)
        (difference,) = set(sender.all("garbler.Garbler.__init__/delta"))
        found.append(Transfers(name="both labels of an input", messages=(zero, zero ^ _blocks([difference]))))
    return found


def _blocks(recorded: list[bytes]) -> Words:
    if not recorded:
        raise LookupError("the sender's view does not show its transfers")
    return np.frombuffer(b"".join(recorded), "<u8").astype(np.uint64).reshape(-1, 2)
