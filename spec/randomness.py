"""The only source of randomness of the specification: seeded, labelled, the same on every machine.

Octets drawn under a label are

    SHAKE-256( CONTEXT ‖ u32(length of seed) ‖ seed ‖ u32(length of label) ‖ label )

with CONTEXT the 26 octets `mpctls/spec/randomness/v1` and 0x00, lengths little-endian, the label in UTF-8. A
child source has as its seed 32 octets drawn the same way under CHILD_CONTEXT in place of CONTEXT, so no label
of a child can meet a label of its parent. Vectors depend on every octet of this.

Nothing here is fit for a real session: whoever knows the seed knows every secret.
"""

from __future__ import annotations

import hashlib

CONTEXT = b"mpctls/spec/randomness/v1\0"
CHILD_CONTEXT = b"mpctls/spec/randomness/child/v1\0"

_SPARE_BITS = 128
"""Bits drawn beyond those of a bound, so that reducing an integer is uniform up to 2^-128."""


class RandomnessError(Exception):
    """A label was drawn twice, or a draw has no meaning."""


class Randomness:
    """A labelled source of octets and integers, determined by its seed.

    Each label gives one draw: a value that two steps share would be drawn once and passed on. A second draw
    under a label is refused, because two secrets would silently be equal.
    """

    def __init__(self, seed: bytes) -> None:
        self._seed = seed
        self._drawn: set[str] = set()

    def octets(self, label: str, count: int) -> bytes:
        """Return `count` octets. Refuses a label that was drawn before and a negative count."""
        self._use(label)
        if count < 0:
            raise RandomnessError(f"{label!r}: a count of octets is not negative")
        return self._expand(CONTEXT, label, count)

    def below(self, label: str, bound: int) -> int:
        """Return an integer in [0, bound), uniform up to 2^-128.

        The octets drawn under the label, as many as hold the bound's bits and 128 more, are read as a
        little-endian integer and reduced. Refuses a label that was drawn before and a bound below one.
        """
        self._use(label)
        if bound < 1:
            raise RandomnessError(f"{label!r}: there is no integer below {bound}")
        count = -(-(bound.bit_length() + _SPARE_BITS) // 8)
        return int.from_bytes(self._expand(CONTEXT, label, count), "little") % bound

    def child(self, label: str) -> Randomness:
        """Return the source of one role or one step, whose labels are its own. Refuses a label used
        before.
        """
        self._use(f"child:{label}")
        return Randomness(self._expand(CHILD_CONTEXT, label, 32))

    def _use(self, label: str) -> None:
        if label in self._drawn:
            raise RandomnessError(f"{label!r} was drawn before")
        self._drawn.add(label)

    def _expand(self, context: bytes, label: str, count: int) -> bytes:
        encoded = label.encode()
        preimage = (
            context
            + len(self._seed).to_bytes(4, "little")
            + self._seed
            + len(encoded).to_bytes(4, "little")
            + encoded
        )
        return hashlib.shake_256(preimage).digest(count)
