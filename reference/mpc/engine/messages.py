"""Kinds of the engine's messages."""

from __future__ import annotations

from typing import Final

COIN_COMMITMENT: Final = 0x0400
COIN_SHARE: Final = 0x0401
COIN_OPENING: Final = 0x0402
TABLES: Final = 0x0410
OUTPUT_LABEL_HASHES: Final = 0x0411
DECODING: Final = 0x0412
CHOICES: Final = 0x0420
CHOSEN_LABELS: Final = 0x0421
LABELS: Final = 0x0422
RETURNED_BITS: Final = 0x0423
OPENED_INPUTS: Final = 0x0430
