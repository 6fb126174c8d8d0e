"""The verifiers of PLONK and Groth16 as contracts in Vyper.

Both do what `..plonk.verifier` and `..groth16.verifier` do, in their order, and as strictly. Coordinates and curve are
checked before any precompiled contract sees a point: those take (0, 0) for the point at infinity, which no proof may
hold, and burn all gas that they were given when a point is wrong. What Vyper's `ecadd` and `ecmul` call they check to
have succeeded, else they revert.
"""

from __future__ import annotations

from collections.abc import Sequence
from string import Template
from typing import Final

from ..bn254.constants import BASE_MODULUS, G2_GENERATOR, SCALAR_MODULUS
from ..groth16 import proof as groth16
from ..plonk import proof as plonk
from ..plonk.transcript import Point
from .naming import GROTH16_WORDS, PLONK_WORDS, call_octets, contract_name, notice

VERSION: Final = "0.4.3"
_WORD: Final = 32
_TRANSCRIPT_WORDS: Final = 2 * (8 + 3)  # what beta hashes beside the public inputs


def plonk_verifier(key: plonk.VerifyingKey, *, name: str) -> str:
    """The source of `verifyProof(uint256[24],uint256[n]) -> bool` for a key whose points were checked."""
    names = ("QM", "QL", "QR", "QO", "QC", "S1", "S2", "S3")
    return _PLONK.substitute(
        _common(key, "PLONK", name, PLONK_WORDS),
        transcript=_WORD * (_TRANSCRIPT_WORDS + key.public_count),
        size_log2=key.size_log2,
        size=key.size,
        root=key.root,
        right_shift=key.right_shift,
        output_shift=key.output_shift,
        commitments="\n".join(
            f"{each}: constant(uint256[2]) = {_point(point)}"
            for each, point in zip(names, key.commitments, strict=True)
        ),
        generator=_twist(G2_GENERATOR),
        tau=_twist(key.tau),
    )


def groth16_verifier(key: groth16.VerifyingKey, *, name: str) -> str:
    """The source of `verifyProof(uint256[2],uint256[2][2],uint256[2],uint256[n]) -> bool`, for a checked key."""
    return _GROTH16.substitute(
        _common(key, "Groth16", name, GROTH16_WORDS),
        alpha=_point(key.alpha),
        beta=_twist(key.beta),
        gamma=_twist(key.gamma),
        delta=_twist(key.delta),
        constant_input=_point(key.inputs[0]),
        inputs=",\n    ".join(_point(point) for point in key.inputs[1:]),
    )


def _common(
    key: plonk.VerifyingKey | groth16.VerifyingKey, proof_system: str, name: str, words: int
) -> dict[str, object]:
    digest = key.digest()
    return {
        "version": VERSION,
        "name": contract_name(name),
        "notice": "\n    ".join(notice(proof_system, digest)),
        "digest": digest.hex(),
        "base_modulus": BASE_MODULUS,
        "scalar_modulus": SCALAR_MODULUS,
        "count": key.public_count,
        "octets": call_octets(words, key.public_count),
    }


def _list(numbers: Sequence[int]) -> str:
    return f"[{', '.join(map(str, numbers))}]"


def _point(point: Point) -> str:
    return _list((0, 0) if point is None else point)


def _twist(point: plonk.TwistPoint) -> str:
    """The words of a point of G2 as EIP-197 has them: of each coordinate c1 first."""
    (x_real, x_imaginary), (y_real, y_imaginary) = point
    return _list((x_imaginary, x_real, y_imaginary, y_real))


_HEAD: Final = '''\
# pragma version $version
"""
@title $name
@notice
    $notice
"""

KEY_DIGEST: public(constant(bytes32)) = 0x$digest

# Coordinates are below P, scalars below R.
P: constant(uint256) = $base_modulus
R: constant(uint256) = $scalar_modulus

PAIRING: constant(address) = 0x0000000000000000000000000000000000000008
'''

