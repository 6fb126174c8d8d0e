"""What the vectors of key exchange and MPC-TLS say beside their outcomes is true: shares, halves, digests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest

from mpctls.conformance.adapters.reference_in_process import ReferenceInProcess
from mpctls.conformance.fields import read_list
from mpctls.conformance.generation.families import families
from mpctls.conformance.generation.key_exchange.points import no_points, public_key
from mpctls.conformance.generation.rendering import specified_operations
from mpctls.conformance.generation.tls_session.authoring import Accepted, changes
from mpctls.conformance.generation.vector import Family, MutationKind, Vector
from mpctls.conformance.outcomes import Accepted as AcceptedOutcome
from mpctls.spec.algebra.p256 import FIELD_PRIME, Point, is_on_curve
from mpctls.spec.tls.galois_counter_mode import xor

_STAGES = ("tls_session/", "key_exchange/", "mpc_tls/")


def _families() -> Iterator[Family]:
    return (family for family in families() if family.step.startswith(_STAGES))


def _vectors(operation: str) -> Iterator[Vector]:
    for family in _families():
        for vector in family.make():
            if isinstance(vector, Vector) and vector.operation == operation:
                yield vector


def _output(vector: Vector) -> dict[str, bytes]:
    outcome = specified_operations()[vector.operation].specified(vector.input)
    assert isinstance(outcome, AcceptedOutcome)
    return dict(outcome.output)


@pytest.mark.slow
@pytest.mark.parametrize("family", list(_families()), ids=lambda each: each.id)
def test_the_reference_does_what_the_vectors_specify(family: Family) -> None:
    reference = ReferenceInProcess()
    operations = specified_operations()
    for vector in family.make():
        if isinstance(vector, Vector) and not operations[vector.operation].two_party:
            assert reference.run(vector.operation, vector.input) == operations[vector.operation].specified(
                vector.input
            ), vector.name


def test_both_runs_of_a_conversion_add_up_to_the_secret() -> None:
    shown = [
        vector for vector in _vectors("key_exchange/pre-master-secret") if "first run" in vector.intermediate
    ]
    assert len(shown) > 10
    for vector in shown:
        secret = _output(vector)["pre-master secret"].hex()
        for run in ("first run", "second run"):
            values = cast(dict[str, Any], vector.intermediate[run])
            parts = [int(values[f"share of the {party}"], 16) for party in ("sender", "receiver")]
            assert f"{sum(parts) % FIELD_PRIME:064x}" == values["sum"] == secret


def test_the_split_function_gives_what_the_whole_one_gives() -> None:
    shown = [vector for vector in _vectors("mpc_tls/pseudorandom-function") if "chain" in vector.intermediate]
    assert len(shown) > 20
    for vector in shown:
        assert vector.intermediate["output"] == _output(vector)["octets"].hex()


def test_shares_of_a_tag_give_the_tag() -> None:
    shares = {vector.name: (_output(vector)["share"], vector) for vector in _vectors("mpc_tls/tag-share")}
    whole = [name.removesuffix("-whole") for name in shares if name.endswith("-whole")]
    assert len(whole) == 6
    for name in whole:
        tag, vector = shares[f"{name}-whole"]
        assert xor(shares[f"{name}-prover"][0], shares[f"{name}-notary"][0]) == tag
        assert vector.intermediate["tag"] == tag.hex()
        assert len(cast(list[str], vector.intermediate["blocks"])) == len(read_list(vector.input["powers"]))


def test_the_coordinate_that_is_not_reduced_is_that_of_a_point_for_who_reduces() -> None:
    found = {change.word: change.octets for change in no_points(public_key(5))}["x-not-reduced"]
    x, y = int.from_bytes(found[1:33], "big"), int.from_bytes(found[33:], "big")
    assert x >= FIELD_PRIME
    assert is_on_curve(Point(x=x - FIELD_PRIME, y=y))


def test_a_change_is_one() -> None:
    for octets in (bytes(8), b"\xff" * 8, bytes(range(8))):
        found = list(changes(octets))
        assert octets not in {change.octets for change in found}
        assert len({change.octets for change in found}) == len(found)


def test_a_negative_differs_in_the_fields_that_it_names() -> None:
    base = Accepted(operation="an/operation", name="base", given={"one field": b"1", "other": b"2"})
    vector = base.refused("name", "comment", "stage/reason", MutationKind.FLIP, "one field", one_field=b"3")
    assert vector.input == {"one field": b"3", "other": b"2"}
    assert vector.base == "base"
