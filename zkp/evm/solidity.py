"""The verifiers of PLONK and Groth16 as contracts in Solidity: the same checks in the same order as those in Vyper.

Without inline assembly. Every call of a precompiled contract must succeed and answer with its full length, else the
contract reverts; coordinates and curve are checked before any of them sees a point of the proof.
"""

from __future__ import annotations

from string import Template
from typing import Final

from ..bn254.constants import BASE_MODULUS, G2_GENERATOR, SCALAR_MODULUS
from ..groth16 import proof as groth16
from ..plonk import proof as plonk
from ..plonk.transcript import Point
from .naming import GROTH16_WORDS, PLONK_WORDS, call_octets, contract_name, notice

VERSION: Final = "0.8.37"


def plonk_verifier(key: plonk.VerifyingKey, *, name: str) -> str:
    """The source of `verifyProof(uint256[24],uint256[n]) returns (bool)` for a key whose points were checked."""
    return _PLONK.substitute(
        _common(key, "PLONK", name, PLONK_WORDS),
        size_log2=key.size_log2,
        size=key.size,
        root=key.root,
        right_shift=key.right_shift,
        output_shift=key.output_shift,
        commitments=",\n            ".join(map(_point, key.commitments)),
        generator=_twist(G2_GENERATOR),
        tau=_twist(key.tau),
    )


def groth16_verifier(key: groth16.VerifyingKey, *, name: str) -> str:
    """The source of `verifyProof(uint256[2],uint256[2][2],uint256[2],uint256[n]) returns (bool)`, for a checked key."""
    return _GROTH16.substitute(
        _common(key, "Groth16", name, GROTH16_WORDS),
        alpha=_point(key.alpha),
        beta=_twist(key.beta),
        gamma=_twist(key.gamma),
        delta=_twist(key.delta),
        constant_input=_point(key.inputs[0]),
        inputs="\n        ".join(
            f"_accumulate(inputs, {_point(point)}, publics[{index}]);"
            for index, point in enumerate(key.inputs[1:])
        ),
    )


def _common(
    key: plonk.VerifyingKey | groth16.VerifyingKey, proof_system: str, name: str, words: int
) -> dict[str, object]:
    digest = key.digest()
    return {
        "version": VERSION,
        "name": contract_name(name),
        "notice": "\n///     ".join(notice(proof_system, digest)),
        "digest": digest.hex(),
        "base_modulus": BASE_MODULUS,
        "scalar_modulus": SCALAR_MODULUS,
        "count": key.public_count,
        "octets": call_octets(words, key.public_count),
    }


def _point(point: Point) -> str:
    x, y = (0, 0) if point is None else point
    return f"uint256({x}), {y}"


def _twist(point: plonk.TwistPoint) -> str:
    """The words of a point of G2 as EIP-197 has them: of each coordinate c1 first."""
    (x_real, x_imaginary), (y_real, y_imaginary) = point
    separator = ",\n            "
    return separator.join(map(str, (f"uint256({x_imaginary})", x_real, y_imaginary, y_real)))


_HEAD: Final = """\
// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity $version;

/// @title $name
/// @notice
///     $notice
contract $name {
    bytes32 public constant KEY_DIGEST = 0x$digest;

    // Coordinates are below P, scalars below R.
    uint256 private constant P = $base_modulus;
    uint256 private constant R = $scalar_modulus;
"""

_CURVE: Final = """
    /// @dev Canonical coordinates of a point other than infinity.
    function _onCurve(uint256 x, uint256 y) private pure returns (bool) {
        if (x >= P || y >= P) return false;
        return mulmod(y, y, P) == addmod(mulmod(mulmod(x, x, P), x, P), 3, P);
    }

    function _add(uint256[2] memory sum, uint256 x, uint256 y) private view {
        (bool success, bytes memory answer) = address(6).staticcall(abi.encode(sum, x, y));
        require(success && answer.length == 64, "addition failed");
        (sum[0], sum[1]) = abi.decode(answer, (uint256, uint256));
    }

    /// @dev Adds a multiple of a point to a sum.
    function _accumulate(uint256[2] memory sum, uint256 x, uint256 y, uint256 scalar) private view {
        (bool success, bytes memory answer) = address(7).staticcall(abi.encode(x, y, scalar));
        require(success && answer.length == 64, "multiplication failed");
        (x, y) = abi.decode(answer, (uint256, uint256));
        _add(sum, x, y);
    }

    /// @dev Whether a product of pairings is one.
    function _pairing(bytes memory pairs) private view returns (bool) {
        (bool success, bytes memory answer) = address(8).staticcall(pairs);
        require(success && answer.length == 32, "pairing failed");
        return abi.decode(answer, (uint256)) == 1;
    }
}
"""

