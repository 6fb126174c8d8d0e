"""AES-128 (FIPS 197) over octets in the standard's order, with an S-box of 32 AND."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from .builder import Builder, Wire
from .circuit import Circuit
from .gadgets import octet_constant, split, xor_words
from .store import kept

ROUNDS: Final = 10

# Boyar and Peralta, "A new combinational logic minimization technique with applications to cryptology"
# (2010), 115 gates. Operations: + is XOR, * is AND, # is XNOR. x0 and s0 are the most significant bits.
_SUBSTITUTION: Final = """
y14=x3+x5 y13=x0+x6 y9=x0+x3 y8=x0+x5 t0=x1+x2 y1=t0+x7 y4=y1+x3 y12=y13+y14 y2=y1+x0 y5=y1+x6 y3=y5+y8
t1=x4+y12 y15=t1+x5 y20=t1+x1 y6=y15+x7 y10=y15+t0 y11=y20+y9 y7=x7+y11 y17=y10+y11 y19=y10+y8 y16=t0+y11
y21=y13+y16 y18=x0+y16
t2=y12*y15 t3=y3*y6 t4=t3+t2 t5=y4*x7 t6=t5+t2 t7=y13*y16 t8=y5*y1 t9=t8+t7 t10=y2*y7 t11=t10+t7 t12=y9*y11
t13=y14*y17 t14=t13+t12 t15=y8*y10 t16=t15+t12 t17=t4+t14 t18=t6+t16 t19=t9+t14 t20=t11+t16 t21=t17+y20
t22=t18+y19 t23=t19+y21 t24=t20+y18
t25=t21+t22 t26=t21*t23 t27=t24+t26 t28=t25*t27 t29=t28+t22 t30=t23+t24 t31=t22+t26 t32=t31*t30 t33=t32+t24
t34=t23+t33 t35=t27+t33 t36=t24*t35 t37=t36+t34 t38=t27+t36 t39=t29*t38 t40=t25+t39 t41=t40+t37 t42=t29+t33
t43=t29+t40 t44=t33+t37 t45=t42+t41
z0=t44*y15 z1=t37*y6 z2=t33*x7 z3=t43*y16 z4=t40*y1 z5=t29*y7 z6=t42*y11 z7=t45*y17 z8=t41*y10 z9=t44*y12
z10=t37*y3 z11=t33*y4 z12=t43*y13 z13=t40*y5 z14=t29*y2 z15=t42*y9 z16=t45*y14 z17=t41*y8
t46=z15+z16 t47=z10+z11 t48=z5+z13 t49=z9+z10 t50=z2+z12 t51=z2+z5 t52=z7+z8 t53=z0+z3 t54=z6+z7 t55=z16+z17
t56=z12+t48 t57=t50+t53 t58=z4+t46 t59=z3+t54 t60=t46+t57 t61=z14+t57 t62=t52+t58 t63=t49+t58 t64=z4+t59
t65=t61+t62 t66=z1+t63 s0=t59+t63 s6=t56#t62 s7=t48#t60 t67=t64+t65 s3=t53+t66 s4=t51+t66 s5=t47+t65 s1=t64#s3
s2=t55#t67
"""


@cache
def _substitution_steps() -> tuple[tuple[str, str, str, str], ...]:
    """Return the S-box program as (result, operation, left, right)."""
    steps = []
    for equation in _SUBSTITUTION.split():
        result, expression = equation.split("=")
        operation = next(character for character in expression if character in "+*#")
        left, right = expression.split(operation)
        steps.append((result, operation, left, right))
    return tuple(steps)


def substitute(builder: Builder, octet: Sequence[Wire]) -> list[Wire]:
    """Return SubBytes of one octet; 32 AND."""
    value = {f"x{position}": octet[7 - position] for position in range(8)}
    for result, operation, left, right in _substitution_steps():
        if operation == "*":
            value[result] = builder.and_(value[left], value[right])
        else:
            total = builder.xor(value[left], value[right])
            value[result] = builder.invert(total) if operation == "#" else total
    return [value[f"s{7 - position}"] for position in range(8)]


def _double(builder: Builder, octet: Sequence[Wire]) -> list[Wire]:
    """Multiply by x modulo x^8 + x^4 + x^3 + x + 1."""
    shifted = [octet[7], *octet[:7]]
    for position in (1, 3, 4):
        shifted[position] = builder.xor(shifted[position], octet[7])
    return shifted


def _mix_column(builder: Builder, column: Sequence[Sequence[Wire]]) -> list[list[Wire]]:
    """MixColumns of one column: 2a ⊕ 3b ⊕ c ⊕ d = a ⊕ (a ⊕ b ⊕ c ⊕ d) ⊕ 2(a ⊕ b)."""
    total = xor_words(builder, *column)
    mixed = []
    for octet, below in zip(column, [*column[1:], column[0]], strict=True):
        doubled = _double(builder, xor_words(builder, octet, below))
        mixed.append(xor_words(builder, octet, total, doubled))
    return mixed


@kept
def aes_key_schedule() -> Circuit:
    """KeyExpansion: key 128 → eleven round keys, 1408 bits; 1280 AND (40 S-boxes).

    Source: FIPS 197 section 5.2.
    """
    builder = Builder("aes-key-schedule")
    words = split(builder.take_input(128), 32)
    round_constant = 1
    for position in range(4, 4 * (ROUNDS + 1)):
        word = words[-1]
        if position % 4 == 0:
            octets = split(word, 8)
            rotated = [bit for octet in (*octets[1:], octets[0]) for bit in substitute(builder, octet)]
            word = xor_words(builder, rotated, octet_constant(bytes([round_constant, 0, 0, 0])))
            round_constant = round_constant << 1 ^ (0x11B if round_constant & 0x80 else 0)
        words.append(xor_words(builder, words[position - 4], word))
    return builder.finish([bit for word in words for bit in word])


@kept
def aes_encrypt_block() -> Circuit:
    """Cipher: round keys 1408, block 128 → block 128; 5120 AND (160 S-boxes).

    Source: FIPS 197 section 5.1.
    """
    builder = Builder("aes-encrypt-block")
    round_keys = split(builder.take_input(128 * (ROUNDS + 1)), 128)
    state = xor_words(builder, builder.take_input(128), round_keys[0])
    for number in range(1, ROUNDS + 1):
        octets = [substitute(builder, octet) for octet in split(state, 8)]
        # ShiftRows: row r of column c comes from column c + r.
        columns = [[octets[4 * ((column + row) % 4) + row] for row in range(4)] for column in range(4)]
        if number < ROUNDS:
            columns = [_mix_column(builder, column) for column in columns]
        state = [bit for column in columns for octet in column for bit in octet]
        state = xor_words(builder, state, round_keys[number])
    return builder.finish(state)
