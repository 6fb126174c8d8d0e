"""Each challenge depends on everything that was sent before it (what "Frozen Heart" forgeries lived from)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from Crypto.Hash import keccak

from mpctls.zkp.bn254.constants import SCALAR_MODULUS
from mpctls.zkp.plonk import transcript
from mpctls.zkp.plonk.transcript import Point

CHALLENGES = ("beta", "gamma", "alpha", "xi", "v")


@dataclass(frozen=True, slots=True)
class Messages:
    """What is sent, in this order."""

    key: tuple[Point, ...] = tuple((index, index + 1) for index in range(8))
    publics: tuple[int, ...] = (11, 12)
    wires: tuple[Point, ...] = ((21, 22), (23, 24), (25, 26))
    permutation: tuple[Point, ...] = ((31, 32),)
    quotients: tuple[Point, ...] = ((41, 42), (43, 44), (45, 46))
    evaluations: tuple[int, ...] = (51, 52, 53, 54, 55, 56)


FIRST_AFTER = {
    "key": "beta",
    "publics": "beta",
    "wires": "beta",
    "permutation": "alpha",
    "quotients": "xi",
    "evaluations": "v",
}
"""The first challenge that comes after each kind of message."""

PLACES = [(name, index) for name in FIRST_AFTER for index in range(len(getattr(Messages(), name)))]


def challenges(sent: Messages) -> dict[str, int]:
    beta, gamma = transcript.permutation_challenges(sent.key, sent.publics, sent.wires)
    alpha = transcript.combination_challenge(beta, gamma, sent.permutation[0])
    xi = transcript.evaluation_challenge(alpha, sent.quotients)
    v = transcript.opening_challenge(xi, sent.evaluations)
    return dict(zip(CHALLENGES, (beta, gamma, alpha, xi, v), strict=True))


@pytest.mark.parametrize(("name", "index"), PLACES)
@pytest.mark.parametrize("coordinate", [0, 1])
def test_a_changed_message_changes_every_challenge_after_it(name: str, index: int, coordinate: int) -> None:
    messages = list(getattr(Messages(), name))
    if isinstance(messages[index], int):
        messages[index] += 1 + coordinate
    else:
        messages[index] = tuple(
            number + (place == coordinate) for place, number in enumerate(messages[index])
        )
    before, after = challenges(Messages()), challenges(replace(Messages(), **{name: tuple(messages)}))
    first = CHALLENGES.index(FIRST_AFTER[name])
    assert [before[each] != after[each] for each in CHALLENGES] == [
        position >= first for position in range(len(CHALLENGES))
    ]


def test_the_last_challenge_depends_on_both_openings() -> None:
    known = {
        transcript.separation_challenge(opening, shifted)
        for opening in ((1, 2), (1, 3), (2, 2))
        for shifted in ((5, 6), (5, 7), (6, 6))
    }
    assert len(known) == 9


def test_a_challenge_is_keccak_256_of_big_endian_numbers() -> None:
    octets = b"".join(number.to_bytes(32, "big") for number in (0, 0, 7, 1, 2))
    expected = int.from_bytes(keccak.new(digest_bits=256, data=octets).digest(), "big") % SCALAR_MODULUS
    assert transcript.challenge((None,), (7,), ((1, 2),)) == expected
