"""Files of circom and snarkjs: sections of `.zkey`, `.ptau` and `.wtns`, read strictly and only where asked; and
`.r1cs` and `.wtns` of our circuits as snarkjs reads them, for a ceremony of their own.

A file is a magic of four octets, a version (u32), a count of sections (u32), and for each section its number (u32), its
length (u64) and its octets; all numbers little-endian. Elements of fields inside stand as 32 octets, little-endian.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from mpctls.reference.foundation.errors import Refused

from .bn254.constants import SCALAR_MODULUS
from .bn254.field import SCALAR
from .bn254.limbs import Words
from .circuit.constraints import Circuit, Pairs

FIELD_OCTETS: Final = 32
_MAXIMUM_SECTIONS: Final = 64
_CONSTRAINTS_VERSION: Final = 1
_WITNESS_VERSION: Final = 2
_HEADER: Final = 1
_VALUES: Final = 2
_CONSTRAINTS: Final = 2
_LABELS: Final = 3


class SectionedFile:
    """The sections of an open file, found without reading their contents."""

    __slots__ = ("_places", "_reason", "_stream")

    def __init__(self, stream: BinaryIO, *, magic: bytes, version: int, reason: str) -> None:
        """Find the sections of `stream`.

        Every refusal of this file bears `reason`: another magic or version, a section that occurs twice or does not
        fit, octets after the last.
        """
        self._stream = stream
        self._reason = reason
        self._places: dict[int, tuple[int, int]] = {}
        size = os.fstat(stream.fileno()).st_size
        if stream.read(len(magic)) != magic:
            raise self.refusal(f"the file does not begin with {magic.decode('ascii')}")
        if self._unsigned(4) != version:
            raise self.refusal(f"the version is not {version}")
        count = self._unsigned(4)
        if count > _MAXIMUM_SECTIONS:
            raise self.refusal(f"{count} sections")
        for _ in range(count):
            number, length = self._unsigned(4), self._unsigned(8)
            start = stream.tell()
            if number in self._places:
                raise self.refusal(f"section {number} occurs twice")
            if length > size - start:
                raise self.refusal(f"section {number} is longer than the file")
            self._places[number] = (start, length)
            stream.seek(start + length)
        if stream.tell() != size:
            raise self.refusal("octets after the last section")

    def refusal(self, detail: str) -> Refused:
        """The refusal of this file, for readers of its sections to raise."""
        return Refused(self._reason, detail)

    def length(self, section: int) -> int:
        """Octets of a section that must be there."""
        return self._place(section)[1]

    def octets(self, section: int, *, expected: int) -> bytes:
        """A whole section of so many octets."""
        if self.length(section) != expected:
            raise self.refusal(f"section {section} has not {expected} octets")
        return self.part(section, 0, expected)

    def part(self, section: int, offset: int, count: int) -> bytes:
        """`count` octets of a section from `offset` on."""
        start, length = self._place(section)
        if offset + count > length:
            raise self.refusal(f"section {section} ends before octet {offset + count}")
        self._stream.seek(start + offset)
        octets = self._stream.read(count)
        if len(octets) != count:
            raise self.refusal(f"section {section} cannot be read whole")
        return octets

    def require_modulus(self, octets: bytes, modulus: int) -> None:
        """Refuse a field that is given by its length (u32) and modulus and is not BN254's."""
        if octets != field_octets(modulus):
            raise self.refusal("the field is not that of BN254")

    def _place(self, section: int) -> tuple[int, int]:
        place = self._places.get(section)
        if place is None:
            raise self.refusal(f"section {section} is missing")
        return place

    def _unsigned(self, count: int) -> int:
        octets = self._stream.read(count)
        if len(octets) != count:
            raise self.refusal("the file ends within the list of its sections")
        return int.from_bytes(octets, "little")


