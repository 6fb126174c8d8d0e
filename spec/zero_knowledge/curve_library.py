"""`py_ecc` without its side effect on everybody else.

Importing it raises the interpreter's recursion limit to 100,000, at which hostile nesting overflows the stack
of the process where it would have been refused. Nothing that is used here recurses deeper than a scalar has
bits.
"""

from __future__ import annotations

import sys

_LIMIT = sys.getrecursionlimit()

from py_ecc.fields import optimized_bn128_FQ as FQ  # noqa: E402
from py_ecc.fields import optimized_bn128_FQ2 as FQ2  # noqa: E402
from py_ecc.fields import optimized_bn128_FQ12 as FQ12  # noqa: E402
from py_ecc.optimized_bn128 import optimized_curve as curve  # noqa: E402
from py_ecc.optimized_bn128.optimized_pairing import final_exponentiate, pairing  # noqa: E402

sys.setrecursionlimit(_LIMIT)

__all__ = ["FQ", "FQ2", "FQ12", "curve", "final_exponentiate", "pairing"]
