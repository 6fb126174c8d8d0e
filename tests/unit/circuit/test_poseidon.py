"""Poseidon: the published values, the circuit against the function, commitments."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.zkp import poseidon as plain
from mpctls.zkp.bn254.constants import SCALAR_MODULUS
from mpctls.zkp.circuit.builder import Builder
from mpctls.zkp.circuit.encoding import assert_opening, commit, mask_of_blinder, masked_commit
from mpctls.zkp.circuit.poseidon import poseidon
from tests.unit.circuit.building import gadget
from tests.unit.foundation.refusals import refused

ELEMENTS = st.integers(0, SCALAR_MODULUS - 1)

# circomlib 2.0.5, test/poseidoncircuit.js, and circomlibjs for (1), (1, 2, 3), (1 … 4), (1 … 16).
KNOWN = {
    (1,): 18586133768512220936620570745912940619677854269274689475585506675881198879027,
    (1, 2): 7853200120776062878684798364095072458815029376092732009249414926327459813530,
    (3, 4): 14763215145315200506921711489642608356394854266165572616578112107564877678998,
    (1, 2, 3): 6542985608222806190361240322586112750744169038454362455181422643027100751666,
    (1, 2, 3, 4): 18821383157269793795438455681495246036402687001665670618754263018637548127333,
    (1, 2, 0, 0, 0): 1018317224307729531995786483840663576608797660851238720571059489595066344487,
    (1, 2, 3, 4, 5, 6): 20400040500897583745843009878988256314335038853985262692600694741116813247201,
    tuple(range(1, 15)): 8354478399926161176778659061636406690034081872658507739535256090879947077494,
    tuple(range(1, 17)): 9989051620750914585850546081941653841776809718687451684622678807385399211877,
}


@pytest.mark.parametrize("inputs", KNOWN)
def test_gives_the_values_of_circomlib(inputs: tuple[int, ...]) -> None:
    assert plain.poseidon(inputs) == KNOWN[inputs]


@pytest.mark.parametrize("arity", [1, 2, 3, 4, 5, 8, 16])
def test_the_circuit_computes_the_function(arity: int) -> None:
    built = gadget(arity, lambda builder, x: [poseidon(builder, x)])
    for inputs in (range(1, arity + 1), [SCALAR_MODULUS - 1] * arity, [0] * arity):
        assert [value % SCALAR_MODULUS for value in built(*inputs)] == [plain.poseidon(list(inputs))]


def test_constant_inputs_fold_without_changing_the_value() -> None:
    built = gadget(1, lambda builder, x: [poseidon(builder, [7, x[0], 9])])
    assert [value % SCALAR_MODULUS for value in built(8)] == [plain.poseidon([7, 8, 9])]


@pytest.mark.parametrize("inputs", [[], list(range(17)), [SCALAR_MODULUS], [-1]])
def test_refuses_what_is_no_input(inputs: list[int]) -> None:
    with pytest.raises(ValueError, match="Poseidon"):
        plain.poseidon(inputs)


def test_has_no_parameters_over_another_field() -> None:
    with pytest.raises(ValueError, match="BN254"):
        gadget(1, lambda builder, x: [poseidon(builder, x)], modulus=17)


@settings(max_examples=10)
@given(st.lists(ELEMENTS, min_size=2, max_size=4), ELEMENTS)
def test_length_and_kind_separate(elements: list[int], blinder: int) -> None:
    heads = {plain.header(kind, 1, length) for kind in (1, 2) for length in (31, 32)}
    assert len({plain.commit(head, 5, blinder, elements) for head in heads}) == 4
    assert plain.commit(1, 5, blinder, elements) != plain.commit(1, 5, blinder, [*elements, 0])


@pytest.mark.parametrize("count", [1, 13, 14, 28, 29])
def test_commitments_agree_on_both_sides_of_the_chaining_limit(count: int) -> None:
    head = plain.header(plain.KIND_ENCODING, 1, 31 * count)
    built = gadget(count + 2, lambda builder, x: [commit(builder, head, x[0], x[1], x[2:])])
    inputs = [SCALAR_MODULUS - 3 - index for index in range(count + 2)]
    expected = plain.commit(head, inputs[0], inputs[1], inputs[2:])
    assert [value % SCALAR_MODULUS for value in built(*inputs)] == [expected]


@pytest.mark.parametrize("count", [1, 13, 14, 29])
def test_a_masked_blinder_gives_the_commitment_of_its_blinder(count: int) -> None:
    head = plain.header(plain.KIND_ENCODING, 1, 31 * count)
    built = gadget(count + 2, lambda builder, x: [masked_commit(builder, head, x[0], x[1], x[2:])])
    check, blinder, *elements = (SCALAR_MODULUS - 3 - index for index in range(count + 2))
    mask = mask_of_blinder(head, check, blinder, elements)
    assert mask != mask_of_blinder(head, check, blinder + 1, elements)
    expected = plain.commit(head, check, blinder, elements)
    assert [value % SCALAR_MODULUS for value in built(check, mask, *elements)] == [expected]


def test_every_mask_has_one_blinder() -> None:
    """x^5 permutes the field, and β's power reaches the first element of the state: so masks permute it as well."""
    assert math.gcd(5, SCALAR_MODULUS - 1) == 1
    for inputs, place in ((4, 2), (16, 1)):
        assert plain.parameters(inputs + 1).matrix[0][place + 1]


