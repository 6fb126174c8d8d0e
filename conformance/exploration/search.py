"""Breadth-first search through all states of the exchange, and what must hold in each."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from mpctls.spec.commitments import encode_leaf
from mpctls.spec.merkle import tree_root
from mpctls.spec.messages import MerkleTreeRoot, SignedAttestation
from mpctls.spec.notary_states import NotaryDone
from mpctls.spec.prover_states import ProverAttested, ProverCommitted

from .exchange import (
    OWN_MOVE,
    PARTIES,
    PROVERS,
    Exchange,
    Message,
    OwnMove,
    Party,
    Place,
    awaited,
    decoded,
    goes_on,
    made_of,
)
from .sessions import HIDDEN, NOTARY, TREE_ALGORITHM

NOT_OF_THIS_SESSION = "a Prover keeps an attestation that is not of its session"
NOT_OF_THE_NOTARY = "a Prover keeps an attestation that its Notary did not sign"
UNTRUE_COMMITMENTS = "a Notary builds its tree over commitments that are not true"
SIGNED_TOO_EARLY = "a Notary signs before config, commitments and root"
HIDDEN_IS_SAID = "a message shows octets that stay hidden"

State: TypeAlias = tuple[Place, ...]
"""The places of all parties, in the order of PARTIES."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A property that does not hold in a state; `party` is who was misled, at the last message of its place."""

    rule: str
    party: Party
    state: State

    @property
    def place(self) -> Place:
        """What the party took."""
        return self.state[PARTIES.index(self.party)]


@dataclass(slots=True, kw_only=True)
class Searched:
    """How far a search came."""

    states: int = 0
    transitions: int = 0
    violation: Violation | None = None


def search(exchange: Exchange, progress: Callable[[Searched], None] = lambda _: None) -> Searched:
    """Visit every state, shortest ways first, to the first that violates a rule."""
    first: State = ((),) * len(PARTIES)
    seen, pending = {first}, deque([first])
    searched = Searched()
    while pending:
        state = pending.popleft()
        searched.states += 1
        if searched.states % 1000 == 0:
            progress(searched)
        searched.violation = next(_violations(exchange, state), None)
        if searched.violation is not None:
            break
        for following in _following(exchange, state):
            searched.transitions += 1
            if following not in seen:
                seen.add(following)
                pending.append(following)
    return searched


def _following(exchange: Exchange, state: State) -> Iterator[State]:
    known = [
        said for party, place in zip(PARTIES, state, strict=True) for said in exchange.said(party, place)
    ]
    for index, party in enumerate(PARTIES):
        step = exchange.at(party, state[index])
        moves: Iterable[Message | OwnMove] = ()
        kind = awaited(step.state)
        if goes_on(step.state):
            moves = (OWN_MOVE,)
        elif kind is not None and _partner_is_ready(state, party):
            moves = made_of(exchange, known, kind)
        for move in moves:
            place = (*state[index], move)
            # A party that refuses is at its end: there is nothing behind that state.
            if exchange.at(party, place).state is not None:
                yield (*state[:index], place, *state[index + 1 :])


def _partner_is_ready(state: State, party: Party) -> bool:
    """A Notary takes part in a proof only when the Prover of its session does."""
    return party in PROVERS or bool(state[party[1]])


def _violations(exchange: Exchange, state: State) -> Iterator[Violation]:
    for party, place in zip(PARTIES, state, strict=True):
        rules = _PROVER_RULES if party in PROVERS else _NOTARY_RULES
        for rule, holds in rules.items():
            if not holds(exchange, party, place):
                yield Violation(rule=rule, party=party, state=state)


def _attests_what_was_seen(exchange: Exchange, party: Party, place: Place) -> bool:
    """An attestation that a Prover keeps is about its own session, in every part that it can open."""
    attested = exchange.at(party, place).state
    if not isinstance(attested, ProverAttested):
        return True
    body, secrets = attested.attestation.body, attested.secrets
    session = exchange.sessions[party[1]]
    committed = exchange.at(party, (OWN_MOVE,)).state
    if not isinstance(committed, ProverCommitted):
        return False
    leaves = [encode_leaf(secret.commitment) for secret in committed.committed]
    tree = body.transcript_commitments
    return (
        secrets.key_exchange.commitment() == body.key_exchange_commitment
        and secrets.handshake.commitment() == body.handshake_commitment
        and (tree.leaf_count, tree.root) == (len(leaves), tree_root(tree.algorithm, leaves))
        and body.prover_extensions == session.extensions
        and body.connection_info.sent_length == len(session.prover.transcript.sent)
        and body.connection_info.received_length == len(session.prover.transcript.received)
    )


def _signed_by_the_notary(exchange: Exchange, party: Party, place: Place) -> bool:
    """An attestation that a Prover keeps has the trusted Notary's key and signature."""
    attested = exchange.at(party, place).state
    if not isinstance(attested, ProverAttested):
        return True
    trusted = exchange.sessions[party[1]].prover.connection.agreed.terms.verifying_key
    attestation = attested.attestation
    # Signatures are deterministic, so the Notary's can be made again.
    signature = NOTARY.sign(attestation.header.signature_input())
    return attestation.body.verifying_key == trusted and attestation.signature == signature


def _commitments_are_true(exchange: Exchange, party: Party, place: Place) -> bool:
    """What a Notary builds its tree over are the commitments of its own session's Prover."""
    for length in range(len(place) + 1):
        step = exchange.at(party, place[:length])
        for octets in step.said:
            message = decoded(octets)
            if isinstance(message, MerkleTreeRoot) and message.root != _true_root(exchange, party):
                return False
    return True


def _true_root(exchange: Exchange, party: Party) -> bytes:
    committed = exchange.at(("prover", party[1]), (OWN_MOVE,)).state.committed
    return tree_root(TREE_ALGORITHM, [encode_leaf(each.commitment) for each in committed])


def _signs_last(exchange: Exchange, party: Party, place: Place) -> bool:
    """A Notary signs only after config, commitments and root, each in its place."""
    signed = any(
        isinstance(decoded(exchange.octets(said)), SignedAttestation) for said in exchange.said(party, place)
    )
    done = isinstance(exchange.at(party, place).state, NotaryDone)
    return signed == done and (not signed or (len(place) == 3 and place[2] == OWN_MOVE))


def _hidden_stays_hidden(exchange: Exchange, party: Party, place: Place) -> bool:
    """No octets of what stays hidden are in anything that a party says."""
    secrets = [
        request.ranges.gather(session.prover.transcript.octets(request.direction))
        for session in exchange.sessions
        for request in session.config[HIDDEN:]
    ]
    said = [exchange.octets(each) for each in exchange.said(party, place)]
    return not any(secret in octets for octets in said for secret in secrets)


_Rule = Callable[[Exchange, Party, Place], bool]
_PROVER_RULES: dict[str, _Rule] = {
    NOT_OF_THIS_SESSION: _attests_what_was_seen,
    NOT_OF_THE_NOTARY: _signed_by_the_notary,
    HIDDEN_IS_SAID: _hidden_stays_hidden,
}
_NOTARY_RULES: dict[str, _Rule] = {
    UNTRUE_COMMITMENTS: _commitments_are_true,
    SIGNED_TOO_EARLY: _signs_last,
    HIDDEN_IS_SAID: _hidden_stays_hidden,
}
