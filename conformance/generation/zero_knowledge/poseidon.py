"""Poseidon at every width, with the published answers, and the headers of its uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mpctls.spec.identifiers import Direction
from mpctls.spec.zero_knowledge.field_encoding import HeaderKind
from mpctls.spec.zero_knowledge.scalar_field import ORDER, encode_scalar

from ...fields import Fields, number
from ..labelled import Labelled
from ..vector import Family, Importance, Vector
from .making import Making, scalars

STEP = "foundation/encoding_commitments"
_HASH = Making(operation="foundation/poseidon")
_HEADER = Making(operation="foundation/hash-header")
_CIRCOMLIB = "circomlib 2.0.5, test/poseidoncircuit.js"
_CIRCOMLIBJS = "circomlibjs 0.1.7, poseidon"
_PUBLISHED: tuple[tuple[Sequence[int], int, str], ...] = (
    ((1,), 18586133768512220936620570745912940619677854269274689475585506675881198879027, _CIRCOMLIBJS),
    ((1, 2), 7853200120776062878684798364095072458815029376092732009249414926327459813530, _CIRCOMLIB),
    ((3, 4), 14763215145315200506921711489642608356394854266165572616578112107564877678998, _CIRCOMLIB),
    ((1, 2, 3), 6542985608222806190361240322586112750744169038454362455181422643027100751666, _CIRCOMLIBJS),
    ((1, 2, 3, 4), 18821383157269793795438455681495246036402687001665670618754263018637548127333, _CIRCOMLIBJS),
    ((1, 2, 0, 0, 0), 1018317224307729531995786483840663576608797660851238720571059489595066344487, _CIRCOMLIB),
    ((3, 4, 0, 0, 0), 5811595552068139067952687508729883632420015185677766880877743348592482390548, _CIRCOMLIB),
    (range(1, 7), 20400040500897583745843009878988256314335038853985262692600694741116813247201, _CIRCOMLIBJS),
    (range(1, 15), 8354478399926161176778659061636406690034081872658507739535256090879947077494, _CIRCOMLIBJS),
    (range(1, 17), 9989051620750914585850546081941653841776809718687451684622678807385399211877, _CIRCOMLIBJS),
)  # fmt: skip


def _inputs(values: Sequence[int]) -> Fields:
    return {"inputs": scalars(values)}


def _published() -> Iterator[Vector]:
    for values, answer, source in _PUBLISHED:
        yield Vector(
            name="of-" + "-".join(map(str, values)),
            operation="foundation/poseidon",
            comment=f"The published answer for width {len(values) + 1}.",
            input=_inputs(values),
            source=source,
            published={"hash": encode_scalar(answer)},
            importance=Importance.CRITICAL,
        )


def _widths() -> Iterator[Vector]:
    for arity in range(1, 17):
        stream = Labelled(label=f"{STEP}/widths/{arity}")
        cases = (
            ("zeros", "All inputs are zero: constants alone decide.", [0] * arity),
            ("largest", "All inputs are r - 1, the largest scalar.", [ORDER - 1] * arity),
            ("drawn", "Inputs of full size.", [stream.below(ORDER, str(place)) for place in range(arity)]),
        )
        for name, comment, values in cases:
            yield _HASH.accepted(f"{arity}-{name}", comment, _inputs(values))


def _headers() -> Iterator[Vector]:
    for kind in HeaderKind:
        for direction in Direction if kind in {HeaderKind.ENCODING, HeaderKind.BARE} else (Direction.SENT,):
            for length in (0, 1, 403, 65535):
                yield _HEADER.accepted(
                    f"kind-{kind.value}-{direction.name.lower()}-{length}",
                    "Version, kind, direction and length have places of their own.",
                    {"kind": number(kind), "direction": number(direction), "length": number(length)},
                )


FAMILIES = (
    Family(step=STEP, name="poseidon-published", summary="What circomlib computes.", make=_published),
    Family(step=STEP, name="poseidon-widths", summary="Every width at its bounds.", make=_widths),
    Family(step=STEP, name="headers", summary="The first input of every hash.", make=_headers),
)
