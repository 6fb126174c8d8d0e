"""The message in the circuit is the one that SHA-256 reads, for every length; what does not fit has no witness."""

from __future__ import annotations

import functools

import pytest

from mpctls.zkp.bridge.lengths import longest, shortest
from mpctls.zkp.bridge.message import filling, message
from mpctls.zkp.circuit.bits import recompose
from mpctls.zkp.circuit.builder import Builder
from mpctls.zkp.circuit.expressions import Expression
from tests.unit.circuit.building import Gadget, gadget
from tests.unit.foundation.refusals import refused

from .committed import content

BLINDER = bytes(range(200, 216))
CONTEXT = b"mpctls/1/hash-commitment/sha256\0"


@functools.cache
def layout(blocks: int) -> Gadget:
    """Inputs: the length, then the filled octets. Outputs: the message's octets, then those of the content."""

    def build(builder: Builder, wires: tuple[Expression, ...]) -> list[Expression]:
        laid_out = message(builder, blocks, wires[0], wires[1:])
        return [*(recompose(builder, bits) for bits in laid_out.bits), *laid_out.octets]

    return gadget(1 + filling(blocks), build)


def filled(blocks: int, octets: bytes) -> bytes:
    return octets.ljust(filling(blocks), b"\0")


@pytest.mark.parametrize("blocks", [1, 2])
def test_every_length(blocks: int) -> None:
    for length in range(shortest(blocks), longest(blocks) + 1):
        octets = content(length)
        unpadded = CONTEXT.ljust(64, b"\0") + length.to_bytes(4, "little") + octets + BLINDER
        padded = unpadded + b"\x80"
        padded += bytes(-(len(padded) + 8) % 64) + (8 * len(unpadded)).to_bytes(8, "big")
        assert len(padded) == 64 + 64 * blocks
        outputs = layout(blocks)(length, *filled(blocks, octets + BLINDER))
        assert bytes(outputs[: len(padded)]) == padded
        assert bytes(outputs[len(padded) :]) == octets.ljust(longest(blocks), b"\0")


@pytest.mark.parametrize(
    ("blocks", "length"), [(1, 0), (1, 36), (1, 99), (1, -1), (2, 35), (2, 100), (2, 0), (2, 1 << 32)]
)
def test_a_length_of_another_bridge(blocks: int, length: int) -> None:
    with refused("zero-knowledge/unsatisfied"):
        layout(blocks)(length, *bytes(filling(blocks)))


def test_something_after_the_blinder() -> None:
    """Also where the padding begins: what it adds to that octet is a bit that must be free."""
    for place in (9 + 16, 9 + 17, filling(1) - 1):
        changed = bytearray(filled(1, content(9) + BLINDER))
        changed[place] = 0x80
        with refused("zero-knowledge/unsatisfied"):
            layout(1)(9, *changed)


def test_what_is_no_octet() -> None:
    for place in (0, 8, 24):
        numbers = list(filled(1, content(9) + BLINDER))
        numbers[place] += 256
        with refused("zero-knowledge/unsatisfied"):
            layout(1)(9, *numbers)
