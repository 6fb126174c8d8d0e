"""Reading `.ptau` files of snarkjs: the powers in G1 and [s] in G2, of ceremonies that were published."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from mpctls.reference.foundation.errors import Refused

from ..bn254.constants import BASE_MODULUS
from ..bn254.curve import G1, G2
from ..circom_files import FIELD_OCTETS, SectionedFile
from .ceremonies import PUBLISHED
from .powers import MAXIMUM_SIZE_LOG2, MINIMUM_SIZE_LOG2, Origin, Setup, power_count

_HEADER: Final = 1
_POWERS: Final = 2
_TWIST_POWERS: Final = 3
_G1_OCTETS: Final = 64
_G2_OCTETS: Final = 128
_CHUNK: Final = 1 << 20


def read_powers_of_tau(
    path: Path, *, size_log2: int | None = None, published: Mapping[str, str] = PUBLISHED
) -> Setup:
    """Read the setup of a published ceremony from its file, for tables of up to 2^size_log2 rows.

    Without `size_log2` the setup is as large as the file allows. `published` maps the BLAKE2b-512 digests of accepted
    files to names. Points are checked, their structure is not (`check_structure`). Rejects with
    `zero-knowledge/unknown-ceremony` a file with another digest, `zero-knowledge/malformed-setup`,
    `zero-knowledge/setup-too-small` a larger size than the file has, and the reasons of points.
    """
    with path.open("rb") as stream:
        label = published.get(_digest(stream))
        if label is None:
            raise Refused(
                "zero-knowledge/unknown-ceremony", "no published ceremony has a file with this digest"
            )
        stream.seek(0)
        file = SectionedFile(stream, magic=b"ptau", version=1, reason="zero-knowledge/malformed-setup")
        header = file.octets(_HEADER, expected=4 + FIELD_OCTETS + 8)
        file.require_modulus(header[: 4 + FIELD_OCTETS], BASE_MODULUS)
        power = int.from_bytes(header[4 + FIELD_OCTETS : 8 + FIELD_OCTETS], "little")
        if not MINIMUM_SIZE_LOG2 <= power <= MAXIMUM_SIZE_LOG2 + 2:
            raise file.refusal(f"a ceremony of 2^{power}")
        size = min(power, MAXIMUM_SIZE_LOG2) if size_log2 is None else size_log2
        if size > power:
            raise Refused("zero-knowledge/setup-too-small", f"2^{size} needed, 2^{power} there")
        if file.length(_POWERS) != (2 * (1 << power) - 1) * _G1_OCTETS:
            raise file.refusal("the number of powers in G1 does not fit the size")
        if file.length(_TWIST_POWERS) != (1 << power) * _G2_OCTETS:
            raise file.refusal("the number of powers in G2 does not fit the size")
        powers = G1.from_montgomery_octets(file.part(_POWERS, 0, power_count(size) * _G1_OCTETS))
        twist = G2.from_montgomery_octets(file.part(_TWIST_POWERS, 0, 2 * _G2_OCTETS))
    if not np.array_equal(twist[0], G2.generator):
        raise Refused("zero-knowledge/setup-structure-invalid", "the first power in G2 is not the generator")
    return Setup(
        origin=Origin.CEREMONY,
        label=label,
        size_log2=size,
        powers=powers,
        tau=np.ascontiguousarray(twist[1]),
    )


def _digest(stream: BinaryIO) -> str:
    state = hashlib.blake2b()
    while chunk := stream.read(_CHUNK):
        state.update(chunk)
    return state.hexdigest()