_PLONK: Final = Template(
    _HEAD
    + """
    // The table has SIZE rows, which the powers of ROOT number; columns b and c are on the cosets of K1 and K2.
    uint256 private constant SIZE_LOG2 = $size_log2;
    uint256 private constant SIZE = $size;
    uint256 private constant ROOT = $root;
    uint256 private constant K1 = $right_shift;
    uint256 private constant K2 = $output_shift;

    struct Challenges {
        uint256 beta;
        uint256 gamma;
        uint256 alpha;
        uint256 xi;
        uint256 v;
        uint256 u;
    }

    /// @notice Whether this is a proof for these public inputs. Says nothing of where the public inputs come from.
    /// @param proof x and y of A, B, C, Z, T1, T2, T3, Wxi, Wxiw, then a, b, c, s1, s2 at xi and z at xi * ROOT
    /// @param publics the public inputs, each below R
    /// @return true for a valid proof, false for any other
    function verifyProof(uint256[24] calldata proof, uint256[$count] calldata publics)
        external
        view
        returns (bool)
    {
        require(msg.data.length == $octets, "other length");
        for (uint256 index = 0; index < $count; index++) {
            if (publics[index] >= R) return false;
        }
        for (uint256 index = 18; index < 24; index++) {
            if (proof[index] >= R) return false;
        }
        for (uint256 index = 0; index < 18; index += 2) {
            if (!_onCurve(proof[index], proof[index + 1])) return false;
        }

        uint256[16] memory key = _commitments();
        Challenges memory drawn = _challenges(key, publics);
        uint256 power = drawn.xi;
        for (uint256 index = 0; index < SIZE_LOG2; index++) {
            power = mulmod(power, power, R);
        }
        if (power == 1) return false;
        (uint256 firstRow, uint256 publicInput) = _lagrange(publics, drawn.xi, power + R - 1);
        firstRow = mulmod(firstRow, mulmod(drawn.alpha, drawn.alpha, R), R);

        uint256[2] memory near;
        uint256 kept = _gates(near, key, proof, drawn, firstRow);
        _quotients(near, proof, power);
        uint256 constantTerm = addmod(publicInput, firstRow, R);
        constantTerm = addmod(constantTerm, mulmod(kept, proof[20] + drawn.gamma, R), R);
        _openings(near, key, proof, drawn, constantTerm);
        uint256[2] memory far = _shifted(near, proof, drawn);

        // e(near, generator) = e(far, tau)
        return _pairing(
            abi.encode(near, _generator(), far[0], (P - far[1]) % P, _tau())
        );
    }

    /// @dev Commitments to selectors QM, QL, QR, QO, QC and sigmas S1, S2, S3, in the order of the transcript.
    function _commitments() private pure returns (uint256[16] memory) {
        return [
            $commitments
        ];
    }

    /// @dev Of points of G2: x.c1, x.c0, y.c1, y.c0.
    function _generator() private pure returns (uint256[4] memory) {
        return [
            $generator
        ];
    }

    function _tau() private pure returns (uint256[4] memory) {
        return [
            $tau
        ];
    }

    function _challenges(uint256[16] memory key, uint256[$count] calldata publics)
        private
        pure
        returns (Challenges memory drawn)
    {
        drawn.beta = _challenge(bytes.concat(abi.encode(key, publics), _words(0, 6)));
        drawn.gamma = _challenge(abi.encode(drawn.beta));
        drawn.alpha = _challenge(bytes.concat(abi.encode(drawn.beta, drawn.gamma), _words(6, 8)));
        drawn.xi = _challenge(bytes.concat(abi.encode(drawn.alpha), _words(8, 14)));
        drawn.v = _challenge(bytes.concat(abi.encode(drawn.xi), _words(18, 24)));
        drawn.u = _challenge(_words(14, 18));
    }

    function _challenge(bytes memory octets) private pure returns (uint256) {
        return uint256(keccak256(octets)) % R;
    }

    /// @dev The octets of the proof's words from one to before another, as they stand in the call.
    function _words(uint256 start, uint256 end) private pure returns (bytes calldata) {
        return msg.data[4 + 32 * start:4 + 32 * end];
    }

    /// @dev L_1(xi), and the sum of the public inputs times L_i(xi) = ROOT^i * vanishing / (SIZE * (xi - ROOT^i)).
    /// One inversion serves all; xi is no power of ROOT.
    function _lagrange(uint256[$count] calldata publics, uint256 xi, uint256 vanishing)
        private
        view
        returns (uint256 lagrange, uint256 total)
    {
        uint256[$count] memory below;
        uint256[$count] memory before;
        uint256 row = 1;
        uint256 product = 1;
        for (uint256 index = 0; index < $count; index++) {
            below[index] = mulmod(SIZE, xi + R - row, R);
            before[index] = mulmod(product, row, R);
            product = mulmod(product, below[index], R);
            row = mulmod(row, ROOT, R);
        }
        uint256 inverse = mulmod(_inverse(product), vanishing, R);
        for (uint256 index = $count; index > 0; index--) {
            lagrange = mulmod(inverse, before[index - 1], R);
            inverse = mulmod(inverse, below[index - 1], R);
            total = addmod(total, mulmod(lagrange, publics[index - 1], R), R);
        }
    }

    /// @dev number^(R - 2), tested to be the inverse modulo R.
    function _inverse(uint256 number) private view returns (uint256 inverse) {
        (bool success, bytes memory answer) =
            address(5).staticcall(abi.encode(uint256(32), uint256(32), uint256(32), number, R - 2, R));
        require(success && answer.length == 32, "inversion failed");
        inverse = abi.decode(answer, (uint256));
        require(mulmod(number, inverse, R) == 1, "inversion failed");
    }

    /// @dev Adds the selectors' terms, Z's and the third sigma's; returns what stands before beta * S3.
    function _gates(
        uint256[2] memory near,
        uint256[16] memory key,
        uint256[24] calldata proof,
        Challenges memory drawn,
        uint256 firstRow
    ) private view returns (uint256 kept) {
        uint256 a = proof[18];
        uint256 b = proof[19];
        uint256 c = proof[20];
        (near[0], near[1]) = (key[8], key[9]);
        _accumulate(near, key[0], key[1], mulmod(a, b, R));
        _accumulate(near, key[2], key[3], a);
        _accumulate(near, key[4], key[5], b);
        _accumulate(near, key[6], key[7], c);

        // alpha * (a + beta xi + gamma) * (b + beta K1 xi + gamma) * (c + beta K2 xi + gamma)
        uint256 position = mulmod(drawn.beta, drawn.xi, R);
        uint256 moved = mulmod(drawn.alpha, a + position + drawn.gamma, R);
        moved = mulmod(moved, b + mulmod(position, K1, R) + drawn.gamma, R);
        moved = mulmod(moved, c + mulmod(position, K2, R) + drawn.gamma, R);
        _accumulate(near, proof[6], proof[7], (moved + firstRow + drawn.u) % R);

        // alpha * (a + beta s1 + gamma) * (b + beta s2 + gamma) * z(xi * ROOT)
        kept = mulmod(drawn.alpha, proof[23], R);
        kept = mulmod(kept, a + mulmod(drawn.beta, proof[21], R) + drawn.gamma, R);
        kept = mulmod(kept, b + mulmod(drawn.beta, proof[22], R) + drawn.gamma, R);
        _accumulate(near, key[14], key[15], R - mulmod(drawn.beta, kept, R));
    }

    /// @dev Subtracts (power - 1) * (T1 + power * T2 + power^2 * T3).
    function _quotients(uint256[2] memory near, uint256[24] calldata proof, uint256 power) private view {
        uint256 factor = R + 1 - power;
        for (uint256 index = 8; index < 14; index += 2) {
            _accumulate(near, proof[index], proof[index + 1], factor);
            factor = mulmod(factor, power, R);
        }
    }

    /// @dev Adds what is opened at xi, with powers of v, and subtracts all constants as a multiple of G1's generator.
    function _openings(
        uint256[2] memory near,
        uint256[16] memory key,
        uint256[24] calldata proof,
        Challenges memory drawn,
        uint256 constantTerm
    ) private view {
        uint256 weight = 1;
        for (uint256 index = 0; index < 3; index++) {
            weight = mulmod(weight, drawn.v, R);
            _accumulate(near, proof[2 * index], proof[2 * index + 1], weight);
            constantTerm = addmod(constantTerm, mulmod(weight, proof[18 + index], R), R);
        }
        for (uint256 index = 0; index < 2; index++) {
            weight = mulmod(weight, drawn.v, R);
            _accumulate(near, key[10 + 2 * index], key[11 + 2 * index], weight);
            constantTerm = addmod(constantTerm, mulmod(weight, proof[21 + index], R), R);
        }
        constantTerm = addmod(constantTerm, mulmod(drawn.u, proof[23], R), R);
        _accumulate(near, 1, 2, R - constantTerm);
    }

    /// @dev Adds xi * Wxi + u * xi * ROOT * Wxiw; returns Wxi + u * Wxiw.
    function _shifted(uint256[2] memory near, uint256[24] calldata proof, Challenges memory drawn)
        private
        view
        returns (uint256[2] memory far)
    {
        _accumulate(near, proof[14], proof[15], drawn.xi);
        uint256[2] memory next;
        _accumulate(next, proof[16], proof[17], drawn.u);
        _accumulate(near, next[0], next[1], mulmod(drawn.xi, ROOT, R));
        (far[0], far[1]) = (proof[14], proof[15]);
        _add(far, next[0], next[1]);
    }
"""
    + _CURVE
)

