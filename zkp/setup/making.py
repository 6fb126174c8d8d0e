"""Making setups: a secret of one's own that is used and forgotten, and the known secret of development setups."""

from __future__ import annotations

import hashlib
from typing import Final

from mpctls.reference.foundation.contexts import SETUP
from mpctls.reference.foundation.randomness import Randomness, SystemRandomness

from ..bn254.constants import SCALAR_MODULUS
from ..bn254.curve import G2
from ..bn254.field import SCALAR
from .generator_multiples import generator_multiples
from .powers import Origin, Setup, power_count

_DEVELOPMENT: Final = b"development"


def make_own_setup(size_log2: int, *, randomness: Randomness | None = None) -> Setup:
    """Make a setup for tables of up to 2^size_log2 rows, whose secret nobody keeps.

    The secret is drawn from the system's randomness and its powers are overwritten after use. Python gives no way to
    erase the copies that its integers leave in memory, so make setups in a process that ends afterwards.
    """
    source = SystemRandomness() if randomness is None else randomness
    secret = 1 + source.below(SCALAR_MODULUS - 1)
    return _make(size_log2, secret, Origin.OWN, "")


def make_development_setup(size_log2: int, label: str) -> Setup:
    """Make the setup whose secret is a hash of `label`: anyone can prove anything under it. For tests."""
    octets = hashlib.sha512(SETUP + _DEVELOPMENT + b"\0" + label.encode("ascii")).digest()
    secret = 1 + int.from_bytes(octets, "little") % (SCALAR_MODULUS - 1)
    return _make(size_log2, secret, Origin.DEVELOPMENT, label)


def _make(size_log2: int, secret: int, origin: Origin, label: str) -> Setup:
    element = SCALAR.encode([secret])
    exponents = SCALAR.powers(element, power_count(size_log2))
    powers = generator_multiples(exponents)
    tau = G2.multiply(G2.generator, secret)
    exponents[:] = 0
    element[:] = 0
    return Setup(origin=origin, label=label, size_log2=size_log2, powers=powers, tau=tau)
