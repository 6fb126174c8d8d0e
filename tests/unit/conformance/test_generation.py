"""Vectors say what their authors meant, in one spelling, and are the same wherever they are generated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from mpctls.conformance.fields import listed, number, numbers
from mpctls.conformance.generation.exemptions import GRID, exempted
from mpctls.conformance.generation.foundation.encoding import ARTIFACTS, MESSAGES, fields_of
from mpctls.conformance.generation.labelled import Labelled
from mpctls.conformance.generation.linting import lint
from mpctls.conformance.generation.rendering import GenerationError, render
from mpctls.conformance.generation.reproducing import regenerated, surroundings
from mpctls.conformance.generation.vector import Family, Mutation, MutationKind, Vector
from mpctls.conformance.generation.writing import COMMITTED

_ALONE = Vector(
    name="alone",
    operation="foundation/root-from-proof",
    comment="One leaf.",
    input={
        "algorithm": number(1),
        "leaf count": number(1),
        "opened": numbers([0]),
        "leaves": listed([b""]),
        "proof": listed([]),
    },
)
_ROOT_OF_NOTHING = bytes.fromhex("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")
_ONE_MORE = replace(
    _ALONE,
    name="one-more",
    input={**_ALONE.input, "proof": listed([bytes(32)])},
    expects="verification/merkle-proof-invalid",
    base="alone",
    mutation=Mutation(kind=MutationKind.INSERT, field="proof"),
)


def _rendered(*vectors: Vector, step: str = "foundation/merkle") -> str:
    def make() -> Iterable[Vector]:
        return vectors

    return render(Family(step=step, name="made", summary="Made here.", make=make))


def test_an_accepted_and_a_refused_vector_are_written() -> None:
    text = _rendered(_ALONE, _ONE_MORE)
    assert f'"root": "{_ROOT_OF_NOTHING.hex()}"' in text
    assert '"base": "foundation/merkle/made/alone"' in text


@pytest.mark.parametrize(
    ("vectors", "complaint"),
    [
        (
            [_ALONE, replace(_ONE_MORE, expects=None)],
            "meant accepted, specified verification/merkle-proof-invalid",
        ),
        ([replace(_ALONE, expects="encoding/truncated")], "meant encoding/truncated, specified accepted"),
        ([_ALONE, replace(_ONE_MORE, mutation=None)], "names no base and mutation"),
        ([_ALONE, replace(_ONE_MORE, base="one-more")], "its base one-more is no accepted vector"),
        ([_ONE_MORE], "its base alone is no accepted vector"),
        ([_ALONE, _ALONE], "two vectors of one name"),
        ([replace(_ALONE, operation="foundation/nothing")], "has no operation foundation/nothing"),
        ([replace(_ALONE, published={"root": bytes(32)}, source="A page")], "root is not what A page has"),
    ],
)
def test_what_is_not_as_it_was_meant_is_not_written(vectors: list[Vector], complaint: str) -> None:
    with pytest.raises(GenerationError, match=complaint):
        _rendered(*vectors)


def test_a_vector_of_another_step_is_not_written() -> None:
    with pytest.raises(GenerationError, match="belongs to foundation/merkle"):
        _rendered(_ALONE, step="foundation/ranges")


def test_what_was_published_and_is_computed_is_written() -> None:
    assert _rendered(replace(_ALONE, published={"root": _ROOT_OF_NOTHING}))


def test_labelled_randomness_depends_on_its_label_and_nothing_else() -> None:
    stream = Labelled(label="a")
    assert stream.octets(40)[:32] == stream.octets(32)
    assert stream.octets(32).hex() == "c887bce3c92fe725fdb942896b4bb0b7601b3c7662dd3c62fa81e15de328f93f"
    assert (
        len(
            {
                stream.octets(32),
                stream.octets(32, "a"),
                stream.of("a").octets(32),
                Labelled(label="b").octets(32),
            }
        )
        == 4
    )
    assert {stream.below(3, str(at)) for at in range(20)} == {0, 1, 2}


def test_every_field_has_forms_that_the_grid_knows() -> None:
    for kind in (*MESSAGES, *ARTIFACTS.values()):
        for field, forms in fields_of(kind).items():
            excused = exempted(forms)
            assert MutationKind.TRUNCATE not in excused, field
            assert set(excused) < set(GRID), field


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_generating_again_elsewhere_gives_the_same_octets() -> None:
    # The committed folder came out of one surrounding; `vectors check` tries all of them.
    *_, place = surroundings()
    assert regenerated(COMMITTED, place) is None


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_shipped_folder_has_no_findings() -> None:
    assert lint(COMMITTED).findings == ()
