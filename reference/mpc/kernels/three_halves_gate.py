"""One AND gate of three-halves garbling, on single words in kernels and on arrays of words in portable twins.

A label is a block (L, R) of two slices of 64 bits. A_i and B_j are the labels of a gate's operands by colour,
(i, j) the colours and (p, q) those that stand for the value 0; h(X) is the first word of H(X) and k(X) the lowest
bit of its second word. With u = A_L ⊕ B_R and v = A_R ⊕ B_L of the labels held, and control bits (r, s),

    R_ij(A_i, B_j) = ((1 ⊕ j ⊕ s)·u ⊕ r·(A_L ⊕ v), (1 ⊕ i ⊕ r)·u ⊕ s·(B_R ⊕ v)),

the label of the output that stands for ab is, with the three slices G of the gate,

    (h(A_i) ⊕ h(A_i ⊕ B_j) ⊕ i·G_1 ⊕ (i ⊕ j)·G_3, h(B_j) ⊕ h(A_i ⊕ B_j) ⊕ j·G_2 ⊕ (i ⊕ j)·G_3) ⊕ R_ij(A_i, B_j).

The control bits come by the same formula from k and five bits of the gate:

    r = k(A_i) ⊕ k(A_i ⊕ B_j) ⊕ z_0 ⊕ i·z_2 ⊕ (i ⊕ j)·z_4,    s = k(B_j) ⊕ k(A_i ⊕ B_j) ⊕ z_1 ⊕ j·z_3 ⊕ (i ⊕ j)·z_4.

The garbler throws (d, e), two uniform bits a gate, and encrypts (r, s) = (d, e) ⊕ p·(ρ, σ) ⊕ q·(ρ', σ') with
(ρ, σ) = 00, 11, 01, 10 and (ρ', σ') = 00, 10, 11, 01 for the colours 00, 01, 10, 11: what the evaluator decrypts is
uniform whatever p and q are. Source of the scheme: eprint 2021/749; of the dice, the constants of
github.com/slasket/GarblingGates. The rest of the equations was solved here: a test proves the conditions by going
through all colours, labels' coefficients and dice. That the solution is the paper's own, bit by bit, it does not prove.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from ...foundation.compiled import Block, inlined
from .blocks import xor

Row: TypeAlias = tuple[np.uint64, np.uint64, np.uint64, np.uint64]  # G_1, G_2, G_3; z_0 to z_4, lowest first
Three: TypeAlias = tuple[Block, Block, Block]  # of A, of B, of A ⊕ B

CONTROL_BITS = 5
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_THREE = np.uint64(3)
_FOUR = np.uint64(4)


@inlined
def masked(bit: np.uint64, word: np.uint64) -> np.uint64:
    """Return the word if the lowest bit of `bit` is 1, zero if it is 0, without a branch."""
    return (_ZERO - (bit & _ONE)) & word


@inlined
def label_part(a: Block, b: Block, i: np.uint64, j: np.uint64, r: np.uint64, s: np.uint64) -> Block:
    """R_ij of the labels of colours i and j under control bits r and s; of all four only the lowest bits count."""
    u = a[0] ^ b[1]
    v = a[1] ^ b[0]
    left = masked(_ONE ^ j ^ s, u) ^ masked(r, a[0] ^ v)
    right = masked(_ONE ^ i ^ r, u) ^ masked(s, b[1] ^ v)
    return left, right


@inlined
def garble_gate(
    a: Block, b: Block, colours: Block, dice: np.uint64, difference: Block, zeros: Three, ones: Three
) -> tuple[Row, Block]:
    """Return a gate's row and its zero label.

    `a` and `b` are the labels of colour 0, `colours` p and q, `dice` d in the lowest bit and e in the next;
    `zeros` are the hashes of A, B and A ⊕ B, `ones` those with the difference added. The last word of the row
    holds the five control bits and nothing else.
    """
    p, q = colours
    d, e = dice, dice >> _ONE
    other_a, other_b = xor(a, difference), xor(b, difference)
    first = label_part(a, b, _ZERO, _ZERO, d, e)
    last = label_part(other_a, other_b, _ONE, _ONE, d ^ p, e ^ q)
    between = label_part(a, other_b, _ZERO, _ONE, d ^ p ^ q, e ^ p)
    a_sum, b_sum, ab_sum = xor(zeros[0], ones[0]), xor(zeros[1], ones[1]), xor(zeros[2], ones[2])
    unequal = _ONE ^ p ^ q
    generated = (
        a_sum[0] ^ first[0] ^ last[0] ^ masked(unequal, difference[0]),
        b_sum[0] ^ first[1] ^ last[1] ^ masked(unequal, difference[1]),
        ab_sum[0] ^ first[0] ^ between[0] ^ masked(p, difference[0]),
    )
    controls = ((zeros[0][1] ^ zeros[2][1] ^ d) & _ONE) | (((zeros[1][1] ^ zeros[2][1] ^ e) & _ONE) << _ONE)
    controls |= ((a_sum[1] ^ p) & _ONE) << _TWO
    controls |= ((b_sum[1] ^ q) & _ONE) << _THREE
    controls |= ((ab_sum[1] ^ p ^ q) & _ONE) << _FOUR
    label = (
        zeros[0][0] ^ zeros[2][0] ^ first[0] ^ masked(p & q, difference[0]),
        zeros[1][0] ^ zeros[2][0] ^ first[1] ^ masked(p & q, difference[1]),
    )
    return (generated[0], generated[1], generated[2], controls), label


@inlined
def evaluate_gate(a: Block, b: Block, hashes: Three, row: Row) -> Block:
    """Return the output's label of the labels held; `hashes` are those of A, B and A ⊕ B."""
    i, j = a[0], b[0]
    controls = row[3]
    shared = hashes[2][1] ^ ((i ^ j) & (controls >> _FOUR))
    r = hashes[0][1] ^ shared ^ controls ^ (i & (controls >> _TWO))
    s = hashes[1][1] ^ shared ^ (controls >> _ONE) ^ (j & (controls >> _THREE))
    part = label_part(a, b, i, j, r, s)
    slice_of_both = hashes[2][0] ^ masked(i ^ j, row[2])
    left = hashes[0][0] ^ slice_of_both ^ masked(i, row[0]) ^ part[0]
    right = hashes[1][0] ^ slice_of_both ^ masked(j, row[1]) ^ part[1]
    return left, right
