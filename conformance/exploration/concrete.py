"""Attacks that were found on symbolic terms, made again with real cryptography, as inputs of operations.

A finding says which parts were taken from where; so the same parts of two real sessions make the same attack, which an
implementation with the flaw takes and every other one refuses.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from mpctls.spec.files import encode_file
from mpctls.spec.tls.handshake_messages import HandshakeData

from ..fields import Fields, flag, listed, number, optional
from .exchange import OWN_MOVE, Exchange, OwnMove, Place, Said
from .forgeries import ASKED, Loot, Recipe, loot_of, put_together
from .search import Violation
from .sessions import NOTARY, NOW, TREE_ALGORITHM, session

_MATERIAL = Path(__file__).resolve().parents[1] / "material" / "exploration.json"
TOLERANCE = 60


@cache
def _material() -> Any:
    return json.loads(_MATERIAL.read_text(encoding="ascii"))


def _certify(server_name: str, _client: bytes, _server: bytes, _key: bytes) -> HandshakeData:
    """What the Server sent, made once over the randoms that its session always has."""
    return HandshakeData.decode(bytes.fromhex(_material()["handshake_data"][server_name]))


@cache
def exchange() -> Exchange:
    """Both sessions, with real cryptography."""
    return Exchange(sessions=(session(0, _certify), session(1, _certify)))


@cache
def _loot() -> Loot:
    return loot_of(exchange())


def presented(recipe: Recipe) -> Fields:
    """The input of `verification/verify` that shows the presentation of a recipe."""
    trusted = listed([NOTARY.verifying_key.encode(), number(NOW - 1000), number(NOW + 1000)])
    return {
        "file": encode_file(put_together(_loot(), recipe)),
        "trust": listed([trusted]),
        "roots": listed([bytes.fromhex(_material()["root"])]),
        "now": number(NOW),
        "server names": optional(None),
        "maximum age": optional(None),
        "required extensions": listed([]),
        "challenge": optional(listed([ASKED.audience.encode(), ASKED.nonce])),
    }


def session_fields(party_number: int) -> dict[str, bytes]:
    """The fields of a session after its connection, as the operations of the later stages take them."""
    made = exchange().sessions[party_number]
    connection, transcript = made.prover.connection, made.prover.transcript
    committed = exchange().at(("prover", party_number), (OWN_MOVE,)).state.committed
    signed = _loot().attested[party_number]
    return {
        "key": bytes([NOTARY.algorithm]) + NOTARY.secret,
        "session id": connection.agreed.terms.session_id,
        "handshake": made.notary.connection.parameters.encode(),
        "handshake data": connection.handshake.handshake_data.encode(),
        "handshake blinder": connection.handshake_blinder,
        "server name": connection.handshake.server_name.encode(),
        "sent": transcript.sent,
        "received": transcript.received,
        "config": listed([each.encode() for each in made.config]),
        "blinders": listed([each.opening.blinder for each in committed]),
        "released": listed([b""] * len(made.config)),
        "tree algorithm": number(TREE_ALGORITHM),
        "body algorithm": number(TREE_ALGORITHM),
        "prover extensions": listed([each.encode() for each in made.extensions]),
        "notary extensions": listed([]),
        "closure": number(made.prover.closure),
        "now": number(NOW),
        "key exchange blinder": signed.secrets.key_exchange.blinder,
        "attestation id": signed.attestation.header.attestation_id,
    }


def honest(role: str) -> tuple[str, Fields]:
    """The operation by which the first session's Prover or Notary comes to an honest end, and its input."""
    prover: Place = (OWN_MOVE,)
    notary: Place = (Said(("prover", 0), prover, 0), Said(("prover", 0), prover, 1))
    if role == "notary":
        return given(role, 0, notary)
    end: Place = (*prover, Said(("notary", 0), notary, 0), Said(("notary", 0), (*notary, OWN_MOVE), 0))
    return given(role, 0, end)


def taken(violation: Violation) -> tuple[str, Fields]:
    """The operation at which a party was misled, and its input."""
    role, party_number = violation.party
    return given(role, party_number, violation.place)


def given(role: str, party_number: int, place: Place) -> tuple[str, Fields]:
    """The operation by which a party comes to the end of a place, and its input."""
    messages = [exchange().octets(each) for each in place if not isinstance(each, OwnMove)]
    fields = session_fields(party_number)
    if role == "prover" and len(place) == 1:
        return "data_submission/commit", fields
    if role == "prover":
        waiting = {"messages": listed(messages), "tolerance": number(TOLERANCE), "deviates": flag(False)}
        return "attestation_generation/accept", {**fields, **waiting}
    # A Notary that signs without commitments is given the honest ones, which it should have waited for.
    commitments = messages[1:] or [exchange().octets(Said(("prover", party_number), (OWN_MOVE,), 1))]
    return "data_submission/check-commitments", {**fields, "messages": listed(commitments)}
