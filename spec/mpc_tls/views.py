"""What each party learns, step by step: the table, and the log that every party's view is written to.

A party's own inputs and what it computes from its view are not listed: the table says what *arrives*. A
version of the protocol that hands a traffic key to the Prover would pass every honest test; it does not pass
this table, because the log refuses an item that the table does not have. TLS 1.2, deferred decryption.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ..diagram import Role


class ViewStep(StrEnum):
    """The parts of a session that the table distinguishes, in their order."""

    PARAMETERS = "parameters"
    PRE_MASTER_SECRET = "pre-master secret"
    KEY_SCHEDULE = "key schedule and Finished"
    SENT_RECORD = "sent record"
    RECEIVED_RECORD = "received record"
    CLOSE = "close"
    PROOF = "proof"
    SUBMISSION = "submission"


class Item(StrEnum):
    """A kind of value that a party can be shown."""

    CLIENT_RANDOM = "client random"
    SERVER_RANDOM = "server random"
    SERVER_EPHEMERAL_KEY = "server ephemeral key"
    PEER_KEY_SHARE = "key share of the peer"
    PEER_RANDOM = "randomness of the peer for the client random"
    CERTIFICATES = "certificates"
    SERVER_SIGNATURE = "signature of the server"
    MASTER_SECRET_MODE = "extended master secret or not, session hash"
    HANDSHAKE_COMMITMENT = "handshake commitment"
    CONVERSION_MESSAGE = "uniform message of a share conversion"
    RUNS_AGREE = "one bit: the two runs agree"
    INNER_STATE = "inner state of a key of HMAC"
    CHAIN_VALUE = "A(i) of the pseudorandom function"
    IMPLICIT_NONCE = "implicit nonce of a direction"
    HANDSHAKE_HASH = "handshake hash"
    CLIENT_VERIFY_DATA = "verify_data of the client"
    SERVER_VERIFY_DATA = "verify_data of the server"
    KEY_STREAM = "key stream of a sent record"
    KEY_STREAM_OF_SERVER_FINISHED = "key stream of received record 0"
    NOTARY_TAG_SHARE = "the notary's share of a tag"
    SHARE_OF_HASH_POWER = "own share of a power of the hash key of the sent direction"
    SHARE_OF_TAG_MASK = "own share of the tag mask of a sent record"
    CIPHERTEXT = "ciphertext with its content type"
    REGISTERED_RECORD = "complete protected record"
    NOTARY_PRE_MASTER_SECRET_SHARE = "the notary's share of the pre-master secret"
    HASH_KEY = "hash key of a direction"
    TAG_MASK = "tag mask of a record"
    COMMIT_CONFIG = "directions, ranges, kinds, lexical classes"
    COMMITMENTS = "commitments"
    ENCODING_MESSAGE = "m of an encoding commitment"
    ENCODING_COMMITMENTS = "encoding commitments"
    RELEASE = "offset and factor of an encoding commitment"


_BOTH_KEY_SCHEDULE = frozenset(
    {
        Item.INNER_STATE,
        Item.CHAIN_VALUE,
        Item.IMPLICIT_NONCE,
        Item.CLIENT_VERIFY_DATA,
        Item.SERVER_VERIFY_DATA,
    }
)

VIEWS: Mapping[ViewStep, Mapping[Role, frozenset[Item]]] = {
    ViewStep.PARAMETERS: {
        Role.PROVER: frozenset(
            {
                Item.PEER_KEY_SHARE,
                Item.PEER_RANDOM,
                Item.SERVER_RANDOM,
                Item.SERVER_EPHEMERAL_KEY,
                Item.CERTIFICATES,
                Item.SERVER_SIGNATURE,
            }
        ),
        Role.NOTARY: frozenset(
            {
                Item.PEER_KEY_SHARE,
                Item.PEER_RANDOM,
                Item.CLIENT_RANDOM,
                Item.SERVER_RANDOM,
                Item.SERVER_EPHEMERAL_KEY,
                Item.MASTER_SECRET_MODE,
                Item.HANDSHAKE_COMMITMENT,
            }
        ),
    },
    ViewStep.PRE_MASTER_SECRET: {
        Role.PROVER: frozenset({Item.CONVERSION_MESSAGE, Item.RUNS_AGREE}),
        Role.NOTARY: frozenset({Item.CONVERSION_MESSAGE, Item.RUNS_AGREE}),
    },
    ViewStep.KEY_SCHEDULE: {
        Role.PROVER: _BOTH_KEY_SCHEDULE,
        Role.NOTARY: _BOTH_KEY_SCHEDULE | {Item.HANDSHAKE_HASH},
    },
    ViewStep.SENT_RECORD: {
        Role.PROVER: frozenset(
            {Item.KEY_STREAM, Item.NOTARY_TAG_SHARE, Item.SHARE_OF_HASH_POWER, Item.SHARE_OF_TAG_MASK}
        ),
        Role.NOTARY: frozenset(
            {
                Item.CIPHERTEXT,
                Item.REGISTERED_RECORD,
                Item.CONVERSION_MESSAGE,
                Item.SHARE_OF_HASH_POWER,
                Item.SHARE_OF_TAG_MASK,
            }
        ),
    },
    ViewStep.RECEIVED_RECORD: {
        Role.PROVER: frozenset({Item.KEY_STREAM_OF_SERVER_FINISHED}),
        Role.NOTARY: frozenset({Item.REGISTERED_RECORD}),
    },
    ViewStep.CLOSE: {
        Role.PROVER: frozenset({Item.NOTARY_PRE_MASTER_SECRET_SHARE}),
        Role.NOTARY: frozenset(),
    },
    ViewStep.PROOF: {
        Role.PROVER: frozenset(),
        Role.NOTARY: frozenset({Item.HASH_KEY, Item.TAG_MASK}),
    },
    ViewStep.SUBMISSION: {
        Role.PROVER: frozenset({Item.ENCODING_MESSAGE, Item.RELEASE}),
        Role.NOTARY: frozenset(
            {Item.COMMIT_CONFIG, Item.COMMITMENTS, Item.ENCODING_COMMITMENTS, Item.RELEASE}
        ),
    },
}
"""For every step, what Prover and Notary learn. Nothing else appears in either view."""


class UnspecifiedViewError(Exception):
    """A step would show a party something that the table does not list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One value that one party was shown."""

    step: ViewStep
    item: Item
    octets: bytes


class ViewLog:
    """Everything that arrived at each party, in order; an item outside the table is refused."""

    def __init__(self) -> None:
        self._observations: dict[Role, list[Observation]] = {Role.PROVER: [], Role.NOTARY: []}

    def show(self, role: Role, step: ViewStep, item: Item, octets: bytes) -> bytes:
        """Add a value to a party's view and return it."""
        if item not in VIEWS[step].get(role, frozenset()):
            raise UnspecifiedViewError(f"{step}: the {role.value} does not learn {item}")
        self._observations[role].append(Observation(step=step, item=item, octets=octets))
        return octets

    def show_both(self, step: ViewStep, item: Item, octets: bytes) -> bytes:
        """Add a value to both views and return it."""
        for role in self._observations:
            self.show(role, step, item, octets)
        return octets

    def of(self, role: Role) -> tuple[Observation, ...]:
        """A party's whole view so far."""
        return tuple(self._observations[role])
