"""Kinds of the engine messages of oblivious transfer."""

from __future__ import annotations

from typing import Final

BASE_SENDER_POINT: Final = 0x0100
BASE_RECEIVER_POINTS: Final = 0x0101

PUNCTURED_LEVEL_SUMS: Final = 0x0200
PUNCTURED_CHECK: Final = 0x0201
CHOICE_CORRECTION: Final = 0x0202
CONSISTENCY_CHALLENGE: Final = 0x0203
CONSISTENCY_RESPONSE: Final = 0x0204
CHOICE_DERANDOMISATION: Final = 0x0205

SILENT_SEED: Final = 0x0210
TREE_CORRECTIONS: Final = 0x0211
TREE_CHALLENGE: Final = 0x0212
TREE_CHECK: Final = 0x0213
