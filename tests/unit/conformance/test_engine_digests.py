"""The digests of the engine's messages repeat, and depend on what they are said to depend on."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from mpctls.conformance.adapters.reference_in_process import engine_digests
from mpctls.reference.mpc.duplex import memory_pair

PARTIES = ("sent_by_the_prover", "sent_by_the_notary")


def _sent(document: str, party: str) -> list[dict[str, Any]]:
    return cast(list[dict[str, Any]], json.loads(document)[party])


@pytest.mark.slow
def test_the_same_seeds_give_the_same_messages() -> None:
    first = engine_digests.rendered()
    assert first == engine_digests.rendered()
    for party in PARTIES:
        steps = [entry["step"] for entry in _sent(first, party)]
        assert {"preprocessing", "key exchange", "finalisation"} <= set(steps)


@pytest.mark.slow
def test_another_seed_of_one_party_changes_what_it_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = engine_digests.rendered()
    monkeypatch.setattr(engine_digests, "_SEEDS", (engine_digests._SEEDS[0], b"another seed"))
    other = engine_digests.rendered()
    for party in PARTIES:
        pairs = list(zip(_sent(usual, party), _sent(other, party), strict=True))
        assert all(
            (left["kind"], left["octets"]) == (right["kind"], right["octets"]) for left, right in pairs
        )
        assert any(left["sha256"] != right["sha256"] for left, right in pairs)


def test_what_is_kept_is_what_is_sent() -> None:
    log = engine_digests._Log(step="a step")
    sender, receiver = memory_pair(1.0)
    engine_digests._Recorded(sender, log).send(7, b"octets")
    assert receiver.receive(7, 6) == b"octets"
    assert log.entries == [
        {
            "step": "a step",
            "kind": 7,
            "octets": 6,
            "sha256": "eca54ebd28da6204c42104bd66e65d8a33a34af4295a473ef5b2583679a5e2e1",
        }
    ]
