"""Circuits as Bristol Fashion files, the field's exchange format, in and out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...foundation.errors import Refused
from .allocation import allocate, wires_of
from .circuit import AND, INV, XOR, Circuit

# Limits on what is read: octets of the file, gates, groups, bits of all groups.
FILE_LIMIT: Final = 1 << 26
GATE_LIMIT: Final = 1 << 21
GROUP_LIMIT: Final = 64
BIT_LIMIT: Final = 1 << 20

_OPERATIONS: Final = {"XOR": XOR, "AND": AND, "INV": INV}
_NAMES: Final = {number: name for name, number in _OPERATIONS.items()}
_COPY: Final = "EQW"
_MAXIMUM_DIGITS: Final = 10


def export_bristol(circuit: Circuit) -> str:
    """Return the circuit in Bristol Fashion, gates in the same order, every value on a wire of its own.

    The format wants the outputs on the last wires: gates that compute them are numbered so, and an output
    that is an input or appears twice is copied there by an EQW gate.
    """
    gates, outputs = wires_of(circuit)
    inputs = circuit.input_count
    first_use = {wire: position for position, wire in reversed(list(enumerate(outputs)))}
    copied = {
        position for position, wire in enumerate(outputs) if wire < inputs or first_use[wire] != position
    }
    total = inputs + len(gates) + len(copied)
    first_output = total - len(outputs)
    number = list(range(inputs)) + [-1] * len(gates)
    for position, wire in enumerate(outputs):
        if position not in copied:
            number[wire] = first_output + position
    following = inputs
    for wire in range(inputs, inputs + len(gates)):
        if number[wire] < 0:
            number[wire] = following
            following += 1
    lines = [
        f"{len(gates) + len(copied)} {total}",
        " ".join(map(str, (len(circuit.input_sizes), *circuit.input_sizes))),
        " ".join(map(str, (len(circuit.output_sizes), *circuit.output_sizes))),
        "",
    ]
    for wire, (operation, left, right) in enumerate(gates, start=inputs):
        operands = f"1 1 {number[left]}" if operation == INV else f"2 1 {number[left]} {number[right]}"
        lines.append(f"{operands} {number[wire]} {_NAMES[operation]}")
    lines.extend(
        f"1 1 {number[outputs[position]]} {first_output + position} {_COPY}" for position in sorted(copied)
    )
    return "\n".join(lines) + "\n"


def import_bristol(text: str, *, name: str) -> Circuit:
    """Read a Bristol Fashion file with the gates XOR, AND, INV and EQW (a copy, which needs no gate here).

    Ensures that every wire is defined exactly once and before it is read, that the counts of the header hold,
    and that nothing follows the last gate. Rejects an oversized file with `circuit/too-large` and anything
    else that is not such a file with `circuit/not-bristol`. Bits of a group are taken as they stand: which
    end of a number comes first is the file's own convention. Source: the page "(Bristol Fashion) MPC
    Circuits" of KU Leuven's COSIC group.
    """
    if len(text) > FILE_LIMIT:
        raise Refused("circuit/too-large", f"a file of more than {FILE_LIMIT} characters")
    lines = _lines(text)
    gate_count, wire_count = _numbers(next(lines, []), 2)
    if gate_count > GATE_LIMIT or wire_count > GATE_LIMIT + BIT_LIMIT:
        raise Refused("circuit/too-large", f"{gate_count} gates, {wire_count} wires")
    input_sizes = _sizes(next(lines, []))
    output_sizes = _sizes(next(lines, []))
    input_count, output_count = sum(input_sizes), sum(output_sizes)
    if wire_count != input_count + gate_count or output_count > wire_count:
        raise Refused("circuit/not-bristol", "the wires are not the inputs and one for each gate")
    # The wire of the circuit that holds each wire of the file.
    held = list(range(input_count)) + [-1] * gate_count
    gates: list[tuple[int, int, int]] = []
    for _ in range(gate_count):
        operation, sources, target = _gate(next(lines, []), held)
        if operation == _COPY:
            held[target] = sources[0]
        else:
            gates.append((_OPERATIONS[operation], sources[0], sources[-1]))
            held[target] = input_count + len(gates) - 1
    if next(lines, None) is not None:
        raise Refused("circuit/not-bristol", "something follows the last gate")
    return allocate(
        name=name,
        input_sizes=input_sizes,
        output_sizes=output_sizes,
        gates=gates,
        outputs=held[wire_count - output_count :],
    )


def _lines(text: str) -> Iterator[list[str]]:
    """Yield the cells of each line that has any."""
    for line in text.split("\n"):
        cells = line.split()
        if cells:
            yield cells


def _numbers(cells: list[str], count: int) -> list[int]:
    """Read exactly `count` numbers in decimal."""
    if len(cells) != count:
        raise Refused("circuit/not-bristol", f"{len(cells)} cells where {count} belong")
    for cell in cells:
        if len(cell) > _MAXIMUM_DIGITS or not (cell.isascii() and cell.isdigit()) or str(int(cell)) != cell:
            raise Refused("circuit/not-bristol", "a number is not in canonical decimal")
    return [int(cell) for cell in cells]


def _sizes(cells: list[str]) -> tuple[int, ...]:
    """Read the sizes of the input or of the output groups."""
    groups, *sizes = _numbers(cells, len(cells)) if cells else [0]
    if groups > GROUP_LIMIT or sum(sizes) > BIT_LIMIT:
        raise Refused("circuit/too-large", f"{groups} groups of {sum(sizes)} bits")
    if groups == 0 or groups != len(sizes) or 0 in sizes:
        raise Refused("circuit/not-bristol", "the groups are not as announced")
    return tuple(sizes)


def _gate(cells: list[str], held: list[int]) -> tuple[str, list[int], int]:
    """Read one gate: its operation, the circuit's wires it reads, the file's wire it defines."""
    operation = cells[-1] if cells else ""
    if operation not in _OPERATIONS and operation != _COPY:
        raise Refused("circuit/not-bristol", "a gate is missing or its operation unknown")
    operands = 1 if operation in ("INV", _COPY) else 2
    stated_operands, stated_results, *wires = _numbers(cells[:-1], 3 + operands)
    if (stated_operands, stated_results) != (operands, 1):
        raise Refused("circuit/not-bristol", f"an {operation} gate of a wrong shape")
    if any(wire >= len(held) for wire in wires):
        raise Refused("circuit/not-bristol", "a wire is out of range")
    sources = [held[wire] for wire in wires[:-1]]
    if -1 in sources:
        raise Refused("circuit/not-bristol", "a gate reads a wire that is not defined yet")
    if held[wires[-1]] != -1:
        raise Refused("circuit/not-bristol", "a wire is defined twice")
    return operation, sources, wires[-1]