@contextmanager
def open_sections(path: Path, *, magic: bytes, version: int, reason: str) -> Iterator[SectionedFile]:
    """Open a file for the time of a `with` block; refuses like `SectionedFile`."""
    with path.open("rb") as stream:
        yield SectionedFile(stream, magic=magic, version=version, reason=reason)


def read_witness(path: Path) -> Words:
    """Read the values of a `.wtns` file: elements of F_r, uint64[n, 4], the first of which is one.

    Refuses with `zero-knowledge/malformed-witness`, or `zero-knowledge/element-not-canonical` for a value >= r.
    """
    with open_sections(
        path, magic=b"wtns", version=_WITNESS_VERSION, reason="zero-knowledge/malformed-witness"
    ) as file:
        header = file.octets(_HEADER, expected=4 + FIELD_OCTETS + 4)
        file.require_modulus(header[: 4 + FIELD_OCTETS], SCALAR_MODULUS)
        count = int.from_bytes(header[4 + FIELD_OCTETS :], "little")
        values = SCALAR.from_octets(file.octets(_VALUES, expected=count * FIELD_OCTETS), order="little")
        if count == 0 or SCALAR.decode(values[:1]) != [1]:
            raise file.refusal("the first value is not one")
        return values


def sections_octets(magic: bytes, version: int, contents: Mapping[int, bytes]) -> bytes:
    """The octets of a file of sections, in the order of the mapping."""
    parts = [magic, unsigned(version, len(contents))]
    for number, octets in contents.items():
        parts += [unsigned(number), len(octets).to_bytes(8, "little"), octets]
    return b"".join(parts)


def constraints_octets(circuit: Circuit) -> bytes:
    """The `.r1cs` file of a circuit over F_r, of which a ceremony makes a `.zkey` for Groth16.

    All public inputs are public inputs there and none is an output; wires keep their numbers.
    """
    return sections_octets(b"r1cs", _CONSTRAINTS_VERSION, constraints_sections(circuit))


def constraints_sections(circuit: Circuit) -> dict[int, bytes]:
    """The sections of `constraints_octets`."""
    if circuit.modulus != SCALAR_MODULUS:
        raise ValueError("the circuit is not over the scalar field of BN254")
    private = circuit.wire_count - circuit.public_count - 1
    header = field_octets(SCALAR_MODULUS) + unsigned(circuit.wire_count, 0, circuit.public_count, private)
    header += circuit.wire_count.to_bytes(8, "little") + unsigned(circuit.constraint_count)
    rows = b"".join(_form_octets(terms) for constraint in circuit.rows() for terms in constraint)
    labels = b"".join(wire.to_bytes(8, "little") for wire in range(circuit.wire_count))
    return {_HEADER: header, _CONSTRAINTS: rows, _LABELS: labels}


def witness_octets(values: Sequence[int]) -> bytes:
    """The `.wtns` file of the values of all wires, integers below r. It holds secrets."""
    return sections_octets(b"wtns", _WITNESS_VERSION, witness_sections(values))


def witness_sections(values: Sequence[int]) -> dict[int, bytes]:
    """The sections of `witness_octets`."""
    elements = b"".join(value.to_bytes(FIELD_OCTETS, "little") for value in values)
    return {_HEADER: field_octets(SCALAR_MODULUS) + unsigned(len(values)), _VALUES: elements}


def field_octets(modulus: int) -> bytes:
    """How a header names its field: the length of an element and the modulus."""
    return unsigned(FIELD_OCTETS) + modulus.to_bytes(FIELD_OCTETS, "little")


def unsigned(*numbers: int) -> bytes:
    """Numbers of 32 bits, little-endian."""
    return b"".join(number.to_bytes(4, "little") for number in numbers)


def _form_octets(terms: Pairs) -> bytes:
    pairs = (unsigned(wire) + factor.to_bytes(FIELD_OCTETS, "little") for wire, factor in terms)
    return unsigned(len(terms)) + b"".join(pairs)
