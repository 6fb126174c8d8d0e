"""Proofs of PLONK by who knows the secret of the setup: honest ones, false ones, and every element damaged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from mpctls.spec.zero_knowledge.bn254 import (
    FIELD_PRIME,
    G1_GENERATOR,
    G2_GENERATOR,
    G1Point,
    linear_combination,
)
from mpctls.spec.zero_knowledge.curve_library import curve
from mpctls.spec.zero_knowledge.plonk import (
    PlonkKey,
    PlonkProof,
    challenges,
    decode_proof,
    encode_proof,
    root_of_unity,
)
from mpctls.spec.zero_knowledge.scalar_field import ORDER

from ...fields import Fields, listed
from ...operations.form import Feature
from ...operations.shapes import Json
from ...properties.known_secret import TAU, Circuit, Gate, prove_plonk
from ...properties.verification.plonk_proof import key_fields
from ..vector import Family, Mutation, MutationKind, Vector
from .making import Making, replaced

STEP = "verification/plonk_proof"
_VERIFY = Making(operation="verification/plonk-proof", features=(Feature.PLONK,), seed=f"{STEP}/proofs")
_POINTS = ("A", "B", "C", "Z", "T1", "T2", "T3", "Wxi", "Wxiw")
_EVALUATIONS = ("eval_a", "eval_b", "eval_c", "eval_s1", "eval_s2", "eval_zw")
_MINUS = ORDER - 1
_ZK = "zero-knowledge/"


@cache
def _circuit(*, other: bool = False) -> Circuit:
    """60 = 7² + 11, both public, and another of the same shape: 60 = 2·49 + 11."""
    square = Gate(selectors=(1, 0, 0, _MINUS, 0), wires=(2, 2, 3))
    addition = Gate(selectors=(0, 2 if other else 1, 1, _MINUS, 0), wires=(3, 1, 0))
    return Circuit.of(3, 2, square, addition)


@cache
def _without_publics() -> Circuit:
    """A square that is known to nobody else."""
    return Circuit.of(3, 0, Gate(selectors=(1, 0, 0, _MINUS, 0), wires=(0, 0, 1)))


@cache
def _large() -> Circuit:
    """Five publics in 32 rows, and a constant."""
    addition = Gate(selectors=(0, 1, 1, _MINUS, 5), wires=(0, 1, 2))
    return Circuit.of(5, 5, addition)


@cache
def _key(circuit: Circuit) -> PlonkKey:
    return circuit.key()


@cache
def _proof(circuit: Circuit, values: tuple[int, ...], publics: tuple[int, ...], seed: str) -> bytes:
    return encode_proof(prove_plonk(circuit, _key(circuit), values, seed.encode(), publics))


def _numbers(values: Sequence[int]) -> bytes:
    return listed([value.to_bytes(32, "big") for value in values])


def _fields(circuit: Circuit, publics: Sequence[int], proof: bytes) -> dict[str, bytes]:
    return {**key_fields(_key(circuit)), "publics": _numbers(publics), "proof": proof}


def _shown(circuit: Circuit, publics: Sequence[int], proof: bytes) -> dict[str, Json]:
    found = challenges(_key(circuit), publics, decode_proof(proof))
    return {name: f"{int(getattr(found, name)):064x}" for name in ("beta", "gamma", "alpha", "xi", "v", "u")}


def _honest() -> dict[str, bytes]:
    return _fields(_circuit(), (60, 11), _proof(_circuit(), (60, 11, 7, 49), (60, 11), "honest"))


def _read(octets: bytes, place: int) -> int:
    return int.from_bytes(octets[32 * place : 32 * place + 32], "big")


def _with(octets: bytes, place: int, *values: int) -> bytes:
    written = b"".join(value.to_bytes(32, "big") for value in values)
    return octets[: 32 * place] + written + octets[32 * place + len(written) :]


def _taken() -> Iterator[Vector]:
    circuit = _circuit()
    for name, comment, made, values, publics in (
        ("honest", "60 = 7² + 11.", circuit, (60, 11, 7, 49), (60, 11)),
        ("other-blinders", "Another proof of the same.", circuit, (60, 11, 7, 49), (60, 11)),
        ("other-root", "-7 is a root as well.", circuit, (60, 11, ORDER - 7, 49), (60, 11)),
        ("no-publics", "A circuit without public inputs.", _without_publics(), (9, 81), ()),
        ("five-publics", "Five public inputs, of which one is r - 1, under a key of 32 rows.", _large(),
         (1, 2, 8, 0, ORDER - 1), (1, 2, 8, 0, ORDER - 1)),
    ):  # fmt: skip
        proof = _proof(made, values, publics, name)
        yield _VERIFY.accepted(name, comment, _fields(made, publics, proof), _shown(made, publics, proof))


def _refused(name: str, comment: str, fields: Fields, reason: str, mutation: Mutation) -> Vector:
    return _VERIFY.refused(name, comment, fields, _ZK + reason, base="honest", mutation=mutation)


def _elements() -> Iterator[Vector]:
    honest = _honest()
    octets = honest["proof"]
    yield _VERIFY.accepted("honest", "The proof that is damaged.", honest)
    for place, point in enumerate(_POINTS):
        x, y = _read(octets, 2 * place), _read(octets, 2 * place + 1)
        field = f"proof.{point}"
        for word, values, reason in (
            ("x-aliased", (x + FIELD_PRIME, y), "point-not-canonical"),
            ("y-aliased", (x, y + FIELD_PRIME), "point-not-canonical"),
            ("not-on-curve", (x, (y + 1) % FIELD_PRIME), "point-not-on-curve"),
            ("infinity", (0, 0), "point-not-on-curve"),
            ("negated", (x, FIELD_PRIME - y), "proof-invalid"),
        ):
            yield _refused(
                f"{point.lower()}-{word}",
                f"The point {point} is {word.replace('-', ' ')}.",
                {**honest, "proof": _with(octets, 2 * place, *values)},
                reason,
                replaced(field, word.replace("-", " ")),
            )
    for place, name in enumerate(_EVALUATIONS):
        value = _read(octets, 18 + place)
        for word, other, reason in (
            ("aliased", value + ORDER, "evaluation-not-canonical"),
            ("maximum", 2**256 - 1, "evaluation-not-canonical"),
            ("one-more", (value + 1) % ORDER, "proof-invalid"),
        ):
            kind = MutationKind.MAXIMUM if word == "maximum" else MutationKind.REPLACE
            yield _refused(
                f"{name.replace('_', '-')}-{word}",
                f"The evaluation {name} is {word.replace('-', ' ')}.",
                {**honest, "proof": _with(octets, 18 + place, other)},
                reason,
                Mutation(kind=kind, field=f"proof.{name}", detail=word.replace("-", " ")),
            )
    order = _with(octets, 18, ORDER)
    yield _refused(
        "eval-a-order", "r itself is no scalar.", {**honest, "proof": order}, "evaluation-not-canonical",
        replaced("proof.eval_a", "r"),
    )  # fmt: skip
    prime = _with(octets, 0, FIELD_PRIME)
    yield _refused(
        "a-prime", "p itself is no coordinate.", {**honest, "proof": prime}, "point-not-canonical",
        replaced("proof.A.x", "p"),
    )  # fmt: skip


def _moved(point: G1Point, distance: int) -> G1Point:
    """The point plus a multiple of [1]_1."""
    x, y = curve.normalize(linear_combination([(1, point), (distance, G1_GENERATOR)]))
    return G1Point(x=int(x), y=int(y))


def _cancelling(circuit: Circuit, publics: Sequence[int], proof: PlonkProof) -> PlonkProof:
    """The proof with both openings wrong by errors whose sum, without a challenge between them, is zero.

    A quotient that is Δ too large adds (ξ - τ)·Δ to the equation of its opening, where τ is the secret of the setup;
    whoever verifies with the challenge u adds the second error u times.
    """
    key = _key(circuit)
    xi = int(challenges(key, publics, proof).xi)
    at_next = xi * int(root_of_unity(key.power))
    first, second = (pow(place - TAU, -1, ORDER) for place in (xi, at_next))
    return replace(proof, w_xi=_moved(proof.w_xi, first), w_xi_omega=_moved(proof.w_xi_omega, ORDER - second))


def _whole() -> Iterator[Vector]:
    honest = _honest()
    octets = honest["proof"]
    yield _VERIFY.accepted("honest", "The proof that is damaged.", honest)
    for name, comment, changed, kind in (
        ("empty", "No octets.", b"", MutationKind.TRUNCATE),
        ("octet-less", "767 octets.", octets[:-1], MutationKind.TRUNCATE),
        ("octet-more", "769 octets.", octets + b"\0", MutationKind.EXTEND),
        ("evaluation-less", "The last evaluation is missing.", octets[:-32], MutationKind.TRUNCATE),
        ("of-groth16", "256 octets, as a proof of Groth16 has.", octets[:256], MutationKind.TRUNCATE),
    ):
        mutation = Mutation(kind=kind, field="proof", detail=comment)
        yield _refused(name, comment, {**honest, "proof": changed}, "malformed-proof", mutation)
    for name, publics, reason in (
        ("one-public", (60,), "public-input-count"),
        ("three-publics", (60, 11, 0), "public-input-count"),
        ("no-publics", (), "public-input-count"),
        ("first-public-aliased", (60 + ORDER, 11), "public-input-not-canonical"),
        ("last-public-aliased", (60, 11 + 4 * ORDER), "public-input-not-canonical"),
        ("public-order", (60, ORDER), "public-input-not-canonical"),
        ("public-maximum", (2**256 - 1, 11), "public-input-not-canonical"),
        ("other-public", (61, 11), "proof-invalid"),
        ("publics-changed-about", (11, 60), "proof-invalid"),
    ):
        yield _refused(
            name,
            "Public inputs are as many as the key says, canonical, and those of the proof.",
            {**honest, "publics": _numbers(publics)},
            reason,
            replaced("publics", name.replace("-", " ")),
        )
    for name, comment, first, second in (
        ("points-changed-about", "Wxi and Wxiw change places.", 7, 8),
        ("parts-changed-about", "T1 and T3 change places.", 4, 6),
    ):
        points = [octets[64 * each : 64 * each + 64] for each in range(9)]
        points[first], points[second] = points[second], points[first]
        swapped = b"".join(points) + octets[576:]
        mutation = Mutation(kind=MutationKind.SWAP, field="proof", detail=comment)
        yield _refused(name, comment, {**honest, "proof": swapped}, "proof-invalid", mutation)
    other = _proof(_circuit(), (60, 11, 7, 49), (60, 11), "another proof")
    for name, comment, proof in (
        ("halves-of-two-proofs", "A, B and C of another proof of the same.", other[:192] + octets[192:]),
        ("false-statement", "Publics that no wires satisfy, proved as well as a cheat can.",
         _proof(_circuit(), (60, 11, 7, 49), (61, 11), "false")),
        ("false-witness", "Wires that do not satisfy the circuit.",
         _proof(_circuit(), (60, 11, 8, 49), (60, 11), "witness")),
        ("errors-that-cancel", "Both openings are wrong, and their sum without the challenge u is right.",
         encode_proof(_cancelling(_circuit(), (60, 11), decode_proof(octets)))),
    ):  # fmt: skip
        publics = (61, 11) if name == "false-statement" else (60, 11)
        fields = {**honest, "publics": _numbers(publics), "proof": proof}
        yield _refused(name, comment, fields, "proof-invalid", replaced("proof", comment))
    other_key = {**key_fields(_key(_circuit(other=True)))}
    yield _refused(
        "other-circuit", "The key of another circuit of the same shape.", {**honest, **other_key}, "proof-invalid",
        replaced("polynomials", "those of another circuit"),
    )  # fmt: skip
    for name, field, value in (
        ("larger-power", "power", (4).to_bytes(8, "little")),
        ("other-tau", "tau", _generator()),
    ):
        yield _refused(
            name,
            f"Another {field} in the key.",
            {**honest, field: value},
            "proof-invalid",
            replaced(field, name.replace("-", " ")),
        )


def _generator() -> bytes:
    """[1] of G2: the secret would be one."""
    return b"".join(each.to_bytes(32, "big") for each in (*G2_GENERATOR.x, *G2_GENERATOR.y))


FAMILIES = (
    Family(step=STEP, name="taken", summary="Proofs that are taken, with their challenges.", make=_taken),
    Family(step=STEP, name="elements", summary="Every point and number of a proof, damaged.", make=_elements),
    Family(step=STEP, name="whole", summary="Lengths, publics, keys and cheats.", make=_whole),
)