_GROTH16: Final = Template(
    _HEAD
    + """
    /// @notice Whether this is a proof for these public inputs. Says nothing of where the public inputs come from.
    /// @param a x and y of A
    /// @param b x and y of B, of each c1 before c0
    /// @param c x and y of C
    /// @param publics the public inputs, each below R
    /// @return true for a valid proof, false for any other
    function verifyProof(
        uint256[2] calldata a,
        uint256[2][2] calldata b,
        uint256[2] calldata c,
        uint256[$count] calldata publics
    ) external view returns (bool) {
        require(msg.data.length == $octets, "other length");
        for (uint256 index = 0; index < $count; index++) {
            if (publics[index] >= R) return false;
        }
        for (uint256 index = 0; index < 2; index++) {
            if (b[index][0] >= P || b[index][1] >= P) return false;
        }
        if (!_onCurve(a[0], a[1]) || !_onCurve(c[0], c[1])) return false;
        if (b[0][0] == 0 && b[0][1] == 0 && b[1][0] == 0 && b[1][1] == 0) return false;

        // e(-A, B) e(alpha, beta) e(inputs, gamma) e(C, delta) = 1. The call fails when B is not on its curve or not in
        // its group, and for want of gas: which of them, nobody can tell here, so there is no verdict.
        return _pairing(
            bytes.concat(
                abi.encode(a[0], P - a[1], b, _alpha(), _beta()),
                abi.encode(_inputs(publics), _gamma(), c, _delta())
            )
        );
    }

    /// @dev The constant one's point, and those of the public inputs times these.
    function _inputs(uint256[$count] calldata publics) private view returns (uint256[2] memory inputs) {
        inputs = [$constant_input];
        $inputs
    }

    function _alpha() private pure returns (uint256[2] memory) {
        return [$alpha];
    }

    /// @dev Of points of G2: x.c1, x.c0, y.c1, y.c0.
    function _beta() private pure returns (uint256[4] memory) {
        return [
            $beta
        ];
    }

    function _gamma() private pure returns (uint256[4] memory) {
        return [
            $gamma
        ];
    }

    function _delta() private pure returns (uint256[4] memory) {
        return [
            $delta
        ];
    }
"""
    + _CURVE
)
