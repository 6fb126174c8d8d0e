"""Sums, selection, equality and comparison against integers, with their AND counts."""

from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.mpc.circuits import gadgets
from mpctls.reference.mpc.circuits.builder import Builder
from mpctls.reference.mpc.circuits.circuit import Circuit, run

SIZE = 12
words = st.integers(0, (1 << SIZE) - 1)


def comparison() -> Circuit:
    builder = Builder("comparison")
    left, right = builder.take_input(SIZE), builder.take_input(SIZE)
    difference, _ = gadgets.subtract(builder, left, right)
    return builder.finish(
        [gadgets.equal(builder, left, right)], [gadgets.at_least(builder, left, right)], difference
    )


@given(left=words, right=words)
def test_compares_unsigned_integers(left: int, right: int) -> None:
    for first, second in ((left, right), (left, left)):
        expected = (int(first == second), int(first >= second), (first - second) % (1 << SIZE))
        assert run(comparison(), first, second) == expected


def test_comparison_costs_one_and_a_bit() -> None:
    # Equality one less; the first borrow is one AND as well, because it starts from a constant.
    assert comparison().and_count == (SIZE - 1) + SIZE


@given(choice=st.integers(0, 1), chosen=words, other=words)
def test_selects(choice: int, chosen: int, other: int) -> None:
    builder = Builder("selection")
    (bit,), yes, no = builder.take_input(1), builder.take_input(SIZE), builder.take_input(SIZE)
    circuit = builder.finish(gadgets.select(builder, bit, yes, no))
    assert circuit.and_count == SIZE
    assert run(circuit, choice, chosen, other) == (chosen if choice else other,)


@given(variable=st.lists(words, min_size=1, max_size=5), known=st.lists(words, max_size=3))
def test_adds_words_and_constants(variable: list[int], known: list[int]) -> None:
    builder = Builder("sum")
    operands = [builder.take_input(SIZE) for _ in variable]
    constants = [gadgets.constant(value, SIZE) for value in known]
    circuit = builder.finish(gadgets.add_words(builder, *operands, *constants, size=SIZE))
    assert run(circuit, *variable) == ((sum(variable) + sum(known)) % (1 << SIZE),)


@given(value=words)
def test_adds_a_word_to_itself_and_its_inverse(value: int) -> None:
    builder = Builder("same")
    operand = builder.take_input(SIZE)
    inverse = [builder.invert(bit) for bit in operand]
    circuit = builder.finish(
        gadgets.add_words(builder, operand, operand, inverse, gadgets.constant(1, SIZE), size=SIZE)
    )
    assert run(circuit, value) == (value,)


def test_addition_of_two_words_costs_one_and_a_bit_but_the_last() -> None:
    builder = Builder("sum")
    left, right = builder.take_input(32), builder.take_input(32)
    assert builder.finish(gadgets.add_words(builder, left, right, size=32)).and_count == 31


def test_reverses_octets() -> None:
    builder = Builder("reverse")
    circuit = builder.finish(gadgets.reverse_octets(builder.take_input(24)))
    assert run(circuit, 0x010203) == (0x030201,)