_ON_CURVE: Final = '''

@internal
@pure
def _on_curve(x: uint256, y: uint256) -> bool:
    """
    @dev Canonical coordinates of a point other than infinity.
    """
    if x >= P or y >= P:
        return False
    cube: uint256 = uint256_mulmod(uint256_mulmod(x, x, P), x, P)
    return uint256_mulmod(y, y, P) == uint256_addmod(cube, 3, P)
'''

_PLONK: Final = Template(
    _HEAD
    + """MODEXP: constant(address) = 0x0000000000000000000000000000000000000005

# The table has SIZE rows, which the powers of ROOT number; columns b and c are on the cosets of K1 and K2.
SIZE_LOG2: constant(uint256) = $size_log2
SIZE: constant(uint256) = $size
ROOT: constant(uint256) = $root
K1: constant(uint256) = $right_shift
K2: constant(uint256) = $output_shift

# Commitments to selectors and permutation, in the order of the transcript.
$commitments

# Points of G2: x.c1, x.c0, y.c1, y.c0.
GENERATOR: constant(uint256[4]) = $generator
TAU: constant(uint256[4]) = $tau
"""
    + _ON_CURVE
    + '''

@internal
@view
def _inverse(number: uint256) -> uint256:
    """
    @dev number^(R - 2), tested to be the inverse modulo R.
    """
    success: bool = False
    answer: Bytes[32] = b""
    success, answer = raw_call(
        MODEXP,
        abi_encode(convert(32, uint256), convert(32, uint256), convert(32, uint256), number, R - 2, R),
        max_outsize=32,
        is_static_call=True,
        revert_on_failure=False,
    )
    assert success and len(answer) == 32, "inversion failed"
    inverse: uint256 = convert(answer, uint256)
    assert uint256_mulmod(number, inverse, R) == 1, "inversion failed"
    return inverse


@internal
@view
def _lagrange(publics: uint256[$count], xi: uint256, vanishing: uint256) -> (uint256, uint256):
    """
    @dev L_1(xi), and the sum of the public inputs times L_i(xi) = ROOT^i * vanishing / (SIZE * (xi - ROOT^i)).
    One inversion serves all; xi is no power of ROOT.
    """
    below: uint256[$count] = empty(uint256[$count])
    before: uint256[$count] = empty(uint256[$count])
    row: uint256 = 1
    product: uint256 = 1
    for index: uint256 in range($count):
        below[index] = uint256_mulmod(SIZE, uint256_addmod(xi, R - row, R), R)
        before[index] = uint256_mulmod(product, row, R)
        product = uint256_mulmod(product, below[index], R)
        row = uint256_mulmod(row, ROOT, R)
    inverse: uint256 = uint256_mulmod(self._inverse(product), vanishing, R)
    lagrange: uint256 = 0
    total: uint256 = 0
    for step: uint256 in range($count):
        index: uint256 = $count - 1 - step
        lagrange = uint256_mulmod(inverse, before[index], R)
        inverse = uint256_mulmod(inverse, below[index], R)
        total = uint256_addmod(total, uint256_mulmod(lagrange, publics[index], R), R)
    return lagrange, total


@internal
@pure
def _challenge(octets: Bytes[$transcript]) -> uint256:
    return convert(keccak256(octets), uint256) % R


@external
@view
def verifyProof(proof: uint256[24], publics: uint256[$count]) -> bool:
    """
    @notice Whether this is a proof for these public inputs. Says nothing of where the public inputs come from.
    @param proof x and y of A, B, C, Z, T1, T2, T3, Wxi, Wxiw, then a, b, c, s1, s2 at xi and z at xi * ROOT
    @param publics the public inputs, each below R
    @return true for a valid proof, false for any other
    """
    assert len(msg.data) == $octets, "other length"
    for number: uint256 in publics:
        if number >= R:
            return False
    for index: uint256 in range(18, 24):
        if proof[index] >= R:
            return False
    for index: uint256 in range(9):
        if not self._on_curve(proof[2 * index], proof[2 * index + 1]):
            return False

    beta: uint256 = self._challenge(
        abi_encode(
            QM, QL, QR, QO, QC, S1, S2, S3, publics, proof[0], proof[1], proof[2], proof[3], proof[4], proof[5]
        )
    )
    gamma: uint256 = self._challenge(abi_encode(beta))
    alpha: uint256 = self._challenge(abi_encode(beta, gamma, proof[6], proof[7]))
    xi: uint256 = self._challenge(
        abi_encode(alpha, proof[8], proof[9], proof[10], proof[11], proof[12], proof[13])
    )
    v: uint256 = self._challenge(
        abi_encode(xi, proof[18], proof[19], proof[20], proof[21], proof[22], proof[23])
    )
    u: uint256 = self._challenge(abi_encode(proof[14], proof[15], proof[16], proof[17]))

    power: uint256 = xi
    for _: uint256 in range(SIZE_LOG2):
        power = uint256_mulmod(power, power, R)
    vanishing: uint256 = uint256_addmod(power, R - 1, R)
    if vanishing == 0:
        return False
    first_row: uint256 = 0
    public_input: uint256 = 0
    first_row, public_input = self._lagrange(publics, xi, vanishing)
    first_row = uint256_mulmod(first_row, uint256_mulmod(alpha, alpha, R), R)

    a: uint256 = proof[18]
    b: uint256 = proof[19]
    c: uint256 = proof[20]
    shifted: uint256 = proof[23]

    # alpha * (a + beta s1 + gamma) * (b + beta s2 + gamma) * z(xi * ROOT): what the third sigma is multiplied with.
    kept: uint256 = uint256_mulmod(alpha, shifted, R)
    kept = uint256_mulmod(kept, (a + uint256_mulmod(beta, proof[21], R) + gamma) % R, R)
    kept = uint256_mulmod(kept, (b + uint256_mulmod(beta, proof[22], R) + gamma) % R, R)

    # alpha * (a + beta xi + gamma) * (b + beta K1 xi + gamma) * (c + beta K2 xi + gamma): Z is multiplied with it.
    position: uint256 = uint256_mulmod(beta, xi, R)
    moved: uint256 = uint256_mulmod(alpha, (a + position + gamma) % R, R)
    moved = uint256_mulmod(moved, (b + uint256_mulmod(position, K1, R) + gamma) % R, R)
    moved = uint256_mulmod(moved, (c + uint256_mulmod(position, K2, R) + gamma) % R, R)

    # What is subtracted as a multiple of the generator of G1: the constant term, the openings, and u z(xi * ROOT).
    constant_term: uint256 = uint256_addmod(public_input, first_row, R)
    constant_term = uint256_addmod(constant_term, uint256_mulmod(kept, uint256_addmod(c, gamma, R), R), R)
    constant_term = uint256_addmod(constant_term, uint256_mulmod(u, shifted, R), R)
    weight: uint256 = 1
    weights: uint256[5] = empty(uint256[5])
    for index: uint256 in range(5):
        weight = uint256_mulmod(weight, v, R)
        weights[index] = weight
        constant_term = uint256_addmod(constant_term, uint256_mulmod(weight, proof[18 + index], R), R)

    near: uint256[2] = ecadd(QC, ecmul(QM, uint256_mulmod(a, b, R)))
    near = ecadd(near, ecmul(QL, a))
    near = ecadd(near, ecmul(QR, b))
    near = ecadd(near, ecmul(QO, c))
    near = ecadd(near, ecmul([proof[6], proof[7]], (moved + first_row + u) % R))
    near = ecadd(near, ecmul(S3, R - uint256_mulmod(beta, kept, R)))

    # T1 + xi^n T2 + xi^2n T3
    quotient: uint256[2] = ecadd([proof[10], proof[11]], ecmul([proof[12], proof[13]], power))
    quotient = ecadd([proof[8], proof[9]], ecmul(quotient, power))
    near = ecadd(near, ecmul(quotient, R - vanishing))

    near = ecadd(near, ecmul([proof[0], proof[1]], weights[0]))
    near = ecadd(near, ecmul([proof[2], proof[3]], weights[1]))
    near = ecadd(near, ecmul([proof[4], proof[5]], weights[2]))
    near = ecadd(near, ecmul(S1, weights[3]))
    near = ecadd(near, ecmul(S2, weights[4]))
    near = ecadd(near, ecmul([convert(1, uint256), convert(2, uint256)], R - constant_term))
    near = ecadd(near, ecmul([proof[14], proof[15]], xi))
    next_opening: uint256[2] = ecmul([proof[16], proof[17]], u)
    near = ecadd(near, ecmul(next_opening, uint256_mulmod(xi, ROOT, R)))
    far: uint256[2] = ecadd([proof[14], proof[15]], next_opening)

    # e(near, generator) = e(far, tau)
    success: bool = False
    answer: Bytes[32] = b""
    success, answer = raw_call(
        PAIRING,
        abi_encode(near, GENERATOR, far[0], (P - far[1]) % P, TAU),
        max_outsize=32,
        is_static_call=True,
        revert_on_failure=False,
    )
    assert success and len(answer) == 32, "pairing failed"
    return convert(answer, uint256) == 1
'''
)

