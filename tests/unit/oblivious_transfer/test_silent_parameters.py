"""The parameters of silent transfers resist what attacks on learning parity with regular noise are known."""

from __future__ import annotations

import pytest
from benchmarks.parity_hardness import Instance, attacks

from mpctls.reference.mpc.oblivious_transfer.silent_parameters import PARAMETERS, SilentParameters

SECURITY_BITS = 128
MARGIN_BITS = 8


@pytest.mark.parametrize("parameters", PARAMETERS.values(), ids=PARAMETERS.keys())
def test_every_known_attack_costs_more_than_the_security_level_by_the_margin(
    parameters: SilentParameters,
) -> None:
    found = attacks(Instance(n=parameters.length, k=parameters.secret, t=parameters.blocks))
    assert min(found.values()) >= SECURITY_BITS + MARGIN_BITS, found


@pytest.mark.parametrize(
    ("instance", "attack", "at_most"),
    [
        # Parameters in wide use before 2023, which the algebraic attacks put below 128 bits.
        (Instance(n=10_180_608, k=124_000, t=4971), "algebraic", 112),
        (Instance(n=10_180_608, k=124_000, t=4971), "hybrid", 100),
        # Ferret's own for its first step.
        (Instance(n=649_728, k=36_288, t=1269), "algebraic, second version", 128),
        (Instance(n=649_728, k=36_288, t=1269), "hybrid", 124),
    ],
)
def test_estimates_see_the_attacks_that_older_parameters_fall_to(
    instance: Instance, attack: str, at_most: float
) -> None:
    assert attacks(instance)[attack] < at_most


def test_batch_gains_more_than_it_consumes() -> None:
    assert all(2 * each.consumed < each.length for each in PARAMETERS.values())
