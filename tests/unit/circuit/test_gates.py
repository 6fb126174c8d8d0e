"""Rows of PLONK: the same witnesses satisfy them, few of them, public rows first."""

from __future__ import annotations

import pytest

from mpctls.zkp import poseidon as plain
from mpctls.zkp.circuit.bounded import bounded_constant
from mpctls.zkp.circuit.builder import Builder
from mpctls.zkp.circuit.comparison import at_most
from mpctls.zkp.circuit.decimal import parse
from mpctls.zkp.circuit.encoding import assert_opening, mask_of_blinder
from mpctls.zkp.circuit.gates import GateTable, lower
from mpctls.zkp.circuit.octets import octet_bits, pack
from mpctls.zkp.circuit.sha256 import digest
from mpctls.zkp.circuit.statement import bind_statement
from tests.unit.circuit.building import failing_rows


def _decimal_threshold() -> tuple[Builder, dict[str, list[int]]]:
    """A decimal of 16 octets in an encoding commitment is at least 1000.00."""
    text = b"1234567890123.45"
    builder = Builder()
    limbs = builder.publics("statement", 2)
    commitment, offset, factor = builder.publics("field", 3)
    octets, masked = builder.privates("octets", len(text)), builder.private("masked")
    bind_statement(builder, limbs)
    head = plain.header(plain.KIND_ENCODING, 1, len(text))
    elements = pack(builder, octets)
    assert_opening(
        builder,
        commitment=commitment,
        offset=offset,
        factor=factor,
        head=head,
        masked=masked,
        elements=elements,
    )
    builder.assert_equal(at_most(builder, bounded_constant(builder, 100000), parse(builder, octets, 2)), 1)
    [element] = plain.pack(text)
    check = (5 + 7 * element) % builder.modulus
    value, mask = plain.commit(head, check, 9, [element]), mask_of_blinder(head, check, 9, [element])
    return builder, {"statement": [3, 4], "field": [value, 5, 7], "octets": list(text), "masked": [mask]}


@pytest.fixture(scope="module")
def threshold() -> tuple[GateTable, list[int], list[int]]:
    builder, inputs = _decimal_threshold()
    circuit = builder.finish()
    witness = circuit.witness(inputs)
    table = lower(circuit)
    return table, table.extend(witness), circuit.public_values(witness)


def test_rows_hold_for_the_witness(threshold: tuple[GateTable, list[int], list[int]]) -> None:
    assert failing_rows(*threshold) == []


def test_the_value_of_a_decimal_takes_little_more_than_half_of_2_to_the_11(
    threshold: tuple[GateTable, list[int], list[int]],
) -> None:
    assert threshold[0].row_count <= 1150


def test_every_wire_of_the_circuit_is_checked_by_some_row(
    threshold: tuple[GateTable, list[int], list[int]],
) -> None:
    table, wires, publics = threshold
    rows: dict[int, set[int]] = {}
    for column in (table.left, table.right, table.output):
        for row, wire in enumerate(column.tolist()):
            rows.setdefault(wire, set()).add(row)
    for wire in range(1, len(wires)):
        changed = list(wires)
        changed[wire] += 1
        assert failing_rows(table, changed, publics, rows[wire]), wire


def test_public_rows_come_first(threshold: tuple[GateTable, list[int], list[int]]) -> None:
    table = threshold[0]
    assert table.left[: table.public_count].tolist() == list(range(1, table.public_count + 1))
    selectors = [
        [table.coefficients[index] for index in row]
        for row in table.coefficient_indices[: table.public_count].tolist()
    ]
    assert selectors == [[0, 1, 0, 0, 0]] * table.public_count


def test_selectors_are_canonical_little_endian_words(
    threshold: tuple[GateTable, list[int], list[int]],
) -> None:
    table = threshold[0]
    assert table.selectors.shape == (table.row_count, 5, 4)
    for row in (0, 5, table.row_count - 1):
        for place in range(5):
            value = int.from_bytes(table.selectors[row, place].astype("<u8").tobytes(), "little")
            assert value == table.coefficients[int(table.coefficient_indices[row, place])] < table.modulus


def test_wire_zero_stands_for_zero_and_constants_stand_in_their_selector() -> None:
    builder = Builder(97)
    x, y = builder.privates("x", 2)
    builder.assert_product(3 * x + 4, 5 * y + 6, 7 * x - 8 * y + 41)
    builder.assert_equal(x + 2 * y, 10)
    builder.assert_equal(3 * x, 12)
    circuit = builder.finish()
    table = lower(circuit)
    wires = table.extend(circuit.witness({"x": [4, 3]}))
    assert wires[0] == 0
    assert failing_rows(table, wires, []) == []
    assert failing_rows(table, table.extend([1, 4, 4]), []) == [0, 1]
    assert failing_rows(table, table.extend([1, 5, 3]), []) == [0, 1, 2]


def test_sums_with_a_common_beginning_share_rows() -> None:
    builder = Builder()
    x = builder.privates("x", 9)
    for factor in (1, 3):
        builder.multiply(builder.sum(x[:8]) * factor + x[8], x[0])
    assert lower(builder.finish()).row_count == 7 + 2 * 1 + 2


def test_a_witness_of_another_circuit_is_an_error(threshold: tuple[GateTable, list[int], list[int]]) -> None:
    with pytest.raises(ValueError, match="another circuit"):
        threshold[0].extend([1, 2, 3])


@pytest.mark.slow
def test_one_block_of_sha256_fits_2_to_the_16_rows() -> None:
    builder = Builder()
    octets = builder.privates("x", 55)
    digest(builder, [octet_bits(builder, octet) for octet in octets])
    circuit = builder.finish()
    assert circuit.constraint_count <= 30_000
    table = lower(circuit)
    assert table.row_count <= 50_000
    assert failing_rows(table, table.extend(circuit.witness({"x": list(range(55))})), []) == []