_GROTH16: Final = Template(
    _HEAD
    + """
ALPHA: constant(uint256[2]) = $alpha
# Points of G2: x.c1, x.c0, y.c1, y.c0.
BETA: constant(uint256[4]) = $beta
GAMMA: constant(uint256[4]) = $gamma
DELTA: constant(uint256[4]) = $delta
# The points of the constant one and of each public input.
CONSTANT_INPUT: constant(uint256[2]) = $constant_input
INPUTS: constant(uint256[2][$count]) = [
    $inputs
]
"""
    + _ON_CURVE
    + '''

@external
@view
def verifyProof(
    a: uint256[2], b: uint256[2][2], c: uint256[2], publics: uint256[$count]
) -> bool:
    """
    @notice Whether this is a proof for these public inputs. Says nothing of where the public inputs come from.
    @param a x and y of A
    @param b x and y of B, of each c1 before c0
    @param c x and y of C
    @param publics the public inputs, each below R
    @return true for a valid proof, false for any other
    """
    assert len(msg.data) == $octets, "other length"
    for number: uint256 in publics:
        if number >= R:
            return False
    for coordinate: uint256[2] in b:
        if coordinate[0] >= P or coordinate[1] >= P:
            return False
    if not self._on_curve(a[0], a[1]) or not self._on_curve(c[0], c[1]):
        return False
    if b[0][0] == 0 and b[0][1] == 0 and b[1][0] == 0 and b[1][1] == 0:
        return False

    points: uint256[2][$count] = INPUTS
    inputs: uint256[2] = CONSTANT_INPUT
    for index: uint256 in range($count):
        inputs = ecadd(inputs, ecmul(points[index], publics[index]))

    # e(-A, B) e(alpha, beta) e(inputs, gamma) e(C, delta) = 1. The call fails when B is not on its curve or not in its
    # group, and for want of gas: which of them, nobody can tell here, so there is no verdict.
    success: bool = False
    answer: Bytes[32] = b""
    success, answer = raw_call(
        PAIRING,
        abi_encode(a[0], P - a[1], b, ALPHA, BETA, inputs, GAMMA, c, DELTA),
        max_outsize=32,
        is_static_call=True,
        revert_on_failure=False,
    )
    assert success and len(answer) == 32, "pairing failed"
    return convert(answer, uint256) == 1
'''
)