def test_packs_octets_little_endian_by_31() -> None:
    octets = bytes(range(1, 34))
    assert plain.pack(octets) == [int.from_bytes(octets[:31], "little"), 32 + 256 * 33]


class TestOpening:
    """The opening relation: nothing but the committed elements, m, β and header opens."""

    HEAD = plain.header(plain.KIND_ENCODING, 1, 40)

    def opens(self, commitment: int, offset: int, factor: int, blinder: int, *elements: int) -> None:
        builder = Builder()
        publics = builder.publics("public", 3)
        hidden = builder.privates("hidden", 1 + len(elements))
        assert_opening(
            builder,
            commitment=publics[0],
            offset=publics[1],
            factor=publics[2],
            head=self.HEAD,
            masked=hidden[0],
            elements=hidden[1:],
        )
        check = offset + sum(factor**power * element for power, element in enumerate(elements, 1))
        mask = mask_of_blinder(self.HEAD, check % SCALAR_MODULUS, blinder, elements)
        builder.finish().witness({"public": [commitment, offset, factor], "hidden": [mask, *elements]})

    def test_opens_what_was_committed(self) -> None:
        check = (11 + 3 * 5 + 9 * 6) % SCALAR_MODULUS
        self.opens(plain.commit(self.HEAD, check, 2, [5, 6]), 11, 3, 2, 5, 6)

    @pytest.mark.parametrize(
        ("offset", "factor", "blinder", "elements"),
        [(12, 3, 2, (5, 6)), (11, 4, 2, (5, 6)), (11, 3, 1, (5, 6)), (11, 3, 2, (6, 5)), (11, 3, 2, (5, 7))],
    )
    def test_opens_nothing_else(
        self, offset: int, factor: int, blinder: int, elements: tuple[int, ...]
    ) -> None:
        commitment = plain.commit(self.HEAD, 11 + 3 * 5 + 9 * 6, 2, [5, 6])
        with refused("zero-knowledge/unsatisfied"):
            self.opens(commitment, offset, factor, blinder, *elements)

    def test_a_commitment_to_a_wrong_check_does_not_open(self) -> None:
        with refused("zero-knowledge/unsatisfied"):
            self.opens(plain.commit(self.HEAD, 11 + 3 * 5 + 9 * 6 + 1, 2, [5, 6]), 11, 3, 2, 5, 6)
