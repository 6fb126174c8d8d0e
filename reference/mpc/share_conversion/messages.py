"""Kinds of the engine messages of share conversion."""

from __future__ import annotations

from typing import Final

LINEAR_EVALUATION_CORRECTIONS: Final = 0x0300

CURVE_DIFFERENCES: Final = 0x0310
CURVE_BLINDED_DIFFERENCES: Final = 0x0311
CURVE_SLOPE: Final = 0x0312

HASH_KEY: Final = 0x0320
HASH_KEY_BLINDED: Final = 0x0321
HASH_KEY_POWERS: Final = 0x0322
